"""Blood, urine and cerebrospinal fluid: results to the features that disorders are tied to."""

from ranvier.laboratory.results import findings, unused

__all__ = ["findings", "unused"]
