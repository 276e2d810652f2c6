"""Facts of the sequence: what a header states, what follows from it, and what stays unknown."""

import re
from pathlib import Path
from typing import Any

import pytest
from tests.imaging.reading.synthetic import Grid, series_of, write

from ranvier.core import Status, read_table
from ranvier.imaging.reading import Contrast, SequenceFacts, read_series
from ranvier.imaging.reading.words import maker_of, sequence_name_of

GRID = Grid(slices=2)
BARE = dict.fromkeys(
    ("Manufacturer", "ImageType", "ScanningSequence", "SequenceVariant", "RepetitionTime", "EchoTime"), None
) | {"MagneticFieldStrength": None}


def facts_of(tmp_path: Path, **attributes: Any) -> SequenceFacts:
    """Return the facts of a series with these attributes."""
    return read_series(write(series_of(GRID, **attributes), tmp_path / "series")).facts


def test_a_bare_header_leaves_everything_unknown(tmp_path: Path) -> None:
    assert facts_of(tmp_path, **BARE) == SequenceFacts()


def test_what_is_stated_is_copied(tmp_path: Path) -> None:
    facts = facts_of(
        tmp_path,
        EchoTime="62.5",
        RepetitionTime="4210",
        InversionTime="",
        FlipAngle="150",
        MagneticFieldStrength="2.89",
        Manufacturer="SIEMENS Healthineers",
        SequenceName="*tse2d1_11",
        ScanOptions=["PFP", "FS"],
    )
    assert (facts.te_ms, facts.tr_ms, facts.ti_ms) == ((62.5,), 4210, None)
    assert (facts.flip_angle_deg, facts.field_t) == (150, 2.89)
    assert (facts.manufacturer, facts.sequence_name) == ("Siemens", "*tse2d1_11")
    assert facts.fat_suppression is True
    assert facts.techniques == ("spin_echo",)
    assert (facts.contrast, facts.derived) == (Contrast.T2, ("contrast",))


@pytest.mark.parametrize(
    ("te_ms", "tr_ms", "techniques", "contrast"),
    [
        (12, 600, "SE", Contrast.T1),
        (80, 4000, "SE", Contrast.T2),
        (30, 3000, "SE", Contrast.PROTON_DENSITY),
        (45, 3000, "SE", None),
        (12, 1500, "SE", None),
        (80, 1500, "SE", None),
        (12, 600, "GR", None),
        (80, 4000, ["EP", "SE"], None),
        (80, 9000, ["SE", "IR"], None),
    ],
)
def test_a_spin_echo_tells_its_weighting_only_within_bounds(
    te_ms: float, tr_ms: float, techniques: object, contrast: Contrast | None, tmp_path: Path
) -> None:
    facts = facts_of(tmp_path, EchoTime=str(te_ms), RepetitionTime=str(tr_ms), ScanningSequence=techniques)
    assert facts.contrast is contrast
    assert facts.derived == (("contrast",) if contrast else ())


def test_a_train_of_echoes_has_no_single_weighting(tmp_path: Path) -> None:
    first = series_of(GRID, EchoTime="10")
    second = series_of(GRID, EchoTime="80", number=9)
    facts = read_series(write(first + second, tmp_path)).facts
    assert (facts.te_ms, facts.contrast) == ((10, 80), None)


@pytest.mark.parametrize("technique", [["SE", "IR"], ["IR"], "IR"])
def test_stir_by_its_inversion_time(technique: object, tmp_path: Path) -> None:
    facts = facts_of(tmp_path, ScanningSequence=technique, InversionTime="220")
    assert (facts.contrast, facts.fat_suppression, facts.ti_ms) == (Contrast.STIR, True, 220)
    assert facts.derived == ("contrast", "fat_suppression")


@pytest.mark.parametrize(("technique", "ti_ms"), [(["SE", "IR"], "2500"), (["GR", "IR"], "200"), ("SE", "200")])
def test_no_stir_otherwise(technique: object, ti_ms: str, tmp_path: Path) -> None:
    facts = facts_of(tmp_path, ScanningSequence=technique, InversionTime=ti_ms)
    assert facts.contrast is not Contrast.STIR
    assert facts.fat_suppression is None


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"SpectrallySelectedSuppression": "FAT"}, True),
        ({"SpectrallySelectedSuppression": "NONE"}, False),
        ({"SpectrallySelectedSuppression": "NONE", "SpectrallySelectedExcitation": "WATER"}, True),
        ({"SpectrallySelectedSuppression": "WATER"}, None),
        ({"ScanOptions": "FAST_GEMS"}, None),
    ],
)
def test_fat_suppression(attributes: dict[str, str], expected: bool | None, tmp_path: Path) -> None:
    assert facts_of(tmp_path, **attributes).fat_suppression is expected


@pytest.mark.parametrize("word", ["T1", "T2", "PROTON_DENSITY", "FLUID_ATTENUATED", "UNKNOWN"])
def test_a_stated_weighting_goes_first(word: str, tmp_path: Path) -> None:
    facts = facts_of(tmp_path, AcquisitionContrast=word, ScanningSequence="GR")
    expected = {"FLUID_ATTENUATED": "flair", "UNKNOWN": None}.get(word, word.lower())
    assert (facts.contrast, facts.derived) == (Contrast(expected) if expected else None, ())


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("SIEMENS", "Siemens"),
        ("Siemens Healthineers", "Siemens"),
        ("GE MEDICAL SYSTEMS", "GE"),
        ("Philips Medical Systems", "Philips"),
        ("UIH", "United Imaging"),
        ("TOSHIBA_MEC", "Canon"),
        ("Canon Medical Systems", "Canon"),
        ("Zsazsa Gabor", None),
        ("", None),
        (None, None),
    ],
)
def test_makers_have_one_spelling(word: str | None, name: str | None) -> None:
    assert maker_of(word) == name


def test_a_sequence_name_is_a_code_never_free_text() -> None:
    assert sequence_name_of("*ep_b1000#3") == "*ep_b1000#3"
    assert sequence_name_of("Gabor Zsazsa") is None
    assert sequence_name_of("Gabor^Zsazsa") is None
    assert sequence_name_of(["a"]) is None


def test_parameters_have_units_status_and_source() -> None:
    columns = ("name", "value", "unit", "status", "source", "meaning")
    rows = read_table("ranvier.imaging.reading", "parameters.csv", columns)
    assert len({row["name"] for row in rows}) == len(rows) == 10
    for row in rows:
        assert float(row["value"]) > 0
        assert Status(row["status"])
        assert all(row[column] for column in columns)
    value = {row["name"]: float(row["value"]) for row in rows}
    assert value["short_te_max"] < value["long_te_min"]
    assert value["t1_tr_max"] < value["long_tr_min"]
    assert value["stir_ti_min"] < value["stir_ti_max"]


def test_every_parameter_is_used() -> None:
    import ranvier.imaging.reading as package

    folder = Path(package.__file__).parent
    code = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    used = set(re.findall(r'\["(\w+)"\]', code))
    rows = read_table("ranvier.imaging.reading", "parameters.csv", ("name",))
    assert {row["name"] for row in rows} <= used
