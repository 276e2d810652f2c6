"""Motor unit number from a CMAP scan, by the wobble of its responses: an own method, not MScanFit.

Near its threshold a motor unit of size ``a`` answers some stimuli and not others, so responses to like stimuli differ.
With thresholds that wobble normally by a relative spread ``r``, the variance that one unit adds, summed over the
logarithm of the stimulus, is ``a^2 r / sqrt(pi)`` (the integral of ``F (1 - F)``). The variance over the whole scan so
gives the sum of the squared sizes, and with the largest response, their sum, an effective number of units. That number
is turned into a number of units with an assumed spread of sizes, and the whole is corrected with scans simulated at
the stimuli and the noise of this scan (a parametric bootstrap), which give the interval too. The idea of reading unit
sizes from variance and slope is that of Bostock (2016); the relative spread is from Sleutjes 2021.
"""

from dataclasses import dataclass

import numpy as np

from ranvier.electrodiagnosis.waveforms.parameters import waveform_parameters
from ranvier.electrodiagnosis.waveforms.records import Floats
from ranvier.electrodiagnosis.waveforms.scan import CmapScan, ScanDescription, ScanNoise, describe_scan

_ROUNDS = 3
_MOST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEstimate:
    """An estimate of the number of motor units.

    Attributes
    ----------
    count : float or None
        None where no estimate is possible; `doubts` says why.
    low, high : float or None
        95 % interval of the method (wobble and noise of one scan), not of repeated tests.
    mean_size_mv : float or None
        Largest response over the number.
    """

    description: ScanDescription
    count: float | None
    low: float | None
    high: float | None
    mean_size_mv: float | None
    doubts: tuple[str, ...]


def estimate_units(scan: CmapScan, *, seed: int = 0) -> UnitEstimate:
    """Return an estimate of the number of motor units behind a scan; the same seed gives the same estimate."""
    p, found = waveform_parameters(), describe_scan(scan)
    doubts = _doubts(scan, found)
    rising = _rising(scan, found)
    if np.count_nonzero(rising) < p["scan_least_points"]:
        few = f"only {np.count_nonzero(rising)} responses lie between none and all ({p['scan_least_points']:g} needed)"
        return _none(found, (*doubts, few))
    wobble = _squared_sizes(scan.stimulus_ma, scan.amplitude_mv, found.noise, rising)
    if wobble <= 0:
        return _none(found, (*doubts, "the responses wobble no more than the noise, so that no unit can be told"))
    spread = np.exp(p["unit_size_log_sd"] ** 2)
    raw = float(found.largest_mv**2 / wobble * spread)
    rng = np.random.default_rng(seed)
    count, ratios = min(raw, _MOST), np.ones(1)
    for _ in range(_ROUNDS):
        ratios = _ratios(scan, found, rising, max(round(count), 1), rng) * spread
        count = float(min(max(raw / np.median(ratios), 1.0), _MOST))
    low, high = (float(raw / q) for q in np.percentile(ratios, (97.5, 2.5)))
    return UnitEstimate(
        description=found, count=count, low=low, high=high, mean_size_mv=found.largest_mv / count, doubts=doubts
    )


def _none(found: ScanDescription, doubts: tuple[str, ...]) -> UnitEstimate:
    return UnitEstimate(description=found, count=None, low=None, high=None, mean_size_mv=None, doubts=doubts)


def _doubts(scan: CmapScan, found: ScanDescription) -> tuple[str, ...]:
    out = []
    if float(scan.amplitude_mv.min()) > 0.05 * found.largest_mv:
        out.append("the scan does not go down to no response, so that the units of lowest threshold are not counted")
    ends = np.percentile(scan.amplitude_mv, 98)
    if ends > 1.1 * found.largest_mv:
        out.append("responses to weaker stimuli are larger than those to the strongest: the electrode may have moved")
    return tuple(out)


def _rising(scan: CmapScan, found: ScanDescription) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which responses lie between none and all, with some margin of stimuli on both sides."""
    p = waveform_parameters()
    order = np.argsort(scan.stimulus_ma, kind="stable")
    stimulus, size = scan.stimulus_ma[order], scan.amplitude_mv[order]
    low = float(stimulus[int(np.argmax(size > 0.01 * found.largest_mv))])
    below = np.flatnonzero(size < 0.97 * found.largest_mv)
    high = float(stimulus[below[-1]]) if len(below) else float(stimulus[-1])
    margin = 1 + 3 * p["relative_spread"]
    top = scan.stimulus_ma.max() * (1 - 1e-9)
    return np.asarray(
        (scan.stimulus_ma >= low / margin) & (scan.stimulus_ma <= high * margin) & (scan.stimulus_ma < top)
    )


def _squared_sizes(
    stimulus: Floats, size: Floats, noise: ScanNoise, rising: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> float:
    """Return the sum of the squared sizes of the units, mV^2, from bends between neighbours."""
    p = waveform_parameters()
    bend = size[1:-1] - (size[:-2] + size[2:]) / 2
    middle = (size[:-2] + size[1:-1] + size[2:]) / 3
    variance = bend**2 / 1.5 - noise.variance(middle)
    step = np.abs(np.log(stimulus[:-2] / stimulus[2:])) / 2
    used = rising[1:-1]
    return float((variance[used] * step[used]).sum() * np.sqrt(np.pi) / p["relative_spread"])


def _ratios(
    scan: CmapScan,
    found: ScanDescription,
    rising: np.ndarray[tuple[int], np.dtype[np.bool_]],
    count: int,
    rng: np.random.Generator,
) -> Floats:
    """Return effective over true number of units in scans simulated with the stimuli and noise of this one."""
    p = waveform_parameters()
    order = np.argsort(scan.stimulus_ma[rising], kind="stable")
    stimulus = scan.stimulus_ma[rising][order]
    course = np.maximum.accumulate(np.clip(scan.amplitude_mv[rising][order], 0, None))
    course = course + np.linspace(0, 1e-6, len(course))
    out = []
    for _ in range(int(p["scan_bootstraps"])):
        thresholds = np.interp(rng.uniform(0, course[-1], count), course, stimulus)
        sizes = rng.lognormal(0, p["unit_size_log_sd"], count)
        sizes *= found.largest_mv / sizes.sum()
        at = scan.stimulus_ma[:, None]
        fired = at > thresholds[None, :] * (1 + p["relative_spread"] * rng.normal(size=(len(at), count)))
        clean = fired @ sizes
        size = clean + rng.normal(size=len(clean)) * np.sqrt(found.noise.variance(clean))
        wobble = _squared_sizes(scan.stimulus_ma, size, found.noise, rising)
        if wobble > 0:
            out.append(found.largest_mv**2 / wobble / count)
    return np.array(out) if out else np.ones(1)
