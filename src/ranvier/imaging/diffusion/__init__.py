"""Diffusion tensors: maps of FA and diffusivities, shifts between volumes, and the measures of a label or a nerve."""

from ranvier.imaging.diffusion.folder import (
    DIFFUSION_FILES,
    DiffusionLimit,
    diffusion_findings,
    limits_for,
    measure_diffusion_folder,
    read_diffusion_limits,
)
from ranvier.imaging.diffusion.measurements import (
    MEASURES,
    DiffusionMeasurement,
    DiffusionSeries,
    SectionDiffusion,
    measure_along,
    measure_diffusion_labels,
    signal_to_noise,
    write_diffusion,
)
from ranvier.imaging.diffusion.motion import MotionReport, corrected, measure_shifts
from ranvier.imaging.diffusion.study import (
    DiffusionRegion,
    DiffusionReport,
    RegionName,
    Regions,
    measure_diffusion,
    region_numbers,
    region_sentence,
    region_sides,
)
from ranvier.imaging.diffusion.tensor import Gradients, TensorMaps, fit_tensors, gradients_of
from ranvier.imaging.diffusion.writing import MOTION_COLUMNS, motion_rows, write_diffusion_report

__all__ = [
    "DIFFUSION_FILES",
    "MEASURES",
    "MOTION_COLUMNS",
    "DiffusionLimit",
    "DiffusionMeasurement",
    "DiffusionRegion",
    "DiffusionReport",
    "DiffusionSeries",
    "Gradients",
    "MotionReport",
    "RegionName",
    "Regions",
    "SectionDiffusion",
    "TensorMaps",
    "corrected",
    "diffusion_findings",
    "fit_tensors",
    "gradients_of",
    "limits_for",
    "measure_along",
    "measure_diffusion",
    "measure_diffusion_folder",
    "measure_diffusion_labels",
    "measure_shifts",
    "motion_rows",
    "read_diffusion_limits",
    "region_numbers",
    "region_sentence",
    "region_sides",
    "signal_to_noise",
    "write_diffusion",
    "write_diffusion_report",
]
