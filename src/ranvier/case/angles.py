"""Angles of provocation tests: a test that is only positive beyond its angle, or was ended before it, tells nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.case.context import Context, key_origin
from ranvier.case.schema import FeatureItem
from ranvier.case.vocabulary import PACKAGE
from ranvier.core import Status, read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class TestAngle:
    """The angle up to which a test counts as positive, and from which it counts as negative."""

    degrees: float
    status: Status
    source: str


@cache
def load_test_angles() -> Mapping[str, TestAngle]:
    """Return the angle of each provocation test that has one."""
    rows = read_table(PACKAGE, "test_angles.csv", ("feature", "degrees", "status", "source"))
    return {
        row["feature"]: TestAngle(degrees=float(row["degrees"]), status=Status(row["status"]), source=row["source"])
        for row in rows
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAngle:
    """The angle that was written, and whether the statement may be used with it."""

    degrees: float | None
    usable: bool


def read_angle(item: FeatureItem, feature: str, present: bool, context: Context) -> ReadAngle:
    """Return the angle of a statement; one that makes it say nothing is noted.

    Parameters
    ----------
    item : FeatureItem
        The entry, with or without ``angle_deg``.
    feature : str
        What it states.
    present : bool
        Whether the test is positive.
    context : Context
        Where problems are noted.
    """
    origin = key_origin(item, "angle_deg", item.angle_deg)
    degrees = context.numbers.read(item.angle_deg or "", origin, "angle_deg")
    limit = load_test_angles().get(feature)
    if degrees is None or limit is None:
        return ReadAngle(degrees=degrees, usable=True)
    name = context.vocabulary.features[feature].name
    if present and degrees > limit.degrees:
        problem = f"the {name} is positive only at {degrees:g} degrees, beyond {limit.degrees:g}; it was not used"
        context.problems.question(origin, problem, "pain that begins so late is no sign of a root; check the angle")
        return ReadAngle(degrees=degrees, usable=False)
    if not present and degrees < limit.degrees:
        problem = f"the {name} is negative only up to {degrees:g} degrees, short of {limit.degrees:g}; it was not used"
        context.problems.question(origin, problem, "a test that was ended early is no negative one; check the angle")
        return ReadAngle(degrees=degrees, usable=False)
    return ReadAngle(degrees=degrees, usable=True)
