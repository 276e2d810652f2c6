"""What an imaging protocol can show of each kind of change: voxel, fat suppression, contrast, field of view.

The tables of structure say how often an adequate study shows a sign. A study that lacks what the sign needs shows it
less: that is what keeps a coarse or plain normal MRI from speaking against a disorder. What a report does not say of
its protocol is not held against it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.core import ImagingProtocol, read_table
from ranvier.disorders import StructureSign
from ranvier.inference.parameters import load_parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a kind of change needs to be seen; `finest_mm` is the in-plane voxel up to which it is seen as usual."""

    contrast: bool
    fat_suppression: bool
    finest_mm: float


@cache
def needs() -> Mapping[str, Need]:
    """Return what each kind of change needs; kinds without a row need nothing that is modelled."""
    columns = ("kind", "needs_contrast", "needs_fat_suppression", "finest_mm", "status", "source")
    return {
        row["kind"]: Need(
            contrast=row["needs_contrast"] == "yes",
            fat_suppression=row["needs_fat_suppression"] == "yes",
            finest_mm=float(row["finest_mm"]),
        )
        for row in read_table("ranvier.inference", "protocol.csv", columns)
    }


def shown_share(kind: str, protocol: ImagingProtocol | None) -> float:
    """Return how much of its usual chance a kind of change keeps under a protocol, between 0 and 1.

    Examples
    --------
    >>> shown_share("nerve_enhancing", ImagingProtocol(contrast=False)) < 0.1
    True
    >>> shown_share("nerve_enhancing", None), shown_share("disc_herniation", ImagingProtocol(contrast=False))
    (1.0, 1.0)
    """
    need = needs().get(kind)
    if need is None or protocol is None:
        return 1.0
    p = load_parameters()
    share = 1.0
    if need.contrast and protocol.contrast is False:
        share *= p["shown_without_contrast"]
    if need.fat_suppression and protocol.fat_suppression is False:
        share *= p["shown_without_fat_suppression"]
    if protocol.in_plane_mm is not None and protocol.in_plane_mm > need.finest_mm:
        share *= (need.finest_mm / protocol.in_plane_mm) ** p["shown_voxel_power"]
    return share


def sign_share(sign: StructureSign, protocol: ImagingProtocol | None) -> float:
    """Return how much of its usual chance a sign keeps: that of its best visible kind, where it was imaged at all."""
    return max(shown_share(kind, protocol) for kind in sign.kinds) * covered_share(protocol)


def covered_share(protocol: ImagingProtocol | None) -> float:
    """Return the chance that a lesion within the region that was imaged lies inside the field of view.

    Examples
    --------
    >>> [covered_share(p) for p in (None, ImagingProtocol(coverage_mm=1000), ImagingProtocol(coverage_mm=0))]
    [1.0, 1.0, 0.0]
    """
    if protocol is None or protocol.coverage_mm is None:
        return 1.0
    return min(1.0, protocol.coverage_mm / load_parameters()["usual_coverage_mm"])
