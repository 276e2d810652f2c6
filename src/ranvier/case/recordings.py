"""The folder ``emg`` of a case: which recording is from which muscle and side.

``emg/recordings.csv`` (``file,muscle,side,channel,rate_hz,day``) names them. A recording that it does not list is read
by its name: ``tibialis_anterior_right.edf``.
"""

from pathlib import Path

from ranvier.case.context import Context
from ranvier.case.csvtext import Row, read_sheet
from ranvier.case.numbers import NumberReader
from ranvier.case.places import MUSCLES
from ranvier.case.problems import shown
from ranvier.case.records import NeedleRecording
from ranvier.case.words import read_side
from ranvier.core import Origin, UnknownNameError

RECORDINGS_FOLDER = "emg"
_TABLE = "recordings.csv"
_SIGNALS = (".edf", ".bdf", ".hea", ".csv", ".npy")
_BESIDE = (".dat", ".atr", ".txt", ".md", ".json")


def read_recordings(folder: Path, context: Context) -> tuple[NeedleRecording, ...]:
    """Return the recordings of a folder; what has no muscle or file is noted. No folder gives none.

    Parameters
    ----------
    folder : Path
    context : Context
        Where muscles are looked up and problems noted.
    """
    if not folder.is_dir():
        return ()
    sheet = read_sheet(folder / _TABLE, ("file", "muscle"), context.problems, _TABLE)
    listed = [_listed(row, sheet.numbers, folder, context) for row in sheet.rows]
    names = {row.text("file") for row in sheet.rows}
    loose = [_named(path, context) for path in sorted(folder.iterdir()) if path.name not in {*names, _TABLE}]
    return tuple(r for r in (*listed, *loose) if r is not None)


def _listed(row: Row, numbers: NumberReader, folder: Path, context: Context) -> NeedleRecording | None:
    name = row.text("file")
    if Path(name).name != name or not (folder / name).is_file():
        problem = f"there is no file {shown(name)} in the folder {RECORDINGS_FOLDER!r}; the row was not used"
        context.problems.error(row.origin("file"), problem, "write the name of a recording that lies beside the table")
        return None
    rate = numbers.read(row.text("rate_hz"), row.origin("rate_hz"), "rate_hz")
    day = numbers.read(row.text("day"), row.origin("day"), "day")
    found = _placed(folder / name, row.text("muscle"), row.text("side"), row.origin("muscle"), context)
    if found is None:
        return None
    return NeedleRecording(
        place=found.place,
        path=found.path,
        channel=row.text("channel") or None,
        rate_hz=rate,
        day=day,
        origin=found.origin,
    )


def _named(path: Path, context: Context) -> NeedleRecording | None:
    """Return a recording by the name of its file."""
    if path.name.startswith(".") or path.suffix.lower() in _BESIDE:
        return None
    origin = Origin(file=f"{RECORDINGS_FOLDER}/{path.name}")
    if not path.is_file() or path.suffix.lower() not in _SIGNALS:
        remedy = f"a recording is one of {', '.join(_SIGNALS)}"
        context.problems.question(origin, f"{path.name!r} is not read", remedy)
        return None
    muscle, _, side = path.stem.replace("-", "_").rpartition("_")
    return _placed(path, muscle or path.stem, side if muscle else "", origin, context)


def _placed(path: Path, muscle: str, side: str, origin: Origin, context: Context) -> NeedleRecording | None:
    try:
        place = context.places.read([muscle.replace("_", " ")], read_side(side), MUSCLES, origin)
    except UnknownNameError as error:
        context.problems.unknown(origin, error, "the recording")
        return None
    return None if place is None else NeedleRecording(place=place, path=path, origin=origin)
