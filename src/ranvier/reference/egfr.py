"""Estimated glomerular filtration rate from creatinine, by the CKD-EPI equation of 2021 (without race).

References
----------
Inker LA et al. New creatinine- and cystatin C-based equations to estimate GFR without race. N Engl J Med
2021;385:1737. doi:10.1056/NEJMoa2102953. The coefficients were compared with the equation as printed by the National
Kidney Foundation.
"""

from collections.abc import Mapping
from functools import cache
from typing import Literal

from ranvier.core import OutsideReferenceError, read_table
from ranvier.reference.assumptions import PACKAGE

_COLUMNS = ("kappa_mg_dl", "alpha", "beta", "scale", "per_year", "factor", "age_min_y")


@cache
def _coefficients() -> Mapping[str, Mapping[str, float]]:
    rows = read_table(PACKAGE, "egfr.csv", ("sex", *_COLUMNS, "status", "source"))
    return {row["sex"]: {c: float(row[c]) for c in _COLUMNS} for row in rows}


def estimated_gfr(creatinine_mg_dl: float, age_y: float | None, sex: Literal["female", "male"] | None) -> float:
    """Return the estimated filtration rate in mL/min/1.73 m2.

    Parameters
    ----------
    creatinine_mg_dl : float
        Serum creatinine, standardised (IDMS).
    age_y : float or None
    sex : {"female", "male"} or None

    Raises
    ------
    ValueError
        If the creatinine is not positive.
    OutsideReferenceError
        If age or sex is unknown, or the patient is younger than the equation holds for.

    Examples
    --------
    >>> round(estimated_gfr(0.9, 55, "female"))
    75
    """
    if creatinine_mg_dl <= 0:
        raise ValueError(f"creatinine_mg_dl must be positive (got {creatinine_mg_dl})")
    if age_y is None or sex is None:
        raise OutsideReferenceError("the filtration rate needs age and sex")
    c = _coefficients()[sex]
    if age_y < c["age_min_y"]:
        raise OutsideReferenceError(f"the equation holds from {c['age_min_y']:g} years (got {age_y:g})")
    ratio = creatinine_mg_dl / c["kappa_mg_dl"]
    shape = min(ratio, 1.0) ** c["alpha"] * max(ratio, 1.0) ** c["beta"]
    return float(c["scale"] * shape * c["per_year"] ** age_y * c["factor"])
