"""What a measured spine adds to a case: findings on roots, and what had no verdict."""

from collections.abc import Iterator

from ranvier.anatomy import NerveGraph
from ranvier.core import Finding, Limit, Modality, Origin, Place, PlaceKind, PresenceReading, Side
from ranvier.imaging.spine.measurements import LevelMeasurement
from ranvier.imaging.spine.settings import SpineLevel, spine_levels
from ranvier.imaging.spine.study import SpineReport, Standout

_FOCAL = ("protrusion", "extrusion")


def spine_findings(report: SpineReport, graph: NerveGraph, origin: Origin) -> Iterator[Finding]:
    """Yield the findings: displaced disc, compressed root, narrow foramen, narrow canal.

    Only what was found is told: a label map shows no normal root. Nothing is told of a spine whose level names are
    doubted.

    Parameters
    ----------
    report : SpineReport
    graph : NerveGraph
        The roots must be its own.
    origin : Origin
    """
    if report.measured.names_doubted:
        return
    levels = {level.level: level for level in spine_levels()}
    deepest = {one.level.level: one for one in report.measured.levels}
    for item in report.standouts:
        level = levels[item.level]
        if item.kind == "disc_displaced" and _is_herniation(item, deepest[item.level]):
            size = deepest[item.level].size
            words = f"{item.text}: {size.shape if size else ''} by its proportions"
            place = _disc_place(graph, item, level)
            yield _finding("disc_herniation", place, words, origin, None)
        elif item.kind == "foramen_narrow":
            yield _finding(
                "foraminal_stenosis", _root_place(graph, level.exiting_root, item.side), item.text, origin, None
            )
    for root in report.roots:
        if root.state == "compressed":
            yield _finding("root_compressed", _root_place(graph, root.root, root.side), root.text, origin, None)
    yield from _canals(report, levels, origin)


def _is_herniation(item: Standout, one: LevelMeasurement) -> bool:
    """Return whether a displaced disc is focal, and told of in the zone where it is deepest (it may reach others)."""
    focal = one.size is not None and one.size.shape in _FOCAL
    return focal and item.zone == one.zone and item.side is one.zone_side


def _disc_place(graph: NerveGraph, item: Standout, level: SpineLevel) -> Place:
    """Return the root in whose zone the disc lies; a central disc is laid to no root."""
    if item.zone == "central":
        return _region(level)
    root = level.traversing_root if item.zone == "subarticular" else level.exiting_root
    return _root_place(graph, root, item.side)


def _root_place(graph: NerveGraph, root: str, side: Side) -> Place:
    found = graph.resolve(root, ("root",))[1]
    return Place(kind=PlaceKind.ROOT, ids=(found,), side=side, label=f"{found} root")


def _canals(report: SpineReport, levels: dict[str, SpineLevel], origin: Origin) -> Iterator[Finding]:
    told = set()
    for verdict in report.verdicts:
        if verdict.narrow and verdict.limit is not None and verdict.measure.startswith("canal"):
            if verdict.level in told:
                continue
            told.add(verdict.level)
            limit = Limit(
                text=f"lower limit {verdict.limit.below:g} {verdict.limit.unit}",
                source=verdict.limit.source,
                status=verdict.limit.status,
            )
            yield _finding("canal_stenosis", _region(levels[verdict.level]), verdict.text, origin, limit)
    judged = {v.level for v in report.verdicts if v.narrow is not None and v.measure == "canal_area_mm2"}
    for item in report.standouts:
        if item.kind == "canal_narrow" and item.level not in told | judged:
            yield _finding("canal_stenosis", _region(levels[item.level]), item.text, origin, None)


def _region(level: SpineLevel) -> Place:
    return Place(
        kind=PlaceKind.REGION, ids=(f"{level.region}_spine",), side=Side.UNKNOWN, label=f"{level.region} spine"
    )


def _finding(kind: str, place: Place, words: str, origin: Origin, limit: Limit | None) -> Finding:
    return Finding(
        id="",
        modality=Modality.MRI,
        observable=f"image:{kind}",
        place=place,
        reading=PresenceReading(present=True),
        abnormal=True,
        statement=f"MRI, measured on a label map: {words}.",
        limit=limit,
        origin=origin,
    )
