"""CMAP scans: stimulus and response from all motor units down to none, read from Qtrac text or CSV, and described.

The published descriptors are plain: the stimuli that evoke 5, 50 and 95 % of the largest response, the number of
largest gaps between responses sorted by size that make up half of it (D50), and clear steps, which are such gaps.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ranvier.electrodiagnosis.waveforms.parameters import waveform_parameters
from ranvier.electrodiagnosis.waveforms.records import Floats, UnreadableWaveformError

_POINT = re.compile(r"^MS\.\d+\s+([\d.]+)\s+(-?[\d.]+)\s*$", re.MULTILINE)
_SITES = re.compile(r"^S/R sites:[ \t]*(.*)$", re.MULTILINE)
_HALF = 0.5
_TO_SD = 1.4826


@dataclass(frozen=True, slots=True, kw_only=True)
class CmapScan:
    """One scan, in the order of recording.

    Attributes
    ----------
    stimulus_ma, amplitude_mv : (n,) float
        Strength of each stimulus and size of its response.
    name : str
        Of the file.
    sites : str
        Where was stimulated and recorded, as the file says it.
    """

    stimulus_ma: Floats
    amplitude_mv: Floats
    name: str
    sites: str = ""

    def __post_init__(self) -> None:
        if self.stimulus_ma.shape != self.amplitude_mv.shape or self.stimulus_ma.ndim != 1:
            raise UnreadableWaveformError(f"{self.name}: each stimulus needs one response")
        if len(self.stimulus_ma) < waveform_parameters()["scan_least_points"]:
            raise UnreadableWaveformError(
                f"{self.name}: a scan needs at least {waveform_parameters()['scan_least_points']:g} responses"
                f" (got {len(self.stimulus_ma)})"
            )
        if not (np.isfinite(self.stimulus_ma).all() and np.isfinite(self.amplitude_mv).all()):
            raise UnreadableWaveformError(f"{self.name}: some values are no finite numbers; remove these rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanStep:
    """A clear step: the responses before and after it."""

    stimulus_ma: float
    from_mv: float
    to_mv: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanNoise:
    """Noise of a response: a floor and a share of its size, both standard deviations."""

    floor_mv: float
    share: float

    def variance(self, amplitude_mv: Floats) -> Floats:
        """Return the variance at some sizes of response."""
        return np.asarray(self.floor_mv**2 + (self.share * np.clip(amplitude_mv, 0, None)) ** 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanDescription:
    """What a scan shows without a model.

    Attributes
    ----------
    largest_mv : float
        Mean response to supramaximal stimuli.
    s5_ma, s50_ma, s95_ma : float
        Stimuli for 5, 50 and 95 % of it.
    d50 : int
        Number of the largest gaps between responses sorted by size that together make up half of it.
    """

    largest_mv: float
    s5_ma: float
    s50_ma: float
    s95_ma: float
    d50: int
    steps: tuple[ScanStep, ...]
    noise: ScanNoise


def read_scan(path: Path) -> CmapScan:
    """Return a CMAP scan from a Qtrac text file (``.MEM``) or a CSV with ``stimulus_ma`` and ``amplitude_mv``.

    Raises
    ------
    UnreadableWaveformError
        If the file holds no scan.
    """
    if not path.is_file():
        raise UnreadableWaveformError(f"there is no file {path.name}")
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    if path.suffix.lower() == ".csv":
        return _from_csv(text, path.name)
    points = _POINT.findall(text)
    if not points:
        raise UnreadableWaveformError(f"{path.name} holds no M-scan: no lines such as 'MS.1 14 6.73' (mA, mV)")
    table = np.array(points, dtype=np.float64)
    sites = _SITES.search(text)
    return CmapScan(
        stimulus_ma=table[:, 0],
        amplitude_mv=table[:, 1],
        name=path.name,
        sites=sites[1].strip() if sites else "",
    )


def _from_csv(text: str, name: str) -> CmapScan:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter=";" if lines and ";" in lines[0] else ","))
    if not rows or not {"stimulus_ma", "amplitude_mv"} <= set(rows[0]):
        raise UnreadableWaveformError(f"{name}: a scan needs the columns stimulus_ma and amplitude_mv")
    try:
        table = np.array([[_number(row[c]) for c in ("stimulus_ma", "amplitude_mv")] for row in rows])
    except ValueError as error:
        raise UnreadableWaveformError(f"{name}: {error}; write plain numbers") from error
    return CmapScan(stimulus_ma=table[:, 0], amplitude_mv=table[:, 1], name=name)


def _number(text: str | None) -> float:
    return float((text or "").replace(",", "."))


def describe_scan(scan: CmapScan) -> ScanDescription:
    """Return the descriptors of a scan."""
    p = waveform_parameters()
    top = scan.stimulus_ma >= scan.stimulus_ma.max() * (1 - 1e-9)
    high = np.sort(scan.amplitude_mv)[-max(int(top.sum()), 10) :] if top.sum() < 5 else scan.amplitude_mv[top]
    largest = float(np.mean(high))
    noise = scan_noise(scan, largest)
    order = np.argsort(scan.stimulus_ma, kind="stable")
    stimulus, size = scan.stimulus_ma[order], scan.amplitude_mv[order]
    levels = np.sort(scan.amplitude_mv)
    gaps = np.diff(levels)
    least = np.maximum(p["scan_step_share"] * largest, p["scan_step_z"] * np.sqrt(noise.variance(levels[:-1])))
    steps = tuple(
        ScanStep(
            stimulus_ma=_evoking(stimulus, size, float(levels[i + 1])),
            from_mv=float(levels[i]),
            to_mv=float(levels[i + 1]),
        )
        for i in np.flatnonzero(gaps > least)
    )
    s5, s50, s95 = (_evoking(stimulus, size, share * largest) for share in (0.05, 0.5, 0.95))
    ranked = np.sort(gaps)[::-1]
    d50 = int(np.searchsorted(np.cumsum(ranked), _HALF * largest)) + 1
    return ScanDescription(largest_mv=largest, s5_ma=s5, s50_ma=s50, s95_ma=s95, d50=d50, steps=steps, noise=noise)


def _evoking(stimulus: Floats, size: Floats, level: float) -> float:
    """Return the stimulus at which a running median of the responses reaches a level."""
    width = 5
    padded = np.pad(size, width // 2, mode="edge")
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1)
    return float(stimulus[int(np.argmax(middle >= level))])


def scan_noise(scan: CmapScan, largest_mv: float) -> ScanNoise:
    """Return the noise, from neighbours at the two ends of the scan, where no unit comes or goes."""
    y = scan.amplitude_mv
    bend = (y[1:-1] - (y[:-2] + y[2:]) / 2) / np.sqrt(1.5)
    low = np.abs(bend[y[1:-1] < 0.01 * largest_mv])
    high = np.abs(bend[_plateau(scan)[1:-1]])
    floor = _TO_SD * float(np.median(low)) if len(low) >= 5 else 0.001 * largest_mv
    top = _TO_SD * float(np.median(high)) if len(high) >= 5 else floor
    share = float(np.sqrt(max(top**2 - floor**2, 0.0))) / largest_mv
    return ScanNoise(floor_mv=max(floor, 1e-4), share=share)


def _plateau(scan: CmapScan) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which responses are to the strongest stimulus, repeated."""
    return np.asarray(scan.stimulus_ma >= scan.stimulus_ma.max() * (1 - 1e-9))
