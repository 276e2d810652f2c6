"""From files to files, as a user does it."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
import typer
from tests.histology.conftest import discs
from typer.testing import CliRunner

from ranvier.cli.biopsy import biopsy, skin
from ranvier.core import RanvierError
from ranvier.histology.large_pictures import write_levels
from ranvier.histology.measuring import SectionModality, simulate_section
from ranvier.histology.pictures import read_mask, read_picture

PIL = pytest.importorskip("PIL.Image")
tifffile = pytest.importorskip("tifffile")

app = typer.Typer()
app.command("biopsy")(biopsy)
app.command("skin")(skin)


def run(*arguments: object) -> str:
    """Return what a command prints; it must end well."""
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def failure(*arguments: object) -> str:
    """Return the text of the error that a command ends with."""
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert isinstance(result.exception, RanvierError), result.output
    return str(result.exception)


def save(path: Path, array: np.ndarray) -> Path:
    PIL.fromarray(array).save(path)
    return path


def table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def masks(tmp_path: Path) -> tuple[Path, Path]:
    axons, myelin = discs((100, 140), (50, 40, 10, 16), (50, 95, 8, 15))
    write_levels(tmp_path / "a.png", axons > 0)
    write_levels(tmp_path / "m.png", myelin > 0)
    return tmp_path / "a.png", tmp_path / "m.png"


def test_a_picture_becomes_masks_table_summary_and_overlay(tmp_path: Path) -> None:
    section = simulate_section("bright_field", seed=41, shape=(240, 300), pixel_um=0.18)
    out = tmp_path / "out"
    said = run(
        "biopsy", save(tmp_path / "s.png", section.image), "--pixel-um", 0.18, "--kind", "sural", "-o", out
    )  # fmt: skip
    assert "no limit, no verdict" in said
    axons, myelin = read_picture(out / "axons.png"), read_picture(out / "myelin.png")
    assert axons.shape == myelin.shape == (240, 300)
    assert axons.dtype == np.uint8
    assert set(np.unique(axons)) == set(np.unique(myelin)) == {0, 255}
    assert not ((axons > 0) & (myelin > 0)).any()
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    rows = table(out / "fibres.csv")
    assert len(rows) == summary["n_found"] > 20
    assert summary["nerve"] == "sural"
    assert summary["whole_image"] is False
    assert read_picture(out / "fascicle.png").shape == (240, 300)
    # a small picture is enlarged four times, so that outlines do not hide thin sheaths
    assert read_picture(out / "overlay.png").shape == (960, 1200, 3)
    unsure = sorted((float(row["probability"]), row["label"]) for row in rows if float(row["probability"]) < 0.9)
    assert 0 < len(unsure) == summary["n_unsure"]
    assert f"unsure of {len(unsure)} of {len(rows)} fibres" in said
    page = (out / "report.html").read_text(encoding="utf-8")
    assert f"{summary['n_counted']} myelinated fibres" in page
    assert f"Fibre {unsure[0][1]}, {100 * unsure[0][0]:.0f} %" in page
    assert summary["area_doubts"][0] in page
    assert "No limit, no verdict" in page
    reaches = summary["histogram"][-1]["high_um"] > summary["large_from_um"]
    assert ("large: over" in page) is reaches


def test_the_corrections_that_the_page_offers_take_out_that_fibre(tmp_path: Path) -> None:
    section = simulate_section("bright_field", seed=41, shape=(200, 240), pixel_um=0.18)
    picture = save(tmp_path / "s.png", section.image)
    given = ("biopsy", picture, "--pixel-um", 0.18, "--kind", "sural", "-o", tmp_path / "o")
    run(*given)
    page = (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    before = {row["label"]: row for row in table(tmp_path / "o" / "fibres.csv")}
    label, line = re.findall(r"Fibre (\d+), .*?<code>(exclude,\d+,\d+,,)</code>", page)[0]
    (tmp_path / "c.csv").write_text(
        f"action,x,y,axon,fibre\n{line}\nadd,,,3 3; 9 3; 9 9; 3 9,1 1; 11 1; 11 11; 1 11\n", encoding="utf-8"
    )
    run(*given, "--corrections", tmp_path / "c.csv")
    after = table(tmp_path / "o" / "fibres.csv")
    assert set(before) - {row["label"] for row in after} >= {label}
    # a fibre that a person added has no probability, also where the last fibre was left out
    assert [row["probability"] for row in after if row["label"] not in before] == [""]
    assert "1 left out, 1 added" in (tmp_path / "o" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("kind", "seed"), [("bright_field", 41), ("bright_field", 61), ("bright_field", 62), ("sem", 41)]
)
def test_an_inverted_picture_raises_a_doubt_and_an_upright_one_does_not(
    kind: SectionModality, seed: int, tmp_path: Path
) -> None:
    section = simulate_section(kind, seed=seed, shape=(240, 300), pixel_um=0.18)
    for name, image in (("upright", section.image), ("inverted", 255 - section.image)):
        path, out = save(tmp_path / f"{name}.png", image), tmp_path / name
        said = run("biopsy", path, "--pixel-um", 0.18, "--kind", "sural", "--modality", kind, "-o", out)
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        assert bool(summary["picture_doubts"]) == ("may be inverted" in said) == (name == "inverted")


def test_masks_alone_are_measured(masks: tuple[Path, Path], tmp_path: Path) -> None:
    run(
        "biopsy", "--axons", masks[0], "--myelin", masks[1], "--pixel-um", 0.5, "--kind", "n. suralis",
        "-o", tmp_path / "out",
    )  # fmt: skip
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["n_counted"] == 2
    assert summary["masks_from"] == "a.png, m.png"
    assert np.array_equal(read_mask(tmp_path / "out" / "axons.png"), read_mask(masks[0]))


def test_one_picture_of_both_masks_is_measured_alike(masks: tuple[Path, Path], tmp_path: Path) -> None:
    axons, myelin = read_mask(masks[0]), read_mask(masks[1])
    both = save(tmp_path / "both.png", (255 * axons + 170 * myelin).astype(np.uint8))
    run("biopsy", "--masks", both, "--pixel-um", 0.5, "--kind", "sural", "-o", tmp_path / "one")
    run(
        "biopsy", "--axons", masks[0], "--myelin", masks[1], "--pixel-um", 0.5, "--kind", "sural",
        "-o", tmp_path / "two",
    )  # fmt: skip
    assert (tmp_path / "one" / "fibres.csv").read_bytes() == (tmp_path / "two" / "fibres.csv").read_bytes()


def test_corrections_and_fascicle_are_used(masks: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("action,x,y,axon,fibre\nexclude,40,50,,\n", encoding="utf-8")
    half = np.zeros((100, 140), bool)
    half[:, 70:] = True
    write_levels(tmp_path / "f.png", half)
    run(
        "biopsy", "--axons", masks[0], "--myelin", masks[1], "--pixel-um", 0.5, "--kind", "sural",
        "--corrections", tmp_path / "c.csv", "--fascicle", tmp_path / "f.png", "-o", tmp_path / "out",
    )  # fmt: skip
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert (summary["n_counted"], summary["n_excluded_by_hand"], summary["whole_image"]) == (1, 1, False)
    assert summary["area_mm2"] == pytest.approx(7000 * 0.25 / 1e6)


def test_the_size_of_a_pixel_must_be_stated(masks: tuple[Path, Path]) -> None:
    result = CliRunner().invoke(app, ["biopsy", "--axons", str(masks[0]), "--kind", "sural"])
    assert result.exit_code == 2
    assert "--pixel-um" in result.output


def test_errors_name_the_file_and_the_way_out(masks: tuple[Path, Path], tmp_path: Path) -> None:
    junk = tmp_path / "junk.png"
    junk.write_bytes(b"no picture at all")
    rng = np.random.default_rng(0)
    grey = save(tmp_path / "grey.png", rng.integers(0, 255, (100, 140)).astype(np.uint8))
    colour = save(tmp_path / "colour.png", rng.integers(0, 255, (100, 140, 3)).astype(np.uint8))
    small = tmp_path / "small.png"
    write_levels(small, np.eye(50, dtype=bool))
    scale = ("--pixel-um", 0.2, "--kind", "sural", "-o", tmp_path / "o")
    assert "cannot be read as a picture" in failure("biopsy", junk, *scale)
    assert "there is no picture" in failure("biopsy", tmp_path / "none.png", *scale)
    assert "must be grey" in failure("biopsy", colour, *scale, "--modality", "sem")
    assert "50 x 50" in failure("biopsy", grey, *scale, "--fascicle", small)
    assert "50 x 50" in failure("biopsy", "--axons", masks[0], "--myelin", small, *scale)
    assert "without one of myelin" in failure("biopsy", "--axons", masks[0], *scale)
    assert "is no mask" in failure("biopsy", "--axons", grey, "--myelin", masks[1], *scale)
    assert "coloured" in failure("biopsy", "--axons", colour, "--myelin", masks[1], *scale)
    assert "axon is 255" in failure("biopsy", "--masks", grey, *scale)
    assert "neither a picture nor masks" in failure("biopsy", *scale)
    assert "positive number" in failure("biopsy", grey, "--pixel-um", 0, "--kind", "sural")
    assert "did you mean" in failure("biopsy", grey, "--pixel-um", 0.2, "--kind", "surel")


def test_tiff_is_read_and_a_stack_refused(tmp_path: Path) -> None:
    image = np.arange(400, dtype=np.uint16).reshape(20, 20)
    tifffile.imwrite(tmp_path / "one.tif", image)
    tifffile.imwrite(tmp_path / "many.tif", np.stack([image] * 5))
    assert np.array_equal(read_picture(tmp_path / "one.tif"), image)
    with pytest.raises(RanvierError, match="no stack"):
        read_picture(tmp_path / "many.tif")
    (tmp_path / "junk.tif").write_bytes(b"II nothing")
    with pytest.raises(RanvierError, match="cannot be read as TIFF"):
        read_picture(tmp_path / "junk.tif")


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "x.png", np.eye(4, dtype=np.uint8))
    monkeypatch.setitem(__import__("sys").modules, "PIL.Image", None)
    with pytest.raises(RanvierError, match=r"ranvier\[histology\]"):
        read_picture(tmp_path / "x.png")


def test_skin_counts_give_density_limit_and_advice() -> None:
    counts = ("--count", 3, "--length-mm", 3.0, "--count", 2, "--length-mm", 3.0, "--method", "bright_field")
    said = run("skin", *counts, "--age", 45, "--sex", "male")
    assert "0.83 fibres per mm" in said
    assert "limit 4.16 per mm: stop, below the limit" in said
    assert "no limit" in run("skin", *counts)
    assert "needs both" in failure("skin", "--count", 3, "--method", "bright_field", "--length-mm", 1, "--length-mm", 2)
