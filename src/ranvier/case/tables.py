"""A case from single tables, for the commands that look at one modality alone."""

from dataclasses import replace
from pathlib import Path

from ranvier.anatomy import load_graph
from ranvier.case.conduction import read_conduction
from ranvier.case.context import Context
from ranvier.case.fhir import read_bundle
from ranvier.case.own_limits import read_own_limits
from ranvier.case.problems import Problems
from ranvier.case.records import Case, LabResult, Onset, Patient
from ranvier.case.results import read_laboratory
from ranvier.case.vocabulary import load_vocabulary
from ranvier.core import UnreadableCaseError


def read_tables(
    *, ncs: Path | None = None, labs: Path | None = None, limits: Path | None = None, patient: Patient | None = None
) -> Case:
    """Return a case that holds what one or two tables say and nothing else.

    Parameters
    ----------
    ncs : Path, optional
        A table as ``ncs.csv``, whatever its name.
    labs : Path, optional
        A table as ``labs.csv``, or a FHIR bundle where the name ends in ``.json``.
    limits : Path, optional
        A laboratory's own limits, a table as ``own_limits.csv``.
    patient : Patient, optional
        Age, sex and stature, where limits depend on them.

    Raises
    ------
    UnreadableCaseError
        If a file is not there, or a bundle cannot be read.
    """
    for path in (ncs, labs, limits):
        if path is not None and not path.is_file():
            raise UnreadableCaseError(f"there is no file {path.name}")
    problems = Problems()
    context = Context(graph=load_graph(), vocabulary=load_vocabulary(), problems=problems)
    results: tuple[LabResult, ...] = ()
    if labs is not None:
        results = read_bundle(labs, context) if labs.suffix.lower() == ".json" else read_laboratory(labs, context)
    case = Case(
        id=(ncs or labs or Path("tables")).stem,
        patient=patient or Patient(),
        onset=Onset(),
        conduction=read_conduction(ncs, context) if ncs is not None else (),
        own_limits=read_own_limits(limits, context) if limits is not None else (),
        laboratory=results,
    )
    return replace(case, unused=problems.all())
