"""A case folder with labs.csv, labs.json (FHIR) and labs.hl7 (HL7 v2): all are read, each broken one is named."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.case.test_fhir import bundle, observation
from tests.case.test_hl7 import MESSAGE

from ranvier.case import Case, read_case
from ranvier.core import MissingExtraError
from ranvier.inference import collect_findings, collect_unused

WHO = {
    "resourceType": "Patient",
    "identifier": [{"value": "MRN-4711"}],
    "name": [{"family": "Secretname", "given": ["Hidden"]}],
    "birthDate": "1950-02-03",
    "address": [{"text": "Nowhere Street 5"}],
}
IDENTITY = ("4711", "Secret", "Hidden", "1950", "Nowhere", "Patient/", "urn:uuid")


def named(text: str, value: float = 0.9, unit: str = "g/L", **more: Any) -> dict[str, Any]:
    """Return an observation that names its patient, as those of a server do."""
    who = {"subject": {"reference": "Patient/MRN-4711", "display": "Secretname, Hidden"}}
    return observation(code={"text": text}, valueQuantity={"value": value, "unit": unit}, **who, **more)


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in {"case_yaml": "patient: {age_y: 40}\n", **files}.items():
        if text:
            (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return tmp_path


def places(case: Case) -> list[str]:
    return [":".join(str(p) for p in (u.origin.file, u.origin.row, u.origin.column) if p) for u in case.unused]


def test_the_three_files_are_read_side_by_side(tmp_path: Path) -> None:
    pytest.importorskip("hl7")
    tree = json.dumps(bundle(WHO, named("CSF protein")))
    case = read_case(
        folder(tmp_path, labs_csv="test,value,unit\nb12,120,pg/mL\n", labs_json=tree, labs_hl7="\r".join(MESSAGE))
    )
    assert case.unused == ()
    files = {r.origin.file: r.test for r in case.laboratory}
    assert list(files) == ["labs.csv", "labs.json", "labs.hl7"]
    assert {"b12", "csf_protein", "hba1c"} <= {r.test for r in case.laboratory}
    seen = {f.observable: f for f in collect_findings(case)}
    assert seen["csf_protein_high"].abnormal
    assert "counted once" in seen["csf_protein_high"].statement
    assert seen["lab_b12_low"].origin.file == "labs.csv"


def test_identity_is_copied_neither_into_the_case_nor_into_any_message(tmp_path: Path) -> None:
    pytest.importorskip("hl7")
    lost = named("Mood of the day", note=[{"text": "Secretname was sad"}], performer=[{"display": "Dr Secret"}])
    absent = named("TSH", dataAbsentReason={"text": "clotted"})
    del absent["valueQuantity"]
    report = {
        "resourceType": "DiagnosticReport",
        "conclusion": "Secretname is ill",
        "contained": [WHO, named("CSF glucose", 3, "mmol/L")],
    }
    lines = [*MESSAGE, "NTE|1||Secretname was seen", "OBX|8|NM|X^Mood^L||7|%|||||F"]
    case = read_case(
        folder(tmp_path, labs_json=json.dumps(bundle(WHO, lost, absent, report)), labs_hl7="\r".join(lines))
    )
    assert len(case.unused) == 3
    said = repr((case, collect_findings(case), collect_unused(case)))
    assert not [word for word in IDENTITY if word in said]


def test_every_problem_names_the_file_and_the_place_in_it(tmp_path: Path) -> None:
    pytest.importorskip("hl7")
    panel = observation(code={"text": "panel"}, valueQuantity=None, component=[
        {"code": {"text": "CSF protein"}, "valueQuantity": {"value": 0.4, "unit": "g/L"}},
        {"code": {"text": "Mood"}, "valueQuantity": {"value": 1, "unit": "g/L"}},
    ])  # fmt: skip
    lines = [*MESSAGE, "OBX|8|NM|X^Mood^L||7|%|||||F"]
    case = read_case(folder(tmp_path, labs_json=json.dumps(bundle(WHO, panel)), labs_hl7="\n".join(lines)))
    assert places(case) == ["labs.json:1:entry[1].resource.component[1].test", "labs.hl7:11:test"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("labs_json", '{"resourceType": "Bundle",\n "entry": [}', "line 2, column 12"),
        ("labs_json", '{"resourceType": "Bundle"}', "no Observation"),
        ("labs_hl7", "hello", "no line begins with MSH"),
        ("labs_hl7", "\r".join(MESSAGE[:3]), "no OBX"),
    ],
)
def test_a_broken_file_is_named_and_costs_no_other(tmp_path: Path, name: str, text: str, said: str) -> None:
    pytest.importorskip("hl7")
    case = read_case(folder(tmp_path, labs_csv="test,value,unit\nb12,120,pg/mL\n", **{name: text}))
    assert [r.test for r in case.laboratory] == ["b12"]
    (note,) = case.unused
    assert note.origin.file == name.replace("_", ".")
    assert said in note.problem
    assert "labs.csv" in note.remedy


def test_results_alone_make_a_case(tmp_path: Path) -> None:
    case = read_case(folder(tmp_path, case_yaml="", labs_json=json.dumps(bundle(named("CSF protein")))))
    assert [r.test for r in case.laboratory] == ["csf_protein"]
    assert "there is no case.yaml" in case.unused[0].problem


def test_without_the_extra_the_message_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: str) -> None:
        raise MissingExtraError("reading HL7 messages", "labs")

    monkeypatch.setattr("ranvier.case.hl7_messages.optional", missing)
    (note,) = read_case(folder(tmp_path, labs_hl7="\r".join(MESSAGE))).unused
    assert note.origin.file == "labs.hl7"
    assert "labs" in note.problem


def test_no_damage_to_a_bundle_costs_a_row_of_another_file(tmp_path: Path) -> None:
    """Bytes of labs.json are cut, doubled and changed 100 times: the case is always read, and labs.csv with it."""
    rng = random.Random(8)
    whole = json.dumps(bundle(WHO, named("CSF protein"), named("CSF glucose", 3, "mmol/L"))).encode()
    folder(tmp_path, labs_csv="test,value,unit\nb12,120,pg/mL\n")
    for _ in range(100):
        raw = bytearray(whole)
        start = rng.randrange(len(raw))
        end = start + rng.randrange(12)
        raw[start:end] = bytes(rng.randrange(256) for _ in range(rng.randrange(6)))
        (tmp_path / "labs.json").write_bytes(bytes(raw))
        case = read_case(tmp_path)
        assert "b12" in [r.test for r in case.laboratory]
        assert not [word for word in IDENTITY if word in repr(case.laboratory)]


def test_check_and_workup_read_them_from_the_command_line(tmp_path: Path) -> None:
    folder(tmp_path, labs_json=json.dumps(bundle(WHO, named("CSF protein"), named("Mood"))))
    run = [sys.executable, "-m", "ranvier.cli"]
    check = subprocess.run([*run, "check", str(tmp_path)], capture_output=True, text=True, check=False)
    assert check.returncode == 1
    assert "labs.json:2:entry[2].resource.test: error: there is no laboratory test named 'Mood'" in check.stdout
    out = tmp_path / "out"
    subprocess.run([*run, "workup", str(tmp_path), "-o", str(out)], capture_output=True, text=True, check=True)
    assert "csf_protein_high" in (out / "findings.csv").read_text(encoding="utf-8")
    written = "".join(p.read_text(encoding="utf-8") for p in out.iterdir())
    assert not [word for word in IDENTITY[:5] if re.search(rf"\b{re.escape(word)}\b", written)]
