"""Repetitive stimulation: decrement by the fourth response, and the shapes that speak against it."""

import pytest

from ranvier.electrodiagnosis.waveforms import UnreadableWaveformError, measure_train
from ranvier.electrodiagnosis.waveforms.late_simulation import simulate_train

U = (1.0, 0.8, 0.72, 0.7, 0.72, 0.76, 0.78, 0.8)


def test_a_true_decrement_is_a_u_and_is_not_doubted() -> None:
    got = measure_train(simulate_train(U, 1).stimulations)
    assert got.decrement == pytest.approx(0.3, abs=0.02)
    assert got.area_decrement == pytest.approx(0.3, abs=0.03)
    assert (got.is_decrement, got.is_increment, got.doubts) == (True, False, ())


def test_a_steady_train_has_none() -> None:
    got = measure_train(simulate_train((1.0,) * 6, 2).stimulations)
    assert abs(got.decrement) < 0.04
    assert not got.is_decrement


@pytest.mark.parametrize(("fourth", "is_decrement"), [(0.93, False), (0.86, True)])
def test_the_limit_is_a_tenth(fourth: float, is_decrement: bool) -> None:
    sizes = (1.0, (1 + fourth) / 2, fourth, fourth, fourth, fourth)
    assert measure_train(simulate_train(sizes, 3, snr=200).stimulations).is_decrement is is_decrement


def test_a_sudden_fall_is_movement() -> None:
    got = measure_train(simulate_train((1.0, 1.0, 0.7, 0.7, 0.7, 0.7), 4).stimulations)
    assert got.is_decrement
    assert "may have moved" in got.doubts[0]
    assert "response 2 and 3" in got.doubts[0]


def test_a_fall_that_goes_on_is_no_u() -> None:
    sizes = (1.0, 0.88, 0.78, 0.7, 0.6, 0.5, 0.42, 0.34)
    assert any("no U" in d for d in measure_train(simulate_train(sizes, 5).stimulations).doubts)


def test_an_increment_is_a_doubling() -> None:
    got = measure_train(simulate_train((0.3, 0.35, 0.4, 0.5, 0.7), 6, snr=200).stimulations)
    assert got.is_increment
    assert not got.is_decrement


def test_three_stimuli_or_no_first_response_are_refused() -> None:
    with pytest.raises(UnreadableWaveformError, match="got 3 stimuli"):
        measure_train(simulate_train((1.0, 0.9, 0.8), 7).stimulations)
    with pytest.raises(UnreadableWaveformError, match="first response"):
        measure_train(simulate_train((0.0, 1.0, 1.0, 1.0), 8).stimulations)
