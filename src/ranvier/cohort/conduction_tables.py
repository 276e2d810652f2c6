"""Published conduction tables against our reading of their numbers, row by row and word by word.

A folder holds one folder a table: ``table.csv`` (the numbers alone, in the layout of ``ncs.csv``) and
``reading.yaml`` (source, patient, and what the authors said of each row). Rows on which the authors say
nothing, and rows on which we give no verdict, are counted and not compared. Each table is read twice: with
the packaged limits, which is the comparison, and with the limits that the source prints beside its numbers,
which shows whether a difference is one of limits alone.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, ConductionStudy, Patient, read_case, read_tables
from ranvier.cohort.evaluation import case_folders
from ranvier.core import Finding, GradedReading, UnreadableCaseError
from ranvier.electrodiagnosis import findings

Verdict = Literal["normal", "abnormal", "not said", "no verdict"]
Word = Literal["normal", "prolonged", "reduced", "absent", "slowed", "block", "dispersion"]
Kind = Literal["patient", "teaching", "case"]
Pattern = Literal["axonal", "demyelinating", "normal"]
Cause = Literal["their limit", "their word", "our limit", "technique"]

_WORD_OF = {
    "distal_latency": "prolonged",
    "cmap_amplitude": "reduced",
    "snap_amplitude": "reduced",
    "velocity": "slowed",
    "conduction_block": "block",
    "dispersion": "dispersion",
    "f_wave": "prolonged",
    "h_reflex": "prolonged",
}
_ABSENT = 2


class _Source(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    authors: str
    year: int | None = None
    doi: str | None = None
    url: str
    part: str
    licence: str


class _Patient(BaseModel):
    model_config = ConfigDict(extra="forbid")

    age_y: float | None = None
    sex: Literal["female", "male"] | None = None
    height_cm: float | None = None


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    row: int
    verdict: Literal["normal", "abnormal", "not said"]
    words: tuple[Word, ...] = ()
    limits: tuple[str, ...] = ()


class _ReadingFile(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    id: str
    kind: Literal["patient", "teaching"]
    source: _Source
    patient: _Patient
    diagnosis: str
    pattern: Pattern | None = None
    site: str = ""
    note: str = ""
    rows: tuple[_Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRow:
    """What the authors say of one row.

    Attributes
    ----------
    row : int
        Line of the table, its header being 1.
    words : tuple of str
        What they call abnormal in it; empty where they only say "abnormal".
    limits : tuple of str
        Limits that they print, such as "latency 4.2 ms".
    """

    row: int
    verdict: Verdict
    words: tuple[str, ...]
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTable:
    """A published table: its numbers without any words, and its published reading.

    Attributes
    ----------
    kind : str
        ``patient`` (a table of a patient), ``teaching`` (a worked example with numbers made up for teaching) or
        ``case`` (the table of a published case).
    pattern : str or None
        The class that the authors give the whole study; None where they give none.
    """

    id: str
    kind: Kind
    source: str
    diagnosis: str
    pattern: Pattern | None
    case: Case
    rows: tuple[PublishedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWord:
    """One published word on one row: whether we say it too (None: no number of ours decides it)."""

    word: str
    agrees: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """One row: the published verdict, ours, and ours with the limits that the source prints.

    Attributes
    ----------
    agrees : bool or None
        None where one of the two gives no verdict.
    why : str
        Our statements behind the verdict.
    numbers : tuple
        Study, points and numbers of the row: worked examples use the same row more than once.
    """

    table: str
    kind: Kind
    row: int
    numbers: tuple[object, ...]
    nerve: str
    study: str
    printed: Verdict
    ours: Verdict
    with_their_limits: Verdict
    words: tuple[ReadWord, ...]
    why: str

    @property
    def agrees(self) -> bool | None:
        return (
            None if "not said" in (self.printed, self.ours) or self.ours == "no verdict" else self.printed == self.ours
        )


def read_published_tables(folder: Path) -> tuple[PublishedTable, ...]:
    """Return the tables of a folder, by name.

    Raises
    ------
    UnreadableCaseError
        If there is none, or a ``reading.yaml`` does not have the form; the text names the file and the entry.
    """
    found = tuple(_read_table(path.parent) for path in sorted(folder.glob("*/reading.yaml")))
    if not found:
        raise UnreadableCaseError(
            f"{folder} holds no published table; each is a folder with table.csv and reading.yaml"
        )
    return found


def tables_of_cases(folder: Path) -> tuple[PublishedTable, ...]:
    """Return the conduction tables with numbers of published cases; the words in their rows are the reading."""
    out = []
    for path in case_folders(folder):
        case = read_case(path)
        numbered = tuple(s for s in case.conduction if _has_number(s))
        rows = tuple(
            PublishedRow(row=s.origin.row or 0, verdict=_said(s.words), words=_words_of(s.words), limits=s.limits)
            for s in numbered
        )
        if rows:
            bare = replace(case, conduction=numbered, needle=(), recordings=())
            out.append(
                PublishedTable(
                    id=path.name, kind="case", source=_cited(case), diagnosis="", pattern=None, case=bare, rows=rows
                )
            )
    return tuple(out)


def read_rows(table: PublishedTable, graph: NerveGraph) -> tuple[ReadRow, ...]:
    """Return the comparison of each row on which the authors say something, or might have."""
    limits = {r.row: r.limits for r in table.rows}
    studies = {s.origin.row: s for s in table.case.conduction}
    ours = _verdicts(table.case, graph, {})
    theirs = _verdicts(table.case, graph, limits)
    out = []
    for said in table.rows:
        study = studies.get(said.row)
        mine = ours.get(said.row, ())
        out.append(
            ReadRow(
                table=table.id,
                kind=table.kind,
                row=said.row,
                numbers=_numbers(study) if study else (table.id, said.row),
                nerve=study.place.label if study else "not read",
                study=study.kind if study else "not read",
                printed=said.verdict,
                ours=_verdict(mine),
                with_their_limits=_verdict(theirs.get(said.row, ())),
                words=tuple(ReadWord(word=w, agrees=_says(mine, w)) for w in said.words if w != "normal"),
                why=" ".join(f.statement for f in mine if f.abnormal is not False or _verdict(mine) == "normal"),
            )
        )
    return tuple(out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Why one row differs, in words; a cause of "their limit" is checked by reading again with it."""

    table: str
    row: int
    cause: Cause
    explanation: str


def read_differences(path: Path) -> tuple[Difference, ...]:
    """Return the explained differences of ``differences.csv``."""
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(
            Difference(table=r["table"], row=int(r["row"]), cause=_cause(r["cause"]), explanation=r["explanation"])
            for r in csv.DictReader(stream)
        )


def unexplained(rows: Iterable[ReadRow], known: Sequence[Difference]) -> tuple[str, ...]:
    """Return what is wrong with the list of explanations: a difference without one, one that is no difference, a
    "their limit" that does not go away with their limit."""
    differing = {(r.table, r.row): r for r in rows if r.agrees is False}
    explained = {(d.table, d.row): d for d in known}
    out = [f"{table} row {row}: no explanation" for table, row in differing.keys() - explained.keys()]
    out += [f"{table} row {row}: explained, and no difference" for table, row in explained.keys() - differing.keys()]
    for key in differing.keys() & explained.keys():
        gone = differing[key].with_their_limits == differing[key].printed
        if (explained[key].cause == "their limit") != gone:
            out.append(
                f"{key[0]} row {key[1]}: their printed limit {'alone explains it' if gone else 'does not explain it'}"
            )
    return tuple(sorted(out))


def _cause(text: str) -> Cause:
    causes: tuple[Cause, ...] = get_args(Cause)
    found = next((c for c in causes if c == text), None)
    if found is None:
        raise UnreadableCaseError(f"differences.csv: there is no cause {text!r}; write one of: {', '.join(causes)}")
    return found


def _cited(case: Case) -> str:
    return case.citation.title if case.citation is not None else case.id


def _read_table(folder: Path) -> PublishedTable:
    path = folder / "reading.yaml"
    try:
        raw = _ReadingFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise UnreadableCaseError(f"{folder.name}/reading.yaml is not YAML") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'the file'}: {e['msg']}" for e in error.errors())
        raise UnreadableCaseError(f"{folder.name}/reading.yaml has not the published form ({wrong})") from error
    patient = Patient(age_y=raw.patient.age_y, sex=raw.patient.sex, height_cm=raw.patient.height_cm)
    source = ". ".join(str(p) for p in (raw.source.authors, raw.source.title, raw.source.year, raw.source.part) if p)
    return PublishedTable(
        id=raw.id,
        kind=raw.kind,
        source=source,
        diagnosis=raw.diagnosis,
        pattern=raw.pattern,
        case=read_tables(ncs=folder / "table.csv", patient=patient),
        rows=tuple(PublishedRow(row=r.row, verdict=r.verdict, words=r.words, limits=r.limits) for r in raw.rows),
    )


def without_words(case: Case, limits: dict[int, tuple[str, ...]] | None = None) -> Case:
    """Return a case whose conduction rows hold numbers alone, an absent response apart, with these printed limits."""
    printed = limits or {}
    bare = tuple(
        replace(s, words=tuple(w for w in s.words if w == "absent"), limits=printed.get(s.origin.row or 0, ()))
        for s in case.conduction
    )
    return replace(case, conduction=bare)


def _verdicts(case: Case, graph: NerveGraph, limits: dict[int, tuple[str, ...]]) -> dict[int, tuple[Finding, ...]]:
    """Return our findings of each row; no word of the source is read, an absent response apart."""
    found: dict[int, list[Finding]] = {}
    for finding in findings(without_words(case, limits), graph):
        if finding.origin.row is not None and finding.place is not None:
            found.setdefault(finding.origin.row, []).append(finding)
    return {row: tuple(items) for row, items in found.items()}


def _verdict(items: Sequence[Finding]) -> Verdict:
    states = {f.abnormal for f in items}
    return "abnormal" if True in states else "normal" if states == {False} else "no verdict"


def _says(items: Sequence[Finding], word: str) -> bool | None:
    """Return whether our findings say a word of the source; None where none of them is about it."""
    about = [f for f in items if f.observable in _WORD_OF and _about(f.observable, word) and f.abnormal is not None]
    if not about:
        return None
    return any(f.abnormal and (word != "absent" or _is_absent(f)) for f in about)


def _about(observable: str, word: str) -> bool:
    if word == "absent":
        return observable not in ("conduction_block", "dispersion")
    return _WORD_OF[observable] == word


def _is_absent(finding: Finding) -> bool:
    return isinstance(finding.reading, GradedReading) and finding.reading.highest == _ABSENT


def _has_number(study: ConductionStudy) -> bool:
    values = (study.latency_ms, study.amplitude, study.velocity_m_s, study.f_latency_ms)
    return any(v is not None for v in values)


def _numbers(study: ConductionStudy) -> tuple[object, ...]:
    return (
        *(study.kind, study.place.ids, study.stimulation, study.recording, study.latency_ms, study.amplitude),
        *(study.velocity_m_s, study.f_latency_ms, "absent" in study.words),
    )


def _said(words: Sequence[str]) -> Verdict:
    if not words:
        return "not said"
    return "normal" if set(words) == {"normal"} else "abnormal"


def _words_of(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(w for w in words if w in {*_WORD_OF.values(), "absent"})
