"""Which test would show which disorder: the answer to "can you see it on an MRI scan?".

Conduction studies and needle EMG are predicted by the forward model on a standard set of nerves and
muscles; imaging comes from the structure tables; the rest from the associations.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import NerveGraph
from ranvier.core import ImagingProtocol, Side, read_table
from ranvier.disorders import StructureSign
from ranvier.inference.assessment import DiagnosticTest, TestVisibility
from ranvier.inference.channels import Channels, Timing, timing
from ranvier.inference.features import association_of
from ranvier.inference.forward import ForwardModel
from ranvier.inference.library import Library
from ranvier.inference.mixing import gathered
from ranvier.inference.parameters import reading_model
from ranvier.inference.probes import Probe, ProbeKind, build_probes
from ranvier.inference.protocol import sign_share
from ranvier.inference.readings import graded_probability

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

_USUAL = 0.5
_WELL = ("_normal", "_negative")
"""Features that say that a test found nothing."""
_CANNOT = "changes no structure that imaging shows"


def diagnostic_tests() -> tuple[DiagnosticTest, ...]:
    """Return the columns of the visibility picture."""
    rows = read_table("ranvier.inference", "tests.csv", ("id", "name", "kind", "features"))
    return tuple(DiagnosticTest(id=r["id"], name=r["name"]) for r in rows)


class VisibilityModel:
    """Chance that each test is abnormal under each disorder of one case.

    Parameters
    ----------
    library : Library
        All hypotheses.
    graph : NerveGraph
        The nerve graph.
    height_cm : float or None
        Stature of the patient.
    when : Timing
        How far slow consequences have come.
    protocol : ImagingProtocol, optional
        How an MRI is made; an adequate one by default.
    """

    def __init__(
        self,
        library: Library,
        graph: NerveGraph,
        height_cm: float | None,
        when: Timing,
        protocol: ImagingProtocol | None = None,
    ) -> None:
        self._library = library
        self._protocol = protocol
        self._when = when
        rows = read_table("ranvier.inference", "standard_probes.csv", ("kind", "id"))
        kinds: dict[str, ProbeKind] = {"study": "study", "muscle": "muscle"}
        probes = [Probe(kinds[r["kind"]], r["id"], side) for r in rows for side in (Side.LEFT, Side.RIGHT)]
        self._probes = build_probes(graph, probes, height_cm)
        self._forward = ForwardModel(library, self._probes, graph)
        self._tests = read_table("ranvier.inference", "tests.csv", ("id", "name", "kind", "features"))

    def row(self, disorder: str, states: IntArray, weights: FloatArray) -> tuple[TestVisibility, ...]:
        """Return one row of the picture.

        Parameters
        ----------
        disorder : str
            Id of the disorder.
        states : (n,) int
            Rows of the library that stand for it in this patient.
        weights : (n,) float
            Their weights; they sum to 1.
        """
        rows = [typical_rows(self._library, int(s)) for s in states]
        channels = Channels(self._forward, gathered(rows), self._when)
        out = []
        for test in self._tests:
            if test["kind"] in ("mri", "ultrasound"):
                probability, note = self._imaging(disorder, test["kind"], states, weights)
            elif test["kind"] in ("ncs", "emg"):
                probability, note = (
                    self._electric(test["kind"], channels, weights),
                    "predicted by the nerve model",
                )
            else:
                probability, note = self._features(disorder, test["kind"], test["features"].split("|"))
            out.append(TestVisibility(disorder=disorder, test=test["id"], probability=probability, note=note))
        return tuple(out)

    def _imaging(self, disorder: str, kind: str, states: IntArray, weights: FloatArray) -> tuple[float | None, str]:
        signs = self._library.catalogue.structure.get(disorder, ())
        if not any(self._chance(s, kind) > 0 for s in signs):
            return None, _CANNOT
        total = 0.0
        best: StructureSign | None = None
        for state, weight in zip(states, weights, strict=True):
            variant = self._library.variant_keys[self._library.variant_row[state]][1]
            mine = [s for s in signs if s.variant in ("*", variant)]
            top = max(mine, key=lambda s: self._chance(s, kind), default=None)
            total += float(weight) * (self._chance(top, kind) if top else 0.0)
            best = top if best is None else best
        kinds = ", ".join(k.replace("_", " ") for k in best.kinds) if best else ""
        return total, kinds

    def _chance(self, sign: StructureSign, kind: str) -> float:
        return sign.mri * sign_share(sign, self._protocol) if kind == "mri" else sign.ultrasound

    def _electric(self, kind: str, channels: Channels, weights: FloatArray) -> float:
        names = ("study_any",) if kind == "ncs" else ("denervation", "remodelling")
        wanted: ProbeKind = "study" if kind == "ncs" else "muscle"
        columns = [i for i, p in enumerate(self._probes.probes) if p.kind == wanted]
        observables = {
            "study_any": "study_abnormal",
            "denervation": "fibrillations",
            "remodelling": "motor_units",
        }
        chances = [
            graded_probability(channels.get(n)[columns], reading_model(observables[n]), 1, _top(observables[n]))
            for n in names
        ]
        best = np.max(np.stack(chances), axis=(0, 1))
        return float(best @ weights)

    def _features(self, disorder: str, kind: str, features: Sequence[str]) -> tuple[float | None, str]:
        catalogue = self._library.catalogue
        if kind == "prefix":
            features = [f for f in catalogue.base_rates if f.startswith(features[0]) and not f.endswith(_WELL)]
        chances = [
            (association_of(catalogue, disorder, f).probability, f)
            for f in features
            if f in catalogue.associations[disorder]
            and catalogue.associations[disorder][f].probability > catalogue.base_rates[f].probability
        ]
        if not chances:
            return None, "no known link"
        probability, feature = max(chances)
        return probability, feature.replace("_", " ")


def _top(observable: str) -> int:
    return len(reading_model(observable).cuts)


def typical_rows(library: Library, state: int) -> IntArray:
    """Return the rows that add up to a state with the independent lesions that it usually has.

    Those are the ones that more than half of patients have, or the commonest one where there is none, each at
    its most usual grade.
    """
    units = np.flatnonzero(library.unit_state == state)
    if not len(units):
        return np.array([state], dtype=np.intp)
    inclusion = library.unit_inclusion[units]
    usual = units[inclusion > _USUAL] if (inclusion > _USUAL).any() else units[[int(inclusion.argmax())]]
    return np.append(state, library.unit_row[usual, library.unit_grade_weight[usual].argmax(axis=1)])


def field_visibility(
    library: Library, graph: NerveGraph, duration_days: float | None, protocol: ImagingProtocol | None = None
) -> tuple[TestVisibility, ...]:
    """Return the disorders x tests picture of the whole field, each disorder as it usually presents.

    Parameters
    ----------
    library : Library
        All hypotheses; the states of a disorder are weighed by their prior.
    graph : NerveGraph
        The nerve graph.
    duration_days : float or None
        Time since onset; None lets every slow consequence have come.
    protocol : ImagingProtocol, optional
        How an MRI is made; an adequate one by default.
    """
    model = VisibilityModel(library, graph, None, timing(duration_days), protocol)
    prior = np.exp([s.log_prior for s in library.states])
    of_state = library.disorder_row[: library.n_states]
    out: list[TestVisibility] = []
    for number, disorder in enumerate(library.disorder_ids):
        states = np.flatnonzero(of_state == number).astype(np.intp)
        out.extend(model.row(disorder, states, prior[states] / prior[states].sum()))
    return tuple(out)
