"""What one laboratory result means for each feature it bears on: present, absent, or nothing.

An ordinary reference limit gives way to the laboratory's own verdict or range; a threshold of
meaning (diabetes, ten times the limit) does not.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.case import LabResult
from ranvier.core import Limit, Status, UnknownNameError, number_in_words, read_table
from ranvier.reference import LabMeaning, lab_meanings, to_base_unit

_PACKAGE = "ranvier.laboratory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """A feature that a result states, and what the result was held against."""

    feature: str
    present: bool
    limit: Limit


def meanings_of(result: LabResult, sex: str | None, age_y: float | None = None) -> tuple[Meant, ...]:
    """Return the features that one result states; empty where it decides nothing.

    Parameters
    ----------
    result : LabResult
        The result.
    sex : {"female", "male"} or None
        Where a threshold depends on it and it is unknown, both must agree.
    age_y : float or None
        The same holds for age.
    """
    own_word = word_of(result)
    by_feature: dict[str, list[Meant | None]] = {}
    for threshold in lab_meanings(result.test):
        if threshold.is_for(sex, age_y):
            by_feature.setdefault(threshold.feature, []).append(_decide(result, threshold, own_word))
    for feature in _flagged(result.test, own_word):
        by_feature.setdefault(feature, [_by_word(result, feature, own_word)])
    return tuple(meant for found in by_feature.values() if (meant := _agreed(found, result.test)) is not None)


def _agreed(found: list[Meant | None], test: str) -> Meant | None:
    """Return one verdict on a feature from all thresholds of the test that bear on it.

    Thresholds for the two sexes must agree; of two limits (low and high) one is enough to be present.
    """
    if (
        _of_several_groups(test, next((m.feature for m in found if m), ""))
        and len({m and m.present for m in found}) > 1
    ):
        return None
    known = [m for m in found if m is not None]
    if len(known) < len(found) and not any(m.present for m in known):
        return None
    return max(known, key=lambda m: m.present, default=None)


def _of_several_groups(test: str, feature: str) -> bool:
    """Tell whether the thresholds of a feature are for different patients, by sex or age."""
    groups = {(t.sex, t.age_min_y, t.age_below_y) for t in lab_meanings(test) if t.feature == feature}
    return len(groups - {(None, None, None)}) > 1


def word_of(result: LabResult) -> str | None:
    """Return how the laboratory judged a result, by its own word or else by the range that it printed."""
    return result.word or _against_own_range(result)


def _decide(result: LabResult, threshold: LabMeaning, own_word: str | None) -> Meant | None:
    said = _by_word(result, threshold.feature, own_word)
    span = span_of(result)
    if span is None or (threshold.printed and said is not None):
        return said
    present = threshold.means(*span)
    if present is None:
        return None
    limit = Limit(text=threshold.in_words(), source=threshold.source, status=threshold.status)
    return Meant(feature=threshold.feature, present=present, limit=limit)


def span_of(result: LabResult) -> tuple[float, float] | None:
    """Return the range in the base unit that the value can lie in, or None for no usable number."""
    if result.value is None:
        return None
    try:
        value = to_base_unit(result.test, result.value, result.unit)
        top = value if result.highest is None else to_base_unit(result.test, result.highest, result.unit)
    except UnknownNameError:
        return None
    return -math.inf if result.comparator == "<" else value, math.inf if result.comparator == ">" else top


def unknown_unit(result: LabResult) -> tuple[str, ...] | None:
    """Return the units that are known for a test when the reported one is none of them, else None."""
    if result.value is None or not result.unit:
        return None
    try:
        to_base_unit(result.test, result.value, result.unit)
    except UnknownNameError as error:
        return error.known or None
    return None


def _by_word(result: LabResult, feature: str, word: str | None) -> Meant | None:
    present = _flagged(result.test, word).get(feature)
    if present is None:
        return None
    text = "as judged by the laboratory" if result.word else _range_in_words(result)
    return Meant(
        feature=feature,
        present=present,
        limit=Limit(text=text, source="own_limit_of_the_laboratory", status=Status.CHECKED),
    )


def _against_own_range(result: LabResult) -> str | None:
    """Return low, normal or high against the range that the laboratory printed."""
    if result.value is None or (result.ref_low is None and result.ref_high is None):
        return None
    top = result.value if result.highest is None else result.highest
    if result.ref_low is not None and top < result.ref_low and result.comparator != ">":
        return "low"
    if result.ref_high is not None and result.value > result.ref_high and result.comparator != "<":
        return "high"
    inside = (result.ref_low is None or result.value >= result.ref_low) and (
        result.ref_high is None or top <= result.ref_high
    )
    return "normal" if result.comparator == "" and inside else None


def _range_in_words(result: LabResult) -> str:
    low, high = result.ref_low, result.ref_high
    unit = f" {result.unit}" if result.unit else ""
    if low is None and high is not None:
        return f"printed limit {number_in_words(high)}{unit}"
    if high is None and low is not None:
        return f"printed limit {number_in_words(low)}{unit}"
    return f"printed range {number_in_words(low or 0)} to {number_in_words(high or 0)}{unit}"


@cache
def _flags() -> Mapping[tuple[str, str], Mapping[str, bool]]:
    rows = read_table(_PACKAGE, "flag_features.csv", ("test", "flag", "feature", "present"))
    out: dict[tuple[str, str], dict[str, bool]] = {}
    for row in rows:
        out.setdefault((row["test"], row["flag"]), {})[row["feature"]] = row["present"] == "yes"
    return out


def _flagged(test: str, word: str | None) -> Mapping[str, bool]:
    return _flags().get((test, word or ""), {})


def known_flags(test: str) -> Iterator[str]:
    """Yield the words that mean something for a test."""
    return (flag for of, flag in _flags() if of == test)
