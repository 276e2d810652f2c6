"""Simulated patients and what tests find in them."""

from ranvier.inference.simulation.examiner import Examiner, Look
from ranvier.inference.simulation.patients import Population, SimulatedPatient

__all__ = ["Examiner", "Look", "Population", "SimulatedPatient"]
