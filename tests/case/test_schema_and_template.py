"""The published form and the template."""

from pathlib import Path

import jsonschema
import pytest
import yaml

from ranvier.case import case_json_schema, read_case, write_template
from ranvier.core import UnreadableCaseError


def uncommented(text: str) -> str:
    """Return the template with its examples switched on."""
    lines = []
    for line in text.splitlines():
        stripped = line.lstrip()
        example = stripped.startswith("#  ")
        if example and not stripped[3:].startswith(("stepwise over", " stepwise")):
            lines.append(line.replace("#  ", "  ", 1))
        else:
            lines.append(line.replace("[]", "", 1) if ": []" in line else line)
    return "\n".join(lines)


def test_the_schema_is_a_schema_with_a_version() -> None:
    schema = case_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == "urn:ranvier:case:1"
    assert schema["$schema"].endswith("2020-12/schema")
    assert "__line__" not in str(schema)


def test_a_caller_may_change_its_copy() -> None:
    case_json_schema()["properties"].clear()
    assert case_json_schema()["properties"]


def test_the_template_obeys_the_schema_and_reads_without_a_problem(tmp_path: Path) -> None:
    paths = write_template(tmp_path / "new" / "case")
    assert [p.name for p in paths] == ["case.yaml", "ncs.csv", "emg.csv", "labs.csv"]
    jsonschema.validate(yaml.safe_load(paths[0].read_text(encoding="utf-8")), case_json_schema())
    case = read_case(tmp_path / "new" / "case")
    assert (case.unused, case.statements, case.strength, case.conduction, case.laboratory) == ((), (), (), (), ())


def test_the_examples_of_the_template_read_without_a_problem(tmp_path: Path) -> None:
    for path in write_template(tmp_path):
        text = path.read_text(encoding="utf-8")
        if path.name == "case.yaml":
            text = uncommented(text)
            jsonschema.validate(yaml.safe_load(text), case_json_schema())
        else:
            rows = [line for line in text.splitlines() if line.count(",") >= 5]
            text = "\n".join(line.removeprefix("# ") for line in rows)
        path.write_text(text, encoding="utf-8")
    case = read_case(tmp_path)
    assert case.unused == ()
    counts = [len(x) for x in (case.statements, case.strength, case.reflexes, case.sensation, case.wasting)]
    assert counts == [7, 2, 1, 3, 1]
    assert [len(x) for x in (case.imaging, case.biopsies, case.conduction, case.needle, case.laboratory)] == [
        1,
        2,
        4,
        2,
        3,
    ]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "labs.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(UnreadableCaseError, match=r"labs\.csv"):
        write_template(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["labs.csv"]


@pytest.mark.parametrize(
    "case",
    [
        {"history": [{"item": "diabetes"}]},
        {"patient": {"name": "Jane Roe"}},
        {"onset": {"tempo": "quick"}},
        {"imaging": [{"modality": "mri", "region": "knee", "voxel_mm": [1, 2]}]},
        {"examination": {"strength": {"name": "deltoid"}}},
    ],
)
def test_the_schema_refuses(case: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(case, case_json_schema())
