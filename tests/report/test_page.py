"""The page as HTML text: self-contained, escaped, complete, usable without sight or colour."""

import csv
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from ranvier.case import read_case
from ranvier.inference import Assessment, assessment_from_json, assessment_to_json, work_up
from ranvier.report import render_page, render_patient_page, write_report
from ranvier.report.page import _span


@pytest.fixture(scope="module")
def assessment(schwannoma: Path) -> Assessment:
    return work_up(read_case(schwannoma))


class _Balance(HTMLParser):
    """Counts open tags, headings and pictures."""

    VOID = frozenset({"meta", "br", "hr", "img", "input", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.headings: list[int] = []
        self.pictures: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag == "a" and str(values.get("href", "")).startswith("#"):
            self.targets.append(str(values["href"])[1:])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "svg":
            self.pictures.append(values)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag, attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def parsed(html: str) -> _Balance:
    parser = _Balance()
    parser.feed(html)
    parser.close()
    return parser


def test_tags_are_balanced_and_links_lead_somewhere(assessment: Assessment) -> None:
    page = parsed(render_page(assessment))
    assert page.open == []
    assert set(page.targets) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_headings_never_skip_a_level(assessment: Assessment) -> None:
    headings = parsed(render_page(assessment)).headings
    assert headings[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(headings))


def test_every_picture_has_a_role_for_screen_readers(assessment: Assessment) -> None:
    pictures = parsed(render_page(assessment)).pictures
    assert len(pictures) == 6
    assert all(p.get("role") == "img" and p.get("aria-label") for p in pictures)


def test_the_page_needs_no_network_and_no_script(assessment: Assessment) -> None:
    html = render_page(assessment)
    assert "<script" not in html
    assert not re.search(r'(src|href)="(https?:)?//', html)
    assert "@import" not in html
    assert "url(http" not in html


def test_the_page_answers_the_mri_question_in_three_parts(assessment: Assessment) -> None:
    html = render_page(assessment)
    for heading in ("What MRI can show", "What it showed", "What a normal MRI leaves open"):
        assert heading in html


def test_what_a_case_says_cannot_break_out_of_the_page(assessment: Assessment) -> None:
    nasty = replace(assessment, remarks=("<script>alert(1)</script>",), case="<img src=x>")
    html = render_page(nasty)
    assert "<script" not in html
    assert "<img" not in html


def test_every_finding_and_every_unused_entry_is_listed(assessment: Assessment) -> None:
    html = render_page(replace(assessment, remarks=("a remark of its own",)))
    assert "a remark of its own" in html
    assert html.count("<tr><td") >= len(assessment.findings)


def test_the_patient_page_uses_no_trade_words(assessment: Assessment) -> None:
    html = render_patient_page(assessment)
    assert parsed(html).open == []
    for word in ("decibans", "posterior", "CMAP", "likelihood"):
        assert word not in html


def test_an_assessment_survives_json(assessment: Assessment) -> None:
    text = assessment_to_json(assessment)
    assert assessment_to_json(assessment_from_json(text)) == text


def test_findings_csv_has_one_row_a_finding(assessment: Assessment, tmp_path: Path) -> None:
    write_report(assessment, tmp_path)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "findings.csv").read_text(encoding="utf-8"))))
    assert [r["id"] for r in rows] == [f.id for f in assessment.findings]


def test_two_runs_give_the_same_bytes(schwannoma: Path) -> None:
    assert render_page(work_up(read_case(schwannoma))) == render_page(work_up(read_case(schwannoma)))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, "1 day"),
        (9, "9 days"),
        (21, "3 weeks"),
        (60, "9 weeks"),
        (61, "2 months"),
        (700, "23 months"),
        (1461, "4 years"),
    ],
)
def test_durations_are_in_the_unit_a_clinician_would_use(days: float, words: str) -> None:
    assert _span(days) == words


def test_our_own_estimates_are_named_by_their_status_alone(assessment: Assessment) -> None:
    html = render_page(assessment)
    assert "no published source" not in html
    assert '<span class="tag">assumed</span>' in html


def test_every_picture_that_scrolls_is_named_and_reached_by_keyboard(assessment: Assessment) -> None:
    html = render_page(assessment)
    regions = re.findall(r'<div class="wide"[^>]*>', html)
    assert len(regions) == 3
    assert all('tabindex="0"' in r and 'role="region"' in r and "aria-label=" in r for r in regions)


def test_ids_inside_pictures_are_all_defined(assessment: Assessment) -> None:
    html = render_page(assessment)
    used = set(re.findall(r"url\(#([^)]+)\)", html)) | set(re.findall(r'<use href="#([^"]+)"', html))
    assert used
    assert used <= set(re.findall(r'\bid="([^"]+)"', html))
