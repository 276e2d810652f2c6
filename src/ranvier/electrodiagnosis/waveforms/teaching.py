"""A folder of simulated waveforms with their truth, to learn from and to test with. Everything in it is simulated."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ranvier.electrodiagnosis.waveforms.late_simulation import (
    FWavePlan,
    simulate_f_waves,
    simulate_scan,
    simulate_train,
)
from ranvier.electrodiagnosis.waveforms.layout import set_to_json
from ranvier.electrodiagnosis.waveforms.records import StimulationSet, UnreadableWaveformError
from ranvier.electrodiagnosis.waveforms.simulation import Lesion, NervePlan, SimulatedNerve, simulate_nerve


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Another nerve than the simulated one, so that each set of the folder is a study of its own."""

    nerve: str
    side: str
    recording: str
    proximal: str


_BLOCKED = Lesion(from_mm=100, to_mm=200, block=0.6)
_DISPERSED = Lesion(from_mm=100, to_mm=200, slowing=3.0, spread=0.6)
_PLANS = {
    "motor-healthy": NervePlan(snr=200),
    "motor-axonal-loss": NervePlan(snr=200, survival=0.25),
    "motor-block": NervePlan(snr=200, lesion=_BLOCKED),
    "motor-dispersion": NervePlan(snr=200, lesion=_DISPERSED),
    "sensory-healthy": NervePlan(kind="sensory", distances_mm=(140.0,), snr=40, after_ms=20),
}
_PLACES = {
    "motor-axonal-loss": _Place(nerve="median", side="left", recording="abductor pollicis brevis", proximal="elbow"),
    "motor-block": _Place(nerve="ulnar", side="right", recording="abductor digiti minimi", proximal="below elbow"),
    "motor-dispersion": _Place(nerve="ulnar", side="left", recording="abductor digiti minimi", proximal="below elbow"),
}
_TRAIN = (1.0, 0.8, 0.72, 0.7, 0.72, 0.76, 0.78, 0.8)
_UNITS = 40
_TRUTH = "truth"


def write_teaching_sets(folder: Path, seed: int) -> tuple[Path, ...]:
    """Write simulated sets, a CMAP scan and ``truth/truth.json`` into a folder, and return the paths.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    seed : int
        The same seed gives the same files.

    Raises
    ------
    UnreadableWaveformError
        If there is a file of that name.
    """
    if folder.exists() and not folder.is_dir():
        raise UnreadableWaveformError(f"{folder.name} is a file; name a folder for the simulated waveforms")
    (folder / _TRUTH).mkdir(parents=True, exist_ok=True)
    truth: dict[str, Any] = {"simulated": True, "seed": seed}
    texts: dict[str, str] = {}
    for name, plan in _PLANS.items():
        nerve = simulate_nerve(plan, seed)
        texts[f"{name}.json"] = _text(_placed(nerve.set, _PLACES.get(name)), f"simulated: {name}")
        truth[name] = _of_nerve(nerve)
    waves = simulate_f_waves(FWavePlan(nerve=NervePlan(after_ms=95, rate_hz=20000)), seed)
    texts["f-waves.json"] = _text(waves.set, "simulated: F waves")
    truth["f-waves"] = [None if t is None else asdict(t) for t in waves.truth]
    texts["decrement.json"] = _text(simulate_train(_TRAIN, seed), "simulated: train with a decrement")
    truth["decrement"] = list(_TRAIN)
    scan = simulate_scan(_UNITS, seed)
    rows = [f"{s:.4f},{a:.5f}" for s, a in zip(scan.stimulus_ma, scan.amplitude_mv, strict=True)]
    texts["cmap-scan.csv"] = "\n".join(["stimulus_ma,amplitude_mv", *rows]) + "\n"
    truth["cmap-scan"] = {"motor_units": _UNITS}
    texts[f"{_TRUTH}/truth.json"] = json.dumps(truth, indent=1) + "\n"
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(folder / name for name in texts)


def _placed(item: StimulationSet, place: _Place | None) -> StimulationSet:
    if place is None:
        return item
    first, second = item.stimulations
    stimulations = (first, replace(second, site=place.proximal))
    return replace(item, nerve=place.nerve, side=place.side, recording=place.recording, stimulations=stimulations)


def _text(item: StimulationSet, comment: str) -> str:
    return set_to_json(replace(item, comment=comment)) + "\n"


def _of_nerve(nerve: SimulatedNerve) -> list[dict[str, float] | None]:
    return [None if t is None else asdict(t) for t in nerve.truth]
