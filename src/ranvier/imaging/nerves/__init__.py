"""Nerves in a volume: where they run (seeds or a label map), their outline slice by slice, and what is measured."""

from ranvier.imaging.nerves.comparison import MirrorShift, SideComparison
from ranvier.imaging.nerves.labels import LabelName, read_label_names, sections_of_labels
from ranvier.imaging.nerves.masses import Mass, find_masses
from ranvier.imaging.nerves.measurements import NerveMeasurement, NerveReport, measure_nerve
from ranvier.imaging.nerves.profile import Change, changes_along
from ranvier.imaging.nerves.references import ReferenceTissue, read_references
from ranvier.imaging.nerves.sections import Section
from ranvier.imaging.nerves.seeds import NerveSeeds, read_seeds
from ranvier.imaging.nerves.study import (
    Level,
    MeasuredNerve,
    Verdict,
    add_masses,
    add_t2,
    measure_labels,
    measure_seeded,
    side_comparisons,
    side_differences,
)
from ranvier.imaging.nerves.tracking import TrackedNerve, track_nerve
from ranvier.imaging.nerves.writing import label_map, write_label_map, write_masses, write_measurements, write_summary

__all__ = [
    "Change",
    "LabelName",
    "Level",
    "Mass",
    "MeasuredNerve",
    "MirrorShift",
    "NerveMeasurement",
    "NerveReport",
    "NerveSeeds",
    "ReferenceTissue",
    "Section",
    "SideComparison",
    "TrackedNerve",
    "Verdict",
    "add_masses",
    "add_t2",
    "changes_along",
    "find_masses",
    "label_map",
    "measure_labels",
    "measure_nerve",
    "measure_seeded",
    "read_label_names",
    "read_references",
    "read_seeds",
    "sections_of_labels",
    "side_comparisons",
    "side_differences",
    "track_nerve",
    "write_label_map",
    "write_masses",
    "write_measurements",
    "write_summary",
]
