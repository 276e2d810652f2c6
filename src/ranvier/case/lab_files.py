"""The laboratory results of a case folder: a table, a FHIR bundle and HL7 v2 messages, whichever of them are there."""

from collections.abc import Callable, Mapping
from pathlib import Path

from ranvier.case.context import Context
from ranvier.case.fhir import read_bundle
from ranvier.case.hl7_messages import read_messages
from ranvier.case.records import LabResult
from ranvier.case.results import read_laboratory
from ranvier.core import MissingExtraError, Origin, UnreadableCaseError

_READERS: Mapping[str, Callable[[Path, Context], tuple[LabResult, ...]]] = {
    "labs.csv": read_laboratory,
    "labs.json": read_bundle,
    "labs.ndjson": read_bundle,
    "labs.hl7": read_messages,
}
LAB_FILES = tuple(_READERS)
"""Names of the files of a case folder that hold laboratory results."""


def read_lab_files(folder: Path, context: Context) -> tuple[LabResult, ...]:
    """Return the results of every laboratory file of a case folder, in the order of `LAB_FILES`.

    A file that cannot be read is noted with its name and costs no other file. A result that two files tell is kept
    twice: findings count a feature once, whichever results bear on it.
    """
    return tuple(result for name in LAB_FILES if (folder / name).is_file() for result in _read(folder / name, context))


def _read(path: Path, context: Context) -> tuple[LabResult, ...]:
    try:
        return _READERS[path.name](path, context)
    except UnreadableCaseError as error:
        remedy = "export the results again, or write them into labs.csv"
        context.problems.error(Origin(file=path.name), f"{error}; the file was not used", remedy)
    except MissingExtraError as error:
        context.problems.error(Origin(file=path.name), f"{error}; the file was not used", "or write labs.csv")
    return ()
