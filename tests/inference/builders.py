"""Findings and cases for tests, built by hand."""

from dataclasses import replace

from ranvier.anatomy import load_graph
from ranvier.case import Case, Onset, Patient, Setting, Tempo
from ranvier.core import (
    Finding,
    GradedReading,
    Modality,
    Origin,
    Place,
    PlaceKind,
    PresenceReading,
    Reading,
    Side,
    mirrored,
)
from ranvier.inference import gather_evidence, infer, load_library
from ranvier.inference.evidence import Evidence
from ranvier.inference.singles import Singles
from ranvier.inference.summary import Posterior

_ORIGIN = Origin(file="test")


def finding(
    observable: str, reading: Reading, place: Place | None = None, *, modality: Modality = Modality.EXAMINATION
) -> Finding:
    """Return a finding with an id made of its content."""
    where = f"{place.side.value}-{'-'.join(place.ids)}" if place else "nowhere"
    return Finding(
        id=f"{observable}@{where}",
        modality=modality,
        observable=observable,
        place=place,
        reading=reading,
        abnormal=None,
        statement=f"{observable} {reading}",
        limit=None,
        origin=_ORIGIN,
    )


def place(kind: PlaceKind, side: Side, *ids: str) -> Place:
    """Return a place."""
    return Place(kind=kind, ids=ids, side=side, label=" ".join(ids))


def strength(muscle: str, side: Side, mrc: int) -> Finding:
    """Return the strength of one muscle."""
    grade = 5 - mrc
    return finding("strength", GradedReading(lowest=grade, highest=grade), place(PlaceKind.MUSCLE, side, muscle))


def touch(area: str, side: Side, grade: int) -> Finding:
    """Return touch in one area: 0 normal, 2 reduced, 3 absent."""
    return finding("sensation_vibration", GradedReading(lowest=grade, highest=grade), place(PlaceKind.AREA, side, area))


def reflex(name: str, side: Side, grade: int) -> Finding:
    """Return a reflex: 1 brisk, 2 normal, 3 reduced, 4 absent."""
    return finding("reflex", GradedReading(lowest=grade, highest=grade), place(PlaceKind.REFLEX, side, name))


def study(observable: str, study_id: str, side: Side, grade: int) -> Finding:
    """Return a graded conduction finding."""
    reading = GradedReading(lowest=grade, highest=grade)
    return finding(observable, reading, place(PlaceKind.STUDY, side, study_id), modality=Modality.NCS)


def feature(name: str, present: bool = True, where: Place | None = None) -> Finding:
    """Return a feature that was looked for."""
    return finding(name, PresenceReading(present=present), where, modality=Modality.HISTORY)


def normal_mri(region: str, side: Side = Side.BOTH) -> Finding:
    """Return a study of one region that was read as normal."""
    where = place(PlaceKind.REGION, side, region)
    return finding("image_normal", PresenceReading(present=True), where, modality=Modality.MRI)


def case(
    *, age_y: float | None = None, height_cm: float | None = None, duration_days: float | None = None,
    tempo: Tempo | None = None, setting: Setting | None = None,
) -> Case:  # fmt: skip
    """Return a case with nothing but patient and onset."""
    return Case(
        id="test",
        patient=Patient(age_y=age_y, height_cm=height_cm),
        onset=Onset(duration_days=duration_days, tempo=tempo),
        setting=setting,
    )


def evidence_of(*findings: Finding, who: Case | None = None) -> Evidence:
    """Return the evidence of some findings under the packaged library."""
    return gather_evidence(who or case(), findings, load_library(), load_graph())


def inferred(*findings: Finding, who: Case | None = None) -> tuple[Singles, Posterior]:
    """Return the posterior of some findings."""
    return infer(evidence_of(*findings, who=who))


def probability(post: Posterior, disorder: str) -> float:
    """Return the probability that a disorder is present."""
    return float(post.present[load_library().disorder_ids.index(disorder)])


def swapped(original: Finding) -> Finding:
    """Return the same finding on the other side."""
    if original.place is None:
        return original
    return replace(original, place=replace(original.place, side=mirrored(original.place.side)))
