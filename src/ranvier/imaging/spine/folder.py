"""A spine label map in the folder of a series of a case.

``spine_labels.nii.gz`` holds the labels, ``spine_parts.nii.gz`` a second map where the tool makes one. ``spine.csv``
says what they mean: ``label_table`` is the name of a tool or a CSV file of the folder, ``canal`` (if known) what the
canal label outlines.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

from ranvier.core import UnreadableImageError
from ranvier.imaging.reading import read_series
from ranvier.imaging.spine.labels import LabelTable, find_label_table
from ranvier.imaging.spine.maps import spine_maps
from ranvier.imaging.spine.study import SpineReport, measure_spine
from ranvier.imaging.volume import Volume

SPINE_FILES = ("spine_labels.nii.gz", "spine_labels.nii", "spine_parts.nii.gz", "spine_parts.nii", "spine.csv")
_PARTS_TABLE = "spineps_subregions"


def measure_folder(folder: Path) -> SpineReport | None:
    """Return the measured spine of a folder, None where it holds no spine labels.

    Raises
    ------
    UnreadableImageError
        If labels are there but cannot be measured; the text says why.
    """
    labels = _map(folder, "spine_labels")
    if labels is None:
        return None
    stated = _stated(folder / "spine.csv")
    parts = _map(folder, "spine_parts")
    maps = spine_maps(
        labels,
        _table(folder, stated["label_table"]),
        parts=parts,
        parts_table=_table(folder, stated.get("parts_table") or _PARTS_TABLE) if parts is not None else None,
    )
    return measure_spine(maps, canal=stated.get("canal") or None)


def _map(folder: Path, name: str) -> Volume | None:
    found = next((folder / f"{name}{end}" for end in (".nii.gz", ".nii") if (folder / f"{name}{end}").is_file()), None)
    return read_series(found).volume if found is not None else None


def _table(folder: Path, name: str) -> LabelTable:
    own = folder / Path(name).name
    return find_label_table(own if own.is_file() else name)


def _stated(path: Path) -> Mapping[str, str]:
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError):
        rows = []
    if not rows or not rows[0].get("label_table"):
        raise UnreadableImageError(
            "spine_labels needs a spine.csv with the column label_table and one row: the name of a tool or a CSV file"
        )
    return {key: (value or "").strip() for key, value in rows[0].items() if key and isinstance(value, str)}
