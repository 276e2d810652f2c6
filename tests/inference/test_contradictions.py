"""Findings that exclude each other are kept and questioned; those that do not are left alone."""

from dataclasses import replace

from tests.inference.builders import finding, place, strength

from ranvier.core import GradedReading, PlaceKind, PresenceReading, Side
from ranvier.inference.contradictions import contradictions

DIABETES = finding("diabetes", PresenceReading(present=True))
NO_DIABETES = finding("diabetes", PresenceReading(present=False))


def test_present_and_absent_contradict_each_other() -> None:
    (question,) = contradictions([DIABETES, replace(NO_DIABETES, id="other")])
    assert question.severity == "question"
    assert "contradicts" in question.problem


def test_what_changed_with_time_is_no_contradiction() -> None:
    assert contradictions([replace(DIABETES, day=3.0), replace(NO_DIABETES, day=40.0)]) == ()


def test_strength_two_grades_apart_in_one_muscle_contradicts_itself() -> None:
    two, five = strength("tibialis_anterior", Side.RIGHT, 2), strength("tibialis_anterior", Side.RIGHT, 5)
    assert len(contradictions([two, five])) == 1
    assert contradictions([two, strength("tibialis_anterior", Side.RIGHT, 3)]) == ()
    assert contradictions([two, strength("tibialis_anterior", Side.LEFT, 5)]) == ()


def test_one_side_against_both_sides_is_compared_but_not_an_unknown_side() -> None:
    lost = GradedReading(lowest=4, highest=4)
    brisk = GradedReading(lowest=0, highest=1)
    left = finding("reflex", lost, place(PlaceKind.REFLEX, Side.LEFT, "ankle"))
    both = finding("reflex", brisk, place(PlaceKind.REFLEX, Side.BOTH, "ankle"))
    assert len(contradictions([left, both])) == 1
    unknown = finding("reflex", brisk, place(PlaceKind.REFLEX, Side.UNKNOWN, "ankle"))
    assert contradictions([left, unknown]) == ()
