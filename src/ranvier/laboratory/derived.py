"""Results that are computed from others: the filtration rate from creatinine, age and sex; ratios of two results."""

from dataclasses import replace

from ranvier.case import Case, LabResult
from ranvier.core import OutsideReferenceError, UnknownNameError
from ranvier.reference import estimated_gfr, to_base_unit

_CREATININE, _RATE, _RATE_UNIT = "creatinine", "egfr", "mL/min/1.73m2"
_RATIOS = (("flc_ratio", "flc_kappa", "flc_lambda"), ("ast_alt_ratio", "ast", "alt"))


def derived(case: Case) -> tuple[LabResult, ...]:
    """Return what follows from the results, unless the laboratory reported it itself.

    Nothing is computed from a value that is only a bound, without a known unit, or, for the filtration rate, without
    age and sex.
    """
    return (*_rates(case), *(r for new, top, bottom in _RATIOS if (r := _ratio(case, new, top, bottom)) is not None))


def _ratio(case: Case, new: str, top: str, bottom: str) -> LabResult | None:
    """Return the ratio of the first usable results of two tests."""
    if any(r.test == new for r in case.laboratory):
        return None
    upper, lower = (next((r for r in case.laboratory if r.test == t and _plain(r)), None) for t in (top, bottom))
    if upper is None or lower is None:
        return None
    try:
        values = [to_base_unit(r.test, r.value or 0.0, r.unit) for r in (upper, lower)]
    except UnknownNameError:
        return None
    ratio = float(f"{values[0] / values[1]:.4g}")
    return replace(upper, test=new, value=ratio, unit="ratio", word=None, kinds=(), ref_low=None, ref_high=None)


def _plain(result: LabResult) -> bool:
    return bool(result.value) and not result.comparator and result.highest is None


def _rates(case: Case) -> tuple[LabResult, ...]:
    if any(r.test == _RATE for r in case.laboratory):
        return ()
    return tuple(found for r in case.laboratory if r.test == _CREATININE and (found := _rate(r, case)) is not None)


def _rate(result: LabResult, case: Case) -> LabResult | None:
    if result.value is None or not _plain(result):
        return None
    try:
        creatinine = to_base_unit(_CREATININE, result.value, result.unit)
        rate = estimated_gfr(creatinine, case.patient.age_y, case.patient.sex)
    except (UnknownNameError, OutsideReferenceError):
        return None
    return replace(result, test=_RATE, value=round(rate, 1), unit=_RATE_UNIT, word=None, ref_low=None, ref_high=None)
