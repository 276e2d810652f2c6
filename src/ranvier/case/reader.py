"""Read a case folder: everything that can be used, and a list of what cannot."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from ranvier.anatomy import NerveGraph, load_graph
from ranvier.case import records as rec
from ranvier.case.electric import read_conduction, read_needle
from ranvier.case.lab import read_laboratory
from ranvier.case.lined import Lined, load_lined
from ranvier.case.problems import Problems
from ranvier.case.scales import read_number
from ranvier.case.schema import known_keys
from ranvier.case.sections import SectionReader
from ranvier.case.tables import possible
from ranvier.case.vocabulary import load_vocabulary
from ranvier.core import Origin, UnknownNameError, UnreadableCaseError

_FILE = "case.yaml"
_E = TypeVar("_E", bound=StrEnum)


def read_case(folder: Path) -> rec.Case:
    """Return the case in a folder.

    Parameters
    ----------
    folder : Path
        Holds ``case.yaml`` and, if there are any, ``ncs.csv``, ``emg.csv`` and ``labs.csv``.

    Returns
    -------
    Case
        What could be used; `Case.unused` lists the rest with file, row, column and remedy.

    Raises
    ------
    UnreadableCaseError
        If there is no folder, no ``case.yaml`` in it, or it is not YAML.
    """
    path = folder / _FILE
    if not folder.is_dir():
        raise UnreadableCaseError(f"there is no case folder {folder}; make one with: ranvier new {folder}")
    if not path.is_file():
        raise UnreadableCaseError(f"{folder} has no {_FILE}; write a template with: ranvier new {folder}")
    root, problems, graph = load_lined(path), Problems(), load_graph()
    _check_keys(root, "", problems)
    sections = _Sections(root, SectionReader(graph, load_vocabulary(), problems), problems)
    return sections.case(folder, graph)


def check_case(folder: Path) -> tuple[rec.Unused, ...]:
    """Return every problem of a case folder."""
    return read_case(folder).unused


class _Sections:
    def __init__(self, root: Lined, reader: SectionReader, problems: Problems) -> None:
        self._root = root
        self._reader = reader
        self._problems = problems

    def case(self, folder: Path, graph: NerveGraph) -> rec.Case:
        read, root, problems = self._reader, self._root, self._problems
        examination = self._mapping("examination")
        statements = (
            *read.each(root, "history", read.statement),
            *read.each(examination, "signs", read.statement),
            *read.each(root, "tests", read.statement),
            *read.each(root, "genetics", read.statement),
        )
        record = rec.Case(
            id=str(root.get("id") or folder.name),
            patient=self._patient(),
            onset=self._onset(),
            setting=self._choice(root, "setting", rec.Setting),
            citation=self._citation(),
            statements=statements,
            strength=read.each(examination, "strength", read.strength),
            reflexes=read.each(examination, "reflexes", read.reflex),
            sensation=read.each(examination, "sensation", read.sensation),
            wasting=read.each(examination, "wasting", read.wasting),
            conduction=read_conduction(folder / "ncs.csv", graph, problems),
            needle=read_needle(folder / "emg.csv", graph, problems),
            imaging=read.each(root, "imaging", read.imaging),
            laboratory=read_laboratory(folder / "labs.csv", load_vocabulary(), problems),
            biopsies=read.each(root, "biopsy", read.biopsy),
            not_done=self._texts("not_done"),
            remarks=self._texts("remarks"),
        )
        return _with_unused(record, problems)

    def _mapping(self, key: str) -> Lined:
        value = self._root.get(key)
        if isinstance(value, Lined):
            return value
        if value is not None:
            origin = Origin(file=_FILE, row=self._root.lines[key], column=key)
            self._problems.error(origin, f"{key} must be a mapping.", f"See the template for {key}.")
        return Lined({}, {}, 0)

    def _number(self, parent: Lined, key: str) -> float | None:
        raw = parent.get(key)
        if raw is None:
            return None
        origin = Origin(file=_FILE, row=parent.lines[key], column=key, text=str(raw))
        value = read_number(raw)
        if value is None:
            self._problems.error(origin, f"{key} is {raw!r}.", "Write a number, or leave it out.")
            return None
        return value if possible(value, origin, key, self._problems) else None

    def _patient(self) -> rec.Patient:
        patient = self._mapping("patient")
        sex = str(patient.get("sex") or "").strip().lower()
        known = {"f": "female", "female": "female", "w": "female", "m": "male", "male": "male", "": ""}
        if sex not in known:
            origin = Origin(file=_FILE, row=patient.lines["sex"], column="sex", text=sex)
            self._problems.error(origin, f"sex is {sex!r}.", "Write female or male, or leave it out.")
        meaning = known.get(sex, "")
        return rec.Patient(
            age_y=self._number(patient, "age_y"),
            sex="female" if meaning == "female" else "male" if meaning == "male" else None,
            height_cm=self._number(patient, "height_cm"),
            weight_kg=self._number(patient, "weight_kg"),
        )

    def _onset(self) -> rec.Onset:
        onset = self._mapping("onset")
        return rec.Onset(
            duration_days=self._number(onset, "duration_days"),
            tempo=self._choice(onset, "tempo", rec.Tempo),
            course=self._choice(onset, "course", rec.Course),
        )

    def _choice(self, parent: Lined, key: str, kind: type[_E]) -> _E | None:
        raw = parent.get(key)
        if raw is None:
            return None
        text = str(raw).strip().lower().replace(" ", "_")
        found = next((member for member in kind if member.value == text), None)
        if found is None:
            origin = Origin(file=_FILE, row=parent.lines[key], column=key, text=str(raw))
            self._problems.unknown(origin, UnknownNameError(key, str(raw), [m.value for m in kind]))
        return found

    def _citation(self) -> rec.Citation | None:
        citation = self._mapping("citation")
        if not citation.values:
            return None
        texts = {k: str(citation.get(k)) if citation.get(k) is not None else None for k in _CITATION}
        year = citation.get("year")
        return rec.Citation(
            title=texts["title"] or "",
            doi=texts["doi"],
            pmid=texts["pmid"],
            url=texts["url"],
            licence=texts["licence"],
            language=texts["language"],
            year=year if isinstance(year, int) else None,
        )

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self._root.get(key)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        return tuple(str(i.get("text") or i.values) if isinstance(i, Lined) else str(i) for i in items)


_CITATION = ("title", "doi", "pmid", "url", "licence", "language")


def _with_unused(record: rec.Case, problems: Problems) -> rec.Case:
    return replace(record, unused=problems.all())


def _check_keys(node: Lined, path: str, problems: Problems) -> None:
    """Note keys that the schema does not have, with the nearest one."""
    known = known_keys(path)
    for key, value in node.values.items():
        if known and key not in known:
            origin = Origin(file=_FILE, row=node.lines[key], column=key)
            problems.unknown(origin, UnknownNameError(f"key of {path or _FILE}", key, known))
            continue
        below = f"{path}.{key}" if path else key
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Lined):
                _check_keys(item, below, problems)
