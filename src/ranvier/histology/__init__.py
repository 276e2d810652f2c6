"""Tissue: what a biopsy showed, and the nerve fibre density of the skin against its limit.

Nerve sections and skin counts are measured in ``ranvier.histology.measuring``.
"""

from ranvier.histology.biopsies import findings, unused

__all__ = ["findings", "unused"]
