"""Needle EMG signals: reading, quality, motor units, interference pattern, class, and a simulator with truth."""

from ranvier.electrodiagnosis.emg.agreement import rate_of_agreement
from ranvier.electrodiagnosis.emg.analysis import EmgAnalysis, EmgStudy, analyse_recording, study_recording
from ranvier.electrodiagnosis.emg.classification import CLASSES, EmgClass, classify
from ranvier.electrodiagnosis.emg.decomposition import Decomposition, decompose
from ranvier.electrodiagnosis.emg.export import analysis_to_json
from ranvier.electrodiagnosis.emg.files import read_recording
from ranvier.electrodiagnosis.emg.measures import EmgMeasures, MeasuredUnit
from ranvier.electrodiagnosis.emg.norms import NormComparison, compare_with_norms
from ranvier.electrodiagnosis.emg.potentials import PotentialMeasures, average_potential, measure_potential
from ranvier.electrodiagnosis.emg.protocols import draw_plan
from ranvier.electrodiagnosis.emg.quality import Checked, QualityNote, check_quality
from ranvier.electrodiagnosis.emg.recording import Recording, UnreadableRecordingError
from ranvier.electrodiagnosis.emg.simulation import Simulated, SimulatedUnit, SimulationPlan, simulate_recording
from ranvier.electrodiagnosis.emg.trains import UnitTrain

__all__ = [
    "CLASSES",
    "Checked",
    "Decomposition",
    "EmgAnalysis",
    "EmgClass",
    "EmgMeasures",
    "EmgStudy",
    "MeasuredUnit",
    "NormComparison",
    "PotentialMeasures",
    "QualityNote",
    "Recording",
    "Simulated",
    "SimulatedUnit",
    "SimulationPlan",
    "UnitTrain",
    "UnreadableRecordingError",
    "analyse_recording",
    "analysis_to_json",
    "average_potential",
    "check_quality",
    "classify",
    "compare_with_norms",
    "decompose",
    "draw_plan",
    "measure_potential",
    "rate_of_agreement",
    "read_recording",
    "simulate_recording",
    "study_recording",
]
