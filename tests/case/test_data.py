"""The tables of the package: complete, without double meanings, with sources."""

import csv
import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

import ranvier.case
from ranvier.anatomy import load_graph, plain
from ranvier.case import ImagingModality, SensoryModality, SensoryResult, Setting, StudyKind, StudyWord, load_vocabulary
from ranvier.core import Side, Status

DATA = Path(ranvier.case.__file__).parent / "data"
VOCABULARY = load_vocabulary()


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def words(field: str) -> set[str]:
    return {row["meaning"] for row in rows("words.csv") if row["field"] == field}


@pytest.mark.parametrize("name", ["features.csv", "image_kinds.csv", "regions.csv", "lab_tests.csv"])
def test_no_name_has_two_meanings(name: str) -> None:
    owner: dict[str, str] = {}
    for row in rows(name):
        for text in (row["id"], row["name"], *row["synonyms"].split("|"), row.get("hpo", ""), row.get("loinc", "")):
            if text:
                assert owner.setdefault(plain(text), row["id"]) == row["id"], text


@pytest.mark.parametrize("name", ["features.csv", "image_kinds.csv", "regions.csv", "lab_tests.csv"])
def test_ids_are_slugs_and_unique(name: str) -> None:
    ids = [row["id"] for row in rows(name)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9_]+", id_) for id_ in ids)


def test_size_of_the_vocabulary() -> None:
    assert len(VOCABULARY.features) >= 500
    assert len(VOCABULARY.image_kinds) == 45
    assert len(VOCABULARY.regions) == 23
    assert len(VOCABULARY.lab_tests) > 85


def test_hpo_ids_have_the_form_of_hpo_and_are_used_once() -> None:
    ids = [f.hpo for f in VOCABULARY.features.values() if f.hpo]
    assert all(re.fullmatch(r"HP:\d{7}", id_) for id_ in ids)
    assert len(ids) == len(set(ids))


def test_hpo_ids_that_a_textbook_knows() -> None:
    assert VOCABULARY.feature("HP:0003487").id == "babinski"
    assert VOCABULARY.feature("HP:0002403").id == "romberg"
    assert VOCABULARY.feature("HP:0000508").id == "ptosis"


def test_loinc_codes_have_their_check_digit() -> None:
    for test in VOCABULARY.lab_tests.values():
        if test.loinc:
            body, digit = test.loinc.split("-")
            doubled = "".join(str(int(d) * 2) if n % 2 == 0 else d for n, d in enumerate(reversed(body)))
            assert (10 - sum(map(int, doubled)) % 10) % 10 == int(digit), test.id


def test_every_default_place_exists() -> None:
    graph = load_graph()
    tables = {"tunnel": graph.tunnels, "nerve": graph.nerves, "muscle": graph.muscles, "root": graph.roots}
    places = [f.default_place for f in VOCABULARY.features.values() if f.default_place]
    assert len(places) == 15
    for place in places:
        kind, _, ids = place.partition(":")
        assert set(ids.split(";")) <= set(tables[kind]), place


def test_a_correlation_group_has_members_or_a_place() -> None:
    sizes = Counter(f.correlation_group for f in VOCABULARY.features.values())
    for feature in VOCABULARY.features.values():
        assert not feature.correlation_group or sizes[feature.correlation_group] > 1 or feature.place_kind != "none"


@pytest.mark.parametrize(
    "same",
    [
        ("phalen", "carpal_compression_test", "hand_elevation_test", "nocturnal_hand_paraesthesia"),
        ("burning_feet", "neuropathic_pain", "allodynia"),
        ("qst_thermal_abnormal", "sweat_test_abnormal", "biopsy_ienfd_low", "corneal_confocal_abnormal"),
        ("lab_ace_high", "chest_granulomatous_or_hilar"),
        ("dysphagia", "dysarthria", "bulbar_weakness"),
        ("lab_b12_low", "lab_mma_high"),
        ("romberg", "sensory_ataxia", "gait_ataxic", "gait_imbalance", "falls", "pseudoathetosis"),
        ("csf_protein_high", "csf_protein_very_high"),
        ("lab_ck_high", "lab_ck_very_high"),
    ],
)
def test_features_of_one_fact_share_a_group(same: tuple[str, ...]) -> None:
    assert len({VOCABULARY.features[id_].correlation_group for id_ in same} - {""}) == 1


def test_genes_and_antibodies_stand_alone() -> None:
    for id_ in ("gene_ttr", "gene_pmp22_deletion", "lab_gm1", "lab_gq1b", "lab_anti_hu", "lab_musk"):
        assert VOCABULARY.features[id_].correlation_group == ""


def test_words_have_the_meanings_of_the_records() -> None:
    assert words("side") == {s.value for s in Side}
    assert words("setting") == {s.value for s in Setting}
    assert words("study_kind") == set(get_args(StudyKind))
    assert words("study_word") == set(get_args(StudyWord))
    assert words("sensory_modality") == set(get_args(SensoryModality))
    assert words("sensory_result") == set(get_args(SensoryResult))
    assert words("imaging_modality") == set(get_args(ImagingModality))
    assert words("ncs_region") == {"arms", "legs", "limbs", "arm", "leg", "face"}


def test_scales_stay_within_their_ends() -> None:
    ends = {"strength": 5, "reflex": 4, "fibrillations": 4}
    for row in rows("scales.csv"):
        assert 0 <= float(row["lowest"]) <= float(row["highest"]) <= ends[row["scale"]], row


def test_plausible_ranges_are_ranges_with_units() -> None:
    for row in rows("plausible.csv"):
        assert float(row["lowest"]) < float(row["highest"]), row
        assert row["unit"], row


def test_stimulating_points_exist() -> None:
    graph = load_graph()
    for row in rows("stimulation.csv"):
        assert row["nerve"] in graph.nerves
        assert row["node"] in graph.nodes


@pytest.mark.parametrize("name", ["scales.csv", "plausible.csv"])
def test_numbers_have_a_status_and_a_source(name: str) -> None:
    sources = {row["id"] for row in rows("sources.csv")}
    for row in rows(name):
        assert row["source"] in sources
        assert Status(row["status"])
