"""Muscles from a label map: T2 and fat fraction of each, within its rim, and left against right."""

from ranvier.imaging.muscles.findings import muscle_findings
from ranvier.imaging.muscles.folder import MUSCLE_FILES, measure_muscle_folder, read_measure
from ranvier.imaging.muscles.labels import (
    MuscleLabel,
    find_muscle_table,
    muscle_lookup,
    muscle_tables,
    read_muscle_table,
)
from ranvier.imaging.muscles.maps import MEASURES, EchoSeries, MuscleMap, muscle_map, stack_echoes
from ranvier.imaging.muscles.measurements import (
    MuscleMeasurement,
    MuscleReport,
    OwnLimit,
    SideComparison,
    measure_muscles,
    read_own_limits,
)
from ranvier.imaging.muscles.writing import write_muscles

__all__ = [
    "MEASURES",
    "MUSCLE_FILES",
    "EchoSeries",
    "MuscleLabel",
    "MuscleMap",
    "MuscleMeasurement",
    "MuscleReport",
    "OwnLimit",
    "SideComparison",
    "find_muscle_table",
    "measure_muscle_folder",
    "measure_muscles",
    "muscle_findings",
    "muscle_lookup",
    "muscle_map",
    "muscle_tables",
    "read_measure",
    "read_muscle_table",
    "read_own_limits",
    "stack_echoes",
    "write_muscles",
]
