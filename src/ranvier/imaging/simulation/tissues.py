"""Signal of tissues by spin echo and inversion recovery, from ``data/tissues.csv``."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from ranvier.core import UnknownNameError, read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Tissue:
    """Proton density (share) and relaxation times."""

    pd: float
    t1_ms: float
    t2_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Repetition, echo and inversion time; no inversion where the last is None."""

    tr_ms: float
    te_ms: float
    ti_ms: float | None = None


@cache
def tissues() -> Mapping[str, Tissue]:
    """Return the tissues by name."""
    rows = read_table("ranvier.imaging", "tissues.csv", ("tissue", "pd", "t1_ms", "t2_ms", "status", "source"))
    return {
        row["tissue"]: Tissue(pd=float(row["pd"]), t1_ms=float(row["t1_ms"]), t2_ms=float(row["t2_ms"])) for row in rows
    }


def varied_tissues(spread: float, rng: np.random.Generator) -> Mapping[str, Tissue]:
    """Return the tissues with relaxation times that vary by a share (sd of the logarithm), as between people."""
    return {
        name: replace(
            one,
            t1_ms=one.t1_ms * float(np.exp(spread * rng.standard_normal())),
            t2_ms=one.t2_ms * float(np.exp(spread * rng.standard_normal())),
        )
        for name, one in tissues().items()
    }


def spin_echo_signal(tissue: str, timing: Timing, of: Mapping[str, Tissue] | None = None) -> float:
    """Return the magnitude of a tissue by spin echo, or by inversion recovery where there is an inversion time.

    ``S = PD (1 - exp(-TR/T1)) exp(-TE/T2)`` and ``S = PD |1 - 2 exp(-TI/T1) + exp(-TR/T1)| exp(-TE/T2)``.

    Raises
    ------
    UnknownNameError
        If there is no such tissue.
    """
    known = of if of is not None else tissues()
    if tissue not in known:
        raise UnknownNameError("tissue", tissue, known)
    one, ti, tr = known[tissue], timing.ti_ms, timing.tr_ms
    recovered = 1 - np.exp(-tr / one.t1_ms)
    longitudinal = abs(1 - 2 * np.exp(-ti / one.t1_ms) + np.exp(-tr / one.t1_ms)) if ti else recovered
    return float(one.pd * longitudinal * np.exp(-timing.te_ms / one.t2_ms))
