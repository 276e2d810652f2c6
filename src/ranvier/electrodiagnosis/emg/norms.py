"""Motor unit measures of a muscle against published norms for that muscle and age; no norm, no verdict.

The numbers are in ``data/emg_norms.csv``, each with its technique, status and source. Durations of Buchthal and
Rosenfalck were read by eye, those of multi-MUP programs by rule, and the two differ by some 2 ms in one muscle: a
norm of automatic analysis goes first, as the potentials here are measured by rule. Between two ages of a table the
norm is interpolated; outside its ages there is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from ranvier.core import read_table
from ranvier.electrodiagnosis.emg.measures import MeasuredUnit
from ranvier.electrodiagnosis.emg.parameters import PACKAGE, emg_parameters

_TECHNIQUES = ("automatic", "manual")
_STATUS = ("checked", "secondary", "recalled", "assumed")
_ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class NormComparison:
    """One measure of a recording beside its norm.

    Attributes
    ----------
    measure, words, unit : str
        Id, name in words, unit.
    value : float
        Over `units` motor units.
    low, high : float or None
        Limits; None where the source gives none.
    verdict : str
        ``below``, ``within`` or ``above``.
    technique, status, source : str
        Of the norm; the weaker status where it is interpolated.
    """

    measure: str
    words: str
    unit: str
    value: float
    units: int
    low: float | None
    high: float | None
    verdict: Literal["below", "within", "above"]
    technique: str
    status: str
    source: str

    @property
    def sentence(self) -> str:
        """Return the comparison in words."""
        limits = " to ".join(f"{v:.3g}" for v in (self.low, self.high) if v is not None)
        limits = f"up to {limits}" if self.low is None else limits
        few = "" if self.units >= emg_parameters()["norm_units"] else ", too few to be sure"
        return (
            f"{self.words} {self.value:.3g}{' ' + self.unit if self.unit else ''} ({self.units} units{few}): "
            f"{self.verdict} the norm ({limits}; {self.technique} analysis, {self.source}, {self.status})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Norm:
    muscle: str
    measure: str
    technique: str
    age_y: float | None
    low: float | None
    high: float | None
    status: str
    source: str


@cache
def _norms() -> tuple[_Norm, ...]:
    columns = ("muscle", "measure", "technique", "age_y", "mean", "sd", "low", "high", "unit", "status", "source")
    return tuple(
        _Norm(
            muscle=r["muscle"],
            measure=r["measure"],
            technique=r["technique"],
            age_y=_number(r["age_y"]),
            low=_number(r["low"]),
            high=_number(r["high"]),
            status=r["status"],
            source=r["source"],
        )
        for r in read_table(PACKAGE, "emg_norms.csv", columns)
    )


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def compare_with_norms(
    units: Sequence[MeasuredUnit], muscle: str | None, age_y: float | None
) -> tuple[NormComparison, ...]:
    """Return each measure of the motor units that has a norm for the muscle and age.

    Parameters
    ----------
    units : sequence of MeasuredUnit
        Of one recording or muscle.
    muscle : str or None
        Id of the graph; None takes only norms that hold for any muscle.
    age_y : float or None
        Age; None takes only norms that the source gives for all ages.
    """
    out = []
    for measure, (words, unit, values) in _measured(units).items():
        norm = _norm_of(muscle, measure, age_y)
        if norm is None or not values:
            continue
        value = float(max(values) if measure == "fastest_rate" else np.mean(values))
        below = norm.low is not None and value < norm.low
        above = norm.high is not None and value > norm.high
        out.append(
            NormComparison(
                measure=measure,
                words=words,
                unit=unit,
                value=value,
                units=len(values),
                low=norm.low,
                high=norm.high,
                verdict="below" if below else "above" if above else "within",
                technique=norm.technique,
                status=norm.status,
                source=norm.source,
            )
        )
    return tuple(out)


def _measured(units: Sequence[MeasuredUnit]) -> dict[str, tuple[str, str, list[float]]]:
    p = emg_parameters()
    steady = [
        u.firing.rate_hz
        for u in units
        if u.firing.rate_hz is not None
        and (u.firing.interval_cv or 0.0) <= p["norm_rate_cv"]
        and u.firing.discharges >= p["norm_rate_discharges"]
    ]
    return {
        "amplitude": ("mean amplitude", "mV", [u.potential.amplitude_mv for u in units]),
        "area": ("mean area", "mV ms", [u.potential.area_mv_ms for u in units]),
        "duration": ("mean duration", "ms", [u.potential.duration_ms for u in units]),
        "phases": ("mean number of phases", "", [float(u.potential.phases) for u in units]),
        "turns": ("mean number of turns", "", [float(u.potential.turns) for u in units]),
        "fastest_rate": ("fastest steady firing rate", "Hz", steady),
    }


def _norm_of(muscle: str | None, measure: str, age_y: float | None) -> _Norm | None:
    """Return the norm of the first technique that has one."""
    for technique in _TECHNIQUES:
        rows = [
            n
            for n in _norms()
            if n.measure == measure and n.technique == technique and n.muscle in (muscle or _ANY, _ANY)
        ]
        ageless = [n for n in rows if n.age_y is None]
        if ageless:
            return ageless[0]
        if age_y is not None and (between := _between(rows, age_y)) is not None:
            return between
    return None


def _between(rows: list[_Norm], age_y: float) -> _Norm | None:
    """Return the norm at an age between two ages of the table; None outside them."""
    dated = sorted(((n.age_y, n) for n in rows if n.age_y is not None), key=lambda pair: pair[0])
    younger = [n for age, n in dated if age <= age_y]
    older = [n for age, n in dated if age >= age_y]
    if not younger or not older:
        return None
    a, b = younger[-1], older[0]
    gap = (b.age_y or 0.0) - (a.age_y or 0.0)
    share = 0.0 if gap == 0 else (age_y - (a.age_y or 0.0)) / gap

    def mixed(first: float | None, second: float | None) -> float | None:
        return None if first is None or second is None else first + share * (second - first)

    return _Norm(
        muscle=a.muscle,
        measure=a.measure,
        technique=a.technique,
        age_y=age_y,
        low=mixed(a.low, b.low),
        high=mixed(a.high, b.high),
        status=max(a.status, b.status, key=_STATUS.index),
        source=a.source,
    )
