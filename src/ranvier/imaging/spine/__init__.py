"""The spine from a label map: discs, canal, recesses and foramina per level, and what they do to the roots."""

from ranvier.imaging.spine.canal import CordLevel, cord_levels
from ranvier.imaging.spine.findings import spine_findings
from ranvier.imaging.spine.folder import SPINE_FILES, measure_folder
from ranvier.imaging.spine.labels import SpineLabel, find_label_table, packaged_tables, read_label_table, spine_lookup
from ranvier.imaging.spine.maps import SpineMaps, spine_maps
from ranvier.imaging.spine.measurements import LevelMeasurement, SideMeasurement, SpineMeasurements, measure_levels
from ranvier.imaging.spine.roots import RootContact
from ranvier.imaging.spine.study import LevelVerdict, RootState, SpineReport, Standout, measure_spine
from ranvier.imaging.spine.writing import write_spine

__all__ = [
    "SPINE_FILES",
    "CordLevel",
    "LevelMeasurement",
    "LevelVerdict",
    "RootContact",
    "RootState",
    "SideMeasurement",
    "SpineLabel",
    "SpineMaps",
    "SpineMeasurements",
    "SpineReport",
    "Standout",
    "cord_levels",
    "find_label_table",
    "measure_folder",
    "measure_levels",
    "measure_spine",
    "packaged_tables",
    "read_label_table",
    "spine_findings",
    "spine_lookup",
    "spine_maps",
    "write_spine",
]
