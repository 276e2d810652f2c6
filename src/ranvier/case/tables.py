"""A case from single tables, for the commands that look at one modality alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ranvier.anatomy import load_graph
from ranvier.case.conduction import conduction_from_cells, read_conduction
from ranvier.case.context import Context
from ranvier.case.fhir import read_bundle, read_resources
from ranvier.case.fhir_server import fetch_results
from ranvier.case.hl7_messages import read_messages
from ranvier.case.needle import read_needle
from ranvier.case.own_limits import read_own_limits
from ranvier.case.problems import Problems
from ranvier.case.records import Case, ConductionStudy, LabResult, Onset, Patient, Unused
from ranvier.case.results import read_laboratory
from ranvier.case.vocabulary import load_vocabulary
from ranvier.core import UnreadableCaseError


def read_tables(
    *,
    ncs: Path | None = None,
    labs: Path | str | None = None,
    waveforms: Path | None = None,
    limits: Path | None = None,
    patient: Patient | None = None,
    subject: str | None = None,
) -> Case:
    """Return a case that holds what one or two tables say and nothing else.

    Parameters
    ----------
    ncs : Path, optional
        A table as ``ncs.csv``, whatever its name.
    labs : Path or str, optional
        A table as ``labs.csv``, FHIR resources (``.json``, ``.ndjson`` or a text that begins with a bracket), HL7 v2
        messages (``.hl7``, or a text that begins with ``MSH``), or the address of a FHIR server.
    waveforms : Path, optional
        A folder or file of waveforms of conduction studies; it is measured later.
    limits : Path, optional
        A laboratory's own limits, a table as ``own_limits.csv``.
    patient : Patient, optional
        Age, sex and stature, where limits depend on them.
    subject : str, optional
        Id of the patient on the FHIR server; it is not kept.

    Raises
    ------
    UnreadableCaseError
        If a file is not there, or a bundle cannot be read.
    """
    for path in (ncs, labs if isinstance(labs, Path) else None, limits):
        if path is not None and not path.is_file():
            raise UnreadableCaseError(f"there is no file {path.name}")
    problems = Problems()
    context = Context(graph=load_graph(), vocabulary=load_vocabulary(), problems=problems)
    results: tuple[LabResult, ...] = ()
    if isinstance(labs, Path):
        results = _from_file(labs, context)
    elif labs is not None:
        results = read_resources(fetch_results(labs, subject or ""), "the answer of the FHIR server", context)
    case = Case(
        id=next((p.stem for p in (ncs, labs, waveforms) if isinstance(p, Path)), "tables"),
        patient=patient or Patient(),
        onset=Onset(),
        conduction=read_conduction(ncs, context) if ncs is not None else (),
        own_limits=read_own_limits(limits, context) if limits is not None else (),
        laboratory=results,
        waveforms=() if waveforms is None else (waveforms,),
    )
    return replace(case, unused=problems.all())


def with_needle_table(case: Case, emg: Path) -> Case:
    """Return a case with the needle studies of a table as ``emg.csv``, whatever its name, added.

    Raises
    ------
    UnreadableCaseError
        If there is no such file.
    """
    if not emg.is_file():
        raise UnreadableCaseError(f"there is no file {emg.name}")
    problems = Problems()
    context = Context(graph=load_graph(), vocabulary=load_vocabulary(), problems=problems)
    needle = (*case.needle, *read_needle(emg, context))
    return replace(case, needle=needle, unused=(*case.unused, *problems.all()))


def _from_file(path: Path, context: Context) -> tuple[LabResult, ...]:
    """Return the results of a file by what it is: FHIR, HL7 v2 or a table."""
    with path.open("rb") as file:
        start = file.read(16).lstrip(b"\x0b\xef\xbb\xbf \r\n")
    if path.suffix.lower() in (".json", ".ndjson") or start.startswith((b"{", b"[")):
        return read_bundle(path, context)
    if path.suffix.lower() == ".hl7" or start.startswith(b"MSH|"):
        return read_messages(path, context)
    return read_laboratory(path, context)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRows:
    """Conduction studies made of measured rows, and what could not be used of them."""

    studies: tuple[ConductionStudy, ...]
    unused: tuple[Unused, ...]


def read_measured_rows(rows: Sequence[Mapping[str, str]], file: str) -> ReadRows:
    """Return the conduction studies of measured rows, read with the names and checks of ``ncs.csv``.

    Parameters
    ----------
    rows : sequence of mapping of str
        Cells by column.
    file : str
        What they were measured on.
    """
    problems = Problems()
    context = Context(graph=load_graph(), vocabulary=load_vocabulary(), problems=problems)
    return ReadRows(studies=conduction_from_cells(rows, file, context), unused=problems.all())
