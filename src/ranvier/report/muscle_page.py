"""The page of measured muscles: a table, left against right, and the map with the outlines that were measured."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.muscles import MuscleMap, MuscleReport
from ranvier.imaging.muscles.measurements import inner_part, sentence
from ranvier.imaging.volume import Volume
from ranvier.report.environment import page_environment
from ranvier.report.label_picture import label_slice
from ranvier.report.page import style

_MOST_SLICES = 8
_FAT_SHOWN, _T2_SHOWN_MS = 0.5, 80.0


def render_muscle_page(
    report: MuscleReport, found: MuscleMap, labels: Volume, image: Volume | None = None, notes: Sequence[str] = ()
) -> str:
    """Return the page as HTML text.

    Parameters
    ----------
    report : MuscleReport
    found : MuscleMap
        The map that was measured; without an image it is shown, from 0 to one half or to 80 ms.
    labels : Volume
    image : Volume, optional
        What the outlines are drawn on; of several volumes the first.
    notes : sequence of str

    Raises
    ------
    MissingExtraError
        If Pillow is not installed.
    """
    environment = page_environment()
    numbers = np.round(labels.values.reshape(labels.values.shape[:3])).astype(np.int64)
    axis = int(np.argmax(labels.spacing_mm))
    plane = [n for n in range(3) if n != axis]
    held = np.flatnonzero(np.isin(numbers, [m.value for m in report.muscles]).any(axis=tuple(plane)))
    chosen = held[np.unique(np.linspace(0, len(held) - 1, min(_MOST_SLICES, len(held))).round().astype(int))]
    rims = {m.value: inner_part(numbers == m.value, np.array(labels.spacing_mm)) for m in report.muscles}
    high = _FAT_SHOWN if report.measure == "fat_fraction" else _T2_SHOWN_MS
    background = np.clip(np.nan_to_num(found.values, nan=0.0) / high, 0, 1) if image is None else _first(image)
    pictures = [
        {
            "slice": int(index),
            "picture": label_slice(
                np.take(background, index, axis=axis),
                {value: np.take(rim, index, axis=axis) for value, rim in rims.items()},
                np.array(labels.spacing_mm)[plane],
            ),
        }
        for index in chosen
    ]
    return environment.get_template("muscles.html.j2").render(
        style=style(),
        report=report,
        pictures=pictures,
        notes=notes,
        factor=100 if report.measure == "fat_fraction" else 1,
        unit="%" if report.measure == "fat_fraction" else "ms",
        title="Fat fraction of muscles" if report.measure == "fat_fraction" else "T2 of muscles",
        shown="" if image is not None else (f"0 to {100 * high:.0f} %" if high <= 1 else f"0 to {high:.0f} ms"),
        sentences=[sentence(m, report.measure) for m in report.muscles if m.limit is not None],
    )


def _first(image: Volume) -> NDArray[np.float64]:
    """Return the first volume of an image from 0 to 1."""
    values = image.values[..., 0] if image.values.ndim == 4 else image.values
    low, high = np.percentile(values, [1.0, 99.5])
    return np.asarray(np.clip((values - low) / max(float(high - low), 1e-9), 0, 1), dtype=np.float64)
