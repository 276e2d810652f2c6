"""What a nerve section amounts to: density, diameters, g-ratio against diameter, clusters, each with its counts.

No limit of normal is given: no table of density, diameter and g-ratio of any nerve by age, with its spread and its
method, could be read in full, and published densities of the same nerve differ nearly twofold between laboratories.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ranvier.histology.clusters import Clusters, find_clusters
from ranvier.histology.errors import SectionError
from ranvier.histology.fascicles import FascicleOutline
from ranvier.histology.fibres import FibreMeasures, check_pixel
from ranvier.histology.parameters import section_parameters

NO_LIMIT = (
    "no limit, no verdict: densities, diameters and g-ratios of nerve sections have no published table by age with its"
    " spread that could be read in full, and they depend on the laboratory; compare with its own controls"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GRatioLine:
    """Least-squares line ``g = intercept + slope * fibre diameter`` over `n` fibres; `r` is Pearson's."""

    n: int
    intercept: float
    slope_per_um: float
    slope_se_per_um: float
    r: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Number of fibres with ``low_um <= fibre diameter < high_um``."""

    low_um: float
    high_um: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionSummary:
    """Summary of one section.

    `n_counted` fibres have the centroid of their axon in the area and an axon above the least area; the density is
    `n_counted` over `area_mm2`. Sizes, the histogram and the line use the `n_measured` counted fibres that the border
    does not cut and that have myelin. `whole_image` says that the area is the whole picture. `n_fascicles` is the
    number of outlined fascicles, None for a mask or a whole picture; `area_doubts` say why the area may be wrong.
    """

    pixel_um: float
    whole_image: bool
    area_mm2: float
    area_note: str
    n_fascicles: int | None
    area_doubts: tuple[str, ...]
    n_found: int
    n_counted: int
    n_measured: int
    n_cut_by_border: int
    density_per_mm2: float
    density_low_per_mm2: float
    density_high_per_mm2: float
    median_axon_diameter_um: float | None
    median_fibre_diameter_um: float | None
    median_g_ratio: float | None
    median_myelin_thickness_um: float | None
    n_large: int
    n_small: int
    large_from_um: float
    axon_area_share: float
    histogram: tuple[Bin, ...]
    g_ratio_line: GRatioLine | None
    clusters: Clusters
    limits: str


def summarise_section(
    fibres: Sequence[FibreMeasures],
    *,
    pixel_um: float,
    shape: tuple[int, int],
    fascicle: NDArray[np.bool_] | None = None,
    outline: FascicleOutline | None = None,
) -> SectionSummary:
    """Summarise the fibres of one section.

    Parameters
    ----------
    fibres : sequence of FibreMeasures
        All fibres of the picture.
    pixel_um : float
        Side of a pixel in micrometres.
    shape : (rows, columns)
        Size of the picture in pixels.
    fascicle : (rows, columns) bool, optional
        Endoneurial area of the fascicles, drawn by hand; it goes before `outline`.
    outline : FascicleOutline, optional
        Outline by program. Without it, or if it is empty, the whole picture is the area, which `area_note` says.

    Raises
    ------
    SectionError
        If the mask has another size than the picture, or is empty.

    Notes
    -----
    The interval of the density is the exact Poisson interval (95 %) of the count. It holds for the counting alone:
    fibres are spread unevenly, so that a part of a fascicle says little about the whole.
    """
    check_pixel(pixel_um)
    if fascicle is not None and fascicle.shape != tuple(shape):
        raise SectionError(f"the fascicle mask is {fascicle.shape} and the picture {tuple(shape)}: they must be equal")
    if fascicle is not None and not fascicle.any():
        raise SectionError("the fascicle mask is empty")
    settings = section_parameters()
    drawn = outline if fascicle is None else None
    note = _area_note(fascicle, drawn)
    if drawn is not None and drawn.n:
        fascicle = drawn.mask
    pixels = int(fascicle.sum()) if fascicle is not None else shape[0] * shape[1]
    area_mm2 = pixels * pixel_um**2 / 1e6
    counted = [f for f in fibres if f.axon_area_um2 > settings["axon_min_um2"] and _inside(f, fascicle, pixel_um)]
    measured = [f for f in counted if not f.touches_border and f.g_ratio < 1]
    low, high = poisson_interval(len(counted))
    fibre_um = np.array([f.fibre_diameter_um for f in measured])
    large = int((fibre_um > settings["large_from_um"]).sum())
    return SectionSummary(
        pixel_um=pixel_um,
        whole_image=fascicle is None,
        area_mm2=area_mm2,
        area_note=note,
        n_fascicles=drawn.n if drawn is not None and drawn.n else None,
        area_doubts=drawn.doubts if drawn is not None else (),
        n_found=len(fibres),
        n_counted=len(counted),
        n_measured=len(measured),
        n_cut_by_border=sum(f.touches_border for f in counted),
        density_per_mm2=len(counted) / area_mm2,
        density_low_per_mm2=low / area_mm2,
        density_high_per_mm2=high / area_mm2,
        median_axon_diameter_um=_median([f.axon_diameter_um for f in measured]),
        median_fibre_diameter_um=_median(fibre_um),
        median_g_ratio=_median([f.g_ratio for f in measured]),
        median_myelin_thickness_um=_median([f.myelin_thickness_um for f in measured]),
        n_large=large,
        n_small=len(measured) - large,
        large_from_um=settings["large_from_um"],
        axon_area_share=sum(f.axon_area_um2 for f in counted) / 1e6 / area_mm2,
        histogram=_histogram(fibre_um, settings["bin_um"]),
        g_ratio_line=_line(measured),
        clusters=find_clusters(counted),
        limits=NO_LIMIT,
    )


def _area_note(fascicle: NDArray[np.bool_] | None, drawn: FascicleOutline | None) -> str:
    if fascicle is not None:
        return "endoneurium in the fascicle mask"
    if drawn is None:
        return "whole picture: no fascicle mask given"
    if not drawn.n:
        return "whole picture: no fascicle mask given and no fascicle outlined"
    number = "1 fascicle" if drawn.n == 1 else f"{drawn.n} fascicles"
    return f"{number} outlined by program{', doubtful' if drawn.doubts else ''}"


def poisson_interval(count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact (Garwood) interval of the mean of a Poisson count.

    References
    ----------
    Garwood F. Biometrika 1936;28:437.

    Examples
    --------
    >>> tuple(round(x, 3) for x in poisson_interval(10))
    (4.795, 18.39)
    """
    tail = (1 - confidence) / 2
    low = float(special.gammaincinv(count, tail)) if count else 0.0
    return low, float(special.gammaincinv(count + 1, 1 - tail))


def _inside(fibre: FibreMeasures, fascicle: NDArray[np.bool_] | None, pixel_um: float) -> bool:
    if fascicle is None:
        return True
    row = min(int(fibre.y_um / pixel_um), fascicle.shape[0] - 1)
    column = min(int(fibre.x_um / pixel_um), fascicle.shape[1] - 1)
    return bool(fascicle[row, column])


def _median(values: Sequence[float] | NDArray[np.float64]) -> float | None:
    return float(np.median(values)) if len(values) else None


def _histogram(fibre_um: NDArray[np.float64], bin_um: float) -> tuple[Bin, ...]:
    if not len(fibre_um):
        return ()
    number = np.bincount((fibre_um / bin_um).astype(int))
    return tuple(Bin(low_um=i * bin_um, high_um=(i + 1) * bin_um, n=int(n)) for i, n in enumerate(number))


def _line(fibres: Sequence[FibreMeasures]) -> GRatioLine | None:
    x = np.array([f.fibre_diameter_um for f in fibres])
    if len(x) < 3 or np.ptp(x) == 0:
        return None
    y = np.array([f.g_ratio for f in fibres])
    dx, dy = x - x.mean(), y - y.mean()
    slope = float(dx @ dy / (dx @ dx))
    rest = dy - slope * dx
    return GRatioLine(
        n=len(x),
        intercept=float(y.mean() - slope * x.mean()),
        slope_per_um=slope,
        slope_se_per_um=float(np.sqrt(rest @ rest / (len(x) - 2) / (dx @ dx))),
        r=float(dx @ dy / np.sqrt((dx @ dx) * (dy @ dy))) if np.ptp(y) > 0 else 0.0,
    )
