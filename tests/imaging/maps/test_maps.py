"""Maps against known truth: simulated echoes, an oracle of spins for the echo train, and noise."""

import numpy as np
import pytest

from ranvier.imaging.maps import epg_decay, fat_fraction, fit_t2, fit_t2_epg
from ranvier.imaging.maps.parameters import fat_peaks

TE = np.array([6.3, 12.6, 18.9, 25.2, 31.5, 37.8, 44.1, 50.5])


def rician(rng: np.random.Generator, clean: np.ndarray, sd: float) -> np.ndarray:
    return np.abs(clean + sd * (rng.standard_normal(clean.shape) + 1j * rng.standard_normal(clean.shape)))


def bloch_train(t2_ms: float, t1_ms: float, spacing_ms: float, n: int, refocusing_deg: float, b1: float) -> np.ndarray:
    """Oracle: a row of spins under a gradient, each turned and relaxed on its own."""
    count = 512
    phase = 2 * np.pi * np.arange(count) / count
    m = np.zeros((3, count))
    m[2] = 1.0

    def about_x(angle: float) -> None:
        y, z = m[1].copy(), m[2].copy()
        m[1], m[2] = np.cos(angle) * y - np.sin(angle) * z, np.sin(angle) * y + np.cos(angle) * z

    def about_y(angle: float) -> None:
        x, z = m[0].copy(), m[2].copy()
        m[0], m[2] = np.cos(angle) * x + np.sin(angle) * z, -np.sin(angle) * x + np.cos(angle) * z

    def wait(time: float) -> None:
        x, y = m[0].copy(), m[1].copy()
        m[0], m[1] = np.cos(phase) * x - np.sin(phase) * y, np.sin(phase) * x + np.cos(phase) * y
        m[:2] *= np.exp(-time / t2_ms)
        m[2] = 1 - (1 - m[2]) * np.exp(-time / t1_ms)

    about_y(np.deg2rad(90 * b1))
    out = []
    for _ in range(n):
        wait(spacing_ms / 2)
        about_x(np.deg2rad(refocusing_deg * b1))
        wait(spacing_ms / 2)
        out.append(abs(m[0].mean() + 1j * m[1].mean()))
    return np.array(out)


@pytest.mark.parametrize(("b1", "angle"), [(1.0, 180.0), (0.8, 180.0), (1.0, 120.0), (0.7, 150.0)])
def test_the_echo_train_is_that_of_single_spins(b1: float, angle: float) -> None:
    ours = epg_decay(60, 900, 9.0, 10, refocusing_deg=angle, b1=b1)
    assert ours == pytest.approx(bloch_train(60, 900, 9.0, 10, angle, b1), abs=2e-3)


@pytest.mark.parametrize("t2", [20.0, 35.0, 50.0, 70.0, 120.0])
def test_one_exponential_without_noise_is_exact(t2: float) -> None:
    found = fit_t2(900 * np.exp(-TE / t2), TE)
    assert float(found.t2_ms) == pytest.approx(t2, rel=1e-6)
    assert float(found.s0) == pytest.approx(900, rel=1e-6)


def test_t2_at_a_signal_to_noise_of_twenty_is_within_two_percent() -> None:
    rng = np.random.default_rng(1)
    for t2 in (35.0, 50.0, 70.0):
        clean = np.tile(100 * np.exp(-TE / t2), (20000, 1))
        found = fit_t2(rician(rng, clean, 5.0), TE, noise_sd=5.0)
        assert np.nanmedian(found.t2_ms) == pytest.approx(t2, rel=0.02)


def test_the_noise_floor_lengthens_t2_unless_it_is_told() -> None:
    rng = np.random.default_rng(2)
    noisy = rician(rng, np.tile(30 * np.exp(-TE / 20.0), (20000, 1)), 5.0)
    told, untold = np.nanmedian(fit_t2(noisy, TE, noise_sd=5.0).t2_ms), np.nanmedian(fit_t2(noisy, TE).t2_ms)
    assert untold > 1.15 * 20
    assert abs(told - 20) < abs(untold - 20)


def test_an_imperfect_train_is_too_long_for_one_exponential_but_not_for_phase_graphs() -> None:
    for t2 in (35.0, 50.0, 70.0):
        train = epg_decay(t2, 1400, 9.0, 10, b1=0.78)
        single = float(fit_t2(train, 9.0 * np.arange(1, 11)).t2_ms)
        phase, field = fit_t2_epg(1000 * train, 9.0)
        assert single > 1.04 * t2
        assert float(phase) == pytest.approx(t2, rel=0.02)
        assert float(field) == pytest.approx(0.78, abs=0.03)


def test_phase_graphs_at_a_signal_to_noise_of_twenty_are_within_two_percent() -> None:
    rng = np.random.default_rng(3)
    clean = np.tile(100 * epg_decay(50, 1200, 9.0, 10, b1=0.9), (4000, 1))
    t2, _ = fit_t2_epg(rician(rng, clean, 5.0), 9.0)
    assert np.nanmedian(t2) == pytest.approx(50, rel=0.02)


@pytest.mark.parametrize("true", [0.0, 0.05, 0.2, 0.45])
def test_fat_fraction_at_a_signal_to_noise_of_twenty(true: float) -> None:
    rng = np.random.default_rng(4)
    te = np.array([3.45, 4.60, 5.75])
    shift, share = fat_peaks()
    fat = (share[:, None] * np.exp(2j * np.pi * shift[:, None] * 42.577 * 3 * te / 1000)).sum(axis=0)
    clean = 100 * np.abs((1 - true) + true * fat) * np.exp(-30 * te / 1000)
    assert float(fat_fraction(clean, te, 3.0)) == pytest.approx(true, abs=0.01)
    noisy = fat_fraction(rician(rng, np.tile(clean, (4000, 1)), 5.0), te, 3.0, highest=0.5)
    assert np.median(noisy) == pytest.approx(true, abs=0.02)


def test_what_cannot_be_fitted_is_not_a_number() -> None:
    assert np.isnan(fit_t2([0.0, 0.0], [10, 20]).t2_ms)
    assert np.isnan(fit_t2([10.0, 12.0], [10, 20]).t2_ms)
    assert np.isnan(fat_fraction([0.0, 0.0], [1.15, 2.3], 3.0))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: fit_t2(np.ones((4, 3)), [10, 20]), "2 echoes"),
        (lambda: fit_t2(np.ones((4, 1)), [10]), "two different"),
        (lambda: fit_t2_epg(np.ones(2), 9.0), "three echoes"),
        (lambda: fit_t2_epg(np.ones(4), 0.0), "positive"),
        (lambda: fat_fraction(np.ones(3), [1.0, 2.0], 3.0), "echoes"),
        (lambda: fat_fraction(np.ones(2), [1.0, 2.0], 0.0), "field_t"),
        (lambda: fat_fraction(np.ones(2), [1.0, 2.0], 3.0, highest=0.0), "highest"),
    ],
)
def test_wrong_input_is_named(call, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()
