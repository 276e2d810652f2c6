"""Norms of motor units by muscle and age: the values of the sources, the right norm, and no verdict without one."""

import numpy as np
import pytest

from ranvier.core import read_table
from ranvier.electrodiagnosis.emg import MeasuredUnit, NormComparison, PotentialMeasures, compare_with_norms
from ranvier.electrodiagnosis.emg.firing import FiringMeasures


def unit(amplitude_mv: float = 0.6, duration_ms: float = 9.5, rate_hz: float = 9.0, cv: float = 0.15) -> MeasuredUnit:
    """Return a unit whose numbers are given."""
    m = PotentialMeasures(
        amplitude_mv=amplitude_mv,
        duration_ms=duration_ms,
        area_mv_ms=0.85,
        thickness_ms=1.4,
        phases=3,
        turns=3,
        size_index=0.9,
        start_ms=-4,
        end_ms=duration_ms - 4,
        noise_mv=0.002,
    )
    firing = FiringMeasures(discharges=60, rate_hz=rate_hz, interval_cv=cv)
    zero = np.zeros(4)
    return MeasuredUnit(average_mv=zero, fired_s=zero, potential=m, in_class_band=m, firing=firing)


def of(units: list[MeasuredUnit], muscle: str | None, age_y: float | None) -> dict[str, NormComparison]:
    """Return the comparisons by measure."""
    return {n.measure: n for n in compare_with_norms(units, muscle, age_y)}


def test_limits_of_tibialis_anterior_are_those_of_the_table_of_controls() -> None:
    got = of([unit()], "tibialis_anterior", None)
    assert {m: got[m].high for m in ("amplitude", "area", "duration", "phases", "turns")} == {
        "amplitude": 0.8455,
        "area": 1.1689,
        "duration": 11.2,
        "phases": 4.19,
        "turns": 4.39,
    }
    assert got["duration"].low == pytest.approx(9.35 - 2 * 0.93)
    assert {n.status for n in got.values()} == {"checked"}


@pytest.mark.parametrize(
    ("amplitude", "duration", "verdicts"),
    [(0.6, 9.5, ("within", "within")), (2.5, 12.0, ("above", "above")), (0.2, 5.0, ("below", "below"))],
)
def test_verdicts(amplitude: float, duration: float, verdicts: tuple[str, str]) -> None:
    got = of([unit(amplitude, duration)] * 3, "tibialis_anterior", 50)
    assert (got["amplitude"].verdict, got["duration"].verdict) == verdicts


def test_a_value_on_the_limit_is_within() -> None:
    assert of([unit(duration_ms=11.2)], "tibialis_anterior", None)["duration"].verdict == "within"


def test_automatic_norms_go_before_those_read_by_eye() -> None:
    assert of([unit()], "tibialis_anterior", 25)["duration"].technique == "automatic"
    assert of([unit()], "deltoid", 25)["duration"].technique == "manual"


def test_age_is_interpolated_within_the_table_only() -> None:
    at = {age: of([unit()], "deltoid", age) for age in (24.9, 25, 32.5, 75, 75.1)}
    assert at[25]["duration"].high == pytest.approx(1.2 * 11.4)
    assert at[32.5]["duration"].high == pytest.approx(1.2 * (11.4 + 13.4) / 2)
    assert "duration" in at[75]
    assert "duration" not in at[24.9]
    assert "duration" not in at[75.1]


def test_without_age_or_norm_there_is_no_verdict_on_size() -> None:
    assert set(of([unit()], "deltoid", None)) == {"fastest_rate"}
    assert set(of([unit()], "gluteus_maximus", 40)) == {"fastest_rate"}
    assert set(of([unit()], None, None)) == {"fastest_rate"}
    assert of([], "tibialis_anterior", 40) == {}


def test_a_firing_rate_counts_only_of_a_steady_unit() -> None:
    assert of([unit(rate_hz=18)], None, None)["fastest_rate"].verdict == "above"
    assert of([unit(rate_hz=15)], None, None)["fastest_rate"].verdict == "within"
    assert of([unit(rate_hz=18, cv=0.6)], None, None) == {}


def test_few_units_are_said() -> None:
    few, many = (of([unit()] * n, "tibialis_anterior", None)["duration"].sentence for n in (3, 20))
    assert "too few to be sure" in few
    assert "too few to be sure" not in many
    assert "checked" in many


def test_rows_have_limits_about_their_mean_and_rise_with_age() -> None:
    rows = read_table(
        "ranvier.electrodiagnosis", "emg_norms.csv", ("muscle", "measure", "age_y", "mean", "low", "high")
    )
    known = {r["id"] for r in read_table("ranvier.electrodiagnosis", "sources.csv", ("id",))}
    assert {r["source"] for r in rows} <= known
    for r in (r for r in rows if r["mean"]):
        assert float(r["low"]) < float(r["mean"]) < float(r["high"])
    for muscle in {r["muscle"] for r in rows}:
        means = [float(r["mean"]) for r in rows if r["muscle"] == muscle and r["age_y"]]
        assert means == sorted(means)
