"""Agreement of two sets of labelled objects: overlap of areas and matches one by one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.integer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How found objects agree with reference objects.

    `dice` is twice the common area over the sum of both areas; a match is a pair whose intersection is more than
    half of its union, so that no object can have two; `count_error` is (found - reference) / reference.
    """

    dice: float
    precision: float
    recall: float
    f1: float
    found: int
    reference: int
    count_error: float


def matched_pairs(found: Labels, reference: Labels) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the labels of the pairs whose intersection over union is above one half.

    Parameters
    ----------
    found, reference : (rows, columns) int
        Labels, 0 outside.
    """
    both = (found > 0) & (reference > 0)
    many = int(reference.max(initial=0)) + 1
    key, common = np.unique(found[both].astype(np.int64) * many + reference[both], return_counts=True)
    a, b = key // many, key % many
    size_a, size_b = np.bincount(found.ravel())[a], np.bincount(reference.ravel())[b]
    good = 2 * common > size_a + size_b - common
    return a[good], b[good]


def agreement(found: Labels, reference: Labels) -> Agreement:
    """Compare found objects with a reference.

    Parameters
    ----------
    found, reference : (rows, columns) int
        Labels, 0 outside.

    Examples
    --------
    >>> agreement(np.array([[1, 1, 0, 2]]), np.array([[1, 1, 0, 0]])).f1
    0.6666666666666666
    """
    a, b = found > 0, reference > 0
    n_found, n_reference = len(np.unique(found[a])), len(np.unique(reference[b]))
    hits = len(matched_pairs(found, reference)[0])
    return Agreement(
        dice=float(2 * (a & b).sum() / max(int(a.sum() + b.sum()), 1)),
        precision=hits / max(n_found, 1),
        recall=hits / max(n_reference, 1),
        f1=2 * hits / max(n_found + n_reference, 1),
        found=n_found,
        reference=n_reference,
        count_error=(n_found - n_reference) / max(n_reference, 1),
    )
