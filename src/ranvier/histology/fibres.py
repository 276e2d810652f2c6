"""Measures of each myelinated fibre, from labels or from masks alone.

What the words mean here
    *Axon diameter* is the diameter of the disc of equal area to the axon (the lumen of the sheath). *Fibre diameter*
    (in some programs "myelin diameter" or "axonmyelin diameter") is that of the disc of equal area to axon and
    myelin together, which is the outer border of the sheath. The *g-ratio* is the first over the second, the
    *myelin thickness* half their difference. Hence a flattened fibre is measured as the round one that it would be.
    *Circularity* is ``4 pi area / perimeter**2`` of the axon (1 for a disc), *solidity* its area over that of its
    convex hull. A fibre *touches the border* when its axon or myelin has a pixel in the outermost rows or columns:
    it is cut, and its size is that of what can be seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull

from ranvier.histology.errors import SectionError
from ranvier.histology.parameters import section_parameters

Labels = NDArray[np.integer]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FibreMeasures:
    """Measures of one fibre; the module says what each word means.

    `label` is the one in the labels; `x_um` and `y_um` are the centroid of the axon from the upper left corner of
    the picture, to the right and down. `g_ratio` is 1 and `myelin_thickness_um` 0 for an axon without myelin.
    """

    label: int
    x_um: float
    y_um: float
    axon_area_um2: float
    axon_diameter_um: float
    fibre_area_um2: float
    fibre_diameter_um: float
    g_ratio: float
    myelin_thickness_um: float
    circularity: float
    solidity: float
    touches_border: bool
    probability: float | None = None


def measure_fibres(
    axon_labels: Labels, myelin_labels: Labels, pixel_um: float, probability: Floats | None = None
) -> tuple[FibreMeasures, ...]:
    """Measure every fibre that has an axon.

    Parameters
    ----------
    axon_labels, myelin_labels : (rows, columns) int
        The same label in both is the same fibre, 0 is neither.
    pixel_um : float
        Side of a pixel in micrometres.
    probability : (n,) float, optional
        That each of the labels 1 to n is a fibre; later labels have none.

    Raises
    ------
    SectionError
        If the two differ in size or `pixel_um` is not positive.

    Examples
    --------
    >>> axons = np.zeros((9, 9), int); axons[3:6, 3:6] = 1
    >>> myelin = np.zeros((9, 9), int); myelin[2:7, 2:7] = 1; myelin[axons > 0] = 0
    >>> fibre, = measure_fibres(axons, myelin, 0.5)
    >>> round(fibre.axon_area_um2, 2), round(fibre.g_ratio, 3), fibre.touches_border
    (2.25, 0.6, False)
    """
    check_pixel(pixel_um)
    if axon_labels.shape != myelin_labels.shape:
        raise SectionError(f"axons are {axon_labels.shape} and myelin is {myelin_labels.shape}: they must be equal")
    n = int(max(axon_labels.max(initial=0), myelin_labels.max(initial=0)))
    area = np.bincount(axon_labels.ravel(), minlength=n + 1).astype(float)
    whole = area + np.bincount(myelin_labels.ravel(), minlength=n + 1)
    y, x = _centroids(axon_labels, n)
    perimeter = perimeters(axon_labels, n)
    at_border = _labels_at_border(axon_labels) | _labels_at_border(myelin_labels)
    hulls = hull_areas(axon_labels, n)
    chance = () if probability is None else probability
    out = []
    for label in np.flatnonzero(area[1:] > 0) + 1:
        axon_um, fibre_um = (2 * np.sqrt(a / np.pi) * pixel_um for a in (area[label], whole[label]))
        out.append(
            FibreMeasures(
                label=int(label),
                x_um=float((x[label] + 0.5) * pixel_um),
                y_um=float((y[label] + 0.5) * pixel_um),
                axon_area_um2=float(area[label] * pixel_um**2),
                axon_diameter_um=float(axon_um),
                fibre_area_um2=float(whole[label] * pixel_um**2),
                fibre_diameter_um=float(fibre_um),
                g_ratio=float(axon_um / fibre_um),
                myelin_thickness_um=float((fibre_um - axon_um) / 2),
                circularity=float(4 * np.pi * area[label] / perimeter[label] ** 2),
                solidity=float(area[label] / hulls[label]),
                touches_border=int(label) in at_border,
                probability=float(chance[label - 1]) if label <= len(chance) else None,
            )
        )
    return tuple(out)


def label_masks(axons: Mask, myelin: Mask) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return labels of fibres from two masks that say only what is axon and what is myelin.

    Each connected part of the axon mask (by edges) is a fibre. Myelin goes to the axon that is reached first by walking
    inside axon and myelin from pixel to pixel by edges, so that touching fibres part half way; myelin that no walk
    reaches gets no label.

    Parameters
    ----------
    axons, myelin : (rows, columns) bool
        Masks of equal size; where both are true, axon counts.

    Raises
    ------
    SectionError
        If they differ in size.
    """
    if axons.shape != myelin.shape:
        raise SectionError(f"axons are {axons.shape} and myelin is {myelin.shape}: they must be equal")
    labels = np.asarray(ndimage.label(axons)[0], np.int32)
    return labels, _walked(labels, myelin & ~axons)


def _walked(labels: NDArray[np.int32], tissue: Mask) -> NDArray[np.int32]:
    """Return the label of the seed that reaches each pixel of the tissue first, 0 for none."""
    shape = (labels.shape[0] + 2, labels.shape[1] + 2)
    owner = np.pad(labels, 1).ravel()
    free = np.pad(tissue, 1).ravel()
    steps = np.array([-shape[1], -1, 1, shape[1]])
    front = np.flatnonzero(owner)
    while len(front):
        to = (front[:, None] + steps).ravel()
        by = np.repeat(owner[front], len(steps))
        reached = free[to]
        front, first = np.unique(to[reached], return_index=True)
        owner[front] = by[reached][first]
        free[front] = False
    sheath = owner.reshape(shape)[1:-1, 1:-1].copy()
    sheath[~tissue] = 0
    return sheath


def check_pixel(pixel_um: float) -> None:
    """Raise SectionError unless a pixel has a positive size that a microscope can have."""
    if not (np.isfinite(pixel_um) and pixel_um > 0):
        raise SectionError(f"the side of a pixel must be a positive number of micrometres (got {pixel_um})")
    least, most = (section_parameters()[name] for name in ("pixel_least_um", "pixel_most_um"))
    if not least <= pixel_um <= most:
        raise SectionError(
            f"the side of a pixel must be {least:g} to {most:g} micrometres (got {pixel_um:g}): is it in nanometres, or"
            " pixels per micrometre?"
        )


def perimeters(labels: Labels, n: int) -> Floats:
    """Return the perimeter of each label in pixels, ``(n + 1,)``, by Crofton's formula over four directions.

    Examples
    --------
    >>> y, x = np.mgrid[-50:51, -50:51]
    >>> round(float(perimeters((y**2 + x**2 <= 40**2).astype(int), 1)[1] / (2 * np.pi * 40)), 2)
    1.01
    """
    padded = np.pad(labels, 1)
    total = np.zeros(n + 1)
    steps = (((0, 1), 1.0), ((1, 0), 1.0), ((1, 1), np.sqrt(0.5)), ((1, -1), np.sqrt(0.5)))
    rows, columns = padded.shape
    for (dy, dx), spacing in steps:
        first = padded[: rows - dy, max(0, -dx) : columns - max(0, dx)]
        second = padded[dy:, max(0, dx) : columns + min(0, dx)]
        change = first != second
        for side in (first, second):
            total += spacing * np.bincount(side[change].ravel(), minlength=n + 1)
    return total * np.pi / 8


def hull_areas(labels: Labels, n: int) -> Floats:
    """Return the area in pixels of the convex hull of each label, ``(n + 1,)``; pixels are squares.

    Examples
    --------
    >>> hull_areas(np.array([[1, 0], [1, 1]]), 1).round(6).tolist()
    [0.0, 3.5]
    """
    out = np.zeros(n + 1)
    at = np.flatnonzero(labels)
    if not len(at):
        return out
    owner = labels.ravel()[at]
    order = np.argsort(owner, kind="stable")
    owner = owner[order]
    rows, columns = np.divmod(at[order], labels.shape[1])
    # only the first and the last pixel of a label in a row can be corners of its hull
    new = np.flatnonzero(np.r_[True, (owner[1:] != owner[:-1]) | (rows[1:] != rows[:-1])])
    end = np.append(new[1:], len(owner)) - 1
    row, left, right, owner = rows[new], columns[new], columns[end] + 1, owner[new]
    corners = np.stack([np.r_[row, row, row + 1, row + 1], np.r_[left, right, left, right]], axis=1)
    corners = corners[np.argsort(np.tile(owner, 4), kind="stable")]
    number = 4 * np.bincount(owner, minlength=n + 1)
    stop = np.cumsum(number)
    for label in np.flatnonzero(number):
        out[label] = ConvexHull(corners[stop[label] - number[label] : stop[label]]).volume
    return out


def diameters_um(fibres: Sequence[FibreMeasures]) -> Floats:
    """Return the fibre diameters, ``(fibres,)`` in micrometres."""
    return np.array([fibre.fibre_diameter_um for fibre in fibres])


def _centroids(labels: Labels, n: int) -> tuple[Floats, Floats]:
    at = np.flatnonzero(labels)
    owner = labels.ravel()[at]
    rows, columns = np.divmod(at, labels.shape[1])
    count = np.maximum(np.bincount(owner, minlength=n + 1), 1)
    return np.bincount(owner, rows, n + 1) / count, np.bincount(owner, columns, n + 1) / count


def _labels_at_border(labels: Labels) -> set[int]:
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return {int(i) for i in np.unique(edge) if i}
