"""The nerves under every hypothesis, kept from case to case.

Cases ask for the same muscles, areas and studies again and again. What they read under each hypothesis does
not depend on the case, apart from stature and the time since onset, and is computed once.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import NerveGraph
from ranvier.inference.channels import Timing
from ranvier.inference.forward import ForwardModel
from ranvier.inference.library import Library
from ranvier.inference.mixing import single
from ranvier.inference.observations import Observation
from ranvier.inference.probes import Probe, build_probes
from ranvier.inference.readings import Reader, probes_of

FloatArray = NDArray[np.floating[Any]]
_T = TypeVar("_T")

_BUNDLE = 16
"""Probes at most that readings of one channel are read off together."""
_READERS = 4
"""Readers that are kept: findings at the same nerves mostly follow each other, and each takes some megabytes."""


class _Kept(OrderedDict[Hashable, _T]):
    """The values that were asked for last."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    def ask(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Return the value of a key, made when it is not there."""
        if key not in self:
            self[key] = make()
            while len(self) > self._count:
                self.popitem(last=False)
        self.move_to_end(key)
        return self[key]


class Nerves:
    """What readings see under every hypothesis of a library.

    Parameters
    ----------
    library : Library
        All hypotheses.
    graph : NerveGraph
        The nerve graph.
    models, columns : int
        Number of forward models and of columns of likelihoods that are kept.
    """

    def __init__(self, library: Library, graph: NerveGraph, models: int = 96, columns: int = 512) -> None:
        self.library = library
        self.graph = graph
        self._models: _Kept[ForwardModel] = _Kept(models)
        self._readers: _Kept[Reader] = _Kept(_READERS)
        self._columns: _Kept[tuple[FloatArray, FloatArray]] = _Kept(columns)

    def model(self, probes: tuple[Probe, ...], height_cm: float | None) -> ForwardModel:
        """Return the forward model of some probes in a person of this stature."""

        def make() -> ForwardModel:
            return ForwardModel(self.library, build_probes(self.graph, probes, height_cm), self.graph)

        return self._models.ask((probes, height_cm), make)

    def models(self, readings: Sequence[Observation], height_cm: float | None) -> tuple[ForwardModel, ...]:
        """Return the forward model that each reading is read off.

        Readings of one channel share a model of all that they look at: the channel is computed once for them.

        Parameters
        ----------
        readings : sequence of Observation
            Those of one case.
        height_cm : float or None
            Stature.
        """
        bundles = _bundles(readings)
        made = [self.model(probes, height_cm) for probes in _looked_at(readings, bundles)]
        return tuple(made[bundle] for bundle in bundles)

    def column(self, reading: Observation, height_cm: float | None, when: Timing) -> tuple[FloatArray, FloatArray]:
        """Return the log likelihood and the deficit of a reading under every row of the library.

        Parameters
        ----------
        reading : Observation
            Of kind ``reading``.
        height_cm : float or None
            Stature.
        when : Timing
            How far slow consequences have come.

        Returns
        -------
        log_likelihood, deficit : (n_rows,) float32
        """
        finding = reading.finding
        what = (
            finding.observable,
            finding.reading,
            finding.abnormal,
            reading.left,
            reading.right,
            reading.joint,
            reading.missing,
            finding.day,
        )
        model = self.model(probes_of(reading), height_cm)
        return self._columns.ask((what, height_cm, when), lambda: self._column(reading, model, when))

    def _column(self, reading: Observation, forward: ForwardModel, when: Timing) -> tuple[FloatArray, FloatArray]:
        """Compute a column.

        Under the states that do not reach the reading its nerves are healthy, and a unit that does not reach
        it leaves it as the unit's state does: both are computed only once.
        """
        n = self.library.n_states
        touched = np.zeros(self.library.n_rows, dtype=np.bool_)
        touched[forward.touched] = True
        healthy = np.flatnonzero(~touched[:n])[:1]
        rest = np.flatnonzero(~touched[n:]) + n
        rows = np.concatenate([forward.touched, healthy]).astype(np.intp)
        reader = self._readers.ask((forward, when), lambda: Reader(forward, single(self.library, rows), when))
        columns = []
        for found in reader.read(reading):
            out = np.empty(self.library.n_rows, dtype=np.float32)
            if len(healthy):
                out[:n] = found[-1]
            out[rows] = found
            out[rest] = out[self.library.base_row[rest]]
            columns.append(out)
        return columns[0], columns[1]


def _bundles(readings: Sequence[Observation]) -> tuple[int, ...]:
    """Number the bundles of readings of one channel that are read off together, none with too many probes."""
    out: list[int] = []
    filling: dict[str, tuple[int, set[Probe]]] = {}
    for reading in readings:
        channel = reading.model.channel if reading.model is not None else ""
        own = set(probes_of(reading))
        number, probes = filling.get(channel, (-1, set()))
        if number < 0 or len(probes | own) > _BUNDLE:
            number, probes = len(set(out)), set()
        filling[channel] = (number, probes | own)
        out.append(number)
    return tuple(out)


def _looked_at(readings: Sequence[Observation], bundles: Sequence[int]) -> list[tuple[Probe, ...]]:
    """Return the probes of each bundle."""
    probes: list[dict[Probe, None]] = [{} for _ in set(bundles)]
    for reading, bundle in zip(readings, bundles, strict=True):
        probes[bundle].update(dict.fromkeys(probes_of(reading)))
    return [tuple(p) for p in probes]
