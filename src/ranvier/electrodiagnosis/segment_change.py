"""What changes between a distal and a proximal stimulating point: block and dispersion told apart.

A fall of the area without a longer response is block: fibres do not arrive. A response that became much longer is
dispersed: its phases cancel, so amplitude and area fall without block. Beside dispersion only a fall of the area that
cancellation hardly explains is called block as well. The limits are rows of ``data/waveform_parameters.csv``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ranvier.core import Limit, Status, read_table
from ranvier.electrodiagnosis.studies import PACKAGE

SegmentClass = Literal["none", "block", "dispersion", "block_and_dispersion", "not_comparable"]
_NAMES = ("dispersion_rise", "block_area_drop", "block_area_drop_dispersed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLimit:
    """A limit as a share of the distal response, with its source."""

    share: float
    status: Status
    source: str

    def limit(self, text: str) -> Limit:
        """Return the limit as a finding shows it."""
        return Limit(text=text, source=self.source, status=self.status)


@cache
def change_limits(*, tibial: bool = False) -> Mapping[str, ChangeLimit]:
    """Return the limits by name: ``dispersion_rise``, ``block_area_drop`` and ``block_area_drop_dispersed``.

    Parameters
    ----------
    tibial : bool
        Of the tibial nerve, whose response falls more in healthy people.
    """
    columns = ("name", "value", "status", "source")
    rows = {row["name"]: row for row in read_table(PACKAGE, "waveform_parameters.csv", columns)}
    out = {}
    for name in _NAMES:
        row = rows.get(f"{name}_tibial", rows[name]) if tibial else rows[name]
        out[name] = ChangeLimit(share=float(row["value"]), status=Status(row["status"]), source=row["source"])
    return out


def segment_class(area_drop: float, duration_rise: float, *, tibial: bool = False) -> SegmentClass:
    """Return whether a segment shows block, dispersion, both or none.

    Parameters
    ----------
    area_drop, duration_rise : float
        Share by which the area is smaller, and by which the negative phases last longer, at the proximal point.
    tibial : bool
        The tibial nerve.

    Examples
    --------
    >>> segment_class(0.6, 0.1), segment_class(0.35, 0.8), segment_class(0.7, 0.8)
    ('block', 'dispersion', 'block_and_dispersion')
    """
    limits = change_limits(tibial=tibial)
    if duration_rise > limits["dispersion_rise"].share:
        both = area_drop >= limits["block_area_drop_dispersed"].share
        return "block_and_dispersion" if both else "dispersion"
    return "block" if area_drop >= limits["block_area_drop"].share else "none"
