"""Sort the findings of a case by how they bear on the hypotheses.

A *reading* looks at probes on the nerve graph, a *feature* is present or absent, an *image* shows or
does not show a change of structure. A finding that none of the models can use is kept apart, with
the reason, and listed in the report.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from ranvier.core import Finding, GradedReading, NumericReading, Place, PlaceKind, PresenceReading, Side
from ranvier.disorders import Catalogue, load_catalogue
from ranvier.examination import UNMENTIONED
from ranvier.examination.scores import SCORE_PREFIX
from ranvier.inference.missing import missing_share
from ranvier.inference.parameters import ReadingModel, load_parameters, load_reading_models
from ranvier.inference.probes import Probe, ProbeKind

IMAGE_PREFIX = "image:"
IMAGE_NORMAL = "image_normal"
_SCORE = "a score is shown and not weighed: what it sums is weighed itself, or no table says how often it is found"
_MUSCLE_IMAGES = {"image:muscle_oedema": "muscle_oedema", "image:muscle_fat_or_atrophy": "muscle_fat"}
_AREA_KINDS: dict[str, tuple[ProbeKind, ...]] = {"sensory_large": ("area_large",), "sensory_small": ("area_small",)}
"""The fibres behind a sensory channel, where it tells them apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A finding with what it looks at.

    Attributes
    ----------
    model : ReadingModel or None
        For readings: how the grade depends on the channel.
    left, right : tuple of Probe
        Probes on each side; a statement about one side leaves the other empty.
    joint : bool
        True when both sides were meant together; False with two sides means that the side is unknown.
    missing : float
        Share of healthy people of this age in whom what is read is absent.
    """

    finding: Finding
    kind: Literal["reading", "feature", "image", "image_normal"]
    model: ReadingModel | None = None
    left: tuple[Probe, ...] = ()
    right: tuple[Probe, ...] = ()
    joint: bool = False
    missing: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NotUsed:
    """A finding that no model can use, and why."""

    finding: Finding
    reason: str


def observe(
    findings: Iterable[Finding], catalogue: Catalogue, age_y: float | None = None
) -> tuple[tuple[Observation, ...], tuple[NotUsed, ...]]:
    """Return the findings that bear on the hypotheses, and those that do not, in somebody of this age."""
    used: list[Observation] = []
    unused: list[NotUsed] = []
    everything = tuple(findings)
    side = untold_side(everything)
    for finding in everything:
        outcome = observe_one(finding, catalogue)
        if isinstance(outcome, Observation):
            used.extend(by_side(on_the_side(at_age(outcome, age_y), side)))
        else:
            unused.append(outcome)
    return tuple(used), tuple(unused)


def told_sides(findings: Iterable[Finding]) -> frozenset[Side]:
    """Return which of left and right the findings name; what is not spoken of names none."""
    written = (f.place.side for f in findings if f.place is not None and f.observable not in UNMENTIONED)
    return frozenset(side for side in written if side in (Side.LEFT, Side.RIGHT))


def untold_side(findings: Iterable[Finding]) -> Side:
    """Return the side that readings without a side speak of: the only one that the case names.

    Where it names none they all speak of the same side, whichever that is: it is called left. Where it names both,
    nobody can tell.
    """
    told = told_sides(findings)
    if len(told) == len((Side.LEFT, Side.RIGHT)):
        return Side.UNKNOWN
    return next(iter(told), Side.LEFT)


def on_the_side(observation: Observation, side: Side) -> Observation:
    """Return a reading whose side is not told as one of that side."""
    place = observation.finding.place
    if observation.model is None or place is None or place.side is not Side.UNKNOWN or side is Side.UNKNOWN:
        return observation
    return replace(observation, right=()) if side is Side.LEFT else replace(observation, left=())


def at_age(observation: Observation, age_y: float | None) -> Observation:
    """Return an observation in somebody of this age in years (None: unknown), for what the healthy lose with age."""
    share = missing_share(observation.finding, age_y) if observation.model is not None else 0.0
    return replace(observation, missing=share) if share else observation


def by_side(observation: Observation) -> tuple[Observation, ...]:
    """Return a reading of both sides as one of each: "both wrists are weak" says two things."""
    if not observation.joint:
        return (observation,)
    return (replace(observation, right=(), joint=False), replace(observation, left=(), joint=False))


def observe_one(finding: Finding, catalogue: Catalogue | None = None) -> Observation | NotUsed:
    """Return how one finding bears on the hypotheses of a catalogue (the packaged one by default)."""
    catalogue = load_catalogue() if catalogue is None else catalogue
    if finding.observable.startswith(SCORE_PREFIX):
        return NotUsed(finding=finding, reason=_SCORE)
    if isinstance(finding.reading, GradedReading | NumericReading):
        return _reading(finding, finding.observable)
    if finding.observable in _MUSCLE_IMAGES and finding.place and finding.place.kind is PlaceKind.MUSCLE:
        return _reading(finding, _MUSCLE_IMAGES[finding.observable])
    if finding.observable == IMAGE_NORMAL:
        return Observation(finding=finding, kind="image_normal")
    if finding.observable.startswith(IMAGE_PREFIX):
        return Observation(finding=finding, kind="image")
    if finding.observable in catalogue.base_rates:
        return Observation(finding=finding, kind="feature")
    return NotUsed(finding=finding, reason=f"no table says how often {finding.observable!r} is found")


def _reading(finding: Finding, observable: str) -> Observation | NotUsed:
    model = load_reading_models().get(observable)
    if model is None:
        return NotUsed(finding=finding, reason=f"there is no reading model for {observable!r}")
    if finding.place is None:
        return NotUsed(finding=finding, reason="it has no place on the nerve graph")
    kinds = _probe_kinds(observable, finding.place)
    if not kinds:
        return NotUsed(finding=finding, reason=f"{observable} cannot be read at a {finding.place.kind.value}")
    side = finding.place.side
    ids = ("ankle",) if observable == "h_reflex" else representatives(finding.place.ids)
    left = tuple(Probe(k, i, Side.LEFT) for k in kinds for i in ids) if side is not Side.RIGHT else ()
    right = tuple(Probe(k, i, Side.RIGHT) for k in kinds for i in ids) if side is not Side.LEFT else ()
    return Observation(
        finding=finding,
        kind="reading",
        model=model,
        left=left,
        right=right,
        joint=side in (Side.BOTH, Side.MIDLINE),
    )


def representatives(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return up to ``group_sample`` members of a group, evenly spread over its order.

    "All four limbs" names more than a hundred skin areas; a dozen tell as much at a tenth of the cost.

    >>> representatives(("a", "b"))
    ('a', 'b')
    """
    count = int(load_parameters()["group_sample"])
    if len(ids) <= count:
        return ids
    step = (len(ids) - 1) / (count - 1)
    return tuple(ids[round(i * step)] for i in range(count))


def _probe_kinds(observable: str, place: Place) -> tuple[ProbeKind, ...]:
    if observable in ("reflex", "h_reflex"):
        return ("reflex_in", "reflex_out")
    if place.kind is PlaceKind.MUSCLE:
        return ("muscle",)
    if place.kind is PlaceKind.AREA:
        return _AREA_KINDS.get(load_reading_models()[observable].channel, ("area_large", "area_small"))
    if place.kind is PlaceKind.STUDY:
        return ("study",)
    return ()


def says_abnormal(observation: Observation) -> bool:
    """Tell whether the statement is of something abnormal, as far as the reading itself says so."""
    reading = observation.finding.reading
    if isinstance(reading, GradedReading) and observation.model is not None:
        return reading.highest >= observation.model.abnormal_from
    if isinstance(reading, PresenceReading):
        return reading.present
    return bool(observation.finding.abnormal)
