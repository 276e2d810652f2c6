"""The class of a neuropathy from the numbers of a conduction study, with its reasons and "cannot tell".

Four questions: loss of axons or of myelin, motor or sensory fibres, where, and how sure. Each answer counts nerves
whose numbers have a limit; whatever has none is not taken for normal. It is shown and never weighed as evidence.
"""

from ranvier.electrodiagnosis.neuropathy.kind import Answer
from ranvier.electrodiagnosis.neuropathy.nerves import NerveState, nerve_states
from ranvier.electrodiagnosis.neuropathy.verdict import (
    NeuropathyClass,
    class_as_json,
    class_in_words,
    classify,
    classify_case,
)

__all__ = [
    "Answer",
    "NerveState",
    "NeuropathyClass",
    "class_as_json",
    "class_in_words",
    "classify",
    "classify_case",
    "nerve_states",
]
