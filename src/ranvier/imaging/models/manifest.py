"""The manifest beside a model: what its numbers mean, what image it takes, and on what terms it is given.

JSON or YAML. For an ONNX file it lies beside it under the same name (``nerve.onnx``, ``nerve.json``); in a folder it
is ``manifest.json`` or ``manifest.yaml``.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ranvier.anatomy import NerveGraph
from ranvier.case import read_side
from ranvier.core import UnknownNameError, UnreadableImageError
from ranvier.imaging.models.model import NOT_STATED, ModelStatement
from ranvier.imaging.nerves import LabelName
from ranvier.imaging.reading import Contrast

ENDINGS = (".json", ".yaml", ".yml")
_AXES = ("RL", "AP", "SI")
_Positive = Annotated[float, Field(gt=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LabelEntry(_Strict):
    """What one number of the label map is: a nerve with its side, or a thing with a name only."""

    nerve: str | None = None
    side: str | None = None
    name: str | None = None


class ModelFacts(_Strict):
    """What a manifest may state of any model."""

    name: str | None = None
    version: str | int | float | None = None
    licence: str | None = None
    license: str | None = None
    training_data: str | None = None
    citation: str | None = None
    labels: dict[int, LabelEntry] = Field(default_factory=dict)


class ModelInput(_Strict):
    """The image that an ONNX model takes.

    Attributes
    ----------
    orientation : str
        Where the axes of its array point to, such as ``RAS`` or ``LPS``.
    spacing_mm : tuple of three, or None
        Voxel sides along these axes; None (the whole, or one axis) for those of the image.
    dimensions : int
        3: (1, C, I, J, K). 2: (1, C, I, J), slice by slice along the third axis.
    channels : int
        1 takes the first volume of a series; more take its volumes in their order.
    normalisation : str
        ``zscore`` (mean 0, sd 1 of the whole volume), ``percentile`` (two percentiles to 0 and 1), ``fixed`` (`mean`
        and `sd`) or ``none``.
    multiple_of : int
        Sides are filled up to a multiple of this.
    contrast : tuple of Contrast
        What the model is made for; told, not enforced.
    """

    orientation: str
    spacing_mm: tuple[_Positive | None, _Positive | None, _Positive | None] | None
    normalisation: Literal["zscore", "percentile", "fixed", "none"]
    dimensions: Literal[2, 3] = 3
    channels: int = Field(default=1, ge=1)
    percentiles: tuple[float, float] = (0.5, 99.5)
    mean: float = 0.0
    sd: float = Field(default=1.0, gt=0)
    multiple_of: int = Field(default=1, ge=1)
    contrast: tuple[Contrast, ...] = ()

    @field_validator("orientation")
    @classmethod
    def _three_axes(cls, text: str) -> str:
        upper = text.upper()
        used = [next((n for n, pair in enumerate(_AXES) if letter in pair), None) for letter in upper]
        if sorted(n for n in used if n is not None) != [0, 1, 2] or len(upper) != 3:
            raise ValueError(f"must be three letters, one each of R/L, A/P and S/I, such as RAS (got {text!r})")
        return upper


class OnnxManifest(ModelFacts):
    """What the manifest of an ONNX model must state besides.

    Attributes
    ----------
    output : str
        ``scores`` (one channel a number, the largest wins), ``probability`` (channel n is the label n + 1, from one
        half up) or ``labels`` (the numbers themselves).
    """

    input: ModelInput
    output: Literal["scores", "probability", "labels"]
    labels: dict[int, LabelEntry]


_Kind = TypeVar("_Kind", bound=ModelFacts)


def find_manifest(folder: Path, stem: str = "manifest") -> Path | None:
    """Return the manifest of a stem in a folder, None where there is none."""
    return next((folder / f"{stem}{end}" for end in ENDINGS if (folder / f"{stem}{end}").is_file()), None)


def read_manifest(path: Path, kind: type[_Kind]) -> _Kind:
    """Return a manifest.

    Raises
    ------
    UnreadableImageError
        If it is no JSON or YAML, or a field is missing, unknown or wrong; the text names file and field.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UnreadableImageError(f"the manifest {path.name} cannot be read; give JSON or YAML in UTF-8") from error
    if not isinstance(content, dict):
        raise UnreadableImageError(f"the manifest {path.name} must hold fields (name, input, labels ...), nothing else")
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = "; ".join(_in_words(one) for one in error.errors()[:3])
        raise UnreadableImageError(f"the manifest {path.name}: {first}") from None


def _in_words(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "the whole"
    if error["type"] == "missing":
        return f"the field {where} is missing"
    if error["type"] == "extra_forbidden":
        return f"there is no field {where}"
    return f"{where}: {str(error['msg']).removeprefix('Value error, ')} (got {error['input']!r})"


def nerve_labels(
    entries: Mapping[int, LabelEntry], graph: NerveGraph, where: str
) -> tuple[Mapping[int, LabelName], tuple[str, ...]]:
    """Return the numbers that are nerves of the graph, and the names of the others.

    Raises
    ------
    UnreadableImageError
        If a nerve or side is unknown, a number is not positive, or no number is a nerve.
    """
    found: dict[int, LabelName] = {}
    others = []
    for number, entry in entries.items():
        if entry.nerve is None:
            others.append(entry.name or f"label {number}")
            continue
        if number < 1:
            raise UnreadableImageError(f"{where}: the label {number} of {entry.nerve} must be 1 or more; 0 is nothing")
        try:
            nerve = graph.resolve(entry.nerve, ("nerve",))[1]
            found[number] = LabelName(nerve=nerve, side=read_side(entry.side))
        except UnknownNameError as error:
            raise UnreadableImageError(f"{where}, label {number}: {error}") from error
    if not found:
        raise UnreadableImageError(f"{where}: no label is a nerve; say for each number nerve and side under labels")
    return found, tuple(others)


def statement_of(facts: ModelFacts, *, name: str, kind: str, fingerprint: str = NOT_STATED) -> ModelStatement:
    """Return what a manifest states, `NOT_STATED` for what it does not."""
    return ModelStatement(
        name=facts.name or name,
        version=str(facts.version) if facts.version is not None else NOT_STATED,
        kind=kind,
        licence=facts.licence or facts.license or NOT_STATED,
        training_data=facts.training_data or NOT_STATED,
        citation=facts.citation or NOT_STATED,
        fingerprint=fingerprint,
    )


def read_json(path: Path) -> Mapping[str, Any]:
    """Return the fields of a JSON file.

    Raises
    ------
    UnreadableImageError
        If it is none.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise UnreadableImageError(f"{path.name} of the model cannot be read; it must be JSON") from error
    if not isinstance(content, dict):
        raise UnreadableImageError(f"{path.name} of the model must hold an object")
    return content
