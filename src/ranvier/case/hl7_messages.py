"""Laboratory results from HL7 v2 messages (ORU): each OBX segment becomes a row as in ``labs.csv``.

Only OBX segments are read, one by one, so that a broken one costs no other; PID and every other segment with the
identity of the patient are never looked at.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ranvier.case.context import Context
from ranvier.case.csvtext import Row
from ranvier.case.fhir import UNITY, interpretation_words
from ranvier.case.numbers import NumberReader
from ranvier.case.records import LabResult
from ranvier.case.results import read_rows
from ranvier.core import Origin, UnreadableCaseError, optional

_WITHDRAWN = ("X", "D", "W", "N")
_ESCAPE = 6
"""Where a header names its escape character."""
_MARKS = "\x0b\x1c\ufeff"


def read_messages(path: Path, context: Context) -> tuple[LabResult, ...]:
    """Return the laboratory results of a file with one or more HL7 v2 messages.

    Parameters
    ----------
    path : Path
        Text; segments end with a carriage return or a line feed.
    context : Context
        Where names are looked up and problems are noted.

    Raises
    ------
    MissingExtraError
        If the extra ``labs`` is not installed.
    UnreadableCaseError
        If the file is no HL7 v2 message or holds no OBX segment.
    """
    hl7 = optional("hl7", "reading HL7 messages", "labs")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableCaseError(f"{path.name} cannot be read") from error
    text = _decoded(raw)
    lines = [line.strip(_MARKS) for line in re.split(r"\r\n|\r|\n", text)]
    if not any(_is_header(line) for line in lines):
        raise UnreadableCaseError(f"{path.name} is no HL7 v2 message: no line begins with MSH|")
    rows = list(_rows(lines, path.name, hl7, context))
    if not any(line.startswith("OBX") for line in lines):
        raise UnreadableCaseError(f"{path.name} holds no OBX segment; give a message with results (ORU)")
    return read_rows(rows, NumberReader(file="labs.csv", problems=context.problems), context)


def _is_header(line: str) -> bool:
    return re.match(r"MSH[^\w\s].{3}", line) is not None


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _rows(lines: list[str], file: str, hl7: Any, context: Context) -> Iterator[Row]:
    header = ""
    for number, line in enumerate(lines, 1):
        if _is_header(line):
            header = line
        elif line.startswith("OBX") and header:
            cells = _cells(header, line, hl7, context)
            if cells is None:
                problem = "the OBX segment cannot be taken apart; it was not used"
                context.problems.error(Origin(file=file, row=number), problem, "check its separators")
            elif cells:
                yield Row(file=file, number=number, cells=cells)


def _cells(header: str, line: str, hl7: Any, context: Context) -> dict[str, str] | None:
    """Return the cells of one OBX; empty for one that was withdrawn, None for one that is broken."""
    try:
        message = hl7.parse(f"{header}\r{_plain(line, header)}")
        obx = message.segment("OBX")
        fields = [_parts(obx, number, message) for number in range(12)]
    except Exception:  # noqa: BLE001  the library raises errors of many kinds for what is no segment
        return None
    if fields[11][:1] in ([w] for w in _WITHDRAWN):
        return {}
    flags = [interpretation_words()[f.upper()] for f in fields[8] if f.upper() in interpretation_words()]
    cells = {
        "test": _test(fields[3], context),
        "value": _value(fields[2][0] if fields[2] else "", fields[5]),
        "unit": fields[6][0] if fields[6] and fields[6][0] != UNITY else "",
        "ref_range": fields[7][0] if fields[7] else "",
        "flag": flags[0] if flags else "",
    }
    return {k: v for k, v in cells.items() if v} if cells["value"] or cells["flag"] else {}


def _plain(line: str, header: str) -> str:
    """Return a segment without the escapes that only highlight: ``\\H\\`` and ``\\N\\``."""
    escape = re.escape(header[_ESCAPE])
    return re.sub(rf"{escape}[HN]{escape}", "", line)


def _parts(segment: Any, number: int, message: Any) -> list[str]:
    """Return the components of the first repetition of a field, without escapes."""
    if number == 0 or number >= len(segment):
        return []
    field = segment[number]
    first = field[0] if len(field) else ""
    components = [str(first)] if isinstance(first, str) else [str(c) for c in first]
    return [str(message.unescape(c)).strip() for c in components]


def _test(components: list[str], context: Context) -> str:
    for word in components:
        if word and context.vocabulary.knows("laboratory test", word):
            return word
    return next((components[n] for n in (1, 0) if len(components) > n and components[n]), "")


def _value(kind: str, components: list[str]) -> str:
    """Return the value of a numeric, structured, coded or text observation as one text."""
    if kind == "SN":
        sign, first, between, second = [*components, "", "", "", ""][:4]
        return f"{sign}{first}{between}{second}"
    if kind in ("CE", "CWE", "CNE", "CF"):
        return next((components[n] for n in (1, 0) if len(components) > n and components[n]), "")
    return components[0] if components else ""
