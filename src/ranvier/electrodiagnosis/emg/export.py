"""An analysis as JSON: class, probabilities, reasons, the measures behind them and the quality notes."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from ranvier.electrodiagnosis.emg.analysis import EmgAnalysis
from ranvier.electrodiagnosis.emg.measures import MeasuredUnit
from ranvier.electrodiagnosis.emg.norms import NormComparison

_DIGITS = 5


def analysis_to_json(
    analysis: EmgAnalysis,
    *,
    muscle: str | None = None,
    side: str | None = None,
    norms: Sequence[NormComparison] = (),
) -> str:
    """Return an analysis as JSON text.

    Parameters
    ----------
    analysis : EmgAnalysis
    muscle, side : str or None
        Where the needle was, for the record.
    norms : sequence of NormComparison
        From `compare_with_norms`.
    """
    study, result = analysis.study, analysis.result
    rate = study.checked.recording.rate_hz
    out = {
        "class": result.name,
        "probabilities": dict(result.probabilities),
        "reasons": list(result.reasons),
        "muscle": muscle,
        "side": side,
        "channel": study.checked.recording.channel,
        "rate_hz": study.checked.recording.rate_hz,
        "seconds": study.checked.recording.seconds,
        "noise_mv": study.checked.noise_mv,
        "quality": [asdict(note) for note in study.checked.notes],
        "not_trusted_s": [[s.start / rate, s.stop / rate] for s in study.checked.doubtful],
        "measures": asdict(study.measures),
        "norms": [asdict(n) for n in norms],
        "explained_share": study.explained,
        "motor_units": [_unit(u) for u in study.units],
        "interference_pattern": [asdict(e) for e in study.epochs],
        "spontaneous": [
            {
                "kind": s.kind,
                "count": len(s.fired_s),
                "rate_hz": s.rate_hz,
                "amplitude_mv": s.amplitude_mv,
                "duration_ms": s.duration_ms if isfinite(s.duration_ms) else None,
                "fired_s": s.fired_s.tolist(),
            }
            for s in study.spontaneous
        ],
        "activity_s": [[s.start / study.rate_hz, s.stop / study.rate_hz] for s in study.active],
    }
    return json.dumps(_rounded(out), indent=2, allow_nan=False)


def _unit(unit: MeasuredUnit) -> dict[str, Any]:
    return {
        **asdict(unit.potential),
        "polyphasic": unit.potential.polyphasic,
        "discharges": unit.firing.discharges,
        "firing_rate_hz": unit.firing.rate_hz,
        "interval_cv": unit.firing.interval_cv,
        "fired_s": unit.fired_s.tolist(),
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(v) for v in value]
    if isinstance(value, float):
        return round(value, _DIGITS)
    return value
