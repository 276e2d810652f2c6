"""Laboratory results from a FHIR bundle (R4 or R5): each Observation becomes a row as in ``labs.csv``.

Read are Observations at any depth of the file (entries of a Bundle, contained resources), their components,
``value[x]`` as Quantity, CodeableConcept, string, integer or Ratio, interpretation and reference range. Names, dates
and numbers of the patient are not read. What is no laboratory test of the vocabulary is noted, not guessed.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ranvier.case.context import Context
from ranvier.case.csvtext import Row
from ranvier.case.numbers import NumberReader
from ranvier.case.records import LabResult
from ranvier.case.results import read_rows
from ranvier.case.vocabulary import PACKAGE
from ranvier.core import Origin, UnreadableCaseError, read_table

_LOINC = "loinc"
UNITY = "1"
"""How UCUM writes that there is no unit."""
_DEEPEST = 60


def read_bundle(path: Path, context: Context) -> tuple[LabResult, ...]:
    """Return the laboratory results of a FHIR file.

    Parameters
    ----------
    path : Path
        JSON: a Bundle, an Observation, a DiagnosticReport with contained Observations, or a list of these; or one
        resource a line (NDJSON, as bulk exports are), where a line that cannot be read costs no other.
    context : Context
        Where names are looked up and problems are noted.

    Raises
    ------
    UnreadableCaseError
        If the file is no JSON or holds no FHIR resource at all.

    References
    ----------
    HL7 FHIR Bulk Data Access, https://hl7.org/fhir/uv/bulkdata/.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableCaseError(f"{path.name} cannot be read as UTF-8 text") from error
    return read_resources(_parsed(text, path.name, context), path.name, context)


def _parsed(text: str, file: str, context: Context) -> object:
    """Return the JSON of a file as a whole or by line, or say where it breaks."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        lines = _lines(text)
        if 2 * sum(line.tree is not None for line in lines) > len(lines):
            return _of_lines(lines, file, context)
        place = f"line {error.lineno}, column {error.colno}"
        raise UnreadableCaseError(f"{file} is not JSON ({place}: {error.msg})") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableCaseError(f"{file} is not JSON") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line that is not blank, and the resource that it holds, None where it is none."""

    number: int
    tree: Mapping[str, Any] | None


def _lines(text: str) -> list[_Line]:
    said = ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())
    return [_Line(number=number, tree=_resource(line)) for number, line in said]


def _resource(line: str) -> Mapping[str, Any] | None:
    try:
        tree = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return tree if isinstance(tree, dict) and "resourceType" in tree else None


def _of_lines(lines: list[_Line], file: str, context: Context) -> dict[str, Mapping[str, Any]]:
    """Return the resources of a file by line, and note the lines that hold none."""
    for line in lines:
        if line.tree is None:
            context.problems.error(
                Origin(file=file, row=line.number),
                "the line is no FHIR resource in JSON; it was not used",
                "export the results again",
            )
    return {f"line {line.number}": line.tree for line in lines if line.tree is not None}


def read_resources(tree: object, name: str, context: Context) -> tuple[LabResult, ...]:
    """Return the laboratory results of FHIR resources.

    Parameters
    ----------
    tree : object
        Parsed JSON, such as a Bundle.
    name : str
        What to call it in messages.
    context : Context
        Where names are looked up and problems are noted.

    Raises
    ------
    UnreadableCaseError
        If it holds no Observation.
    """
    met: dict[str, _Found] = {}
    for found in _observations(tree, 0):
        met.setdefault(json.dumps(found.tree, sort_keys=True), found)
    if not met:
        raise UnreadableCaseError(f"{name} holds no Observation; give a FHIR Bundle with laboratory results")
    people = {_person(found.tree) for found in met.values()} - {""}
    if len(people) > 1:
        context.problems.error(
            Origin(file=name),
            f"the results name {len(people)} different subjects and all were read as of one patient",
            "keep the results of one patient",
        )
    rows: list[Row] = []
    for number, found in enumerate(met.values(), 1):
        rows.extend(_rows(found, name, number, context))
    return read_rows(rows, NumberReader(file="labs.csv", problems=context.problems), context)


def _person(observation: Mapping[str, Any]) -> str:
    """Return the id of the patient an observation is about, whatever server its address names; it is not kept."""
    subject = observation.get("subject")
    address = subject.get("reference") if isinstance(subject, dict) else None
    if not isinstance(address, str) or "Patient/" not in address:
        return ""
    return address.rpartition("Patient/")[2].partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """An Observation and the path that leads to it, such as ``entry[3].resource``."""

    path: str
    tree: Mapping[str, Any]


def _observations(node: object, depth: int, path: str = "") -> Iterator[_Found]:
    """Yield every Observation of a tree, in its order."""
    if depth > _DEEPEST:
        return
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from _observations(item, depth + 1, f"{path}[{number}]")
    elif isinstance(node, dict):
        if node.get("resourceType") == "Observation":
            yield _Found(path=path, tree=node)
        for key, value in node.items():
            if isinstance(value, dict | list):
                yield from _observations(value, depth + 1, f"{path}.{key}".lstrip("."))


def _rows(found: _Found, file: str, number: int, context: Context) -> Iterator[Row]:
    """Yield a row for the observation and one for each of its components that has a value."""
    observation = found.tree
    if observation.get("status") in ("entered-in-error", "cancelled"):
        return
    components = [(f"component[{n}]", c) for n, c in enumerate(_dicts(observation.get("component")))]
    parts = [("", observation), *components]
    said = False
    for place, part in parts:
        value = _value(part)
        flag = _flag(part)
        if not value and not flag:
            continue
        said = True
        cells = {"test": _test(part, context), "value": value, "flag": flag, "unit": _unit(part), **_range(part)}
        where = ".".join(p for p in (found.path, place) if p)
        yield Row(file=file, number=number, cells={k: v for k, v in cells.items() if v}, where=where)
    if not said:
        origin = Origin(file=file, row=number, column=found.path or None, text=_name(observation))
        reason = _reason([part for _, part in parts])
        problem = f"the laboratory gives no value: {reason}" if reason else "there is neither a value nor a verdict"
        context.problems.question(origin, problem, "add one, or leave the observation out")


def _reason(parts: list[Mapping[str, Any]]) -> str:
    """Return why a value is absent, as its code or words say."""
    for part in parts:
        concept = part.get("dataAbsentReason")
        if isinstance(concept, dict):
            codings = _codings(concept)
            return str(concept.get("text") or next((c.get("display") or c.get("code") for c in codings), "") or "")
    return ""


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _codings(concept: object) -> list[Mapping[str, Any]]:
    return _dicts(concept.get("coding")) if isinstance(concept, dict) else []


def _test(part: Mapping[str, Any], context: Context) -> str:
    """Return the first code or name that the vocabulary knows, else the name for the message."""
    code = part.get("code")
    words = [str(c.get("code", "")) for c in _codings(code) if _LOINC in str(c.get("system", "")).lower()]
    words += [str(c.get("display", "")) for c in _codings(code)]
    words.append(_name(part))
    for word in words:
        if word and context.vocabulary.knows("laboratory test", word):
            return word
    return next((w for w in words if w), "")


def _name(part: Mapping[str, Any]) -> str:
    code = part.get("code")
    text = code.get("text") if isinstance(code, dict) else None
    return str(text or next((c.get("display") for c in _codings(code) if c.get("display")), ""))


def _value(part: Mapping[str, Any]) -> str:
    quantity = part.get("valueQuantity")
    if isinstance(quantity, dict) and _is_number(quantity.get("value")):
        return f"{quantity.get('comparator') or ''}{quantity['value']}"
    if _is_number(part.get("valueInteger")):
        return str(part["valueInteger"])
    concept = part.get("valueCodeableConcept")
    if isinstance(concept, dict):
        return str(concept.get("text") or next((c.get("display") for c in _codings(concept) if c.get("display")), ""))
    ratio = part.get("valueRatio")
    if isinstance(ratio, dict):
        ends = [ratio.get(end) for end in ("numerator", "denominator")]
        shown = [str(e.get("value")) for e in ends if isinstance(e, dict) and _is_number(e.get("value"))]
        return ":".join(shown) if len(shown) == 2 else ""
    return str(part.get("valueString") or "")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _unit(part: Mapping[str, Any]) -> str:
    quantity = part.get("valueQuantity")
    if not isinstance(quantity, dict):
        return ""
    ucum = "unitsofmeasure" in str(quantity.get("system", "")).lower() and quantity.get("code") not in (None, "", UNITY)
    unit = str(quantity["code"] if ucum else quantity.get("unit") or quantity.get("code") or "")
    return "" if unit == UNITY else unit


@cache
def interpretation_words() -> Mapping[str, str]:
    """Return the word of each HL7 code of interpretation (v2 table 0078, FHIR v3 ObservationInterpretation)."""
    return {row["code"]: row["word"] for row in read_table(PACKAGE, "fhir_interpretations.csv", ("code", "word"))}


def _flag(part: Mapping[str, Any]) -> str:
    """Return the word of the first interpretation that is known."""
    known = interpretation_words()
    found = part.get("interpretation")
    concepts = found if isinstance(found, list) else [found]
    for concept in concepts:
        for coding in _codings(concept):
            if str(coding.get("code", "")).upper() in known:
                return known[str(coding["code"]).upper()]
    return ""


def _range(part: Mapping[str, Any]) -> dict[str, str]:
    """Return the ends of the first range of healthy people, from its quantities or else from its text."""
    given = next((g for g in _dicts(part.get("referenceRange")) if _of_the_healthy(g)), {})
    out = {}
    for end in ("low", "high"):
        limit = given.get(end)
        if isinstance(limit, dict) and _is_number(limit.get("value")):
            out[f"ref_{end}"] = str(limit["value"])
    return out or {"ref_range": str(given.get("text") or "")}


def _of_the_healthy(given: Mapping[str, Any]) -> bool:
    """Tell whether a range is one of normal values, and not one to treat to or a critical one."""
    kinds = [str(c.get("code", "")).lower() for c in _codings(given.get("type"))]
    return not kinds or "normal" in kinds
