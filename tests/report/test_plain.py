"""The words of the patient's page."""

import pytest

from ranvier.report.plain import _in_100, chance_words


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.95, "very likely"), (0.67, "likely"), (0.5, "about as likely as not"), (0.2, "less likely"), (0.1, "unlikely")],
)
def test_chances_in_everyday_words(share: float, words: str) -> None:
    assert chance_words(share) == words


@pytest.mark.parametrize(
    ("share", "words"), [(0.999, "more than 99 in 100"), (0.514, "about 51 in 100"), (0.001, "less than 1 in 100")]
)
def test_no_chance_reads_as_certain(share: float, words: str) -> None:
    assert _in_100(share) == words
