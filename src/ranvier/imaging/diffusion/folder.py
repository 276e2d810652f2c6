"""A diffusion series in the folder of a series of a case.

``diffusion.csv`` says that the image is one (it may be empty but for a head; a column ``register`` with ``yes`` has
the volumes registered). Where to measure: ``seeds.csv``, or ``labels.nii.gz`` with ``label_names.csv``. Limits hold for
their own protocol only: ``diffusion_limits.csv`` (``nerve,measure,lower,upper,source``) states those of the laboratory.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ranvier.anatomy import NerveGraph
from ranvier.core import (
    Finding,
    Limit,
    Modality,
    Origin,
    Place,
    PlaceKind,
    PresenceReading,
    Status,
    UnknownNameError,
    UnreadableImageError,
)
from ranvier.imaging.diffusion.measurements import MEASURES
from ranvier.imaging.diffusion.study import (
    TO_UNIT,
    DiffusionRegion,
    DiffusionReport,
    RegionName,
    Regions,
    measure_diffusion,
)
from ranvier.imaging.nerves import read_label_names
from ranvier.imaging.reading import read_series

DIFFUSION_FILES = ("diffusion.csv", "diffusion_limits.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffusionLimit:
    """A limit of the laboratory: FA as it is, diffusivities in 1e-3 mm2/s; None where there is none."""

    nerve: str
    measure: str
    lower: float | None
    upper: float | None
    source: str


def measure_diffusion_folder(folder: Path, images: Sequence[Path], graph: NerveGraph) -> DiffusionReport | None:
    """Return the measured diffusion of a folder, None where it has no ``diffusion.csv``.

    Raises
    ------
    UnreadableImageError
        If it is there but cannot be measured; the text says why.
    """
    if not (folder / "diffusion.csv").is_file():
        return None
    if len(images) != 1:
        raise UnreadableImageError(f"the folder must hold one diffusion series beside its tables (got {len(images)})")
    labels = next((folder / n for n in ("labels.nii.gz", "labels.nii") if (folder / n).is_file()), None)
    seeds = folder / "seeds.csv"
    if labels is None and not seeds.is_file():
        raise UnreadableImageError("say where the nerve is: add seeds.csv, or labels.nii.gz with label_names.csv")
    if labels is not None:
        found = read_label_names(folder / "label_names.csv", graph)
        names = {
            number: RegionName(name=f"{one.side.value} {graph.nerves[one.nerve].name}", nerve=one.nerve, side=one.side)
            for number, one in found.items()
        }
        where = Regions(labels=read_series(labels).volume, names=names)
    else:
        where = Regions(seeds=seeds)
    return measure_diffusion(read_series(images[0]), where, graph, register=_register(folder / "diffusion.csv"))


def _register(path: Path) -> bool:
    rows = _rows(path)
    return bool(rows) and (rows[0].get("register") or "").strip().lower() == "yes"


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableImageError(f"{path.name} cannot be read; give a CSV file in UTF-8") from error


def read_diffusion_limits(path: Path, graph: NerveGraph) -> tuple[DiffusionLimit, ...]:
    """Return the limits of the laboratory; none where there is no such file.

    Raises
    ------
    UnreadableImageError
        If the table is wrong; the text names the line.
    """
    if not path.is_file():
        return ()
    out = []
    for line, row in enumerate(_rows(path), 2):
        if not {"nerve", "measure", "lower", "upper", "source"} <= set(row):
            raise UnreadableImageError(f"{path.name} needs the columns nerve, measure, lower, upper and source")
        where = f"{path.name}, line {line}"
        try:
            nerve = graph.resolve(row["nerve"] or "", ("nerve",))[1]
            lower, upper = (float(row[c]) if (row[c] or "").strip() else None for c in ("lower", "upper"))
        except UnknownNameError as error:
            raise UnreadableImageError(f"{where}: {error}") from error
        except ValueError as error:
            raise UnreadableImageError(f"{where}: lower and upper must be numbers or empty") from error
        if row["measure"] not in MEASURES:
            raise UnreadableImageError(f"{where}: the measure is one of {', '.join(MEASURES)} (got {row['measure']!r})")
        source = (row["source"] or "").strip()
        if not source:
            raise UnreadableImageError(f"{where}: say in source where the limit is from")
        out.append(DiffusionLimit(nerve=nerve, measure=row["measure"], lower=lower, upper=upper, source=source))
    return tuple(out)


def limits_for(region: DiffusionRegion, limits: Sequence[DiffusionLimit]) -> tuple[DiffusionLimit, ...]:
    """Return the limits that hold for a nerve of which something was measured."""
    return tuple(x for x in limits if x.nerve == region.nerve and np.isfinite(region.median(x.measure)))


def diffusion_findings(
    report: DiffusionReport, limits: Sequence[DiffusionLimit], graph: NerveGraph, origin: Origin
) -> Iterator[Finding]:
    """Yield one finding a nerve and limit, beyond it or not; nothing without a limit."""
    for region in report.regions:
        for limit in limits_for(region, limits):
            value = region.median(limit.measure) * (1.0 if limit.measure == "fa" else TO_UNIT)
            below = limit.lower is not None and value < limit.lower
            above = limit.upper is not None and value > limit.upper
            unit = "" if limit.measure == "fa" else " 10-3 mm2/s"
            ends = (("lower limit", limit.lower), ("upper limit", limit.upper))
            words = ", ".join(f"{word} {end:g}{unit}" for word, end in ends if end is not None)
            verdict = "below" if below else "above" if above else "within"
            said = f"{region.name}, {limit.measure.upper()} {value:.3f}{unit}, {verdict} its limits"
            yield Finding(
                id="",
                modality=Modality.MRI,
                observable=f"diffusion_{limit.measure}",
                place=Place(
                    kind=PlaceKind.NERVE,
                    ids=(region.nerve,),
                    side=region.side,
                    label=graph.nerves[region.nerve].name,
                ),
                reading=PresenceReading(present=below or above),
                abnormal=below or above,
                statement=f"MRI, measured: {said}.",
                limit=Limit(text=words, source=limit.source, status=Status.SECONDARY),
                origin=origin,
            )
