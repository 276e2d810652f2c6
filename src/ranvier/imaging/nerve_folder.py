"""The nerves of one folder ``mri/<name>/`` of a case: one image or several of the same place, and where the nerves are.

Where a folder holds several images, ``series.csv`` names in its column ``outlined`` the one that seeds or labels are
of; masses are looked for on the others too. Its column ``model`` may name an ONNX label model in the folder instead of
seeds or labels. A trained nnU-Net is not taken from a case: opening it runs code of its maker, so a case that was
received from others could run anything. Such labels are made beforehand by ``ranvier mri --model``.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ranvier.anatomy import NerveGraph
from ranvier.core import UnreadableImageError
from ranvier.imaging.models import label_with
from ranvier.imaging.models.onnx_model import open_onnx
from ranvier.imaging.nerves import (
    Level,
    MeasuredNerve,
    add_brightness,
    add_masses,
    measure_labels,
    measure_seeded,
    on_voxels_of,
    read_label_names,
    read_references,
    read_seeds,
    side_doubts,
)
from ranvier.imaging.reading import Series, read_series

NERVE_FILES = ("seeds.csv", "labels.nii.gz", "labels.nii")
NERVE_TABLES = ("label_names.csv", "limits.csv", "references.csv", "series.csv")
_MODEL_SUFFIXES = (".onnx", ".yaml", ".data")


@dataclass(frozen=True, slots=True, kw_only=True)
class NerveFolder:
    """The measured nerves of a folder, and what a reader should know of how they were found."""

    nerves: tuple[MeasuredNerve, ...]
    notes: tuple[str, ...]


def is_of_model(path: Path) -> bool:
    """Tell whether a file belongs to a model and is no image."""
    return path.suffix.lower() in _MODEL_SUFFIXES


def says_where_nerves_are(folder: Path) -> bool:
    """Tell whether a folder holds seeds, labels, or the name of a model."""
    return any((folder / n).is_file() for n in NERVE_FILES) or bool(_stated(folder / "series.csv").get("model"))


def measure_nerve_folder(
    folder: Path, images: Sequence[Path], graph: NerveGraph, age_y: float | None = None
) -> NerveFolder:
    """Return the nerves of a folder.

    Parameters
    ----------
    folder : Path
    images : sequence of Path
        The images that it holds: files, or folders of DICOM files.
    graph : NerveGraph
    age_y : float, optional

    Raises
    ------
    UnreadableImageError
        If there is no image, several and none is named, nothing says where the nerves are, or a table is wrong.
    """
    stated = _stated(folder / "series.csv")
    first = _outlined(images, stated.get("outlined", ""))
    series = read_series(first)
    others = on_voxels_of(series.volume, [read_series(one) for one in images if one != first])
    tissues = folder / "references.csv"
    references = read_references(tissues, series.volume, graph) if tissues.is_file() else ()
    nerves, said = _found(folder, series, graph, _level(folder / "limits.csv", age_y), stated.get("model", ""))
    sides = side_doubts(series.volume, [n.report for n in nerves])
    notes = (*said, *sides, *(note for one in others for note in one.notes))
    nerves = add_masses(add_brightness(nerves, series.facts, others), series, references, others)
    return NerveFolder(nerves=nerves, notes=notes)


def _outlined(images: Sequence[Path], name: str) -> Path:
    """Return the image that seeds or labels are of."""
    if not images:
        raise UnreadableImageError("the folder must hold an image beside its tables (got none)")
    named = [one for one in images if one.name == Path(name).name] if name else list(images)
    if name and not named:
        raise UnreadableImageError("series.csv: column outlined names no image of the folder")
    if len(named) > 1:
        raise UnreadableImageError(
            f"the folder holds {len(named)} images, and it is not said which one image the seeds or labels are of: name"
            " it in series.csv, column outlined; the others are taken as further series of the same place"
        )
    return named[0]


def _found(
    folder: Path, series: Series, graph: NerveGraph, level: Level, model: str
) -> tuple[tuple[MeasuredNerve, ...], tuple[str, ...]]:
    """Return the nerves by labels, seeds or model, and what is to be said of the last."""
    labels = next((folder / n for n in NERVE_FILES[1:] if (folder / n).is_file()), None)
    if labels is not None:
        names = read_label_names(folder / "label_names.csv", graph)
        return measure_labels(series.volume, read_series(labels).volume, names, level), ()
    if (folder / "seeds.csv").is_file():
        return measure_seeded(series.volume, read_seeds(folder / "seeds.csv", series.volume, graph), level), ()
    if not model:
        raise UnreadableImageError(
            "say where the nerve is: add seeds.csv, or labels.nii.gz with label_names.csv, or name an ONNX model in"
            " series.csv, column model"
        )
    path = folder / Path(model).name
    if path.suffix.lower() != ".onnx" or not path.is_file():
        raise UnreadableImageError(
            "series.csv: column model must name an ONNX file in this folder; for a trained nnU-Net make labels with"
            " ranvier mri --model first"
        )
    opened = open_onnx(path, graph)
    made, terms = label_with(opened, series), opened.statement
    said = f"outlines by the model {terms.name}, licence {terms.licence}, training data {terms.training_data}"
    return measure_labels(series.volume, made.volume, made.names, level), (said, *made.notes)


def _level(path: Path, age_y: float | None) -> Level:
    if not path.is_file():
        return Level(age_y=age_y)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    if not rows or not {"level", "method"} <= set(rows[0]):
        raise UnreadableImageError("limits.csv needs the columns level and method and one row")
    return Level(level=rows[0]["level"] or None, method=rows[0]["method"] or None, age_y=age_y)


def _stated(path: Path) -> Mapping[str, str]:
    """Return the one row of ``series.csv``, empty where there is no such file."""
    if not path.is_file():
        return {}
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    if len(rows) != 1 or not {"outlined", "model"} & set(rows[0]):
        raise UnreadableImageError("series.csv needs one row with the column outlined, model or both")
    return {key: (value or "").strip() for key, value in rows[0].items() if key}
