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
    terms : (n_terms, n_sums) int
        Rows of the library that are added up in each column; -1 for no further row. The first is always a row.
    """

    terms: IntArray

    def __len__(self) -> int:
        return len(self.terms[0])


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
