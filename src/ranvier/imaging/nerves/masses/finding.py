"""Masses and cysts along one nerve: bright bounded regions that touch it, and stretches swollen as by a mass.

Every mass carries why it was said and what speaks against it. Nothing is compared with other people, and no tissue is
named: an even mass as bright as fluid is called cyst-like, a target sign is described. What only contrast medium or
biopsy can tell is said as a doubt.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.contours import longest_contour
from ranvier.imaging.nerves.contrasts import ContrastSeries
from ranvier.imaging.nerves.masses.calibre import swollen_stretches, usual_slices
from ranvier.imaging.nerves.masses.displacement import displaced_stretch, pushing_region
from ranvier.imaging.nerves.masses.measures import Inside, Size, inside_of, size_of
from ranvier.imaging.nerves.masses.records import Mass, MassFoundBy, MassRelation, mass_parameters
from ranvier.imaging.nerves.masses.regions import Block, Region, block_about, bright_regions
from ranvier.imaging.nerves.masses.views import View, views_of
from ranvier.imaging.nerves.masses.weighting import Weighting
from ranvier.imaging.nerves.measurements import NerveReport
from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.profile import changes_along
from ranvier.imaging.nerves.sections import plane_axes
from ranvier.imaging.reading import SequenceFacts
from ranvier.imaging.volume import Volume

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nerve:
    """What is known of the nerve near a mass on one image; `course` is its centres as found, (S, 2) voxel indices."""

    report: NerveReport
    course: FloatArray
    view: View

    @property
    def block(self) -> Block:
        """The image about the nerve."""
        return self.view.block

    @property
    def weighting(self) -> Weighting:
        """What the image lets one say."""
        return self.view.weighting


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a region lies against the nerve; `fills` tells that one inside it is not a small part of the section."""

    relation: MassRelation
    eccentricity: float
    pushes_mm: float
    contact: str
    fills: bool = True


def masses_can_be_sought(report: NerveReport) -> bool:
    """Tell whether a nerve was measured in enough neighbouring slices to tell what is usual along it."""
    indices = [s.slice_index for s in report.sections]
    enough = len(indices) >= nerve_parameters()["sure_sections"]
    return enough and all(b - a == 1 for a, b in pairwise(indices))


def find_masses(
    volume: Volume,
    report: NerveReport,
    facts: SequenceFacts | None = None,
    others: Sequence[ContrastSeries] = (),
) -> tuple[Mass, ...]:
    """Return the masses at one nerve in order of their slices; none where too few sections were measured.

    Parameters
    ----------
    volume : Volume
        Of several volumes the mean is looked at.
    report : NerveReport
        The nerve, of that volume.
    facts : SequenceFacts, optional
        Whether the image is T2-weighted or STIR; without, nothing is called like fluid.
    others : sequence of ContrastSeries, optional
        Further series on the voxels of the volume, for masses that are no brighter than fat on it.
    """
    if not masses_can_be_sought(report):
        return ()
    sections = report.sections
    course = np.array([s.centre[list(plane_axes(report.slice_axis))] for s in sections])
    swollen = swollen_stretches(report.measurements)
    usual = usual_slices(len(sections), swollen)

    def block_of(image: Volume) -> Block:
        return block_about(image, sections, report.slice_axis, course, usual)

    views = views_of(volume, facts, others, block_of)
    nerves = [_Nerve(report=report, course=course, view=v) for v in views]
    found: list[Mass] = []
    seen = np.zeros(nerves[0].block.nerve.shape, dtype=np.bool_)

    def keep(region: Region, by: MassFoundBy, nerve: _Nerve) -> None:
        mass = None if (region.mask & seen).any() else _mass(region, by, nerve, volume)
        if mass is not None:
            found.append(mass)
            np.logical_or(seen, region.mask, out=seen)

    for nerve in nerves:
        for region in bright_regions(nerve.block):
            keep(region, "signal", nerve)
    for region in _as_regions(swollen, nerves[0].block):
        keep(region, "calibre", nerves[0])
    for region in _pushing(nerves[0], found):
        keep(region, "displacement", nerves[0])
    return tuple(sorted(found, key=lambda m: m.first_slice))


def _pushing(nerve: _Nerve, found: Sequence[Mass]) -> Iterator[Region]:
    """Yield what lies where a displaced nerve should run, where no mass was found that explains it."""
    for change in changes_along(nerve.report):
        taken = any(m.first_slice <= change.last_slice and m.last_slice >= change.first_slice for m in found)
        if change.kind == "nerve_displaced" and not taken:
            region = pushing_region(nerve.block, nerve.course, displaced_stretch(change, nerve.block, nerve.course))
            if region is not None:
                yield region


def _as_regions(stretches: Sequence[tuple[int, int]], block: Block) -> list[Region]:
    """Return the outline of the nerve in each swollen stretch."""
    out = []
    for start, stop in stretches:
        mask = block.nerve.copy()
        mask[..., :start] = mask[..., stop:] = False
        out.append(Region(mask=mask, share=mask.astype(np.float64), level=np.nan, usual=np.nan, border_share=np.nan))
    return out


def _mass(region: Region, by: MassFoundBy, nerve: _Nerve, volume: Volume) -> Mass | None:
    """Return the mass that a region is, None where it is too small or too ragged."""
    p, block = mass_parameters(), nerve.block
    size = size_of(region, block)
    if size is None:
        return None
    least = max(p["least_mm"], p["least_voxels"] * float(block.spacing_mm[:2].max()))
    if size.narrow_mm < least or size.volume_mm3 < p["least_volume_mm3"] or size.fill < p["least_fill"]:
        return None
    inside, usual = inside_of(region, block, size), _nerve_signal(nerve, size)
    place = _Place(relation="inside", eccentricity=0.0, pushes_mm=0.0, contact="") if by == "calibre" else None
    place = place or _placed(region, size, nerve)
    if by == "displacement" and place.relation == "inside":
        return None
    wider = by == "calibre" or place.relation != "inside" or _wider(region, size, nerve)
    to_nerve = inside.signal / usual if usual else None
    target = _target(inside, nerve)
    even = inside.evenness <= p["even_sd"] and not target
    fluid_like = _like_fluid(to_nerve, nerve.weighting, even=even)
    if not wider and not fluid_like and not _coarse(nerve):
        return None
    doubts = [*_own_doubts(place, nerve, wider=wider, unlike_nerve=bool(fluid_like or target))]
    doubts += _doubts(size, place, nerve, by=by, fluid_like=fluid_like)
    x, y, z = _centre(region, nerve, volume)
    within = place.relation == "inside"
    solid, cystic = ("mass_nerve_sheath", "intraneural_cyst") if within else ("mass_extrinsic", "mass_cystic")
    return Mass(
        found_by=by,
        series=nerve.view.name,
        first_slice=block.slices[size.slices[0]],
        last_slice=block.slices[size.slices[-1]],
        x_mm=x,
        y_mm=y,
        z_mm=z,
        longest_mm=size.longest_mm,
        shortest_mm=size.shortest_mm,
        length_mm=size.length_mm,
        volume_mm3=size.volume_mm3,
        signal=inside.signal,
        to_nerve=to_nerve,
        to_surroundings=inside.signal / inside.around if inside.around else None,
        evenness=inside.evenness,
        even=even,
        target_sign=target,
        fluid_like=fluid_like,
        relation=place.relation,
        eccentricity=place.eccentricity,
        pushes_mm=place.pushes_mm,
        kind=cystic if fluid_like else solid,
        likely=not any(severe for severe, _ in doubts),
        reasons=_reasons(region, inside, place, nerve, by=by),
        doubts=tuple(text for _, text in doubts),
        contours=_contours(region, size, block),
    )


def _wider(region: Region, size: Size, nerve: _Nerve) -> bool:
    """Tell whether the nerve is wider at a region inside it: a bright stretch of usual size is at most a small cyst.

    Where the voxels are too large for the nerve, the border of a region may be that of the fat about it: then only the
    outline of the nerve tells.
    """
    clear = [m.area_mm2 for n, m in enumerate(nerve.report.measurements) if n not in size.slices and m.area_mm2 > 0]
    if not clear:
        return False
    voxel = float(nerve.block.spacing_mm[0] * nerve.block.spacing_mm[1])
    widest = max(nerve.report.measurements[n].area_mm2 for n in size.slices)
    if not _coarse(nerve):
        widest = max(widest, float(region.share[..., size.largest].sum()) * voxel)
    return widest >= nerve_parameters()["swelling_ratio"] * float(np.median(clear))


def _coarse(nerve: _Nerve) -> bool:
    """Tell whether the voxels are too large to measure the nerve."""
    areas = [m.area_mm2 for m in nerve.report.measurements if m.area_mm2 > 0]
    across = 2 * float(np.sqrt(np.median(areas) / np.pi)) if areas else 0.0
    return across < nerve_parameters()["measured_voxels_across"] * float(nerve.block.spacing_mm[:2].max())


def _like_fluid(to_nerve: float | None, weighting: Weighting, *, even: bool) -> bool | None:
    if weighting.fluid_from is None or to_nerve is None:
        return None
    return even and to_nerve >= weighting.fluid_from


def _nerve_signal(nerve: _Nerve, size: Size) -> float | None:
    """Return the median signal of the nerve in the sections that the mass does not reach."""
    block = nerve.block
    clear = [n for n in range(len(block.slices)) if not size.slices[0] - 1 <= n <= size.slices[-1] + 1]
    values = [np.median(block.smoothed[..., n][block.nerve[..., n]]) for n in clear if block.nerve[..., n].any()]
    return float(np.median(values)) if values else None


def _target(inside: Inside, nerve: _Nerve) -> bool | None:
    if inside.core_to_rim is None or not nerve.weighting.fluid_sensitive:
        return None
    return inside.core_to_rim <= mass_parameters()["target_ratio"]


def _placed(region: Region, size: Size, nerve: _Nerve) -> _Place:
    """Return where a bright region lies, by the outlines in its slices and by the course that they would have had."""
    p, block = mass_parameters(), nerve.block
    overlap, within = _overlaps(region, size, block)
    straight = _undisturbed(nerve.course, size)
    n, low = size.largest, np.array(block.corner)
    middle = np.argwhere(region.mask[..., n]).mean(axis=0) + low
    radius = np.sqrt(region.share[..., n].sum() / np.pi) * np.sqrt(block.spacing_mm[0] * block.spacing_mm[1])
    eccentricity = float(np.hypot(*((middle - straight[n]) * block.spacing_mm[:2])) / max(radius, 1e-6))
    pushes = float(np.hypot(*((nerve.course[n] - straight[n]) * block.spacing_mm[:2])))
    relation: MassRelation = "touching"
    covers = overlap >= p["inside_overlap"] and eccentricity <= p["inside_radii"]
    held = within >= p["inside_contained"] and eccentricity <= 1
    if covers or held:
        relation = "inside"
    elif overlap <= p["beside_overlap"]:
        relation = "beside"
    contact = (
        f"it covers {overlap:.0%} of the nerve's outline, which holds {within:.0%} of it (medians over its slices)"
    )
    return _Place(
        relation=relation,
        eccentricity=eccentricity,
        pushes_mm=pushes,
        contact=contact,
        fills=overlap >= p["fills_overlap"],
    )


def _overlaps(region: Region, size: Size, block: Block) -> tuple[float, float]:
    """Return the share of the nerve's outline that a region covers and that of the region within it, medians."""
    covered, held = [], []
    for n in size.slices:
        outline, mask = block.nerve[..., n], region.mask[..., n]
        if outline.any() and mask.any():
            both = float((outline & mask).sum())
            covered.append(both / outline.sum())
            held.append(both / mask.sum())
    return (float(np.median(covered)), float(np.median(held))) if covered else (1.0, 0.0)


def _undisturbed(course: FloatArray, size: Size) -> FloatArray:
    """Return the course with a straight bridge across the slices of a mass and those next to them, (S, 2)."""
    beyond = int(mass_parameters()["calibre_beyond"])
    at = np.arange(len(course))
    clear = (at < size.slices[0] - beyond) | (at > size.slices[-1] + beyond)
    if not (clear[: size.slices[0]].any() and clear[size.slices[-1] :].any()):
        clear = (at < size.slices[0]) | (at > size.slices[-1])
    return np.column_stack([np.interp(at, at[clear], course[clear, k]) for k in (0, 1)])


def _centre(region: Region, nerve: _Nerve, volume: Volume) -> tuple[float, float, float]:
    where, weight = np.argwhere(region.share > 0), region.share[region.share > 0]
    i, j, n = (where * weight[:, None]).sum(axis=0) / weight.sum()
    index = np.zeros(3)
    index[list(plane_axes(nerve.report.slice_axis))] = (i + nerve.block.corner[0], j + nerve.block.corner[1])
    index[nerve.report.slice_axis] = n + nerve.block.slices[0]
    x, y, z = volume.to_world(index)
    return float(x), float(y), float(z)


def _contours(region: Region, size: Size, block: Block) -> tuple[tuple[int, FloatArray], ...]:
    out = []
    for n in size.slices:
        contour = longest_contour(region.share[..., n], 0.5)
        if len(contour):
            out.append((block.slices[n], contour + np.array(block.corner)))
    return tuple(out)


def _reasons(region: Region, inside: Inside, place: _Place, nerve: _Nerve, *, by: MassFoundBy) -> tuple[str, ...]:
    if by == "calibre":
        ratio = mass_parameters()["calibre_ratio"]
        return (
            f"the outline of the nerve itself swells to more than {ratio:g} times its own median and narrows again",
        )
    ratio = inside.signal / region.usual
    out = [f"it is seen on {nerve.view.name}"] if nerve.view.name else []
    if by == "displacement":
        out.append("the nerve gives way to it, and the same tissue is nowhere else so thick along the nerve")
        out.append(f"its signal is {ratio:.2f} times that of the brightest tissue that is usual along the nerve")
    else:
        out.append(
            f"its signal is {ratio:.2f} times that of the brightest tissue that is usual along the"
            " nerve, and it ends on all sides within the slices"
        )
        out.append(f"{region.border_share:.0%} of its border is brighter inside than outside")
    out.append(place.contact)
    if place.eccentricity >= mass_parameters()["eccentric_radii"]:
        out.append(f"its middle lies {place.eccentricity:.1f} of its radii off the undisturbed course: eccentric")
    if place.pushes_mm >= nerve_parameters()["displacement_mm"] and place.relation != "inside":
        out.append(f"the nerve lies {place.pushes_mm:.0f} mm off its undisturbed course here")
    if inside.core_to_rim is not None and nerve.weighting.fluid_sensitive:
        out.append(f"its centre has {inside.core_to_rim:.2f} times the signal of its rim")
    return tuple(out)


def _own_doubts(place: _Place, nerve: _Nerve, *, wider: bool, unlike_nerve: bool) -> Iterator[tuple[bool, str]]:
    """Yield why a region inside the nerve may be the nerve itself: it is `unlike_nerve` as fluid or a target."""
    if not wider and _coarse(nerve):
        yield True, "in these voxels a bright stretch of the nerve and the fat about it look the same"
    elif not wider:
        yield True, "the nerve is no wider here: swollen fascicles look the same"
    elif place.relation == "inside" and not place.fills and not unlike_nerve:
        yield True, "it is a part of the nerve and not like fluid: swollen fascicles look the same"


def _doubts(
    size: Size, place: _Place, nerve: _Nerve, *, by: MassFoundBy, fluid_like: bool | None
) -> list[tuple[bool, str]]:
    """Return what speaks against a mass, each with whether it is severe."""
    p, out = mass_parameters(), []
    if len(size.slices) == 1:
        out.append((True, "it is seen in one slice only"))
    tube = size.length_mm / max(size.narrow_mm, 1e-6) >= p["tube_elongation"] or size.narrow_mm < p["tube_mm"]
    if tube and place.relation != "inside":
        out.append((True, "a vessel or another tube that winds is not excluded"))
    if place.relation == "touching":
        out.append((False, "whether it lies inside the nerve or beside it cannot be told"))
    if nerve.block.spacing_mm[2] >= p["edge_slice_mm"]:
        out.append((False, f"its length is true to about a slice ({nerve.block.spacing_mm[2]:.0f} mm)"))
    if by == "displacement":
        out.append((True, "it is as bright as usual tissue: a lump of fat, or of muscle, looks the same"))
        out.append((False, "its ends merge with the same tissue: it may be longer"))
    if by == "calibre":
        out.append((True, "found by the outline alone: a joining branch or a wrong outline looks the same"))
    if nerve.weighting.doubt:
        out.append((False, nerve.weighting.doubt))
    if fluid_like:
        out.append((False, "an even solid tumour can look like fluid: contrast medium would tell"))
    return out
