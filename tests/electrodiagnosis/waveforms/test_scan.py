"""CMAP scans: reading, plain descriptors, and the number of motor units on scans whose number is known."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import pearsonr

from ranvier.electrodiagnosis.waveforms import (
    CmapScan,
    UnreadableWaveformError,
    describe_scan,
    estimate_units,
    read_scan,
)
from ranvier.electrodiagnosis.waveforms.late_simulation import simulate_scan


def staircase() -> CmapScan:
    """Return a scan of four equal units of 1 mV without noise or wobble, thresholds 4.25, 5.25, 6.25, 7.25 mA."""
    stimulus = np.concatenate([np.full(10, 9.0), np.arange(9, 3, -0.05)])
    size = sum((stimulus > t).astype(float) for t in (4.25, 5.25, 6.25, 7.25))
    return CmapScan(stimulus_ma=stimulus, amplitude_mv=np.asarray(size, dtype=np.float64), name="steps")


def test_descriptors_of_a_staircase_are_what_one_counts() -> None:
    got = describe_scan(staircase())
    assert got.largest_mv == 4
    assert [(s.from_mv, s.to_mv) for s in got.steps] == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert got.d50 == 2
    assert got.s50_ma == pytest.approx(5.3, abs=0.06)
    assert got.s5_ma == pytest.approx(4.3, abs=0.06)
    assert got.s95_ma == pytest.approx(7.3, abs=0.06)


@pytest.mark.parametrize("units", [10, 40, 120])
def test_the_number_of_units_is_found_again(units: int) -> None:
    got = [estimate_units(simulate_scan(units, seed)) for seed in range(6)]
    counts = [g.count for g in got if g.count is not None]
    assert np.median(counts) == pytest.approx(units, rel=0.3)
    assert all(g.low < g.count < g.high for g in got if g.count and g.low and g.high)


def test_units_are_counted_not_millivolts() -> None:
    small, large = (estimate_units(simulate_scan(40, 5, whole_mv=mv, noise_mv=0.001 * mv)) for mv in (2.0, 12.0))
    assert small.count == pytest.approx(large.count, rel=0.05)
    assert large.mean_size_mv == pytest.approx(12 / (large.count or 1), rel=0.01)


def test_the_same_seed_gives_the_same_estimate() -> None:
    scan = simulate_scan(30, 6)
    assert estimate_units(scan) == estimate_units(scan)


def test_without_wobble_there_is_no_estimate_and_the_reason_is_said() -> None:
    stimulus = np.linspace(10, 5, 200)
    got = estimate_units(CmapScan(stimulus_ma=stimulus, amplitude_mv=stimulus - 5, name="line"))
    assert got.count is None
    assert "no more than the noise" in got.doubts[-1]


def test_a_scan_that_misses_its_lower_end_is_doubted() -> None:
    scan = simulate_scan(40, 7)
    cut = scan.amplitude_mv > 2
    part = CmapScan(stimulus_ma=scan.stimulus_ma[cut], amplitude_mv=scan.amplitude_mv[cut], name="cut")
    assert any("lowest threshold" in d for d in estimate_units(part).doubts)


def test_csv_and_qtrac_text_hold_the_same_scan(tmp_path: Path) -> None:
    scan = simulate_scan(20, 8)
    pairs = list(zip(np.round(scan.stimulus_ma, 3), np.round(scan.amplitude_mv, 4), strict=True))
    (tmp_path / "a.csv").write_text("stimulus_ma,amplitude_mv\n" + "\n".join(f"{s},{a}" for s, a in pairs))
    (tmp_path / "b.csv").write_text(
        "stimulus_ma;amplitude_mv\n" + "\n".join(f"{s};{a}".replace(".", ",") for s, a in pairs)
    )
    lines = [f"MS.{i} \t{s} \t{a}" for i, (s, a) in enumerate(pairs, 1)]
    text = "\n".join(["Name: \tX", "S/R sites: \tMedian Wr-APB", "M-SCAN DATA", "Stim. (mA) \tAmp. (mV)", *lines])
    (tmp_path / "c.MEM").write_text(text)
    a, b, c = (read_scan(tmp_path / n) for n in ("a.csv", "b.csv", "c.MEM"))
    np.testing.assert_array_equal(a.amplitude_mv, c.amplitude_mv)
    np.testing.assert_array_equal(a.stimulus_ma, b.stimulus_ma)
    assert c.sites == "Median Wr-APB"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.MEM", "Protocol: TRONDNF\n1 2 3\n", "holds no M-scan"),
        ("a.csv", "x,y\n1,2\n", "stimulus_ma and amplitude_mv"),
        ("a.csv", "stimulus_ma,amplitude_mv\n1,two\n", "plain numbers"),
        ("a.csv", "stimulus_ma,amplitude_mv\n1,2\n", "at least 40"),
    ],
)
def test_what_is_no_scan_is_named(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UnreadableWaveformError, match=words):
        read_scan(tmp_path / name)


@pytest.mark.real_data
def test_all_real_scans_have_an_estimate_that_goes_with_that_of_mscanfit(real_emg: Path) -> None:
    ours, peer, d50, written = [], [], [], []
    for path in sorted((real_emg / "cmapscan").glob("*.MEM"))[::6]:
        rest = path.read_text(encoding="latin-1")
        got = estimate_units(read_scan(path))
        assert got.count is not None, path.name
        ours.append(got.count)
        peer.append(float(rest.split("MSFNUnits = ")[1].split()[0]))
        d50.append(got.description.d50)
        written.append(float(rest.split("MScD50 = ")[1].split()[0]))
    assert pearsonr(ours, peer).statistic > 0.6
    assert pearsonr(d50, written).statistic > 0.98
