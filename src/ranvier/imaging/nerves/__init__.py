"""Nerves in a volume: where they run (seeds or a label map), their outline slice by slice, and what is measured."""

from ranvier.imaging.nerves.brightness import add_brightness
from ranvier.imaging.nerves.comparison import MirrorShift, SideComparison
from ranvier.imaging.nerves.contrasts import (
    ContrastMedian,
    ContrastRow,
    ContrastSeries,
    contrast_medians,
    first_contrast,
    measure_contrasts,
    on_voxels_of,
    with_notes,
    write_contrasts,
)
from ranvier.imaging.nerves.doubts import side_doubts
from ranvier.imaging.nerves.labels import LabelName, read_label_names, sections_of_labels
from ranvier.imaging.nerves.masses import Mass, find_masses
from ranvier.imaging.nerves.measurements import NerveMeasurement, NerveReport, measure_nerve
from ranvier.imaging.nerves.profile import Change, changes_along, changes_untold, sure_rows
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
from ranvier.imaging.nerves.writing import (
    label_map,
    lookup_rows,
    mass_mask,
    write_label_map,
    write_masses,
    write_measurements,
    write_summary,
    write_t2_map,
)

__all__ = [
    "Change",
    "ContrastMedian",
    "ContrastRow",
    "ContrastSeries",
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
    "add_brightness",
    "add_masses",
    "add_t2",
    "changes_along",
    "changes_untold",
    "contrast_medians",
    "find_masses",
    "first_contrast",
    "label_map",
    "lookup_rows",
    "mass_mask",
    "measure_contrasts",
    "measure_labels",
    "measure_nerve",
    "measure_seeded",
    "on_voxels_of",
    "read_label_names",
    "read_references",
    "read_seeds",
    "sections_of_labels",
    "side_comparisons",
    "side_differences",
    "side_doubts",
    "sure_rows",
    "track_nerve",
    "with_notes",
    "write_contrasts",
    "write_label_map",
    "write_masses",
    "write_measurements",
    "write_summary",
    "write_t2_map",
]
