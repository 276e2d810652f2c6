"""Blood, urine and cerebrospinal fluid: results to the features that disorders are tied to."""

from ranvier.laboratory.combinations import Combination
from ranvier.laboratory.results import conclusions, findings, unused

__all__ = ["Combination", "conclusions", "findings", "unused"]
