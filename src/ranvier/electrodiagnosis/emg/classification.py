"""Class of a recording: normal, neurogenic or myopathic, with probabilities, or uncertain.

Weights of evidence over physiological measures: each measure has a normal distribution in each class
(``data/emg_class_measures.csv``), its log ratio against normal is limited, and it counts with a factor below 1, the
same for measures of one kind, because they are not independent. All of it was fitted by ``tools/train_emg.py`` on
recordings simulated by this package, whose normal units agree with published norms; no
patient's recording went into it. A measure may only speak in the direction in which textbooks say it does
(``data/emg_class_signs.csv``), so that what is peculiar to the simulation does not become evidence; one that lies
beyond every normal value therefore speaks for itself, whatever the others say (a linear model in which size index
and duration stood for amplitude gave units of several mV no weight). The spectrum is measured but not used, because
it depends on needle and filter. The classes of simulation are simpler than patients: the probabilities are
calibrated on simulation only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log, log10

from ranvier.core import read_table
from ranvier.electrodiagnosis.emg.measures import EmgMeasures
from ranvier.electrodiagnosis.emg.parameters import PACKAGE, emg_parameters

CLASSES = ("normal", "neurogenic", "myopathic")
_REASONS = 5
_LEAST_WEIGHT = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One number of the model: value in the unit shown, and the value on the scale of the model."""

    name: str
    words: str
    shown: float
    unit: str
    scaled: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EmgClass:
    """The class of a recording.

    Attributes
    ----------
    name : str
        ``normal``, ``neurogenic``, ``myopathic`` or ``uncertain``.
    probabilities : mapping of str to float
        Of the three classes; they sum to 1. Equal thirds where nothing could be measured.
    reasons : tuple of str
        Sentences, the weightiest first.
    """

    name: str
    probabilities: Mapping[str, float]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spread:
    """One measure in simulation: normal range as shown; mean, SD and direction for each class (scaled).

    `factor` multiplies its evidence, which is limited to `most` before.
    """

    low: float
    high: float
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    sign: tuple[int, ...]
    factor: float
    most: float


def list_features(measures: EmgMeasures) -> tuple[Feature, ...]:
    """Return the numbers that the model looks at, without those that were not measured."""
    out: list[Feature] = []
    units, pattern = measures.units, measures.pattern
    if units is not None:
        out += [
            _logged("unit_amplitude", "motor unit amplitude (median)", units.amplitude_mv, "mV"),
            _logged("unit_largest", "largest motor unit", units.largest_amplitude_mv, "mV"),
            _logged("unit_duration", "motor unit duration (median)", units.duration_ms, "ms"),
            _logged("unit_thickness", "area over amplitude (median)", units.thickness_ms, "ms"),
            _plain("unit_phases", "phases (mean)", units.phases, ""),
            _plain("unit_turns", "turns of a unit (mean)", units.turns, ""),
            _plain("size_index", "size index (median)", units.size_index, ""),
            _logged("firing_rate", "firing rate (median)", units.firing_rate_hz, "Hz"),
        ]
    if pattern is not None:
        out += [
            _logged("envelope", "envelope of the pattern", pattern.envelope_mv, "mV"),
            _logged("turns", "turns of the pattern", pattern.turns_per_s, "/s"),
            _logged("turn_amplitude", "amplitude between turns", pattern.turn_amplitude_mv, "mV"),
            _logged("peak_ratio", "turns over amplitude", pattern.turns_per_s / pattern.turn_amplitude_mv, "/s/mV"),
            _plain("fullness", "fullness of the pattern", pattern.fullness, ""),
            _logged("crest", "envelope over RMS", pattern.envelope_mv / pattern.rms_mv, ""),
        ]
    return tuple(out)


def _logged(name: str, words: str, value: float, unit: str) -> Feature:
    return Feature(name=name, words=words, shown=value, unit=unit, scaled=log10(max(value, 1e-3)))


def _plain(name: str, words: str, value: float, unit: str) -> Feature:
    return Feature(name=name, words=words, shown=value, unit=unit, scaled=value)


@cache
def _model(kind: str) -> Mapping[str, _Spread]:
    """Return the measures of the model ``units`` (with motor units) or ``pattern`` (without)."""
    signs = {
        row["feature"]: (0, *(int(row[c]) for c in CLASSES[1:]))
        for row in read_table(PACKAGE, "emg_class_signs.csv", ("feature", *CLASSES[1:]))
    }
    numbers = tuple(f"{c}_{what}" for c in CLASSES for what in ("mean", "sd"))
    columns = ("model", "feature", "factor", "most", "normal_p05", "normal_p95", *numbers)
    rows = [r for r in read_table(PACKAGE, "emg_class_measures.csv", columns) if r["model"] == kind]
    return {
        r["feature"]: _Spread(
            low=float(r["normal_p05"]),
            high=float(r["normal_p95"]),
            mean=tuple(float(r[f"{c}_mean"]) for c in CLASSES),
            sd=tuple(float(r[f"{c}_sd"]) for c in CLASSES),
            sign=signs[r["feature"]],
            factor=float(r["factor"]),
            most=float(r["most"]),
        )
        for r in rows
    }


def evidence(value: float, mean: Sequence[float], sd: Sequence[float], sign: Sequence[int], most: float) -> list[float]:
    """Return the log ratio of each class to the first at one value, in its direction only and at most `most`.

    Below the mean of the first class (seen in the direction of the sign) nothing speaks for the other class, beyond
    the mean of the other class nothing speaks against it, and a sign of 0 says nothing.

    >>> evidence(3.0, (0.0, 1.0), (1.0, 1.0), (0, 1), 8.0)
    [0.0, 2.5]
    >>> evidence(-3.0, (0.0, 1.0), (1.0, 5.0), (0, 1), 8.0)
    [0.0, 0.0]
    """
    density = [-(((value - m) / s) ** 2) / 2 - log(s) for m, s in zip(mean, sd, strict=True)]
    out = [0.0]
    for k in range(1, len(mean)):
        ratio = max(min(density[k] - density[0], most), -most)
        if (value - mean[0]) * sign[k] <= 0:
            ratio = min(ratio, 0.0)
        if (value - mean[k]) * sign[k] >= 0:
            ratio = max(ratio, 0.0)
        out.append(ratio if sign[k] else 0.0)
    return out


def uncertain(reasons: tuple[str, ...]) -> EmgClass:
    """Return the answer that nothing can be told, with the reasons."""
    share = 1 / len(CLASSES)
    return EmgClass(name="uncertain", probabilities=dict.fromkeys(CLASSES, share), reasons=reasons)


def classify(measures: EmgMeasures) -> EmgClass:
    """Return the class of a recording from its measures.

    Parameters
    ----------
    measures : EmgMeasures
        Of one muscle.

    Returns
    -------
    EmgClass
        ``uncertain`` without voluntary activity, or where no class reaches the probability in
        ``data/emg_parameters.csv``.
    """
    p = emg_parameters()
    if measures.pattern is None or measures.pattern.active_s < p["least_activity_s"]:
        return uncertain(("There is too little voluntary activity to tell.",))
    kind = "pattern" if measures.units is None else "units"
    model = _model(kind)
    features = [f for f in list_features(measures) if f.name in model]
    worth = {f.name: _worth(f, model[f.name]) for f in features}
    scores = [sum(w[k] for w in worth.values()) for k in range(len(CLASSES))]
    top = max(scores)
    total = sum(exp(s - top) for s in scores)
    shares = {c: exp(s - top) / total for c, s in zip(CLASSES, scores, strict=True)}
    best = max(CLASSES, key=shares.__getitem__)
    second = max((c for c in CLASSES if c != best), key=shares.__getitem__)
    reasons = _reasons(features, worth, model, CLASSES.index(best), CLASSES.index(second))
    if kind == "pattern":
        reasons = ("No single motor unit could be measured; the pattern alone is judged.", *reasons)
    name = best if shares[best] >= p["certain"] else "uncertain"
    return EmgClass(name=name, probabilities=shares, reasons=reasons)


def _worth(feature: Feature, own: _Spread) -> list[float]:
    return [own.factor * e for e in evidence(feature.scaled, own.mean, own.sd, own.sign, own.most)]


def _reasons(
    features: list[Feature], evidences: Mapping[str, list[float]], model: Mapping[str, _Spread], best: int, second: int
) -> tuple[str, ...]:
    """Return sentences on the features that speak most for the best class against the next."""
    worth = {name: each[best] - each[second] for name, each in evidences.items()}
    ranked = sorted(features, key=lambda f: -abs(worth[f.name]))
    out = []
    for feature in ranked[:_REASONS]:
        if abs(worth[feature.name]) < _LEAST_WEIGHT:
            break
        way, other = ("for", "over") if worth[feature.name] > 0 else ("against", "towards")
        decibans = abs(worth[feature.name]) * 10 / log(10)
        own = model[feature.name]
        place = "above" if feature.shown > own.high else "below" if feature.shown < own.low else "within"
        unit = f" {feature.unit}" if feature.unit else ""
        out.append(
            f"{feature.words} {feature.shown:.3g}{unit}, {place} the simulated normal range"
            f" ({own.low:.3g} to {own.high:.3g}): {way} {CLASSES[best]} {other} {CLASSES[second]},"
            f" {decibans:.1f} decibans"
        )
    return tuple(out)
