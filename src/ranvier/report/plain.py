"""Plain words for the patient's page."""

from functools import cache

from ranvier.core import read_table
from ranvier.inference import Assessment, Candidate


@cache
def _groups() -> dict[str, str]:
    return {r["group"]: r["plain"] for r in read_table("ranvier.report", "plain_groups.csv", ("group", "plain"))}


def plain_name(candidate: Candidate) -> str:
    """Return a disorder with what its group means in plain words."""
    meaning = _groups().get(candidate.group, "")
    return f"{candidate.name} ({meaning})" if meaning else candidate.name


def chance_words(probability: float) -> str:
    """Return a probability in everyday words.

    >>> chance_words(0.93)
    'very likely'
    """
    steps = ((0.9, "very likely"), (0.6, "likely"), (0.4, "about as likely as not"), (0.15, "less likely"))
    return next((words for limit, words in steps if probability >= limit), "unlikely")


def _in_100(probability: float) -> str:
    hundredths = round(100 * probability)
    if hundredths >= 100:
        return "more than 99 in 100"
    return f"about {hundredths} in 100" if hundredths else "less than 1 in 100"


def plain_sentences(assessment: Assessment) -> tuple[str, ...]:
    """Return the main conclusions as sentences a patient can read."""
    first = assessment.candidates[0]
    share = assessment.neuropathy_probability
    lines = [
        f"It is {chance_words(share)} that a nerve, a nerve root or a nerve plexus is ill ({_in_100(share)}).",
        f"The cause that fits best is {plain_name(first)}. With what is known so far this is "
        f"{chance_words(first.probability)} ({_in_100(first.probability)}; the true figure may lie "
        f"between {100 * first.low:.0f} and {100 * first.high:.0f}).",
    ]
    if first.treatable:
        lines.append("There is treatment for this cause. Ask your doctor what it would mean for you.")
    if first.changes_structure:
        lines.append("This cause can change the shape or look of a nerve, so an MRI scan or ultrasound may show it.")
    else:
        lines.append(
            "This cause does not change the shape of nerves, so an MRI scan is expected to look normal. "
            "A normal scan does not mean that nothing is wrong."
        )
    return tuple(lines)
