"""Results that are computed from others: the filtration rate from creatinine, age and sex."""

from dataclasses import replace

from ranvier.case import Case, LabResult
from ranvier.core import OutsideReferenceError, UnknownNameError
from ranvier.reference import estimated_gfr, to_base_unit

_CREATININE, _RATE, _RATE_UNIT = "creatinine", "egfr", "mL/min/1.73m2"


def derived(case: Case) -> tuple[LabResult, ...]:
    """Return the filtration rate of each creatinine, unless the laboratory reported a rate itself.

    Nothing is computed from a value that is only a bound, without a known unit, or without age and sex.
    """
    if any(r.test == _RATE for r in case.laboratory):
        return ()
    return tuple(found for r in case.laboratory if r.test == _CREATININE and (found := _rate(r, case)) is not None)


def _rate(result: LabResult, case: Case) -> LabResult | None:
    if not result.value or result.comparator:
        return None
    try:
        creatinine = to_base_unit(_CREATININE, result.value, result.unit)
        rate = estimated_gfr(creatinine, case.patient.age_y, case.patient.sex)
    except (UnknownNameError, OutsideReferenceError):
        return None
    return replace(result, test=_RATE, value=round(rate, 1), unit=_RATE_UNIT, word=None, ref_low=None, ref_high=None)
