"""Published reference limits and thresholds of meaning, as tables with their sources; it judges no patient."""

from ranvier.reference.amplitude_drops import AmplitudeDrop, amplitude_drop
from ranvier.reference.assumptions import load_assumptions
from ranvier.reference.egfr import estimated_gfr
from ranvier.reference.ienfd import IenfdLimit, ienfd_limit
from ranvier.reference.lab_units import LabQuantity, from_base_unit, lab_quantity, to_base_unit
from ranvier.reference.labs import LabMeaning, lab_meanings
from ranvier.reference.mri_limits import MriLimit, mri_limit, mri_limits
from ranvier.reference.ncs_limits import (
    ReferenceLimit,
    best_limit,
    limit_from_cells,
    load_ncs_limits,
    ncs_limit,
    printed_limit,
)
from ranvier.reference.side_differences import SideLimit, side_limit
from ranvier.reference.spine_limits import SpineLimit, spine_limit, spine_limits
from ranvier.reference.temperature import SkinTemperature, skin_temperature

__all__ = [
    "AmplitudeDrop",
    "IenfdLimit",
    "LabMeaning",
    "LabQuantity",
    "MriLimit",
    "ReferenceLimit",
    "SideLimit",
    "SkinTemperature",
    "SpineLimit",
    "amplitude_drop",
    "best_limit",
    "estimated_gfr",
    "from_base_unit",
    "ienfd_limit",
    "lab_meanings",
    "lab_quantity",
    "limit_from_cells",
    "load_assumptions",
    "load_ncs_limits",
    "mri_limit",
    "mri_limits",
    "ncs_limit",
    "printed_limit",
    "side_limit",
    "skin_temperature",
    "spine_limit",
    "spine_limits",
    "to_base_unit",
]
