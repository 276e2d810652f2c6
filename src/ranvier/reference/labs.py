"""What a laboratory value means: thresholds for the features that disorders are tied to, and units.

These are thresholds of meaning, not reference intervals. Rows marked ``printed`` repeat an ordinary
reference limit, so the range that a laboratory printed itself goes before them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ranvier.core import DataFileError, Status, read_table
from ranvier.reference.assumptions import PACKAGE

Operator = Literal["<", ">", ">="]
_COLUMNS = (
    "test",
    "unit",
    "operator",
    "threshold",
    "clear",
    "below",
    "sex",
    "age_min_y",
    "age_below_y",
    "feature",
    "printed",
    "status",
    "source",
)
_OPERATORS: Mapping[str, Operator] = {"<": "<", ">": ">", ">=": ">="}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabMeaning:
    """One threshold of one test.

    Attributes
    ----------
    unit : str
        Base unit of the test, in which `threshold`, `clear` and `below` are.
    operator : {"<", ">", ">="}
        On which side of `threshold` the feature is present.
    clear : float
        Where the feature is absent; between it and `threshold` nothing is said.
    below : float or None
        From here on the value means something else, and nothing is said of this feature.
    sex : {"female", "male"} or None
        Whom the threshold is for; None is everybody.
    age_min_y, age_below_y : float or None
        Ages it is for, from and up to but not including; None is no end.
    printed : bool
        Whether a range that the laboratory printed goes before the threshold.
    """

    test: str
    unit: str
    operator: Operator
    threshold: float
    clear: float
    below: float | None
    sex: str | None
    age_min_y: float | None
    age_below_y: float | None
    feature: str
    printed: bool
    status: Status
    source: str

    def means(self, lowest: float, highest: float) -> bool | None:
        """Return whether the feature is present for a value within [lowest, highest].

        None where the value, or what is known of it, does not decide.

        Examples
        --------
        >>> diabetic = lab_meanings("hba1c")[0]
        >>> diabetic.means(7.1, 7.1), diabetic.means(5.0, 5.0)
        (True, False)
        """
        if self.below is not None and highest >= self.below:
            return None
        if self.operator == "<":
            return True if highest < self.threshold else False if lowest >= self.clear else None
        if lowest > self.threshold or (self.operator == ">=" and lowest == self.threshold):
            return True
        strict = self.operator == ">=" and self.clear == self.threshold
        return False if highest < self.clear or (highest == self.clear and not strict) else None

    def is_for(self, sex: str | None, age_y: float | None) -> bool:
        """Tell whether the threshold may be for a patient; what is not known excludes nothing."""
        if self.sex is not None and sex is not None and self.sex != sex:
            return False
        if age_y is None:
            return True
        old_enough = self.age_min_y is None or age_y >= self.age_min_y
        return old_enough and (self.age_below_y is None or age_y < self.age_below_y)

    def in_words(self) -> str:
        """Return the threshold in words, such as ``">= 6.5 %"``."""
        return f"{self.operator} {self.threshold:g} {self.unit}"


@cache
def _meanings() -> Mapping[str, tuple[LabMeaning, ...]]:
    rows = [_parse(row) for row in read_table(PACKAGE, "labs.csv", _COLUMNS)]
    return {test: tuple(r for r in rows if r.test == test) for test in dict.fromkeys(r.test for r in rows)}


def _parse(row: Mapping[str, str]) -> LabMeaning:
    if row["operator"] not in _OPERATORS:
        raise DataFileError(f"labs.csv, {row['test']}: operator must be <, > or >= (got {row['operator']!r})")
    return LabMeaning(
        test=row["test"],
        unit=row["unit"],
        operator=_OPERATORS[row["operator"]],
        threshold=float(row["threshold"]),
        clear=float(row["clear"] or row["threshold"]),
        below=float(row["below"]) if row["below"] else None,
        sex=row["sex"] or None,
        age_min_y=float(row["age_min_y"]) if row["age_min_y"] else None,
        age_below_y=float(row["age_below_y"]) if row["age_below_y"] else None,
        feature=row["feature"],
        printed=row["printed"] == "yes",
        status=Status(row["status"]),
        source=row["source"],
    )


def lab_meanings(test: str) -> tuple[LabMeaning, ...]:
    """Return the thresholds of one test; empty for a test that has none."""
    return _meanings().get(test, ())
