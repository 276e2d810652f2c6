"""What a grade of a reading is called in the files of a case."""

from collections.abc import Mapping
from functools import cache

from ranvier.core import UnknownNameError, read_table


@cache
def _words() -> Mapping[tuple[str, int], str]:
    rows = read_table("ranvier.cohort", "panel_words.csv", ("observable", "grade", "words"))
    return {(row["observable"], int(row["grade"])): row["words"] for row in rows}


def grade_in_words(observable: str, grade: int) -> str:
    """Return the words of a grade; ``f:`` marks those of an F wave.

    Raises
    ------
    UnknownNameError
        If the observable has no such grade.

    Examples
    --------
    >>> grade_in_words("reflex", 4), grade_in_words("strength", 1)
    ('absent', '4')
    """
    if (observable, grade) not in _words():
        raise UnknownNameError("graded observable", f"{observable} {grade}", (f"{o} {g}" for o, g in _words()))
    return _words()[observable, grade]
