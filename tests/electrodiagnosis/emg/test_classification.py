"""Class: right on simulation that the fit never saw, steady under gain, offset and rate, honest when it cannot tell."""

import json
from dataclasses import replace

import numpy as np
import pytest

from ranvier.core import read_table
from ranvier.electrodiagnosis.emg import (
    CLASSES,
    EmgMeasures,
    Recording,
    SimulationPlan,
    analyse_recording,
    analysis_to_json,
    classify,
    simulate_recording,
)
from ranvier.electrodiagnosis.emg.classification import average_of_kind, evidence, list_features
from ranvier.electrodiagnosis.emg.filters import change_rate
from ranvier.electrodiagnosis.emg.firing import Recruitment
from ranvier.electrodiagnosis.emg.measures import PatternSummary, UnitSummary

UNITS = UnitSummary(
    count=5,
    judged=3,
    amplitude_mv=0.4,
    largest_amplitude_mv=0.8,
    duration_ms=9.5,
    thickness_ms=1.5,
    phases=2.8,
    turns=2.5,
    polyphasic_share=0.1,
    size_index=0.7,
    firing_rate_hz=9.5,
)
PATTERN = PatternSummary(
    active_s=8.0,
    envelope_mv=0.7,
    rms_mv=0.1,
    turns_per_s=200,
    turn_amplitude_mv=0.25,
    fullness=0.4,
    median_frequency_hz=200,
)


@pytest.mark.parametrize("kind", CLASSES)
def test_unseen_simulated_recordings_are_mostly_classed_rightly_and_seldom_wrongly(kind: str) -> None:
    plan = SimulationPlan(kind=kind, seconds=8, drive=0.15, rest_s=1)
    names = [analyse_recording(simulate_recording(plan, seed).recording).result.name for seed in range(700, 706)]
    assert names.count(kind) >= 4
    assert len(names) - names.count(kind) - names.count("uncertain") <= 1


def test_offset_gain_sign_and_rate_never_turn_the_class_into_another() -> None:
    for kind in CLASSES:
        plan = SimulationPlan(kind=kind, seconds=8, drive=0.15, rate_hz=20000)
        clean = simulate_recording(plan, 801).recording.values_mv
        changed = (
            Recording(values_mv=clean + 1.7, rate_hz=20000),
            Recording(values_mv=1.15 * clean, rate_hz=20000),
            Recording(values_mv=-clean, rate_hz=20000),
            Recording(values_mv=change_rate(clean, 20000, 4000), rate_hz=4000),
            Recording(values_mv=change_rate(clean, 20000, 48000), rate_hz=48000),
        )
        name = analyse_recording(Recording(values_mv=clean, rate_hz=20000)).result.name
        names = [analyse_recording(c).result.name for c in changed]
        assert set(names) <= {name, "uncertain"}
        assert names.count(name) >= 3


def test_probabilities_sum_to_one_and_reasons_are_given() -> None:
    result = classify(EmgMeasures(units=UNITS, pattern=PATTERN))
    assert sum(result.probabilities.values()) == pytest.approx(1)
    assert set(result.probabilities) == set(CLASSES)
    assert result.reasons


def test_larger_longer_units_never_speak_for_myopathy() -> None:
    base = classify(EmgMeasures(units=UNITS, pattern=PATTERN)).probabilities
    big = replace(UNITS, amplitude_mv=1.6, largest_amplitude_mv=4.0, duration_ms=15, size_index=2.2, turns=5)
    small = replace(UNITS, amplitude_mv=0.12, largest_amplitude_mv=0.2, duration_ms=5, size_index=-1.0)
    assert classify(EmgMeasures(units=big, pattern=PATTERN)).probabilities["neurogenic"] > base["neurogenic"]
    assert classify(EmgMeasures(units=small, pattern=PATTERN)).probabilities["myopathic"] > base["myopathic"]


def test_nothing_to_measure_is_uncertain() -> None:
    assert classify(EmgMeasures(units=None, pattern=None)).name == "uncertain"
    noise = Recording(values_mv=0.006 * np.random.default_rng(0).normal(size=80000), rate_hz=10000)
    assert analyse_recording(noise).result.name == "uncertain"
    assert analyse_recording(Recording(values_mv=np.zeros(80000), rate_hz=10000)).result.name == "uncertain"
    short = simulate_recording(SimulationPlan(kind="normal", seconds=1.5), 3).recording
    assert analyse_recording(short).result.name == "uncertain"


def test_without_single_units_the_pattern_alone_is_judged_and_said() -> None:
    result = classify(EmgMeasures(units=None, pattern=PATTERN))
    assert "pattern alone" in result.reasons[0]


COLUMNS = ("model", "feature", "normal_p05", "normal_p95", "normal_mean", "normal_sd")
SIDES = (
    *("model", "kind", "class", "factor", "most", "alone"),
    *("normal_mean", "normal_sd", "normal_unit_sd", "class_mean", "class_sd", "class_unit_sd"),
)
RECRUITED = Recruitment(units=3.0, fastest_hz=10.0, ratio_hz=3.3)


def test_the_measures_cover_the_features() -> None:
    rows = read_table("ranvier.electrodiagnosis", "emg_class_measures.csv", COLUMNS)
    names = {f.name for f in list_features(EmgMeasures(units=replace(UNITS, recruitment=RECRUITED), pattern=PATTERN))}
    assert {r["feature"] for r in rows if r["model"] == "units"} == names
    assert {r["feature"] for r in rows if r["model"] == "pattern"} < names
    assert all(float(r["normal_sd"]) > 0 and float(r["normal_p05"]) < float(r["normal_p95"]) for r in rows)
    sides = read_table("ranvier.electrodiagnosis", "emg_class_kinds.csv", SIDES)
    assert all(0 < float(r["factor"]) <= 1 for r in sides)
    assert all(float(r["most"]) > 0 and float(r[f"{c}_sd"]) > 0 for r in sides for c in ("normal", "class"))


def test_every_kind_has_a_side_for_each_class() -> None:
    kinds = {r["kind"] for r in read_table("ranvier.electrodiagnosis", "emg_class_signs.csv", ("feature", "kind"))}
    sides = read_table("ranvier.electrodiagnosis", "emg_class_kinds.csv", SIDES)
    assert {(r["kind"], r["class"]) for r in sides if r["model"] == "units"} == {
        (kind, c) for kind in kinds for c in CLASSES[1:]
    }
    for model in ("units", "pattern"):
        assert len({r["alone"] for r in sides if r["model"] == model}) == 1
    assert all(0 <= float(r["alone"]) < 0.5 for r in sides)


def test_every_measure_has_a_direction_and_a_kind() -> None:
    signs = read_table("ranvier.electrodiagnosis", "emg_class_signs.csv", ("feature", "kind", *CLASSES[1:]))
    rows = read_table("ranvier.electrodiagnosis", "emg_class_measures.csv", COLUMNS)
    assert {r["feature"] for r in rows} == {r["feature"] for r in signs}
    assert all(r["kind"] and {r[c] for c in CLASSES[1:]} <= {"-1", "0", "1"} for r in signs)


@pytest.mark.parametrize("value", [-40.0, -3.0, -0.5, 0.0, 0.5, 3.0, 40.0])
def test_evidence_speaks_only_in_its_direction_and_is_limited(value: float) -> None:
    _, along, against, silent = evidence(value, (0, 1, -1, 2), (1, 2, 0.5, 1), (0, 1, -1, 0), 4.0)
    assert along <= 0 or value > 0
    assert against <= 0 or value < 0
    assert silent == 0
    assert max(abs(along), abs(against)) <= 4
    assert value < 1 or along >= 0
    assert value > -1 or against >= 0


def test_units_far_beyond_every_normal_one_are_not_called_normal_though_their_length_is() -> None:
    big = replace(UNITS, amplitude_mv=3.0, largest_amplitude_mv=6.0, size_index=2.5)
    wide = replace(PATTERN, envelope_mv=4.0, turn_amplitude_mv=1.2, rms_mv=0.4)
    base = classify(EmgMeasures(units=UNITS, pattern=PATTERN)).probabilities["neurogenic"]
    result = classify(EmgMeasures(units=big, pattern=wide))
    assert result.probabilities["neurogenic"] > 3 * base
    assert result.name != "normal"
    assert any("mV, above" in reason for reason in result.reasons)


def test_json_has_class_probabilities_measures_and_quality() -> None:
    plan = SimulationPlan(kind="normal", seconds=4, rest_s=1, line_mv=0.03)
    out = json.loads(
        analysis_to_json(analyse_recording(simulate_recording(plan, 5).recording), muscle="x", side="left")
    )
    assert out["class"] in {*CLASSES, "uncertain"}
    assert set(out["probabilities"]) == set(CLASSES)
    assert out["measures"]["pattern"]["turns_per_s"] > 0
    assert [n["kind"] for n in out["quality"]] == ["power_line"]
    assert (out["muscle"], out["side"]) == ("x", "left")


def test_units_far_beyond_every_normal_one_are_more_likely_neurogenic_than_not() -> None:
    big = replace(UNITS, amplitude_mv=3.0, largest_amplitude_mv=6.0, size_index=2.5)
    wide = replace(PATTERN, envelope_mv=4.0, turn_amplitude_mv=1.2, rms_mv=0.4)
    assert classify(EmgMeasures(units=big, pattern=wide)).probabilities["neurogenic"] > 0.5


def test_a_simulated_neurogenic_recording_is_not_called_normal() -> None:
    plan = SimulationPlan(kind="neurogenic", seconds=8, drive=0.15, rate_hz=20000)
    assert analyse_recording(simulate_recording(plan, 801).recording).result.name != "normal"


def test_few_units_that_fire_fast_speak_for_neurogenic_and_many_slow_ones_for_myopathic() -> None:
    def shares(recruited: Recruitment | None) -> dict[str, float]:
        return dict(classify(EmgMeasures(units=replace(UNITS, recruitment=recruited), pattern=PATTERN)).probabilities)

    usual = shares(RECRUITED)
    few = shares(Recruitment(units=1.0, fastest_hz=18.0, ratio_hz=18.0))
    many = shares(Recruitment(units=8.0, fastest_hz=9.0, ratio_hz=1.1))
    assert few["neurogenic"] > 3 * usual["neurogenic"]
    assert many["myopathic"] > usual["myopathic"]
    assert many["neurogenic"] <= usual["neurogenic"]


def test_a_single_unit_says_less_than_ten_of_the_same_measures() -> None:
    small = replace(
        UNITS, amplitude_mv=0.12, largest_amplitude_mv=0.2, duration_ms=5, thickness_ms=1.1, size_index=-1.0
    )
    shares = [
        classify(EmgMeasures(units=replace(small, judged=n), pattern=PATTERN)).probabilities["myopathic"]
        for n in (1, 3, 10)
    ]
    assert shares == sorted(shares)
    assert shares[2] > shares[0] + 0.1


def test_units_of_large_size_index_speak_for_neurogenic() -> None:
    base = classify(EmgMeasures(units=UNITS, pattern=PATTERN)).probabilities["neurogenic"]
    large = replace(UNITS, size_index=4.0)
    assert classify(EmgMeasures(units=large, pattern=PATTERN)).probabilities["neurogenic"] > base


def test_a_rate_that_was_not_measured_says_nothing() -> None:
    silent = replace(UNITS, firing_rate_hz=None)
    names = {f.name for f in list_features(EmgMeasures(units=silent, pattern=PATTERN))}
    assert not names & {"firing_rate", "fastest_rate", "recruitment"}
    assert not any("firing" in r for r in classify(EmgMeasures(units=silent, pattern=PATTERN)).reasons)


def test_an_average_leaves_out_what_may_not_speak() -> None:
    assert average_of_kind([(0, 5.0)]) is None
    assert average_of_kind([(1, 2.0), (0, 7.0), (1, -1.0)]) == 0.5
