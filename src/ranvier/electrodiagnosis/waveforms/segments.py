"""Two stimulating points compared: velocity, fall of amplitude and area, dispersion; block told apart from it."""

from dataclasses import dataclass

from ranvier.electrodiagnosis.segment_change import SegmentClass, segment_class
from ranvier.electrodiagnosis.waveforms.responses import Response

__all__ = ["Segment", "SegmentClass", "compare_points", "segment_class"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What changes between a distal and a proximal point.

    Attributes
    ----------
    velocity_m_s : float or None
        None without a distance or without a response at both points.
    amplitude_drop, area_drop : float or None
        Share by which the proximal response is smaller.
    duration_rise : float or None
        Share by which the negative phases last longer.
    kind : str
        Block, dispersion, both, none; ``not_comparable`` where a response is missing.
    """

    distal_site: str
    proximal_site: str
    distance_mm: float | None
    velocity_m_s: float | None
    amplitude_drop: float | None
    area_drop: float | None
    duration_rise: float | None
    kind: SegmentClass


def compare_points(
    distal: Response, proximal: Response, distance_mm: float | None, sites: tuple[str, str], *, tibial: bool = False
) -> Segment:
    """Return the changes between two points.

    Parameters
    ----------
    distal, proximal : Response
    distance_mm : float or None
        Between the points.
    sites : tuple of str
        Names of the distal and the proximal point.
    tibial : bool
        The tibial nerve, whose response falls more in healthy people.
    """
    if not (distal.present and proximal.present):
        lost = distal.present and not proximal.present
        return Segment(
            distal_site=sites[0], proximal_site=sites[1], distance_mm=distance_mm, velocity_m_s=None,
            amplitude_drop=1.0 if lost else None, area_drop=1.0 if lost else None, duration_rise=None,
            kind="block" if lost else "not_comparable",
        )  # fmt: skip
    time = proximal.onset_ms - distal.onset_ms
    area_drop = 1 - proximal.area_mv_ms / distal.area_mv_ms
    rise = proximal.duration_ms / distal.duration_ms - 1
    return Segment(
        distal_site=sites[0],
        proximal_site=sites[1],
        distance_mm=distance_mm,
        velocity_m_s=distance_mm / time if distance_mm is not None and time > 0 else None,
        amplitude_drop=1 - proximal.amplitude_mv / distal.amplitude_mv,
        area_drop=area_drop,
        duration_rise=rise,
        kind=segment_class(area_drop, rise, tibial=tibial),
    )
