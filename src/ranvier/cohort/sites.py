"""Compare the site of an assessment with the true one, on the nerve graph."""

import numpy as np

from ranvier.cohort.truth import Truth
from ranvier.core import Side
from ranvier.inference import Candidate, term_mask

_SITE_SHARE = 0.3


def site_is_right(candidate: Candidate, truth: Truth) -> bool:
    """Tell whether the most probable sites of a candidate touch a true site on the right side.

    Sites compare by the nerve segments they cover: a lesion of the median nerve in the carpal tunnel
    touches a true site "median nerve". Sides must agree; a true side that is unknown accepts any.
    """
    predicted = [s for i, s in enumerate(candidate.sites) if s.terms and (i == 0 or s.probability >= _SITE_SHARE)]
    for term, side in truth.sites:
        wanted = term_mask((term,), side)
        for site in predicted:
            if _sides_agree(site.side, side) and bool(np.any(term_mask(site.terms, site.side) & wanted)):
                return True
    return False


def _sides_agree(found: Side, true: Side) -> bool:
    return true is Side.UNKNOWN or found is true
