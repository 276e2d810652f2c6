"""Diffusion tensors: maps of FA and diffusivities, shifts between volumes, and the measures of a label or a nerve."""

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
from ranvier.imaging.diffusion.tensor import Gradients, TensorMaps, fit_tensors, gradients_of

__all__ = [
    "MEASURES",
    "DiffusionMeasurement",
    "DiffusionSeries",
    "Gradients",
    "MotionReport",
    "SectionDiffusion",
    "TensorMaps",
    "corrected",
    "fit_tensors",
    "gradients_of",
    "measure_along",
    "measure_diffusion_labels",
    "measure_shifts",
    "signal_to_noise",
    "write_diffusion",
]
