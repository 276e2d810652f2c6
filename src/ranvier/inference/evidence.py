"""The evidence: what each finding of a case says about each hypothesis."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, load_vocabulary
from ranvier.core import Finding, Modality
from ranvier.inference.background import background_log_likelihood
from ranvier.inference.channels import Timing, timing
from ranvier.inference.features import feature_log_likelihood, group_weights, is_present, lesion_hits
from ranvier.inference.forward import ForwardModel
from ranvier.inference.images import ImageModel
from ranvier.inference.library import Library
from ranvier.inference.nerves import Nerves
from ranvier.inference.observations import IMAGE_PREFIX, NotUsed, Observation, observe, says_abnormal
from ranvier.inference.parameters import load_parameters
from ranvier.inference.silence import silence_log_likelihood, untold

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

_ROW = "row:"
_PATTERN = "ncs_pattern_"
_GENE = "gene_"
_VERDICT = "|abnormal:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the findings of one case say.

    Attributes
    ----------
    observations : tuple of Observation
        The readings first, then features and images; the order of every column below.
    n_readings : int
        Number of readings among them.
    log_likelihood : (n_rows, n_observations) float
        Under each row of the library; for features and images a ratio to the base rate.
    influence : (n_rows, n_observations) float
        How strongly the lesions of a row bear on the observation, whatever was found.
    base : (n_observations,) float
        Base rate of features and images; NaN for readings.
    weight : (n_observations,) float
        Exponent that allows for correlation.
    models : (n_readings,) tuple of ForwardModel
        The nerves that each reading looks at.
    when : Timing
        How far slow consequences have come.
    day : float or None
        Days since the first symptom.
    background : (n_disorders,) float
        Log likelihood ratio of age, sex, tempo and course.
    silence : (n_disorders,) float
        Log likelihood ratio of the exposures and complaints that the history does not tell of.
    """

    library: Library
    observations: tuple[Observation, ...]
    not_used: tuple[NotUsed, ...]
    n_readings: int
    log_likelihood: FloatArray
    influence: FloatArray
    base: FloatArray
    weight: FloatArray
    background: FloatArray
    silence: FloatArray
    models: tuple[ForwardModel, ...]
    when: Timing
    day: float | None

    def without(self, finding: str) -> "Evidence":
        """Return the same evidence with all that one finding says given no weight."""
        said = np.array([o.finding.id == finding for o in self.observations], dtype=np.bool_)
        return replace(self, weight=np.where(said, 0.0, self.weight))

    @property
    def surroundings(self) -> FloatArray:
        """Return the log likelihood ratio of all but the findings for each disorder on its own, ``(n_disorders,)``."""
        return self.background + self.silence

    def readings(self) -> tuple[Observation, ...]:
        """Return the observations that are readings."""
        return self.observations[: self.n_readings]


def gather_evidence(
    case: Case,
    findings: Sequence[Finding],
    library: Library,
    graph: NerveGraph,
    nerves: Nerves | None = None,
    *,
    simulated: bool = False,
) -> Evidence:
    """Return what the findings say about every hypothesis of the library.

    Parameters
    ----------
    case : Case
        Patient and onset are read, and whether there is a history.
    findings : sequence of Finding
        From all modalities.
    library : Library
        All hypotheses.
    graph : NerveGraph
        The nerve graph.
    nerves : Nerves, optional
        Forward models kept from earlier cases; worth passing when there are many.
    simulated : bool
        For patients drawn from these very tables, of whom the tables know everything: findings are discounted
        for the error that they share, and not for what the tables do not know of a real patient.
    """
    nerves = Nerves(library, graph) if nerves is None else nerves
    seen, not_used = observe(findings, library.catalogue, case.patient.age_y)
    readings = [o for o in seen if o.kind == "reading"]
    features = [o for o in seen if o.kind == "feature"]
    images = [o for o in seen if o.kind in ("image", "image_normal")]
    ordered = (*readings, *features, *images)
    models = nerves.models(readings, case.patient.height_cm)
    when = timing(case.onset.duration_days)
    reading_ll, deficit = _readings(readings, nerves, case.patient.height_cm, when)
    hits = lesion_hits(library, (*features, *images))
    kind = "simulated" if simulated else "reading"
    typical = load_parameters()[f"{kind}_background"]
    image_model = ImageModel(library, case.patient.age_y)
    image_ll = image_model.log_likelihood(images, hits[:, len(features) :])
    feature_ll = feature_log_likelihood(library, features, hits[:, : len(features)], case.onset.duration_days)
    return Evidence(
        library=library,
        observations=ordered,
        not_used=not_used,
        n_readings=len(readings),
        log_likelihood=np.concatenate([reading_ll, feature_ll, image_ll], axis=1),
        influence=np.concatenate([deficit, hits.astype(np.float64)], axis=1),
        base=_base_rates(library, ordered, image_model),
        weight=_weights(ordered, kind),
        background=background_log_likelihood(library.catalogue.disorders, library.disorder_ids, case, typical),
        silence=silence_log_likelihood(library, untold(case, findings, graph)),
        models=models,
        when=when,
        day=case.onset.duration_days,
    )


def _readings(
    readings: Sequence[Observation], nerves: Nerves, height_cm: float | None, when: Timing
) -> tuple[FloatArray, FloatArray]:
    """Return the log likelihood and the deficit of every reading under every row, ``(n_rows, n_readings)`` each."""
    likelihood = np.zeros((nerves.library.n_rows, len(readings)))
    deficit = np.zeros((nerves.library.n_rows, len(readings)))
    for column, reading in enumerate(readings):
        likelihood[:, column], deficit[:, column] = nerves.column(reading, height_cm, when)
    return likelihood, deficit


def _base_rates(library: Library, observations: Sequence[Observation], images: ImageModel) -> FloatArray:
    out = np.full(len(observations), np.nan)
    for number, observation in enumerate(observations):
        name = observation.finding.observable
        if observation.kind == "feature":
            out[number] = library.catalogue.base_rates[name].probability
        elif observation.kind == "image":
            out[number] = images.incidental(name.removeprefix(IMAGE_PREFIX), "*")
    return out


def _weights(observations: Sequence[Observation], kind: str) -> FloatArray:
    """Return the weight of each observation; `kind` names the discount of the readings."""
    p = load_parameters()
    discount = p[f"{kind}_discount"]
    rho = {o.model.family: discount * o.model.rho for o in observations if o.model is not None}
    same_row = _summaries(observations)
    groups = [same_row.get(number) or error_group(o) for number, o in enumerate(observations)]
    alike_in = p["simulated_feature_discount" if kind == "simulated" else "feature_discount"]
    row, feature = alike_in * p["row_rho"], alike_in * p["group_rho"]
    sided = [f"{g}{_VERDICT}{says_abnormal(o)}" if g in rho else g for g, o in zip(groups, observations, strict=True)]
    facts = _facts(observations)
    once = dict(zip(facts, sided, strict=True))
    of_group = {s: row if s.startswith(_ROW) else rho.get(g, feature) for s, g in zip(sided, groups, strict=True)}
    weight_of = dict(zip(once, group_weights(list(once.values()), of_group), strict=True))
    alike = Counter(facts)
    weights = np.array([weight_of[f] / (1 + p[f"{kind}_both_sides"] * (alike[f] - 1)) for f in facts])
    return np.where(_explained(observations), 0.0, weights)


def _facts(observations: Sequence[Observation]) -> list[Hashable]:
    """Return a key for each observation, the same for what was found alike on both sides.

    A change of structure that two kinds of imaging show at one place is one fact too.
    """
    return [_fact(o, number) for number, o in enumerate(observations)]


def _fact(o: Observation, number: int) -> Hashable:
    place = o.finding.place
    if place is None:
        return number
    if o.kind == "image" and is_present(o.finding):
        return (o.finding.observable, place.ids, place.side, True)
    if o.model is not None and bool(o.left) != bool(o.right):
        return (o.finding.observable, place.ids, o.finding.reading, o.finding.day)
    return number


def _explained(observations: Sequence[Observation]) -> NDArray[np.bool_]:
    """Mark the genes that were found normal where another gene was found to be the cause: they say no more."""
    gene = [o.kind == "feature" and o.finding.observable.startswith(_GENE) for o in observations]
    found = any(is_gene and is_present(o.finding) for is_gene, o in zip(gene, observations, strict=True))
    return np.array(
        [found and is_gene and not is_present(o.finding) for is_gene, o in zip(gene, observations, strict=True)],
        dtype=np.bool_,
    )


def error_group(observation: Observation) -> str:
    """Return the name of the observations that report the same fact or share a source of error."""
    if observation.model is not None:
        return observation.model.family
    if observation.kind == "feature":
        return load_vocabulary().features[observation.finding.observable].correlation_group
    return "imaging:" + (observation.finding.place.label if observation.finding.place else "")


def _summaries(observations: Sequence[Observation]) -> dict[int, str]:
    """Return the group of the observations that one summary row was taken apart into.

    "Demyelinating" is a pattern and slow nerves, but was said only once.
    """
    rows = {
        (o.finding.origin.file, o.finding.origin.row)
        for o in observations
        if o.finding.modality is Modality.NCS and o.finding.observable.startswith(_PATTERN)
    }
    return {
        number: f"{_ROW}{o.finding.origin.file}:{o.finding.origin.row}"
        for number, o in enumerate(observations)
        if (o.finding.origin.file, o.finding.origin.row) in rows and o.finding.origin.row is not None
    }
