"""How long an illness gets worse, or lasts at all: what a late day says about a disorder."""

import numpy as np
import pytest

from ranvier.case import Course, Onset, Setting
from ranvier.core import read_table
from ranvier.inference import load_library
from ranvier.inference.background import onset_log_likelihood, share_so_late
from ranvier.inference.simulation import Population

DISORDERS = load_library().catalogue.disorders


def _onset(days: float, course: Course | None) -> Onset:
    return Onset(duration_days=days, tempo=None, course=course)


def test_a_paralysis_of_a_week_is_rarely_a_periodic_one() -> None:
    assert share_so_late("periodic_paralysis_hypokalaemia", _onset(1, None)) == 1
    assert share_so_late("periodic_paralysis_hypokalaemia", _onset(8, None)) < 0.1
    assert share_so_late("periodic_paralysis_hypokalaemia", _onset(3650, Course.RELAPSING)) == 1


def test_a_late_day_counts_against_guillain_barre_only_while_it_gets_worse() -> None:
    worse = onset_log_likelihood(DISORDERS["gbs_aidp"], _onset(40, Course.PROGRESSIVE))
    early = onset_log_likelihood(DISORDERS["gbs_aidp"], _onset(30, Course.PROGRESSIVE))
    assert share_so_late("gbs_aidp", _onset(40, Course.PROGRESSIVE)) < share_so_late(
        "gbs_aidp", _onset(20, Course.PROGRESSIVE)
    )
    assert share_so_late("gbs_aidp", _onset(40, Course.STABLE)) == 1
    assert worse == pytest.approx(early)
    assert share_so_late("cidp_typical", _onset(400, Course.PROGRESSIVE)) == 1


def test_without_a_duration_nothing_is_said() -> None:
    assert share_so_late("gbs_aidp", Onset(duration_days=None, tempo=None, course=Course.PROGRESSIVE)) == 1


def test_every_row_names_a_disorder_and_a_falling_share() -> None:
    rows = read_table("ranvier.inference", "nadirs.csv", ("disorder", "what", "beyond_days", "share", "status"))
    assert {r["disorder"] for r in rows} <= set(DISORDERS)
    assert {r["what"] for r in rows} <= {"progressing", "present"}
    by_disorder: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        by_disorder.setdefault(row["disorder"], []).append((float(row["beyond_days"]), float(row["share"])))
    for pairs in by_disorder.values():
        shares = [share for _, share in sorted(pairs)]
        assert all(0 < s < 1 for s in shares)
        assert shares == sorted(shares, reverse=True)


def test_simulated_patients_keep_to_it() -> None:
    people = Population(load_library(), Setting.NEUROLOGY_CLINIC, disorders={"gbs_aidp": 1.0}).draw(
        np.random.default_rng(3), 400
    )
    onsets = [p.case.onset for p in people]
    late = [o for o in onsets if (o.duration_days or 0) > 28 and o.course is Course.PROGRESSIVE]
    assert len(late) < 0.08 * len(people)
