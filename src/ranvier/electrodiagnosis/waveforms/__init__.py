"""Waveforms of conduction studies: read, measured with cursors and doubts, turned into rows of a table; a simulator."""

from ranvier.electrodiagnosis.waveforms.folder import WaveformFolder, WaveformTrouble, read_waveforms
from ranvier.electrodiagnosis.waveforms.late import FWaves, HReflex, measure_f_waves, measure_h_reflex
from ranvier.electrodiagnosis.waveforms.layout import read_set_file, set_to_json
from ranvier.electrodiagnosis.waveforms.records import (
    Cursors,
    Stimulation,
    StimulationSet,
    Trace,
    UnreadableWaveformError,
)
from ranvier.electrodiagnosis.waveforms.repetitive import Train, measure_train
from ranvier.electrodiagnosis.waveforms.responses import Response, measure_response
from ranvier.electrodiagnosis.waveforms.scan import CmapScan, describe_scan, read_scan
from ranvier.electrodiagnosis.waveforms.scan_units import UnitEstimate, estimate_units
from ranvier.electrodiagnosis.waveforms.segments import Segment, compare_points, segment_class
from ranvier.electrodiagnosis.waveforms.study import MeasuredSet, measure_set, rows_of_set

__all__ = [
    "CmapScan",
    "Cursors",
    "FWaves",
    "HReflex",
    "MeasuredSet",
    "Response",
    "Segment",
    "Stimulation",
    "StimulationSet",
    "Trace",
    "Train",
    "UnitEstimate",
    "UnreadableWaveformError",
    "WaveformFolder",
    "WaveformTrouble",
    "compare_points",
    "describe_scan",
    "estimate_units",
    "measure_f_waves",
    "measure_h_reflex",
    "measure_response",
    "measure_set",
    "measure_train",
    "read_scan",
    "read_set_file",
    "read_waveforms",
    "rows_of_set",
    "segment_class",
    "set_to_json",
]
