"""The page in a real browser: it opens from a file, asks for nothing, works with a keyboard and on paper."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, sync_playwright

from ranvier.case import read_case
from ranvier.core import Side
from ranvier.imaging.nerves import LabelName, Level, add_masses, measure_labels
from ranvier.imaging.reading import Contrast, SequenceFacts, Series
from ranvier.imaging.simulation.phantom import PhantomSpec, draw_phantom
from ranvier.imaging.volume import Volume
from ranvier.inference import work_up
from ranvier.report import write_report
from ranvier.report.mri_page import render_mri_page

CHROMIUM = Path(os.environ.get("RANVIER_CHROMIUM", "/usr/bin/chromium"))

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists() and not os.environ.get("CI"), reason="no Chromium; set RANVIER_CHROMIUM to its path"
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def report(schwannoma: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_report(work_up(read_case(schwannoma)), folder, patient_page=True)
    return folder


@pytest.mark.parametrize("name", ["report.html", "patient.html"])
def test_the_page_opens_without_network_or_errors(browser: Browser, report: Path, name: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.goto((report / name).as_uri())
    assert [u for u in asked if not u.startswith("file:")] == []
    assert errors == []
    assert page.locator("h1").count() == 1
    page.close()


@pytest.fixture(scope="module")
def mri_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    phantom = draw_phantom(PhantomSpec(kind="target_mass", slices=20, voxel_mm=0.8, contrast="stir"), seed=41)
    labels = Volume(values=(phantom.share >= 0.5).astype(np.float32), affine=phantom.volume.affine)
    series = Series(volume=phantom.volume, facts=SequenceFacts(contrast=Contrast.STIR))
    nerves = measure_labels(phantom.volume, labels, {1: LabelName(nerve="sciatic", side=Side.LEFT)}, Level())
    path = tmp_path_factory.mktemp("mri") / "report.html"
    path.write_text(render_mri_page(series, add_masses(nerves, series)), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_of_nerves_fits_the_window_and_draws_on_its_pictures(
    browser: Browser, mri_page: Path, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(mri_page.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for frame in page.locator("figure.mr .frame").all()[:5]:
        picture, drawn = frame.locator("img").bounding_box(), frame.locator("svg").bounding_box()
        assert picture == drawn
        assert picture is not None
        assert picture["width"] > 100
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_overflows_the_window(browser: Browser, report: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((report / "report.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_the_keyboard_reaches_the_skip_link_and_opens_details(browser: Browser, report: Path) -> None:
    page = browser.new_page()
    page.goto((report / "report.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("#causes ~ details summary").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('#causes ~ details').open")
    page.close()


def test_it_prints_to_a_pdf(browser: Browser, report: Path) -> None:
    page = browser.new_page()
    page.goto((report / "report.html").as_uri())
    assert page.pdf(format="A4")[:5] == b"%PDF-"
    page.close()
