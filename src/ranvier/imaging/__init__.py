"""Imaging as read by a radiologist: each change of structure, or a study read as normal, to a finding."""

from ranvier.imaging.studies import findings, unused

__all__ = ["findings", "unused"]
