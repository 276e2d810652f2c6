"""The known diagnosis of a published case. Only the evaluation reads it, after the work-up is done."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from ranvier.core import Side, UnreadableCaseError


class _TruthFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    disorders: tuple[str, ...]
    accept: tuple[str, ...] = ()
    group: str
    sites: tuple[str, ...] = ()
    sides: tuple[Literal["left", "right", "both", "unknown", "midline"], ...] = ()
    certainty: Literal["definite", "probable", "possible"]
    deciding: tuple[str, ...] = ()
    clinical: bool = True
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What the authors of a case concluded.

    Attributes
    ----------
    disorders : tuple of str
        Ids of the disorders, the main one first.
    accept : tuple of str
        Other ids that are as right for the main one.
    sites : tuple of (term, side)
        Location terms of the nerve graph; empty for a generalised disorder.
    deciding : tuple of str
        What decided it: modalities, features or kinds of image.
    clinical : bool
        False where the source gives test values only, with neither history nor examination.
    """

    disorders: tuple[str, ...]
    accept: tuple[str, ...]
    group: str
    sites: tuple[tuple[str, Side], ...]
    certainty: str
    deciding: tuple[str, ...]
    clinical: bool
    text: str

    @property
    def right(self) -> frozenset[str]:
        """Ids that count as right for the main disorder."""
        return frozenset({self.disorders[0], *self.accept})


def read_truth(folder: Path) -> Truth:
    """Return the truth of one case folder.

    Raises
    ------
    UnreadableCaseError
        If there is no ``truth.yaml`` or it does not have the published form.
    """
    path = folder / "truth.yaml"
    if not path.is_file():
        raise UnreadableCaseError(f"{folder.name} has no truth.yaml: it cannot be judged")
    try:
        raw = _TruthFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise UnreadableCaseError(f"{folder.name}/truth.yaml is not YAML") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'the file'}: {e['msg']}" for e in error.errors())
        raise UnreadableCaseError(f"{folder.name}/truth.yaml has not the published form ({wrong})") from error
    sides = [Side(s) for s in raw.sides] or [Side.BOTH]
    padded = sides + [sides[-1]] * max(0, len(raw.sites) - len(sides))
    return Truth(
        disorders=raw.disorders,
        accept=raw.accept,
        group=raw.group,
        sites=tuple(zip(raw.sites, padded, strict=False)),
        certainty=raw.certainty,
        deciding=raw.deciding,
        clinical=raw.clinical,
        text=raw.text,
    )
