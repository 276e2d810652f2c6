"""Class of a recording: normal, neurogenic or myopathic, with probabilities, or uncertain.

Weights of evidence over physiological measures. Measures of one kind (five of them tell how large the units are)
say much the same thing; they are turned so that the textbook's direction of a class is up
(``data/emg_class_signs.csv``), put on the scale of normal muscle and averaged. What the average of a kind says for a
class is the log ratio of two normal distributions (``data/emg_class_kinds.csv``); it speaks only in its direction, is
limited, and counts with a factor of at most 1, because kinds are not independent either. A disease need not show in
all kinds: with a small chance it shows in one alone, which then counts in full, and what the others lack is no
evidence against it. So units that lie beyond every normal one in all measures of size cannot be outvoted, while a
single measure (distance of the needle, scale of the amplifier) says little. That chance is assumed; all else was
fitted by ``tools/train_emg.py`` on recordings simulated by this package, whose normal units agree with published
norms; no patient's recording went into it.
Recruitment is a kind of its own: how fast units fire, and how fast the fastest fires for the number that fire.
How wide the averages of normal and diseased muscle are depends on how many units were judged: a muscle of which one
unit was caught says less than the mean of ten.
The spectrum is measured but not used, because it depends on needle and filter. The classes of simulation are simpler
than patients: the probabilities are calibrated on simulation only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log, log10, sqrt

from ranvier.core import read_table
from ranvier.electrodiagnosis.emg.measures import EmgMeasures
from ranvier.electrodiagnosis.emg.parameters import PACKAGE, emg_parameters

CLASSES = ("normal", "neurogenic", "myopathic")
_LEAST_WEIGHT = 0.15
_MEASURES = 2
_FARTHEST = 6.0


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
class _Measure:
    """One measure in normal muscle of simulation: range as shown, mean and SD as scaled, direction for each class."""

    low: float
    high: float
    mean: float
    sd: float
    kind: str
    sign: tuple[int, ...]

    def beyond(self, scaled: float, k: int) -> float:
        """Return how many SD a value lies in the direction of a class, limited."""
        return self.sign[k] * max(min((scaled - self.mean) / self.sd, _FARTHEST), -_FARTHEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """The average of a kind, turned towards one class: mean and SD in normal muscle and in that class.

    `sd` is between muscles, `unit_sd` between the units of one muscle: the fewer units are judged, the wider both are.
    The evidence is limited to `most`, and multiplied by `factor` where it is added to that of other kinds.
    """

    mean: tuple[float, float]
    sd: tuple[float, float]
    unit_sd: tuple[float, float]
    factor: float
    most: float

    def spread(self, units: int) -> tuple[float, ...]:
        """Return the SD in normal muscle and in the class where so many units were judged; 0 is without any unit."""
        return tuple(spread_of_mean(b, w, units) for b, w in zip(self.sd, self.unit_sd, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """Measures by name, sides by kind and number of the class, chance that a disease shows in one kind alone."""

    measures: Mapping[str, _Measure]
    sides: Mapping[tuple[str, int], _Side]
    alone: float

    def scores(self, said: Mapping[tuple[str, int], float]) -> list[float]:
        """Return the log odds of each class against normal, from what each kind says for it."""
        out = [0.0]
        for k in range(1, len(CLASSES)):
            own = {kind: said[kind, k] for kind, c in self.sides if c == k}
            together = sum(self.sides[kind, k].factor * value for kind, value in own.items())
            by_one = sum(exp(value) for value in own.values()) / max(len(own), 1)
            out.append(log((1 - self.alone) * exp(together) + self.alone * by_one))
        return out


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
        ]
    if units is not None and units.firing_rate_hz is not None:
        out.append(_logged("firing_rate", "firing rate (median)", units.firing_rate_hz, "Hz"))
    if units is not None and units.recruitment is not None:
        recruited = units.recruitment
        out += [
            _logged("fastest_rate", "rate of the fastest unit", recruited.fastest_hz, "Hz"),
            _logged("recruitment", "fastest rate over the number of units firing", recruited.ratio_hz, "Hz"),
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
def _model(kind: str) -> _Model:
    """Return the model ``units`` (with motor units) or ``pattern`` (without)."""
    signs = {
        row["feature"]: row for row in read_table(PACKAGE, "emg_class_signs.csv", ("feature", "kind", *CLASSES[1:]))
    }
    columns = ("model", "feature", "normal_p05", "normal_p95", "normal_mean", "normal_sd")
    measures = {
        r["feature"]: _Measure(
            low=float(r["normal_p05"]),
            high=float(r["normal_p95"]),
            mean=float(r["normal_mean"]),
            sd=float(r["normal_sd"]),
            kind=signs[r["feature"]]["kind"],
            sign=(0, *(int(signs[r["feature"]][c]) for c in CLASSES[1:])),
        )
        for r in read_table(PACKAGE, "emg_class_measures.csv", columns)
        if r["model"] == kind
    }
    numbers = ("factor", "most", "alone", *(f"{c}_{n}" for c in ("normal", "class") for n in ("mean", "sd", "unit_sd")))
    rows = read_table(PACKAGE, "emg_class_kinds.csv", ("model", "kind", "class", *numbers))
    rows = [r for r in rows if r["model"] == kind]
    sides = {
        (r["kind"], CLASSES.index(r["class"])): _Side(
            mean=(float(r["normal_mean"]), float(r["class_mean"])),
            sd=(float(r["normal_sd"]), float(r["class_sd"])),
            unit_sd=(float(r["normal_unit_sd"]), float(r["class_unit_sd"])),
            factor=float(r["factor"]),
            most=float(r["most"]),
        )
        for r in rows
    }
    return _Model(measures=measures, sides=sides, alone=float(rows[0]["alone"]))


def average_of_kind(beyond: Sequence[tuple[int, float]]) -> float | None:
    """Return the average of what the measures of a kind say for one class, or None where none may speak for it.

    Parameters
    ----------
    beyond : sequence of (int, float)
        For each measure its sign for the class, and how many SD it lies in that direction.

    Examples
    --------
    >>> average_of_kind([(1, 2.0), (-1, 1.0), (0, 9.0)])
    1.5
    """
    own = [value for sign, value in beyond if sign]
    return sum(own) / len(own) if own else None


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


def spread_of_mean(between: float, within: float, units: int) -> float:
    """Return the SD of the mean of some units that differ by `within`, in muscles that differ by `between`.

    >>> spread_of_mean(3.0, 8.0, 4), spread_of_mean(3.0, 8.0, 0)
    (5.0, 3.0)
    """
    return sqrt(between**2 + within**2 / units) if units else between


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
    features = [f for f in list_features(measures) if f.name in model.measures]
    said = _said(features, model, measures.units.judged if measures.units is not None else 0)
    scores = model.scores(said)
    top = max(scores)
    total = sum(exp(s - top) for s in scores)
    shares = {c: exp(s - top) / total for c, s in zip(CLASSES, scores, strict=True)}
    best = max(CLASSES, key=shares.__getitem__)
    second = max((c for c in CLASSES if c != best), key=shares.__getitem__)
    reasons = _reasons(features, said, model, CLASSES.index(best), CLASSES.index(second))
    if kind == "pattern":
        reasons = ("No single motor unit could be measured; the pattern alone is judged.", *reasons)
    name = best if shares[best] >= p["certain"] else "uncertain"
    return EmgClass(name=name, probabilities=shares, reasons=reasons)


def _said(features: Sequence[Feature], model: _Model, units: int) -> dict[tuple[str, int], float]:
    """Return the evidence of each kind for each class against normal, 0 where nothing was measured."""
    out: dict[tuple[str, int], float] = {}
    for (kind, k), side in model.sides.items():
        own = [(model.measures[f.name], f) for f in features if model.measures[f.name].kind == kind]
        average = average_of_kind([(m.sign[k], m.beyond(f.scaled, k)) for m, f in own])
        silent = average is None
        out[kind, k] = 0.0 if silent else evidence(average or 0.0, side.mean, side.spread(units), (0, 1), side.most)[1]
    return out


def _reasons(
    features: Sequence[Feature], said: Mapping[tuple[str, int], float], model: _Model, best: int, second: int
) -> tuple[str, ...]:
    """Return a sentence on each kind of measures that speaks for or against the best class over the next.

    What a kind is worth is by how much the odds of the two change when it is left out.
    """
    whole, gains = model.scores(said), {}
    for kind in dict.fromkeys(kind for kind, _ in said):
        without = model.scores({key: 0.0 if key[0] == kind else value for key, value in said.items()})
        gains[kind] = whole[best] - whole[second] - without[best] + without[second]
    out = []
    for kind in sorted(gains, key=lambda k: -abs(gains[k])):
        if abs(gains[kind]) < _LEAST_WEIGHT:
            break
        own = [f for f in features if model.measures[f.name].kind == kind]
        own.sort(key=lambda f: -abs(f.scaled - model.measures[f.name].mean) / model.measures[f.name].sd)
        way, other = ("for", "over") if gains[kind] > 0 else ("against", "towards")
        decibans = abs(gains[kind]) * 10 / log(10)
        what = "; ".join(_placed(f, model.measures[f.name]) for f in own[:_MEASURES])
        out.append(f"{what}: {way} {CLASSES[best]} {other} {CLASSES[second]}, {decibans:.1f} decibans")
    return tuple(out)


def _placed(feature: Feature, own: _Measure) -> str:
    place = "above" if feature.shown > own.high else "below" if feature.shown < own.low else "within"
    unit = f" {feature.unit}" if feature.unit else ""
    normal = f"{_short(own.low)} to {_short(own.high)}"
    return f"{feature.words} {_short(feature.shown)}{unit}, {place} the simulated normal range ({normal})"


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
