"""FHIR bundles: observations to laboratory results; broken ones never crash and never lose a good row."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranvier.case import read_tables
from ranvier.core import UnreadableCaseError


def observation(**more: Any) -> dict[str, Any]:
    """Return one observation of HbA1c unless said otherwise."""
    base = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "4548-4", "display": "Hemoglobin A1c"}]},
        "valueQuantity": {"value": 7.4, "unit": "%"},
    }
    return {k: v for k, v in (base | more).items() if v is not None}


def bundle(*resources: object) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]}


def results(tmp_path: Path, tree: object):  # type: ignore[no-untyped-def]
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    return read_tables(labs=path)


def test_a_quantity_with_its_range_and_interpretation(tmp_path: Path) -> None:
    b12 = observation(
        code={"text": "Vitamin B12"},
        valueQuantity={"value": 120, "unit": "pmol/L", "comparator": "<"},
        interpretation=[{"coding": [{"code": "L"}]}],
        referenceRange=[{"low": {"value": 150}, "high": {"value": 600}}],
    )
    case = results(tmp_path, bundle({"resourceType": "Patient", "name": [{"family": "Secret"}]}, observation(), b12))
    hba1c, vitamin = case.laboratory
    assert (hba1c.test, hba1c.value, hba1c.unit) == ("hba1c", 7.4, "%")
    assert (vitamin.test, vitamin.value, vitamin.comparator, vitamin.word) == ("b12", 120, "<", "low")
    assert (vitamin.ref_low, vitamin.ref_high) == (150, 600)
    assert "Secret" not in repr(case)


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ({"valueCodeableConcept": {"text": "Positive"}}, "positive"),
        ({"valueCodeableConcept": {"coding": [{"display": "Negative"}]}}, "negative"),
        ({"valueString": "negative"}, "negative"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 160}}}, "positive"),
    ],
)
def test_words_and_titres(tmp_path: Path, value: dict[str, Any], word: str) -> None:
    case = results(tmp_path, bundle(observation(code={"text": "ANA"}, valueQuantity=None, **value)))
    assert [r.word for r in case.laboratory] == [word]


def test_components_contained_resources_and_lists_are_read(tmp_path: Path) -> None:
    panel = observation(valueQuantity=None, code={"text": "CSF"}, component=[
        {"code": {"text": "CSF protein"}, "valueQuantity": {"value": 85, "unit": "mg/dL"}},
        {"code": {"text": "CSF white cells"}, "valueQuantity": {"value": 2, "unit": "cells/uL"}},
    ])  # fmt: skip
    report = {"resourceType": "DiagnosticReport", "contained": [observation()]}
    case = results(tmp_path, [panel, report])
    assert [r.test for r in case.laboratory] == ["csf_protein", "csf_wbc", "hba1c"]


def test_what_was_entered_in_error_is_left_out_and_an_unknown_test_is_told(tmp_path: Path) -> None:
    wrong = observation(status="entered-in-error")
    case = results(tmp_path, bundle(wrong, observation(code={"text": "Mood of the day"}), observation()))
    assert len(case.laboratory) == 1
    assert any("Mood of the day" in u.problem for u in case.unused)


@pytest.mark.parametrize(
    ("text", "said"), [("{", "not JSON"), ("[]", "no Observation"), ('{"a": 1}', "no Observation")]
)
def test_a_file_that_is_no_bundle_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(UnreadableCaseError, match=said):
        read_tables(labs=tmp_path / "b.json")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCaseError, match=r"no file gone\.csv"):
        read_tables(labs=tmp_path / "gone.csv")


PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
JSON = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.integers(0, 10**6), JSON)
def test_a_mutated_observation_never_costs_a_good_one(
    tmp_path_factory: pytest.TempPathFactory, seed: int, junk: object
) -> None:
    rng = random.Random(seed)
    broken = observation(interpretation=[{"coding": [{"code": "H"}]}], referenceRange=[{"low": {"value": 4}}])
    node: Any = broken
    for _ in range(rng.randint(1, 4)):
        keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
        if not keys:
            break
        key = rng.choice(keys)
        if rng.random() < 0.5 or not isinstance(node[key], dict | list):
            node[key] = junk
            break
        node = node[key]
    good = observation(code={"text": "TSH"}, valueQuantity={"value": 2, "unit": "mIU/L"})
    case = results(tmp_path_factory.mktemp("fhir"), bundle(broken, good))
    assert "tsh" in [r.test for r in case.laboratory]


@pytest.mark.parametrize("seed", [6, 2027])
def test_two_hundred_seeded_mutations_of_a_bundle_lose_no_good_row(tmp_path: Path, seed: int) -> None:
    """Each mutation changes, drops or doubles something inside one entry, or breaks the list around it."""
    rng = random.Random(seed)
    names = [("Vitamin B12", "pg/mL"), ("TSH", "mIU/L"), ("Copper", "ug/dL"), ("CSF protein", "g/L")]
    junk = [
        None,
        True,
        -1,
        1e308,
        "",
        "x" * 500,
        [],
        {},
        [[None]],
        {"resourceType": "Observation"},
        "NaN",
        {"value": {}},
    ]
    for _ in range(200):
        good = [observation(code={"text": n}, valueQuantity={"value": 20, "unit": u}) for n, u in names]
        broken = observation(
            interpretation=[{"coding": [{"code": "H"}]}], referenceRange=[{"low": {"value": 4}}],
            component=[{"code": {"text": "ANA"}, "valueString": "1:80"}], dataAbsentReason={"text": "clotted"},
        )  # fmt: skip
        node: Any = broken
        while True:
            key = rng.choice(list(node) if isinstance(node, dict) else range(len(node)))
            if rng.random() < 0.4 or not isinstance(node[key], dict | list) or not node[key]:
                break
            node = node[key]
        if rng.random() < 0.3:
            del node[key]
        else:
            node[key] = rng.choice(junk)
        tree = bundle(*good, broken)
        tree["entry"].insert(rng.randrange(5), rng.choice(junk))
        tests = [r.test for r in results(tmp_path, tree).laboratory]
        assert set(tests) >= {"b12", "tsh", "copper", "csf_protein"}


def test_an_absent_value_gives_its_reason_and_a_doubled_observation_counts_once(tmp_path: Path) -> None:
    absent = observation(valueQuantity=None, dataAbsentReason={"coding": [{"code": "unknown", "display": "Clotted"}]})
    case = results(tmp_path, bundle(observation(), observation(), absent))
    assert len(case.laboratory) == 1
    assert "Clotted" in case.unused[0].problem


@pytest.mark.parametrize("more", [{}, {"system": "http://unitsofmeasure.org", "code": "1"}])
def test_a_number_without_a_unit_is_no_shifted_row(tmp_path: Path, more: dict[str, str]) -> None:
    quantity = {"value": 1.2, "unit": "1", **more}
    case = results(tmp_path, bundle(observation(code={"text": "kappa/lambda ratio"}, valueQuantity=quantity)))
    assert [(r.test, r.value, r.unit) for r in case.laboratory] == [("flc_ratio", 1.2, None)]
    assert case.unused == ()


def test_the_ucum_code_goes_before_the_unit_in_words(tmp_path: Path) -> None:
    quantity = {"value": 250, "unit": "picograms", "system": "http://unitsofmeasure.org", "code": "pg/mL"}
    case = results(tmp_path, bundle(observation(code={"text": "B12"}, valueQuantity=quantity)))
    assert case.laboratory[0].unit == "pg/mL"


@pytest.mark.parametrize(
    ("ranges", "low", "high"),
    [
        ([{"text": "4.0 - 5.6"}], 4.0, 5.6),
        ([{"text": "< 5.7"}], None, 5.7),
        ([{"text": "see comment"}], None, None),
        ([{"type": {"coding": [{"code": "treatment"}]}, "high": {"value": 7}}, {"high": {"value": 5.6}}], None, 5.6),
        ([{"type": {"coding": [{"code": "normal"}]}, "low": {"value": 4}, "high": {"value": 5.6}}], 4.0, 5.6),
    ],
)
def test_the_range_of_healthy_people_is_taken(
    tmp_path: Path, ranges: list[dict[str, Any]], low: float | None, high: float | None
) -> None:
    """Observation.referenceRange: ``text`` where no quantity stands; ``type`` tells what a range is of."""
    case = results(tmp_path, bundle(observation(referenceRange=ranges)))
    assert [(r.ref_low, r.ref_high) for r in case.laboratory] == [(low, high)]


R4 = {"effectiveDateTime": "2024-01-02", "interpretation": [{"coding": [{"code": "H"}]}]}
R5 = {
    "instantiatesCanonical": "http://example.org/ObservationDefinition/1",
    "triggeredBy": [{"observation": {"reference": "Observation/0"}, "type": "reflex"}],
    "bodyStructure": {"reference": "BodyStructure/1"},
    "interpretation": [{"coding": [{"system": "x", "code": "H"}]}],
    "referenceRange": [{"normalValue": {"text": "normal"}, "high": {"value": 5.6}}],
}


@pytest.mark.parametrize("version", [R4, R5], ids=["R4", "R5"])
def test_observations_of_both_versions_read_alike(tmp_path: Path, version: dict[str, Any]) -> None:
    """What R5 adds (https://hl7.org/fhir/R5/observation.html) is left alone; what both have is read."""
    report = {"resourceType": "DiagnosticReport", "status": "final", "result": [{"reference": "#a"}],
              "contained": [observation(id="a", **version)]}  # fmt: skip
    tree = {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "urn:uuid:1", "resource": report}]}
    case = results(tmp_path, tree)
    assert [(r.test, r.value, r.word) for r in case.laboratory] == [("hba1c", 7.4, "high")]
    assert case.unused == ()


def by_line(tmp_path: Path, *lines: str, name: str = "Observation.ndjson") -> Path:
    (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path / name


@pytest.mark.parametrize("name", ["Observation.ndjson", "labs.json", "export.txt"])
def test_a_bulk_export_of_one_resource_a_line_is_read(tmp_path: Path, name: str) -> None:
    """FHIR Bulk Data Access (https://hl7.org/fhir/uv/bulkdata/): newline-delimited JSON, one resource a line."""
    tsh = observation(code={"text": "TSH"}, valueQuantity={"value": 2, "unit": "mIU/L"})
    path = by_line(tmp_path, json.dumps({"resourceType": "Patient"}), json.dumps(observation()), "", json.dumps(tsh),
                   name=name)  # fmt: skip
    case = read_tables(labs=path)
    assert [r.test for r in case.laboratory] == ["hba1c", "tsh"]
    assert case.unused == ()


def test_a_broken_line_is_named_without_its_text_and_costs_no_other(tmp_path: Path) -> None:
    secret = '{"resourceType": "Patient", "name": [{"family": "Secret'
    path = by_line(tmp_path, json.dumps(observation()), secret, json.dumps(observation(code={"text": "Mood"})))
    case = read_tables(labs=path)
    assert [r.test for r in case.laboratory] == ["hba1c"]
    assert [(u.origin.row, u.origin.column) for u in case.unused] == [(2, None), (2, "line 3.test")]
    assert "Secret" not in repr(case)


def test_a_bundle_with_a_broken_end_is_still_no_bundle(tmp_path: Path) -> None:
    text = json.dumps(bundle(observation()), indent=1)
    path = by_line(tmp_path, text[:-1])
    with pytest.raises(UnreadableCaseError, match=r"not JSON \(line"):
        read_tables(labs=path)


@pytest.mark.parametrize(
    ("subjects", "told"),
    [
        (("Patient/1", "https://server/fhir/Patient/1/_history/2", None), False),
        (("Patient/1", "Patient/2"), True),
        (("Patient/1", 7, "urn:uuid:1"), False),
    ],
)
def test_results_of_several_patients_are_told(tmp_path: Path, subjects: tuple[object, ...], told: bool) -> None:
    every = [observation(id=str(n), subject=s and {"reference": s}) for n, s in enumerate(subjects)]
    case = read_tables(labs=by_line(tmp_path, *map(json.dumps, every)))
    assert any("different subjects" in u.problem for u in case.unused) is told
