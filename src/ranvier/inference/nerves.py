"""The nerves under every hypothesis, kept from case to case.

Cases ask for the same muscles, areas and studies again and again. What they read under each hypothesis does
not depend on the case, apart from stature and the time since onset, and is computed once.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
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
