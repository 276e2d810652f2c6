"""What measured muscles add to a case: a verdict only against limits of the user's own method."""

from collections.abc import Iterator

from ranvier.core import Finding, Limit, Modality, Origin, Place, PlaceKind, PresenceReading, Status
from ranvier.imaging.muscles.measurements import MuscleReport, in_unit, plain_name, sentence

_KINDS = {"t2_ms": "muscle_oedema", "fat_fraction": "muscle_fat_or_atrophy"}


def muscle_findings(report: MuscleReport, origin: Origin) -> Iterator[Finding]:
    """Yield oedema (T2) or fatty change (fat fraction) of every muscle that has a limit, present or absent."""
    for muscle in report.muscles:
        if muscle.above is None or muscle.limit is None:
            continue
        place = Place(
            kind=PlaceKind.MUSCLE,
            ids=muscle.label.muscles,
            side=muscle.label.side,
            label=plain_name(muscle.label),
        )
        limit = Limit(
            text=f"upper limit {in_unit(muscle.limit.upper, report.measure)}",
            source=muscle.limit.source,
            status=Status.SECONDARY,
        )
        yield Finding(
            id="",
            modality=Modality.MRI,
            observable=f"image:{_KINDS[report.measure]}",
            place=place,
            reading=PresenceReading(present=muscle.above),
            abnormal=muscle.above,
            statement=f"MRI, measured: {sentence(muscle, report.measure)}.",
            limit=limit,
            origin=origin,
        )
