"""A case from single tables, for the commands that look at one modality alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ranvier.anatomy import load_graph
from ranvier.case.conduction import conduction_from_cells, read_conduction
from ranvier.case.context import Context
from ranvier.case.fhir import read_bundle
from ranvier.case.problems import Problems
from ranvier.case.records import Case, ConductionStudy, LabResult, Onset, Patient, Unused
from ranvier.case.results import read_laboratory
from ranvier.case.vocabulary import load_vocabulary
from ranvier.core import UnreadableCaseError


def read_tables(
    *,
    ncs: Path | None = None,
    labs: Path | None = None,
    waveforms: Path | None = None,
    patient: Patient | None = None,
) -> Case:
    """Return a case that holds what one or two tables say and nothing else.

    Parameters
    ----------
    ncs : Path, optional
        A table as ``ncs.csv``, whatever its name.
    labs : Path, optional
        A table as ``labs.csv``, or a FHIR bundle where the name ends in ``.json``.
    waveforms : Path, optional
        A folder or file of waveforms of conduction studies; it is measured later.
    patient : Patient, optional
        Age, sex and stature, where limits depend on them.

    Raises
    ------
    UnreadableCaseError
        If a file is not there, or a bundle cannot be read.
    """
    for path in (ncs, labs):
        if path is not None and not path.is_file():
            raise UnreadableCaseError(f"there is no file {path.name}")
    problems = Problems()
    context = Context(graph=load_graph(), vocabulary=load_vocabulary(), problems=problems)
    results: tuple[LabResult, ...] = ()
    if labs is not None:
        results = read_bundle(labs, context) if labs.suffix.lower() == ".json" else read_laboratory(labs, context)
    case = Case(
        id=(ncs or labs or waveforms or Path("tables")).stem,
        patient=patient or Patient(),
        onset=Onset(),
        conduction=read_conduction(ncs, context) if ncs is not None else (),
        laboratory=results,
        waveforms=() if waveforms is None else (waveforms,),
    )
    return replace(case, unused=problems.all())


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
