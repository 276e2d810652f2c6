"""What MRI can show in this patient, what it showed, and what a normal MRI leaves open."""

from collections.abc import Sequence

from ranvier.core import Finding, Modality
from ranvier.inference.assessment import Candidate, MriAnswer, TestVisibility

_LEADING = 5


def mri_answer(
    candidates: Sequence[Candidate], visibility: Sequence[TestVisibility], findings: Sequence[Finding]
) -> MriAnswer:
    """Return the answer in words, from the visibility of the leading candidates and the MRI findings."""
    chance = {v.disorder: v for v in visibility if v.test == "mri"}
    leading = candidates[:_LEADING]
    can = [
        f"{c.name}: MRI of the right place shows it in about {100 * v.probability:.0f} % ({v.note})"
        for c in leading
        if (v := chance[c.disorder]).probability is not None
    ]
    cannot = [c.name for c in leading if chance[c.disorder].probability is None]
    showed = tuple(f.statement for f in findings if f.modality is Modality.MRI)
    return MriAnswer(
        can_show=tuple(can),
        cannot_show=tuple(cannot),
        showed=showed,
        leaves_open=_open(candidates, chance, bool(showed)),
    )


def _open(candidates: Sequence[Candidate], chance: dict[str, TestVisibility], done: bool) -> str:
    missed = 0.0
    total = 0.0
    for candidate in candidates:
        p = chance[candidate.disorder].probability
        missed += candidate.probability * (1 - (p or 0.0))
        total += candidate.probability
    share = missed / total if total > 0 else 1.0
    lead = "A normal MRI" if not done else "Where MRI was normal, that"
    return (
        f"{lead} does not rule out nerve damage: weighed over the causes that are likely here, "
        f"{100 * share:.0f} % of such patients would have a normal MRI of the right place. "
        "Small fibres and most metabolic, toxic and many immune neuropathies change no structure that MRI resolves."
    )
