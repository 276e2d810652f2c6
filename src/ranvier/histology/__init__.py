"""Tissue: what a biopsy showed, and the nerve fibre density of the skin against its limit."""

from ranvier.histology.biopsies import findings, unused

__all__ = ["findings", "unused"]
