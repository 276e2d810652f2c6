"""Image series of a case, measured: what has a verdict becomes findings, what has none is said.

A case holds them as ``mri/<name>/`` with one image (a NIfTI file or a folder of DICOM files) and either ``seeds.csv``
or ``labels.nii.gz`` with ``label_names.csv``. ``limits.csv`` (``level,method``) says which limit applies; without it no
size is judged, and only changes along the nerve are told. A spine label map (``spine_labels.nii.gz`` with
``spine.csv``) is measured level by level, with or without an image; a muscle label map (``muscle_labels.nii.gz`` with
``muscles.csv``) muscle by muscle on all images of the folder. With ``diffusion.csv`` the image is a diffusion series.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, SeriesFolder, Unused
from ranvier.core import (
    Finding,
    Limit,
    Modality,
    Origin,
    Place,
    PlaceKind,
    PresenceReading,
    RanvierError,
    UnreadableImageError,
    side_in_words,
)
from ranvier.imaging.diffusion import (
    DIFFUSION_FILES,
    DiffusionLimit,
    DiffusionReport,
    diffusion_findings,
    limits_for,
    measure_diffusion_folder,
    read_diffusion_limits,
    region_sentence,
    region_sides,
)
from ranvier.imaging.muscles import MUSCLE_FILES, MuscleReport, measure_muscle_folder, muscle_findings
from ranvier.imaging.nerves import (
    Level,
    MeasuredNerve,
    measure_labels,
    measure_seeded,
    read_label_names,
    read_seeds,
)
from ranvier.imaging.reading import read_series
from ranvier.imaging.spine import SPINE_FILES, SpineReport, measure_folder, spine_findings

_KINDS = {
    "focal_swelling": "nerve_enlarged",
    "focal_narrowing": "nerve_constriction",
    "hourglass": "nerve_constriction",
    "entrapment_pattern": "nerve_compressed",
    "nerve_displaced": "nerve_displaced",
    "bright_stretch": "nerve_hyperintense",
}
_NERVE_FILES = ("seeds.csv", "labels.nii.gz", "labels.nii")
_OWN = (*_NERVE_FILES, "label_names.csv", "limits.csv", *SPINE_FILES, *MUSCLE_FILES, *DIFFUSION_FILES)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """The nerves of one series and what its spine and muscles show, or why there are none."""

    nerves: tuple[MeasuredNerve, ...] = ()
    others: tuple[Finding, ...] = ()
    notes: tuple[Unused, ...] = ()
    trouble: str = ""


def measured_findings(case: Case, graph: NerveGraph) -> tuple[Finding, ...]:
    """Return the findings of all measured series, in the order of their folders."""
    found: list[Finding] = []
    for series in case.series:
        outcome, origin = _outcome(series, graph, case.patient.age_y), Origin(file=f"mri/{series.name}")
        found.extend(item for nerve in outcome.nerves for item in _of_nerve(nerve, graph, origin))
        found.extend(outcome.others)
    return tuple(replace(item, id=f"measured-{number}") for number, item in enumerate(found, 1))


def unused_series(case: Case, graph: NerveGraph) -> tuple[Unused, ...]:
    """Return the series that could not be measured and the nerves that got no verdict, with the reason."""
    out = []
    for series in case.series:
        outcome = _outcome(series, graph, case.patient.age_y)
        origin = Origin(file=f"mri/{series.name}")
        if outcome.trouble:
            out.append(_note("error", origin, f"the series was not measured: {outcome.trouble}", "mend it"))
        out.extend(outcome.notes)
        for nerve in outcome.nerves:
            if nerve.verdict.enlarged is None:
                name = f"{nerve.report.side.value} {graph.nerves[nerve.report.nerve].name}"
                remedy = "name level and method in limits.csv if a limit exists for them, or judge it by eye"
                out.append(_note("question", origin, f"{name}: {nerve.verdict.text}", remedy))
    return tuple(out)


def _note(severity: Literal["error", "question"], origin: Origin, problem: str, remedy: str) -> Unused:
    return Unused(severity=severity, origin=origin, problem=f"{problem}.", remedy=f"{remedy[:1].upper()}{remedy[1:]}.")


def _spine_notes(spine: SpineReport, origin: Origin) -> Iterator[Unused]:
    """Yield what of a spine was not measured, and that without a limit levels were only compared with each other."""
    for note in spine.measured.notes:
        yield _note("question", origin, note, "check the label map and its table")
    if spine.verdicts and all(v.narrow is None for v in spine.verdicts):
        remedy = "say in spine.csv under canal whether the label is the dural_sac or the bony_canal"
        yield _note("question", origin, f"canal and recesses: {spine.verdicts[0].text}", remedy)


def _muscle_notes(muscles: MuscleReport, origin: Origin) -> Iterator[Unused]:
    """Yield the muscles without a verdict in one sentence, and how the sides compare."""
    unjudged = [m.label.name.replace("_", " ") for m in muscles.muscles if m.above is None]
    if unjudged:
        said = "; ".join(s.text for s in muscles.sides) or "no muscle was measured on both sides"
        problem = f"{', '.join(unjudged)}: no verdict, no limit of this method is known ({said})"
        yield _note("question", origin, problem, "give limits of your own method in muscle_limits.csv")


def _diffusion_notes(report: DiffusionReport, limits: tuple[DiffusionLimit, ...], origin: Origin) -> Iterator[Unused]:
    """Yield the nerves without a limit, how the sides compare, and what is wrong with the series."""
    remedy = "give limits of your own protocol in diffusion_limits.csv"
    for region in report.regions:
        if not limits_for(region, limits):
            yield _note("question", origin, f"diffusion, {region_sentence(region)}: no limit of this protocol", remedy)
    for line in region_sides(report.regions):
        yield _note("question", origin, f"diffusion, {line}", "judge it by eye")
    if report.shifts.flagged and report.after is None:
        remedy = "write yes under register in diffusion.csv, or leave the volumes out"
        yield _note("question", origin, f"diffusion: {report.shifts.text}", remedy)
    for note in report.notes:
        yield _note("question", origin, f"diffusion: {note.rstrip('.')}", "read FA with this in mind")


def _outcome(series: SeriesFolder, graph: NerveGraph, age_y: float | None) -> _Outcome:
    stamps = tuple(sorted((p.name, p.stat().st_mtime_ns) for p in series.path.iterdir()))
    return _measured(series, stamps, age_y, graph)


@lru_cache(maxsize=16)
def _measured(
    series: SeriesFolder, stamps: tuple[tuple[str, int], ...], age_y: float | None, graph: NerveGraph
) -> _Outcome:
    """Measure once for each state of the folder."""
    del stamps
    try:
        return _all_of(series, graph, age_y)
    except RanvierError as error:
        return _Outcome(trouble=str(error))


def _all_of(series: SeriesFolder, graph: NerveGraph, age_y: float | None) -> _Outcome:
    folder, origin = series.path, Origin(file=f"mri/{series.name}")
    spine, muscles = measure_folder(folder), measure_muscle_folder(folder, _images(folder), graph)
    others: list[Finding] = []
    notes: list[Unused] = []
    if spine is not None:
        others.extend(spine_findings(spine, graph, origin))
        notes.extend(_spine_notes(spine, origin))
    if muscles is not None:
        others.extend(muscle_findings(muscles, origin))
        notes.extend(_muscle_notes(muscles, origin))
    diffusion = measure_diffusion_folder(folder, _images(folder), graph)
    if diffusion is not None:
        limits = read_diffusion_limits(folder / "diffusion_limits.csv", graph)
        others.extend(diffusion_findings(diffusion, limits, graph, origin))
        notes.extend(_diffusion_notes(diffusion, limits, origin))
    labelled = spine is not None or muscles is not None
    marked = not labelled or any((folder / name).is_file() for name in _NERVE_FILES)
    nerves = _nerves(folder, graph, age_y) if marked and diffusion is None else ()
    return _Outcome(nerves=nerves, others=tuple(others), notes=tuple(notes))


def _images(folder: Path) -> tuple[Path, ...]:
    images = [p for p in sorted(folder.iterdir()) if p.name not in _OWN and not p.name.startswith(".")]
    return tuple(p for p in images if p.suffix not in (".json", ".bval", ".bvec", ".csv"))


def _nerves(folder: Path, graph: NerveGraph, age_y: float | None) -> tuple[MeasuredNerve, ...]:
    images = _images(folder)
    if len(images) != 1:
        raise UnreadableImageError(f"the folder must hold one image beside its tables (got {len(images)})")
    volume = read_series(images[0]).volume
    level = _level(folder / "limits.csv", age_y)
    labels = next((folder / n for n in ("labels.nii.gz", "labels.nii") if (folder / n).is_file()), None)
    if labels is not None:
        names = read_label_names(folder / "label_names.csv", graph)
        return measure_labels(volume, read_series(labels).volume, names, level)
    if not (folder / "seeds.csv").is_file():
        raise UnreadableImageError("say where the nerve is: add seeds.csv, or labels.nii.gz with label_names.csv")
    return measure_seeded(volume, read_seeds(folder / "seeds.csv", volume, graph), level)


def _level(path: Path, age_y: float | None) -> Level:
    if not path.is_file():
        return Level(age_y=age_y)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    if not rows or not {"level", "method"} <= set(rows[0]):
        raise UnreadableImageError("limits.csv needs the columns level and method and one row")
    return Level(level=rows[0]["level"] or None, method=rows[0]["method"] or None, age_y=age_y)


def _of_nerve(nerve: MeasuredNerve, graph: NerveGraph, origin: Origin) -> Iterator[Finding]:
    name = graph.nerves[nerve.report.nerve].name
    place = Place(kind=PlaceKind.NERVE, ids=(nerve.report.nerve,), side=nerve.report.side, label=name)
    verdict = nerve.verdict
    said: set[str] = set()
    if verdict.enlarged is not None and verdict.limit is not None:
        limit = Limit(
            text=f"upper limit {verdict.limit.upper:g} mm2", source=verdict.limit.source, status=verdict.limit.status
        )
        statement = f"MRI, measured: {side_in_words(name, place.side)}, {verdict.text}."
        yield _finding("nerve_enlarged", place, origin, statement, present=verdict.enlarged, limit=limit)
        said.add("nerve_enlarged")
    for change in sorted(nerve.changes, key=lambda c: c.kind != "hourglass"):
        kind = _KINDS[change.kind]
        if kind not in said:
            said.add(kind)
            statement = f"MRI, measured: {side_in_words(name, place.side)} {change.text}."
            yield _finding(kind, place, origin, statement, present=True, limit=None)


def _finding(kind: str, place: Place, origin: Origin, statement: str, *, present: bool, limit: Limit | None) -> Finding:
    return Finding(
        id="",
        modality=Modality.MRI,
        observable=f"image:{kind}",
        place=place,
        reading=PresenceReading(present=present),
        abnormal=present,
        statement=statement,
        limit=limit,
        origin=origin,
    )
