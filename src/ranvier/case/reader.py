"""Read a case folder: everything that can be used, and a list of what cannot."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Literal, TypeVar

from ranvier.anatomy import load_graph
from ranvier.case.bedside import read_reflexes, read_sensation, read_strength, read_wasting
from ranvier.case.conduction import read_conduction
from ranvier.case.context import Context, key_origin
from ranvier.case.incomplete import read_incomplete
from ranvier.case.lab_files import LAB_FILES, read_lab_files
from ranvier.case.needle import read_needle
from ranvier.case.own_limits import OWN_LIMITS_FILE, read_own_limits
from ranvier.case.pictures import read_biopsies, read_imaging
from ranvier.case.problems import Problems
from ranvier.case.reading_words import with_readings
from ranvier.case.recordings import RECORDINGS_FOLDER, read_recordings
from ranvier.case.records import Case, Citation, Course, Onset, Patient, SeriesFolder, Setting, Tempo, Unused
from ranvier.case.schema import (
    CASE_SCHEMA_VERSION,
    CaseForm,
    CitationPart,
    ExaminationPart,
    FeatureItem,
    OnsetPart,
    Part,
    PatientPart,
)
from ranvier.case.scores import read_scores
from ranvier.case.statements import Statements, read_statements
from ranvier.case.tissue import BIOPSY_FILE, SECTIONS_FOLDER, read_biopsy_table, read_corneal, read_sections
from ranvier.case.validation import validated
from ranvier.case.vocabulary import load_vocabulary
from ranvier.case.words import meaning
from ranvier.case.yamltext import CASE_FILE, load_yaml
from ranvier.core import Origin, UnknownNameError, UnreadableCaseError

_E = TypeVar("_E", bound=StrEnum)
_TABLES = ("ncs.csv", "emg.csv", *LAB_FILES, BIOPSY_FILE)
_BESIDE = (OWN_LIMITS_FILE,)
_SILENT = ("truth.yaml",)
_SERIES = "mri"
_WAVEFORMS = ("waveforms", "ncs")


def read_case(folder: Path) -> Case:
    """Return the case in a folder.

    Parameters
    ----------
    folder : Path
        Holds ``case.yaml`` and, if there are any, ``ncs.csv``, ``emg.csv``, ``labs.csv``, ``labs.json``,
        ``labs.ndjson``, ``labs.hl7``.

    Returns
    -------
    Case
        What could be used; `Case.unused` lists the rest with file, line, column and remedy.

    Raises
    ------
    UnreadableCaseError
        If there is no folder, or nothing in it that can be read: with tables beside it, a missing or broken
        ``case.yaml`` is noted and the tables are read.
    """
    if not folder.is_dir():
        raise UnreadableCaseError(f"there is no case folder {str(folder)!r}; make one with: ranvier new <folder>")
    problems = Problems()
    form = _form(folder, problems)
    _note_strangers(folder, problems)
    context = Context(graph=load_graph(), vocabulary=load_vocabulary(), problems=problems)
    return _case(form, folder, context)


def _form(folder: Path, problems: Problems) -> CaseForm:
    """Return what case.yaml says; nothing at all, with a note, when it is missing or broken beside tables."""
    path = folder / CASE_FILE
    tables = any((folder / name).is_file() for name in _TABLES)
    if not path.is_file():
        remedy = "write one with: ranvier new <folder>"
        if not tables:
            raise UnreadableCaseError(f"the folder {str(folder)!r} has no {CASE_FILE}; {remedy}")
        problems.question(Origin(file=CASE_FILE), f"there is no {CASE_FILE}; only the tables were read", remedy)
        return CaseForm.model_construct()
    try:
        return validated(load_yaml(path, problems), problems)
    except UnreadableCaseError as error:
        if not tables:
            raise
        problems.error(Origin(file=CASE_FILE), f"{error}; only the tables were read", f"mend {CASE_FILE}")
        return CaseForm.model_construct()


def _note_strangers(folder: Path, problems: Problems) -> None:
    """Note files that nothing reads: loose images and other tables are not read at this level."""
    for path in sorted(folder.iterdir()):
        if path.name in (CASE_FILE, *_TABLES, *_BESIDE, *_SILENT) or path.name.startswith("."):
            continue
        if path.name == _SERIES and path.is_dir():
            _note_loose_images(path, problems)
            continue
        if path.name in (RECORDINGS_FOLDER, SECTIONS_FOLDER, *_WAVEFORMS) and path.is_dir():
            continue
        kind = "the folder" if path.is_dir() else "the file"
        remedy = f"write what it says into {CASE_FILE}, {', '.join(_TABLES)}"
        problems.question(Origin(file=path.name), f"{kind} {path.name!r} is not read", remedy)


def _note_loose_images(folder: Path, problems: Problems) -> None:
    """Note what lies in ``mri`` outside a folder of its own."""
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith("."):
            remedy = "put each image into a folder of its own, with seeds.csv, such as mri/thigh"
            problems.question(Origin(file=f"{_SERIES}/{path.name}"), f"the file {path.name!r} is not read", remedy)


def check_case(folder: Path) -> tuple[Unused, ...]:
    """Return every problem of a case folder, in the order of the files.

    Raises
    ------
    UnreadableCaseError
        If the case cannot be read at all.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name:
    ...     _ = (Path(name) / "case.yaml").write_text("patient: {aeg_y: 40}")
    ...     check_case(Path(name))[0].remedy
    "write 'age_y' if that is meant."
    """
    return read_case(folder).unused


def _case(form: CaseForm, folder: Path, context: Context) -> Case:
    _check_version(form, context)
    written = form.examination or ExaminationPart.model_construct()
    lists = (form.history or (), written.signs or (), form.tests or (), form.genetics or ())
    bedside, features = with_readings(written, *lists)
    stated = _all_statements(features, context)
    case = Case(
        id=form.id or folder.resolve().name,
        patient=_patient(form.patient, context),
        onset=_onset(form.onset, context),
        setting=_choice(form.setting, Setting, form, "setting", context),
        citation=_citation(form.citation, context),
        statements=stated.features,
        strength=read_strength(bedside.strength or (), context),
        reflexes=read_reflexes(bedside.reflexes or (), context),
        sensation=(*read_sensation(bedside.sensation or (), context), *stated.symptoms),
        wasting=read_wasting(bedside.wasting or (), context),
        scores=read_scores(form.scores or (), context),
        imaging=read_imaging(form.imaging or (), context),
        series=_series(folder / _SERIES),
        biopsies=(*read_biopsies(form.biopsy or (), context), *read_biopsy_table(folder / BIOPSY_FILE, context)),
        sections=read_sections(folder / SECTIONS_FOLDER, context),
        corneal=read_corneal(form.corneal or (), context),
        conduction=read_conduction(folder / "ncs.csv", context),
        waveforms=tuple(folder / name for name in _WAVEFORMS if (folder / name).is_dir()),
        needle=read_needle(folder / "emg.csv", context),
        recordings=read_recordings(folder / RECORDINGS_FOLDER, context),
        own_limits=read_own_limits(folder / OWN_LIMITS_FILE, context),
        laboratory=read_lab_files(folder, context),
        not_done=tuple(form.not_done or ()),
        incomplete=read_incomplete(form.incomplete or (), context),
        remarks=tuple(form.remarks or ()),
    )
    return replace(case, unused=context.problems.all())


def _series(folder: Path) -> tuple[SeriesFolder, ...]:
    """Return the folders of image series of a case."""
    if not folder.is_dir():
        return ()
    return tuple(SeriesFolder(name=p.name, path=p) for p in sorted(folder.iterdir()) if p.is_dir())


def _check_version(form: CaseForm, context: Context) -> None:
    if form.schema_ is not None and form.schema_.strip() != str(CASE_SCHEMA_VERSION):
        origin = key_origin(form, "schema", form.schema_)
        problem = f"the file says schema {form.schema_}; it was read as schema {CASE_SCHEMA_VERSION}"
        context.problems.question(origin, problem, f"write schema: {CASE_SCHEMA_VERSION}")


def _all_statements(lists: Sequence[Sequence[FeatureItem]], context: Context) -> Statements:
    sections = zip(("history", "examination.signs", "tests", "genetics"), lists, strict=True)
    read = [read_statements(name, items, context) for name, items in sections]
    return Statements(
        features=tuple(feature for part in read for feature in part.features),
        symptoms=tuple(symptom for part in read for symptom in part.symptoms),
    )


def _patient(part: PatientPart | None, context: Context) -> Patient:
    if part is None:
        return Patient()
    return Patient(
        age_y=_number(part.age_y, part, "age_y", context),
        sex=_sex(part, context),
        height_cm=_number(part.height_cm, part, "height_cm", context),
        weight_kg=_number(part.weight_kg, part, "weight_kg", context),
    )


def _sex(part: PatientPart, context: Context) -> Literal["female", "male"] | None:
    if part.sex is None:
        return None
    try:
        return "female" if meaning("sex", part.sex) == "female" else "male"
    except UnknownNameError as error:
        context.problems.unknown(key_origin(part, "sex", part.sex), error, "it")
        return None


def _onset(part: OnsetPart | None, context: Context) -> Onset:
    if part is None:
        return Onset()
    return Onset(
        duration_days=_number(part.duration_days, part, "duration_days", context),
        tempo=_choice(part.tempo, Tempo, part, "tempo", context),
        course=_choice(part.course, Course, part, "course", context),
    )


def _citation(part: CitationPart | None, context: Context) -> Citation | None:
    if part is None:
        return None
    year = _number(part.year, part, "year", context)
    return Citation(
        title=part.title or part.doi or part.url or part.pmid or "untitled",
        doi=part.doi,
        pmid=part.pmid,
        url=part.url,
        year=int(year) if year is not None else None,
        licence=part.licence,
        language=part.language,
    )


def _number(text: str | None, part: Part, key: str, context: Context) -> float | None:
    return context.numbers.read(text or "", key_origin(part, key, text), key)


def _choice(text: str | None, kind: type[_E], part: Part, key: str, context: Context) -> _E | None:
    if text is None:
        return None
    try:
        return kind(meaning(key, text))
    except UnknownNameError as error:
        context.problems.unknown(key_origin(part, key, text), error, "it")
        return None
