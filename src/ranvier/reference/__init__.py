"""Published reference limits and thresholds of meaning, as tables with their sources; it judges no patient."""

from ranvier.reference.amplitude_drops import AmplitudeDrop, amplitude_drop
from ranvier.reference.assumptions import load_assumptions
from ranvier.reference.egfr import estimated_gfr
from ranvier.reference.ienfd import IenfdLimit, ienfd_limit
from ranvier.reference.labs import LabMeaning, LabUnit, lab_meanings, to_base_unit
from ranvier.reference.mri_limits import MriLimit, mri_limit, mri_limits
from ranvier.reference.ncs_limits import ReferenceLimit, load_ncs_limits, ncs_limit, printed_limit
from ranvier.reference.spine_limits import SpineLimit, spine_limit, spine_limits
from ranvier.reference.temperature import SkinTemperature, skin_temperature

__all__ = [
    "AmplitudeDrop",
    "IenfdLimit",
    "LabMeaning",
    "LabUnit",
    "MriLimit",
    "ReferenceLimit",
    "SkinTemperature",
    "SpineLimit",
    "amplitude_drop",
    "estimated_gfr",
    "ienfd_limit",
    "lab_meanings",
    "load_assumptions",
    "load_ncs_limits",
    "mri_limit",
    "mri_limits",
    "ncs_limit",
    "printed_limit",
    "skin_temperature",
    "spine_limit",
    "spine_limits",
    "to_base_unit",
]
