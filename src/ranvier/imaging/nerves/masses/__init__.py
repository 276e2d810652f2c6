"""Masses and cysts that touch a nerve or lie in it: found along its course, measured, each with reasons and doubts."""

from ranvier.imaging.nerves.masses.finding import find_masses, masses_can_be_sought
from ranvier.imaging.nerves.masses.records import Mass, MassRelation, mass_parameters
from ranvier.imaging.nerves.masses.views import hidden_masses

__all__ = ["Mass", "MassRelation", "find_masses", "hidden_masses", "mass_parameters", "masses_can_be_sought"]
