"""Image series of a case, measured: what has a verdict becomes findings, what has none is said.

A case holds them as ``mri/<name>/`` with an image (a NIfTI file or a folder of DICOM files) and either ``seeds.csv``
or ``labels.nii.gz`` with ``label_names.csv``; ``references.csv`` names tissues to compare signals with. Of several
images of one place, or for a model, ``series.csv`` says which is outlined and by what (see `nerve_folder`).
``limits.csv`` (``level,method``) says which limit applies; without it no size is judged, and only changes along the
nerve are told. A spine label map (``spine_labels.nii.gz`` with ``spine.csv``) is measured level by level, with or
without an image; a muscle label map (``muscle_labels.nii.gz`` with ``muscles.csv``) muscle by muscle on all images of
the folder. With ``diffusion.csv`` the image is a diffusion series.
"""

from collections.abc import Iterator, Sequence
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
    Side,
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
from ranvier.imaging.nerve_folder import (
    NERVE_FILES,
    NERVE_TABLES,
    is_of_model,
    measure_nerve_folder,
    says_where_nerves_are,
)
from ranvier.imaging.nerves import Change, Mass, MeasuredNerve, side_comparisons
from ranvier.imaging.spine import SPINE_FILES, SpineReport, measure_folder, spine_findings

_KINDS = {
    "focal_swelling": "nerve_enlarged",
    "focal_narrowing": "nerve_constriction",
    "hourglass": "nerve_constriction",
    "entrapment_pattern": "nerve_compressed",
    "nerve_displaced": "nerve_displaced",
    "bright_stretch": "nerve_hyperintense",
}
_OWN = (*NERVE_FILES, *NERVE_TABLES, *SPINE_FILES, *MUSCLE_FILES, *DIFFUSION_FILES)


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
        found.extend(_mirrored(outcome.nerves, graph, origin))
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
                name = f"{nerve.report.side.value} {_name(nerve, graph)}"
                remedy = "name level and method in limits.csv if a limit exists for them, or judge it by eye"
                out.append(_note("question", origin, f"{name}: {nerve.verdict.text}", remedy))
            out.extend(_mass_notes(nerve, graph, origin))
            out.extend(_unread_notes(nerve, graph, origin))
            out.extend(_root_notes(nerve, graph, origin))
        out.extend(_side_notes(outcome.nerves, origin))
    return tuple(out)


def _note(severity: Literal["error", "question"], origin: Origin, problem: str, remedy: str) -> Unused:
    return Unused(severity=severity, origin=origin, problem=f"{problem}.", remedy=f"{remedy[:1].upper()}{remedy[1:]}.")


def _mass_notes(nerve: MeasuredNerve, graph: NerveGraph, origin: Origin) -> Iterator[Unused]:
    """Yield the masses that are only possible: they are shown and not weighed."""
    for mass in nerve.masses:
        if not mass.likely:
            problem = f"{nerve.report.side.value} {_name(nerve, graph)}: {mass.text}; {'; '.join(mass.doubts)}"
            yield _note("question", origin, problem, "look at it; if it is a mass, state it in imaging.csv")


def _unread_notes(nerve: MeasuredNerve, graph: NerveGraph, origin: Origin) -> Iterator[Unused]:
    """Yield what changes along a nerve and is told without being weighed, unless it is a part of what is."""
    weighed = [c for c in nerve.changes if c.is_sign]
    for change in nerve.changes:
        part = any(c.first_slice <= change.first_slice and change.last_slice <= c.last_slice for c in weighed)
        if not change.is_sign and not part:
            problem = f"{nerve.report.side.value} {_name(nerve, graph)}: {change.text}"
            yield _note("question", origin, problem, "look at it; if it is a sign, state it in imaging.csv")


def _root_notes(nerve: MeasuredNerve, graph: NerveGraph, origin: Origin) -> Iterator[Unused]:
    """Yield what changes along a root and is not weighed, as its ganglion may be all there is."""
    if nerve.report.is_root:
        for change in nerve.changes:
            if change.kind == "focal_swelling":
                problem = f"{nerve.report.side.value} {_name(nerve, graph)}: {change.text}"
                yield _note("question", origin, problem, "compare it with the other side and the levels beside it")


def _side_notes(nerves: tuple[MeasuredNerve, ...], origin: Origin) -> Iterator[Unused]:
    """Yield how the sides compare where they differ: side to side alone is no verdict."""
    for one in side_comparisons(nerves):
        if one.extent in ("diffuse", "focal") or any(s.side is Side.UNKNOWN for s in one.shifts):
            yield _note("question", origin, one.text, "judge by eye which side is changed; no limit says it")


def _name(nerve: MeasuredNerve, graph: NerveGraph) -> str:
    known = graph.nerves.get(nerve.report.nerve)
    return known.name if known else f"{nerve.report.nerve} root"


def _place(nerve: MeasuredNerve, graph: NerveGraph) -> Place:
    kind = PlaceKind.NERVE if nerve.report.nerve in graph.nerves else PlaceKind.ROOT
    return Place(kind=kind, ids=(nerve.report.nerve,), side=nerve.report.side, label=_name(nerve, graph))


def _mirrored(nerves: tuple[MeasuredNerve, ...], graph: NerveGraph, origin: Origin) -> Iterator[Finding]:
    """Yield where a nerve is displaced against the other side and its own straight course agrees."""
    for one in side_comparisons(nerves):
        for nerve in nerves:
            away = [s for s in one.shifts if (nerve.report.nerve, nerve.report.side) == (one.nerve, s.side)]
            if away and "nerve_displaced" not in {c.kind for c in nerve.changes}:
                place = _place(nerve, graph)
                statement = (
                    f"MRI, measured: {side_in_words(place.label, place.side)} lies {away[0].farthest_mm:.0f} mm off the"
                    " mirror image of the other side."
                )
                yield _finding("nerve_displaced", place, origin, statement, present=True, limit=None)


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
    nerves: tuple[MeasuredNerve, ...] = ()
    if diffusion is None and (not labelled or says_where_nerves_are(folder)):
        found = measure_nerve_folder(folder, _images(folder), graph, age_y)
        nerves = found.nerves
        notes.extend(
            _note("question", origin, n.rstrip("."), "read sizes and masses with this in mind") for n in found.notes
        )
    return _Outcome(nerves=nerves, others=tuple(others), notes=tuple(notes))


def _images(folder: Path) -> tuple[Path, ...]:
    images = [p for p in sorted(folder.iterdir()) if p.name not in _OWN and not p.name.startswith(".")]
    return tuple(p for p in images if p.suffix not in (".json", ".bval", ".bvec", ".csv") and not is_of_model(p))


def _of_nerve(nerve: MeasuredNerve, graph: NerveGraph, origin: Origin) -> Iterator[Finding]:
    name, place = _name(nerve, graph), _place(nerve, graph)
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
        kind = _kind(change, place)
        if kind and kind not in said and change.is_sign and not _explained(change, nerve.masses):
            said.add(kind)
            statement = f"MRI, measured: {side_in_words(name, place.side)} {change.text}."
            yield _finding(kind, place, origin, statement, present=True, limit=None)
    for mass in nerve.masses:
        if mass.likely and mass.kind not in said:
            said.add(mass.kind)
            statement = f"MRI, measured: {side_in_words(name, place.side)}, {mass.text}."
            yield _finding(mass.kind, place, origin, statement, present=True, limit=None)


def _kind(change: Change, place: Place) -> str | None:
    """Return the kind of finding of a change; of a root only what a ganglion of usual size does not show."""
    if place.kind is PlaceKind.NERVE:
        return _KINDS[change.kind]
    return "root_compressed" if change.kind == "entrapment_pattern" else None


def _explained(change: Change, masses: Sequence[Mass]) -> bool:
    """Tell whether a mass inside the nerve explains a change of its size or signal."""
    return change.kind != "nerve_displaced" and any(
        m.likely
        and m.relation == "inside"
        and change.first_slice <= m.last_slice + 1
        and change.last_slice >= m.first_slice - 1
        for m in masses
    )


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
