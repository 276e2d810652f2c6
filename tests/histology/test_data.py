"""The tables of histology: every setting for every modality, known sources and statuses, limits that fall with age."""

import pytest

from ranvier.case import load_vocabulary
from ranvier.core import Status, read_sources, read_table
from ranvier.histology.parameters import MODALITIES, PACKAGE, segmentation_settings
from ranvier.histology.plausibility import load_odds
from ranvier.histology.skin import COLUMNS, skin_limits
from ranvier.histology.yields import COLUMNS as YIELD_COLUMNS
from ranvier.histology.yields import biopsy_yields

TABLES = {
    "segmentation.csv": ("name", "modality", "value", "unit", "status", "source", "meaning"),
    "section.csv": ("name", "value", "unit", "status", "source", "meaning"),
    "skin_limits.csv": COLUMNS,
    "fibre_odds.csv": ("modality", "stage", "term", "weight", "status", "source"),
    "corneal_limits.csv": ("id", "measure", "status", "source"),
    "biopsy_yields.csv": YIELD_COLUMNS,
}


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_a_known_source_and_status(table: str) -> None:
    known = read_sources(PACKAGE)
    for row in read_table(PACKAGE, table, TABLES[table]):
        assert row["source"] in known
        assert Status(row["status"])


@pytest.mark.parametrize("table", ["segmentation.csv", "section.csv"])
def test_every_number_has_a_unit_and_a_meaning_and_stands_once(table: str) -> None:
    rows = read_table(PACKAGE, table, TABLES[table])
    assert all(row["unit"] and len(row["meaning"]) > 10 for row in rows)
    names = [(row["name"], row.get("modality")) for row in rows]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("modality", MODALITIES)
def test_settings_of_a_modality_are_complete_and_in_order(modality: str) -> None:
    settings = segmentation_settings(modality)
    assert 0 < settings.smooth_um < settings.axon_min_um < settings.axon_max_um
    assert 0 < settings.contrast_min < 1
    assert 0 < settings.edge_height <= 0.5
    if modality != "bright_field":
        assert load_odds(modality, 1).keys() < load_odds(modality, 2).keys()


@pytest.mark.parametrize("method", ["bright_field", "immunofluorescence"])
@pytest.mark.parametrize("sex", ["female", "male"])
def test_skin_limits_fall_with_age_and_stay_above_none(method: str, sex: str) -> None:
    limits = [skin_limits(method, age, sex)[0].limit_per_mm for age in range(27, 80)]  # type: ignore[arg-type]
    assert limits == sorted(limits, reverse=True)
    assert limits[-1] > 0


def test_yields_are_percentages_of_features_that_exist() -> None:
    features = load_vocabulary().features
    for known in biopsy_yields():
        assert known.feature in features
        assert 0 <= known.percent <= 100
        assert known.of > 0
    for row in read_table(PACKAGE, "biopsy_yields.csv", YIELD_COLUMNS):
        if row["found"]:
            assert float(row["percent"]) == pytest.approx(100 * int(row["found"]) / int(row["of"]), abs=0.1)
