"""A muscle label map in the folder of a series of a case.

``muscle_labels.nii.gz`` holds the labels; ``muscles.csv`` says with the columns ``label_table`` and ``measure`` (and,
where the header does not, ``te_ms`` separated by semicolons and ``field_t``) what they mean and what to measure;
``muscle_limits.csv`` may hold limits of the laboratory's own method.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from ranvier.anatomy import NerveGraph
from ranvier.core import UnknownNameError, UnreadableImageError
from ranvier.imaging.muscles.labels import find_muscle_table
from ranvier.imaging.muscles.maps import MEASURES, Measure, muscle_map
from ranvier.imaging.muscles.measurements import MuscleReport, measure_muscles, read_own_limits
from ranvier.imaging.reading import read_series

MUSCLE_FILES = ("muscle_labels.nii.gz", "muscle_labels.nii", "muscles.csv", "muscle_limits.csv")


def measure_muscle_folder(folder: Path, images: Sequence[Path], graph: NerveGraph) -> MuscleReport | None:
    """Return the measured muscles of a folder, None where it holds no muscle labels.

    Parameters
    ----------
    folder : Path
    images : sequence of Path
        Its images, in the order of their echo times.
    graph : NerveGraph

    Raises
    ------
    UnreadableImageError
        If labels are there but cannot be measured; the text says why.
    """
    labels = next((folder / name for name in MUSCLE_FILES[:2] if (folder / name).is_file()), None)
    if labels is None:
        return None
    stated = _stated(folder / "muscles.csv")
    volume = read_series(labels).volume
    found = muscle_map(
        [read_series(image) for image in images],
        read_measure(stated.get("measure", "")),
        te_ms=_numbers(stated.get("te_ms", "")),
        field_t=next(iter(_numbers(stated.get("field_t", "")) or ()), None),
        mask=volume.values.reshape(volume.values.shape[:3]) > 0,
    )
    own = folder / Path(stated["label_table"]).name
    table = find_muscle_table(own if own.is_file() else stated["label_table"], graph)
    limits = folder / "muscle_limits.csv"
    return measure_muscles(found, volume, table, read_own_limits(limits) if limits.is_file() else ())


def read_measure(text: str) -> Measure:
    """Return a measure by its name.

    Raises
    ------
    UnknownNameError
        If there is no such measure.
    """
    for one in MEASURES:
        if one == text:
            return one
    raise UnknownNameError(f"measure of muscle ({', '.join(MEASURES)})", text, MEASURES)


def _stated(path: Path) -> Mapping[str, str]:
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError):
        rows = []
    if not rows or not rows[0].get("label_table"):
        raise UnreadableImageError(
            "muscle_labels needs a muscles.csv with the columns label_table and measure, one row"
        )
    return {key: (value or "").strip() for key, value in rows[0].items() if key}


def _numbers(text: str) -> tuple[float, ...] | None:
    try:
        found = tuple(float(part) for part in text.replace(",", ";").split(";") if part.strip())
    except ValueError as error:
        raise UnreadableImageError(f"muscles.csv: {text!r} must be numbers separated by semicolons") from error
    return found or None
