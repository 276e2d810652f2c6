"""What an automatic model is to Ranvier: a function from an image to a label map, and what its maker states of it.

Nothing of a model is judged here. What is not stated is said to be not stated: a licence or the images that a model
learned from are never assumed.
"""

import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import numpy as np

from ranvier.core import RanvierError, UnreadableImageError
from ranvier.imaging.nerves import LabelName
from ranvier.imaging.reading import SequenceFacts, Series
from ranvier.imaging.volume import Volume

NOT_STATED = "not stated"
FAULTS: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    pickle.UnpicklingError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStatement:
    """What the maker of a model states; every field is text to be shown.

    Attributes
    ----------
    name, version : str
    kind : str
        ``ONNX`` or ``nnU-Net``.
    licence, training_data, citation : str
        `NOT_STATED` where the manifest has none.
    fingerprint : str
        SHA-256 of the weights, where they are one file.
    """

    name: str
    version: str
    kind: str
    licence: str = NOT_STATED
    training_data: str = NOT_STATED
    citation: str = NOT_STATED
    fingerprint: str = NOT_STATED

    def as_dict(self) -> dict[str, str]:
        """Return the fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelModel:
    """A model that labels nerves.

    Attributes
    ----------
    statement : ModelStatement
    labels : mapping
        The numbers of its label map that are nerves.
    others : tuple of str
        Its labels that are no nerves; they are not used.
    contrasts : tuple of str
        Contrasts that it is made for, as in `Contrast`; empty where not stated.
    run : callable
        From an image to a label map on the same voxels.
    """

    statement: ModelStatement
    labels: Mapping[int, LabelName]
    others: tuple[str, ...]
    contrasts: tuple[str, ...]
    run: Callable[[Volume], Volume]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLabels:
    """The label map of a model: the nerves that it found, and what a reader should know."""

    volume: Volume
    names: Mapping[int, LabelName]
    notes: tuple[str, ...]


def label_with(model: LabelModel, series: Series) -> ModelLabels:
    """Return the label map of a model for a series.

    Raises
    ------
    UnreadableImageError
        If the model cannot run on the image, or finds none of its nerves.
    """
    labels = model.run(series.volume)
    held = {int(v) for v in np.unique(np.round(labels.values)) if v > 0}
    found = {number: name for number, name in model.labels.items() if number in held}
    if not found:
        wanted = ", ".join(_words(name) for name in model.labels.values())
        raise UnreadableImageError(
            f"the model {model.statement.name} found none of its nerves ({wanted}) in this image; "
            "that says nothing about the nerve: give --seeds, or an image of the kind that the model is made for"
        )
    notes = list(_contrast_note(model, series.facts))
    missing = [_words(name) for number, name in model.labels.items() if number not in found]
    if missing:
        notes.append(f"the model did not find: {', '.join(missing)}; that says nothing about them")
    if model.others:
        notes.append(f"labels of the model that are no nerves were not used: {', '.join(model.others)}")
    return ModelLabels(volume=labels, names=found, notes=tuple(notes))


def _words(name: LabelName) -> str:
    return f"{name.side.value} {name.nerve.replace('_', ' ')}"


def _contrast_note(model: LabelModel, facts: SequenceFacts) -> Iterator[str]:
    if not model.contrasts:
        return
    made_for = ", ".join(model.contrasts)
    if facts.contrast is None:
        yield f"the model is made for {made_for}; the header of this series does not state its contrast"
    elif facts.contrast.value not in model.contrasts:
        yield f"the model is made for {made_for}; this series is {facts.contrast.value}: its outlines are in doubt"


@contextmanager
def model_faults(message: str, kinds: tuple[type[Exception], ...] = FAULTS) -> Iterator[None]:
    """Turn what a library raises on a model into an `UnreadableImageError` that keeps its first line."""
    try:
        yield
    except RanvierError:
        raise
    except kinds as error:
        first = (str(error).strip().splitlines() or ["no reason given"])[0][:200]
        raise UnreadableImageError(f"{message} ({type(error).__name__}: {first})") from None
