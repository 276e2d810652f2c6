"""Nerve fibres in the epidermis: counts per section to a density with its interval, and to limits by method.

A density is counted fibres over the length of epidermis that was looked at. The interval is exact for a Poisson
count. Limits depend on the method; each comes with its source, and outside the sample that it was made on there is
none. Nothing here judges any other body site than the distal leg.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import special

from ranvier.core import OutsideReferenceError, Status, UnknownNameError, read_table
from ranvier.histology.errors import SectionError
from ranvier.histology.parameters import PACKAGE, section_parameters
from ranvier.histology.sections import poisson_interval
from ranvier.reference import ienfd_limit

SkinMethod = Literal["bright_field", "immunofluorescence"]
Sex = Literal["female", "male"]
Advice = Literal["stop, below the limit", "stop, not below the limit", "go on"]
COLUMNS = (
    "id", "method", "sex", "age_min_y", "age_max_y", "intercept_per_mm", "per_year_per_mm", "percentile", "status",
    "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinSection:
    """Fibres counted on one section and the length of epidermis in millimetres."""

    count: int
    length_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinDensity:
    """Density over all sections with its 95 % interval, fibres per millimetre.

    `uneven_p` is the chance of sections that differ as much or more if all came from one density (None for one
    section): small means that the interval is too narrow.
    """

    sections: int
    count: int
    length_mm: float
    density_per_mm: float
    low_per_mm: float
    high_per_mm: float
    uneven_p: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinLimit:
    """Lower limit of the density at the distal leg for one subject, with where it comes from."""

    id: str
    method: SkinMethod
    limit_per_mm: float
    percentile: str
    status: Status
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopAdvice:
    """Whether to go on counting; `more_mm` is the further length that would decide at the present density, if any."""

    advice: Advice
    reason: str
    more_mm: float | None


def skin_density(sections: Sequence[SkinSection]) -> SkinDensity:
    """Return the density of all sections together.

    Raises
    ------
    SectionError
        If there is no section, a count is negative, or a length is not positive.

    Examples
    --------
    >>> density = skin_density([SkinSection(count=12, length_mm=3.0), SkinSection(count=9, length_mm=3.0)])
    >>> round(density.density_per_mm, 2), round(density.low_per_mm, 2), round(density.high_per_mm, 2)
    (3.5, 2.17, 5.35)
    """
    if not sections:
        raise SectionError("no section was given: state a count and a length in millimetres for each")
    for section in sections:
        _check(section)
    count, length = sum(s.count for s in sections), sum(s.length_mm for s in sections)
    low, high = poisson_interval(count)
    return SkinDensity(
        sections=len(sections),
        count=count,
        length_mm=length,
        density_per_mm=count / length,
        low_per_mm=low / length,
        high_per_mm=high / length,
        uneven_p=_unevenness(sections, count, length),
    )


def _check(section: SkinSection) -> None:
    """Raise SectionError for a count or a length that no section has."""
    if section.count < 0 or not (np.isfinite(section.length_mm) and section.length_mm > 0):
        raise SectionError(
            f"a section needs a count from 0 and a length above 0 mm (got {section.count}, {section.length_mm})"
        )
    most_mm, most_per_mm = (section_parameters()[name] for name in ("skin_length_most_mm", "skin_density_most_per_mm"))
    if section.length_mm > most_mm:
        raise SectionError(
            f"a section of {section.length_mm:g} mm of epidermis is longer than {most_mm:g} mm: is it in micrometres?"
        )
    if section.count > most_per_mm * section.length_mm:
        raise SectionError(
            f"{section.count} fibres on {section.length_mm:g} mm are more than {most_per_mm:g} per mm, which no skin"
            " has: check the count, and that the length is in millimetres"
        )


def skin_limits(method: str, age_y: float | None, sex: Sex | None) -> tuple[SkinLimit, ...]:
    """Return the lower limits that apply to one subject, the better known one first.

    Parameters
    ----------
    method : {"bright_field", "immunofluorescence"}
        How the fibres were made visible.
    age_y, sex
        Of the subject.

    Raises
    ------
    UnknownNameError
        If there is no such method.
    OutsideReferenceError
        If age or sex is unknown or no sample of that method holds the subject.
    """
    if method not in get_args(SkinMethod):
        raise UnknownNameError("method of skin biopsy", method, get_args(SkinMethod))
    if age_y is None or sex is None:
        raise OutsideReferenceError(f"limits go by age and sex, but age is {age_y} and sex is {sex}: state both")
    out = [
        SkinLimit(
            id=row["id"],
            method="bright_field" if method == "bright_field" else "immunofluorescence",
            limit_per_mm=float(row["intercept_per_mm"]) + float(row["per_year_per_mm"]) * age_y,
            percentile=row["percentile"],
            status=Status(row["status"]),
            source=row["source"],
        )
        for row in read_table(PACKAGE, "skin_limits.csv", COLUMNS)
        if row["method"] == method and row["sex"] == sex and float(row["age_min_y"]) <= age_y < float(row["age_max_y"])
    ]
    if method == "bright_field":
        out.extend(_by_decade(age_y, sex))
    if not out:
        raise OutsideReferenceError(f"no sample of {method} holds a subject of {age_y:g} years: no verdict is given")
    return tuple(out)


def stop_counting(sections: Sequence[SkinSection], limit_per_mm: float) -> StopAdvice:
    """Say whether the sections counted so far settle on which side of a limit the density lies.

    Parameters
    ----------
    sections : sequence of SkinSection
        Sections counted so far.
    limit_per_mm : float
        Lower limit in fibres per millimetre.

    Notes
    -----
    The rule is to stop once the 95 % interval of the density lies on one side of the limit (the idea of Engelstad
    2012, PMC3570816). Looking after every section makes the error somewhat larger than 5 %.
    """
    density = skin_density(sections)
    span = f"{density.low_per_mm:.2f} to {density.high_per_mm:.2f} per mm"
    if density.high_per_mm < limit_per_mm:
        return StopAdvice(advice="stop, below the limit", reason=f"{span} lies below {limit_per_mm:.2f}", more_mm=None)
    if density.low_per_mm >= limit_per_mm:
        return StopAdvice(
            advice="stop, not below the limit", reason=f"{span} does not reach below {limit_per_mm:.2f}", more_mm=None
        )
    more = _more_length(density, limit_per_mm)
    return StopAdvice(advice="go on", reason=f"{span} holds {limit_per_mm:.2f}", more_mm=more)


def _by_decade(age_y: float, sex: Sex) -> tuple[SkinLimit, ...]:
    try:
        found = ienfd_limit(age_y, sex)
    except OutsideReferenceError:
        return ()
    return (
        SkinLimit(
            id="bright_field_by_decade",
            method="bright_field",
            limit_per_mm=found.p05_fibres_per_mm,
            percentile="5",
            status=found.status,
            source=found.source,
        ),
    )


def _unevenness(sections: Sequence[SkinSection], count: int, length: float) -> float | None:
    if len(sections) < 2 or count == 0:
        return None
    expected = [count * s.length_mm / length for s in sections]
    chi2 = sum((s.count - e) ** 2 / e for s, e in zip(sections, expected, strict=True))
    return float(special.gammaincc((len(sections) - 1) / 2, chi2 / 2))


def _more_length(density: SkinDensity, limit_per_mm: float, most: float = 20.0) -> float | None:
    """Return the length still to count at the present density, None beyond `most` times what was counted."""
    for factor in np.arange(1.1, most, 0.1):
        low, high = poisson_interval(round(density.count * float(factor)))
        length = density.length_mm * float(factor)
        if high / length < limit_per_mm or low / length >= limit_per_mm:
            return float(length - density.length_mm)
    return None
