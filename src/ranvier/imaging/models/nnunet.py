"""A trained nnU-Net (version 2) in its folder, run by the package ``nnunetv2`` (extra ``nnunet``).

A checkpoint is a pickle: opening one runs code of its maker, so only folders from makers that one trusts should be
given. nnU-Net reads the image from a temporary NIfTI file with the reader that the model was trained with; the file
holds voxels and their place only.

References
----------
Isensee F et al. nnU-Net: a self-configuring method for deep learning-based biomedical image segmentation. Nat Methods
2021;18:203. doi:10.1038/s41592-020-01008-z
"""

import contextlib
import io
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.anatomy import NerveGraph
from ranvier.core import Side, UnknownNameError, UnreadableImageError, optional
from ranvier.imaging.models.manifest import (
    LabelEntry,
    ModelFacts,
    find_manifest,
    nerve_labels,
    read_json,
    read_manifest,
    statement_of,
)
from ranvier.imaging.models.model import FAULTS, LabelModel, ModelStatement, model_faults
from ranvier.imaging.reading import read_series
from ranvier.imaging.volume import Volume

EXTRA = "nnunet"
_CHECKPOINTS = ("checkpoint_final.pth", "checkpoint_best.pth")
_FEATURE = "running an nnU-Net model"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    """A folder with what nnU-Net needs: which folds and which checkpoint."""

    path: Path
    folds: tuple[str, ...]
    checkpoint: str
    channels: int
    ending: str


def is_nnunet(folder: Path) -> bool:
    """Return whether a folder, or one in it, is a trained nnU-Net."""
    return bool(_trained(folder))


def _trained(folder: Path) -> list[Path]:
    here = [folder, *sorted(p for p in folder.iterdir() if p.is_dir())]
    return [p for p in here if (p / "plans.json").is_file() and any(p.glob("fold_*"))]


def open_nnunet(folder: Path, graph: NerveGraph) -> LabelModel:
    """Return the model of a folder with ``dataset.json``, ``plans.json`` and ``fold_x`` with a checkpoint.

    Labels get their nerve from a ``manifest.json`` or ``manifest.yaml`` in the folder, else by their names in
    ``dataset.json`` where these are a nerve with a side (``sciatic_left``).

    Raises
    ------
    UnreadableImageError
        If a part of the folder is missing or no label is a nerve.
    """
    trained = _trained(folder)
    if len(trained) > 1:
        names = ", ".join(p.name for p in trained)
        raise UnreadableImageError(f"the folder holds several trained models; give one of {names}")
    place = trained[0]
    if not (place / "dataset.json").is_file():
        raise UnreadableImageError(f"the nnU-Net folder {place.name} has no dataset.json; it names the labels")
    dataset = read_json(place / "dataset.json")
    beside = find_manifest(place)
    facts = read_manifest(beside, ModelFacts) if beside is not None else ModelFacts()
    where = f"the manifest {beside.name}" if beside is not None and facts.labels else "dataset.json of the model"
    labels, others = nerve_labels(facts.labels or _named(dataset, graph), graph, where)
    found = _folder(place, dataset)
    return LabelModel(
        statement=_statement(facts, dataset, place),
        labels=labels,
        others=others,
        contrasts=(),
        run=partial(_run, found),
    )


def _statement(facts: ModelFacts, dataset: Mapping[str, Any], place: Path) -> ModelStatement:
    """Return what the manifest states, else what ``dataset.json`` does."""
    learned = [str(dataset[key]) for key in ("description", "reference") if dataset.get(key)]
    if learned and dataset.get("numTraining"):
        learned.append(f"{dataset['numTraining']} training images")
    filled = facts.model_copy(
        update={
            "licence": facts.licence or facts.license or dataset.get("licence") or dataset.get("license"),
            "training_data": facts.training_data or "; ".join(learned) or None,
            "name": facts.name or dataset.get("name") or dataset.get("dataset_name"),
            "version": facts.version if facts.version is not None else dataset.get("release"),
        }
    )
    return statement_of(filled, name=place.name, kind="nnU-Net")


def _named(dataset: Mapping[str, Any], graph: NerveGraph) -> Mapping[int, LabelEntry]:
    """Return the labels of ``dataset.json`` by number; a name that is no nerve stays a name."""
    stated = dataset.get("labels")
    if not isinstance(stated, dict) or not stated:
        raise UnreadableImageError("dataset.json of the model has no labels")
    if any(not isinstance(number, int) for number in stated.values()):
        raise UnreadableImageError("dataset.json of the model has regions instead of labels; these are not supported")
    return {number: _entry(str(name), graph) for name, number in stated.items() if number > 0}


def _entry(name: str, graph: NerveGraph) -> LabelEntry:
    words = name.lower().replace("-", "_").split("_")
    side = next((s for s in (Side.LEFT, Side.RIGHT) if s.value in (words[0], words[-1])), None)
    rest = [w for w in words if side is None or w != side.value]
    try:
        nerve = graph.resolve(" ".join(rest), ("nerve",))[1]
    except UnknownNameError:
        return LabelEntry(name=name)
    return LabelEntry(nerve=nerve, side=side.value if side else None, name=name)


def _folder(place: Path, dataset: Mapping[str, Any]) -> _Folder:
    ending = str(dataset.get("file_ending", ""))
    if ending not in (".nii.gz", ".nii"):
        raise UnreadableImageError(f"the model takes {ending or 'unknown'} files; only models of NIfTI images are run")
    channels = dataset.get("channel_names") or dataset.get("modality") or {}
    for checkpoint in _CHECKPOINTS:
        folds = [p.name.removeprefix("fold_") for p in sorted(place.glob("fold_*")) if (p / checkpoint).is_file()]
        if folds:
            return _Folder(
                path=place, folds=tuple(folds), checkpoint=checkpoint, channels=len(channels) or 1, ending=ending
            )
    raise UnreadableImageError(
        f"no fold of the nnU-Net folder {place.name} holds a checkpoint ({' or '.join(_CHECKPOINTS)})"
    )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what nnU-Net prints and warns of to itself."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):  # noqa: SIM117
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield


def _run(folder: _Folder, volume: Volume) -> Volume:
    with _quiet():
        torch = optional("torch", _FEATURE, EXTRA)
        inference = optional("nnunetv2.inference.predict_from_raw_data", _FEATURE, EXTRA)
        with model_faults(f"the nnU-Net folder {folder.path.name} cannot be run", FAULTS):
            predictor = inference.nnUNetPredictor(
                device=torch.device("cuda" if torch.cuda.is_available() else "cpu"), allow_tqdm=False
            )
            folds = tuple(f if f == "all" else int(f) for f in folder.folds)
            predictor.initialize_from_trained_model_folder(str(folder.path), folds, folder.checkpoint)
            return _predicted(predictor, folder, volume)


def _predicted(predictor: Any, folder: _Folder, volume: Volume) -> Volume:
    values = volume.values if volume.values.ndim == 4 else volume.values[..., None]
    if folder.channels > 1 and values.shape[3] != folder.channels:
        raise UnreadableImageError(
            f"the model takes {folder.channels} volumes of one place, the series has {values.shape[3]}"
        )
    with tempfile.TemporaryDirectory() as temporary:
        files = [str(Path(temporary) / f"image_{n:04d}{folder.ending}") for n in range(folder.channels)]
        for n, file in enumerate(files):
            _save(values[..., n], volume, file)
        result = Path(temporary) / f"labels{folder.ending}"
        predictor.predict_from_files_sequential([files], [str(result).removesuffix(folder.ending)])
        found = read_series(result).volume
    return Volume(values=found.values, affine=volume.affine)


def _save(values: np.ndarray[Any, np.dtype[np.float32]], volume: Volume, file: str) -> None:
    nibabel = optional("nibabel", _FEATURE, "mri")
    nibabel.save(nibabel.Nifti1Image(values, volume.affine), file)
