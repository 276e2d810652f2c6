"""Sums of rows of the library: which lesions are there together.

Log-survival of nerves adds over concurrent lesions, so any set of disorders, with any of their
independent lesions, is a sum of rows. A `Mix` lists such sums, one for each hypothesis that is computed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranvier.inference.library import Library

IntArray = NDArray[np.intp]

_NONE = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Sums of rows of the library.

    Attributes
    ----------
    terms : (n_terms, n) int
        Rows of the library that are added up in each column; -1 for no further row. The first is always a row.
    together : (n_parts, n_sums) int or None
        Columns of `terms` that are added up further, -1 for none; None leaves the columns as they are. Sets
        of disorders share members: each member is added up once.
    """

    terms: IntArray
    together: IntArray | None = None

    def __len__(self) -> int:
        return len(self.terms[0]) if self.together is None else len(self.together[0])


def single(library: Library, rows: IntArray) -> Mix:
    """Return each row of the library alone; a unit stands on top of the state that it belongs to.

    Parameters
    ----------
    library : Library
        All hypotheses.
    rows : (n,) int
        States and unit states, in any order.
    """
    return Mix(terms=np.stack([library.base_row[rows], np.where(rows >= library.n_states, rows, _NONE)]))


def gathered(sums: Sequence[IntArray]) -> Mix:
    """Return sums that are given row by row."""
    most = max(len(rows) for rows in sums)
    terms = np.full((most, len(sums)), _NONE, dtype=np.intp)
    for number, rows in enumerate(sums):
        terms[: len(rows), number] = rows
    return Mix(terms=terms)


def combined(states: IntArray, rows: IntArray, sets: IntArray) -> Mix:
    """Return sets of states.

    Parameters
    ----------
    states : (n_states,) int
        Those that occur in the sets, rising.
    rows : (n_rows, n_states) int
        The rows of the library that add up to each state, -1 for none.
    sets : (n_sets, n_parts) int
        States, -1 for none.
    """
    filled = sets[:, (sets >= 0).any(axis=0)]
    place = np.where(filled >= 0, np.searchsorted(states, filled), _NONE)
    return Mix(terms=rows, together=np.ascontiguousarray(place.T))
