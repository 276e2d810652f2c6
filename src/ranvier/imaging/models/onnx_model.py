"""A label model in an ONNX file, run by onnxruntime in windows where it takes a fixed size."""

import hashlib
from collections.abc import Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import NerveGraph
from ranvier.core import UnreadableImageError, optional
from ranvier.imaging.models.grid import Array, model_grid, normalised
from ranvier.imaging.models.manifest import ENDINGS, OnnxManifest, find_manifest, nerve_labels, read_manifest
from ranvier.imaging.models.manifest import statement_of as _stated
from ranvier.imaging.models.model import FAULTS, LabelModel, model_faults
from ranvier.imaging.volume import Volume

_THREADS = 2
_HALF = 0.5


def open_onnx(path: Path, graph: NerveGraph) -> LabelModel:
    """Return the model of an ONNX file with its manifest.

    Raises
    ------
    UnreadableImageError
        If file or manifest cannot be read, or do not match each other.
    MissingExtraError
        If onnxruntime is not installed.
    """
    beside = find_manifest(path.parent, path.stem) or find_manifest(path.parent)
    if beside is None:
        names = " or ".join(f"{path.stem}{end}" for end in ENDINGS[:2])
        raise UnreadableImageError(f"the model {path.name} needs a manifest beside it: {names}")
    manifest = read_manifest(beside, OnnxManifest)
    labels, others = nerve_labels(manifest.labels, graph, f"the manifest {beside.name}")
    weights = path.read_bytes()
    session = _session(weights, path.name)
    _check_input(session, manifest, path.name)
    print_of = hashlib.sha256(weights).hexdigest()
    return LabelModel(
        statement=_stated(manifest, name=path.stem, kind="ONNX", fingerprint=print_of),
        labels=labels,
        others=others,
        contrasts=tuple(c.value for c in manifest.input.contrast),
        run=partial(_run, session, manifest),
    )


def _faults() -> tuple[type[Exception], ...]:
    state = optional("onnxruntime.capi.onnxruntime_pybind11_state", "running an ONNX model", "mri")
    own = [thing for thing in vars(state).values() if isinstance(thing, type) and issubclass(thing, Exception)]
    return (*FAULTS, *own)


def _session(weights: bytes, name: str) -> Any:
    runtime = optional("onnxruntime", "running an ONNX model", "mri")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = _THREADS
    options.log_severity_level = 4
    with model_faults(f"the model {name} is no ONNX file that onnxruntime can open", _faults()):
        return runtime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


def _check_input(session: Any, manifest: OnnxManifest, name: str) -> None:
    inputs, rank = session.get_inputs(), manifest.input.dimensions + 2
    if len(inputs) != 1:
        raise UnreadableImageError(f"the model {name} takes {len(inputs)} inputs; only models with one are run")
    shape = inputs[0].shape
    if len(shape) != rank:
        raise UnreadableImageError(
            f"the model {name} takes arrays of {len(shape)} axes, but its manifest says input.dimensions "
            f"{manifest.input.dimensions}, which needs {rank}"
        )
    if isinstance(shape[1], int) and shape[1] != manifest.input.channels:
        raise UnreadableImageError(
            f"the model {name} takes {shape[1]} channels, but its manifest says input.channels "
            f"{manifest.input.channels}"
        )
    if "float" not in inputs[0].type:
        raise UnreadableImageError(f"the model {name} takes {inputs[0].type}; only models of float images are run")


def _run(session: Any, manifest: OnnxManifest, volume: Volume) -> Volume:
    wanted = manifest.input
    grid = model_grid(volume, wanted)
    image = np.stack([normalised(grid.forth(v), wanted) for v in _channels(volume, wanted.channels)])
    if wanted.dimensions == 3:
        scores = _scores(session, manifest, image)
    else:
        slices = [_scores(session, manifest, image[..., n]) for n in range(image.shape[3])]
        scores = np.stack(slices, axis=-1)
    numbers = np.stack([grid.back(channel) for channel in scores]).argmax(axis=0)
    return Volume(values=numbers.astype(np.float32), affine=volume.affine)


def _channels(volume: Volume, count: int) -> list[Array]:
    values = volume.values if volume.values.ndim == 4 else volume.values[..., None]
    if count == 1:
        return [values[..., 0]]
    if values.shape[3] != count:
        raise UnreadableImageError(f"the model takes {count} volumes of one place, the series has {values.shape[3]}")
    return [values[..., n] for n in range(count)]


def _scores(session: Any, manifest: OnnxManifest, image: Array) -> Array:
    """Return the scores of every number on the grid of the model, (N, ...), from an image (C, ...)."""
    size = image.shape[1:]
    fixed = [n if isinstance(n, int) and n > 0 else None for n in session.get_inputs()[0].shape[2:]]
    step = manifest.input.multiple_of
    window = [f if f is not None else -(-n // step) * step for f, n in zip(fixed, size, strict=True)]
    fill = [(0, max(0, w - n)) for w, n in zip(window, size, strict=True)]
    padded = np.pad(image, [(0, 0), *fill], mode="edge")
    total: Array | None = None
    weight = np.zeros(padded.shape[1:], dtype=np.float32)
    for part in _windows(padded.shape[1:], window):
        found = _as_scores(_called(session, manifest, padded[(slice(None), *part)]), manifest)
        if total is None:
            total = np.zeros((found.shape[0], *padded.shape[1:]), dtype=np.float32)
        total[(slice(None), *part)] += found
        weight[part] += 1
    assert total is not None
    return np.asarray((total / weight)[(slice(None), *(slice(0, n) for n in size))], dtype=np.float32)


def _windows(size: tuple[int, ...], window: list[int]) -> Iterator[tuple[slice, ...]]:
    """Yield windows that cover an array, each overlapping the next by half."""
    starts = []
    for n, w in zip(size, window, strict=True):
        inner = list(range(0, n - w, max(1, w // 2)))
        starts.append([*inner, n - w])
    for corner in product(*starts):
        yield tuple(slice(c, c + w) for c, w in zip(corner, window, strict=True))


def _called(session: Any, manifest: OnnxManifest, part: Array) -> NDArray[Any]:
    """Return the output for one window, without its first axis."""
    inputs = session.get_inputs()[0]
    kind = np.float16 if "float16" in inputs.type else np.float64 if "double" in inputs.type else np.float32
    with model_faults("the model cannot run on this image", _faults()):
        raw = np.asarray(session.run(None, {inputs.name: np.ascontiguousarray(part[None], dtype=kind)})[0])
    size = part.shape[1:]
    if raw.shape[-len(size) :] != size:
        raise UnreadableImageError(f"the model gives {raw.shape} for an image of {size}; sides must stay as they are")
    if manifest.output == "labels":
        return raw.reshape(size)
    if raw.ndim != len(size) + 2:
        raise UnreadableImageError(f"the model gives {raw.ndim} axes; output {manifest.output} needs {len(size) + 2}")
    return np.asarray(raw[0])


def _as_scores(raw: NDArray[Any], manifest: OnnxManifest) -> Array:
    """Return an output as one score for each number from 0 up."""
    highest = max(manifest.labels)
    if manifest.output == "labels":
        numbers = np.arange(highest + 1).reshape(-1, *(1,) * raw.ndim)
        return np.asarray(np.round(raw)[None] == numbers, dtype=np.float32)
    if manifest.output == "probability":
        if len(raw) < highest:
            raise UnreadableImageError(f"the model gives {len(raw)} channels, its manifest names the label {highest}")
        return np.concatenate([np.full((1, *raw.shape[1:]), _HALF), raw]).astype(np.float32)
    if len(raw) <= highest:
        raise UnreadableImageError(
            f"the model gives {len(raw)} channels (numbers 0 to {len(raw) - 1}), its manifest names the label {highest}"
        )
    return np.asarray(raw, dtype=np.float32)
