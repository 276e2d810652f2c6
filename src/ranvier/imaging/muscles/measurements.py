"""T2 or fat fraction of each labelled muscle, without its rim; left against right; against the user's own limits.

No limit of muscle T2 or fat fraction is packaged: none was found that holds beyond its own sequence. Without a limit of
the user's own method there is no verdict, only the comparison of the sides.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.core import Side, UnreadableImageError, number_in_words, side_in_words
from ranvier.imaging.muscles.labels import MuscleLabel, MuscleTable
from ranvier.imaging.muscles.maps import MuscleMap
from ranvier.imaging.muscles.settings import muscle_parameters
from ranvier.imaging.volume import Volume

_NORMAL_MAD = 1.4826
_TOLERANCE_MM = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLimit:
    """An upper limit of the user's own method; `muscle` is a name of the label table or ``*``."""

    muscle: str
    measure: str
    upper: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MuscleMeasurement:
    """One label; values in the unit of the measure, NaN where the label is too thin.

    Attributes
    ----------
    label : MuscleLabel
    value : int
        Its number in the map.
    voxels, unfit : int
        Voxels within the rim, and those of them without a value.
    volume_ml : float
        Of the whole label.
    mean, median, spread, low, high : float
        Spread is the scaled median absolute deviation; low and high are the 5th and 95th percentile.
    above : bool or None
        Against the user's limit; None without one.
    limit : OwnLimit or None
    note : str
    """

    label: MuscleLabel
    value: int
    voxels: int
    unfit: int
    volume_ml: float
    mean: float
    median: float
    spread: float
    low: float
    high: float
    above: bool | None
    limit: OwnLimit | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SideComparison:
    """A muscle on both sides: medians, whether they differ, and the sentence."""

    name: str
    left: float
    right: float
    differ: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MuscleReport:
    """All muscles of one map."""

    measure: str
    method: str
    muscles: tuple[MuscleMeasurement, ...]
    sides: tuple[SideComparison, ...]


def measure_muscles(
    found: MuscleMap, labels: Volume, table: MuscleTable, limits: Sequence[OwnLimit] = ()
) -> MuscleReport:
    """Measure every muscle of the table that the label map holds.

    Raises
    ------
    UnreadableImageError
        If map and labels lie on different voxels or no label of the table is there.
    """
    same = labels.values.shape[:3] == found.values.shape
    if not same or np.abs(labels.affine - found.affine).max() > _TOLERANCE_MM:
        raise UnreadableImageError("the label map does not lie on the voxels of the image; resample it to the image")
    numbers = np.round(labels.values[..., 0] if labels.values.ndim == 4 else labels.values).astype(np.int64)
    present = [value for value in table if (numbers == value).any()]
    if not present:
        shown = ", ".join(str(v) for v in np.unique(numbers)[1:9]) or "nothing but 0"
        raise UnreadableImageError(f"the label map holds {shown}, the table knows none of it; name the right table")
    muscles = tuple(_measured(found, numbers == v, v, table[v], limits) for v in present)
    sides = _sides(muscles, found.measure)
    return MuscleReport(measure=found.measure, method=found.method, muscles=muscles, sides=sides)


def inner_part(mask: NDArray[np.bool_], spacing_mm: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return a label without its rim, (I, J, K) bool; the rim lies in the plane of the slices where these are thick."""
    p = muscle_parameters()
    bounds = ndimage.find_objects(mask.astype(np.int8))
    if not bounds:
        return np.zeros_like(mask)
    part = np.pad(mask[bounds[0]], 1)
    sampling = spacing_mm.copy()
    if spacing_mm.max() > p["anisotropic_from"] * np.median(spacing_mm):
        sampling[int(spacing_mm.argmax())] = 1e6
    inside = ndimage.distance_transform_edt(part, sampling=sampling) > p["edge"]
    out = np.zeros_like(mask)
    out[bounds[0]] = inside[1:-1, 1:-1, 1:-1]
    return out


def _measured(
    found: MuscleMap, mask: NDArray[np.bool_], value: int, label: MuscleLabel, limits: Sequence[OwnLimit]
) -> MuscleMeasurement:
    spacing = np.linalg.norm(found.affine[:3, :3], axis=0)
    inside = found.values[inner_part(mask, np.asarray(spacing, dtype=np.float64))]
    known = inside[np.isfinite(inside)]
    enough = len(known) >= muscle_parameters()["fewest_voxels"]
    median = float(np.median(known)) if enough else float("nan")
    low, high = np.percentile(known, [5, 95]) if enough else (float("nan"), float("nan"))
    wanted = [x for x in limits if x.measure == found.measure and x.muscle in (label.name, "*")]
    limit = min(wanted, key=lambda x: x.muscle == "*", default=None)
    return MuscleMeasurement(
        label=label,
        value=value,
        voxels=len(inside),
        unfit=len(inside) - len(known),
        volume_ml=float(mask.sum() * np.prod(spacing)) / 1000,
        mean=float(known.mean()) if enough else float("nan"),
        median=median,
        spread=_NORMAL_MAD * float(np.median(np.abs(known - median))) if enough else float("nan"),
        low=float(low),
        high=float(high),
        above=median > limit.upper if limit is not None and enough else None,
        limit=limit,
        note="" if enough else "too few voxels with a value within its rim",
    )


def in_unit(value: float, measure: str) -> str:
    """Return a value of a measure in words.

    >>> in_unit(0.0512, "fat_fraction"), in_unit(34.56, "t2_ms")
    ('5.1 % fat', 'T2 34.6 ms')
    """
    return f"{100 * value:.1f} % fat" if measure == "fat_fraction" else f"T2 {value:.1f} ms"


def _sides(muscles: Sequence[MuscleMeasurement], measure: str) -> tuple[SideComparison, ...]:
    p, out = muscle_parameters(), []
    for one in muscles:
        for other in muscles:
            pair = (one.label.side, other.label.side) == (Side.LEFT, Side.RIGHT)
            if not pair or one.label.muscles != other.label.muscles or not np.isfinite(one.median + other.median):
                continue
            left, right = one.median, other.median
            if measure == "fat_fraction":
                differ = abs(left - right) >= p["side_difference_fat"]
            else:
                differ = max(left / right, right / left) >= p["side_ratio_t2"]
            name = plain_name(one.label)
            word = "the sides differ" if differ else "the sides do not differ much"
            text = f"{name}: left {in_unit(left, measure)}, right {in_unit(right, measure)}: {word}"
            out.append(SideComparison(name=name, left=left, right=right, differ=differ, text=text))
    return tuple(out)


def plain_name(label: MuscleLabel) -> str:
    """Return the name of a label without its side and underscores."""
    name = label.name
    for end in ("_left", "_right"):
        name = name.removesuffix(end)
    return name.replace("_", " ")


def sentence(muscle: MuscleMeasurement, measure: str) -> str:
    """Return a muscle in words, with its limit or that there is none."""
    name = side_in_words(plain_name(muscle.label), muscle.label.side)
    if muscle.note:
        return f"{name}: {muscle.note}"
    if muscle.limit is None:
        return f"{name}: {in_unit(muscle.median, measure)}; no verdict: no limit of this method is known"
    upper = number_in_words(100 * muscle.limit.upper if measure == "fat_fraction" else muscle.limit.upper)
    word = "above" if muscle.above else "not above"
    unit = "%" if measure == "fat_fraction" else "ms"
    return f"{name}: {in_unit(muscle.median, measure)}, {word} the limit {upper} {unit} ({muscle.limit.source})"


def read_own_limits(path: Path) -> tuple[OwnLimit, ...]:
    """Return the user's limits from a CSV with the columns ``muscle, measure, upper, source``.

    Raises
    ------
    UnreadableImageError
        If the table cannot be read; the text names the line.
    """
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableImageError(f"the limits {path.name} cannot be read; give a CSV file in UTF-8") from error
    out = []
    for line, row in enumerate(rows, 2):
        if not {"muscle", "measure", "upper", "source"} <= set(row):
            raise UnreadableImageError(f"{path.name} needs the columns muscle, measure, upper and source")
        if row["measure"] not in ("t2_ms", "fat_fraction"):
            raise UnreadableImageError(
                f"{path.name}, line {line}: the measure is t2_ms or fat_fraction (got {row['measure']!r})"
            )
        try:
            upper = float(row["upper"] or "")
        except ValueError as error:
            raise UnreadableImageError(f"{path.name}, line {line}: upper {row['upper']!r} is no number") from error
        out.append(
            OwnLimit(muscle=row["muscle"] or "*", measure=row["measure"], upper=upper, source=row["source"] or "")
        )
    return tuple(out)
