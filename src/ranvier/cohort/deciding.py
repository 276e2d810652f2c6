"""What decided a case, and what else nobody would know before that.

The truth of a case names what decided it: modalities, or single results. Hiding the one line would leave the rest of
the same study in sight, and what came after it, so a study goes as a whole, and with an image goes what another
device showed of the same change and the tissue of the mass that it led to. What a clinician has before any
special test stays: history, examination, first-line blood tests (unless they alone decided).
"""

import re
from collections.abc import Sequence
from functools import cache

from ranvier.case import Case
from ranvier.core import Finding, GradedReading, Modality, Origin, PresenceReading, read_table
from ranvier.inference.images import region_parts
from ranvier.inference.observations import IMAGE_NORMAL, IMAGE_PREFIX

_WORDS = {
    "labs": Modality.LABORATORY.value,
    "lab": Modality.LABORATORY.value,
    "genes": Modality.GENETICS.value,
    "pet": Modality.OTHER_IMAGING.value,
    "ct": Modality.OTHER_IMAGING.value,
}
"""Other words of truths for modalities."""
_ALWAYS_KNOWN = frozenset({Modality.HISTORY, Modality.EXAMINATION})
_SESSIONS = frozenset({Modality.NCS, Modality.EMG, Modality.CSF})
_IMAGES = frozenset({Modality.MRI, Modality.ULTRASOUND, Modality.OTHER_IMAGING})
_ENTRY = re.compile(r"(imaging|biopsy)\[\d+\]")


def deciding_names(deciding: Sequence[str]) -> frozenset[str]:
    """Return the modalities and observables that a truth names, in the words of findings.

    >>> sorted(deciding_names(["labs", "gene_ttr"]))
    ['gene_ttr', 'laboratory']
    """
    return frozenset(_WORDS.get(name, name) for name in deciding)


def deciding_findings(findings: Sequence[Finding], deciding: Sequence[str]) -> tuple[Finding, ...]:
    """Return the abnormal results that decided, none of which history or examination gave.

    Parameters
    ----------
    findings : sequence of Finding
        All of the case.
    deciding : sequence of str
        Modalities, features or kinds of image, as the truth names them. A named modality stands for its
        abnormal results; of the laboratory for those that first-line tests do not give, if there are any.
    """
    names = deciding_names(deciding)
    abnormal = [f for f in findings if f.modality not in _ALWAYS_KNOWN and _is_abnormal(f)]
    named = [f for f in abnormal if {f.observable, f.observable.removeprefix(IMAGE_PREFIX)} & names]
    whole = [f for f in abnormal if f.modality.value in names]
    special = any(f.modality is Modality.LABORATORY and f.observable not in first_line() for f in whole)
    kept = [f for f in whole if not (special and f.modality is Modality.LABORATORY and f.observable in first_line())]
    return tuple(f for f in abnormal if f in named or f in kept)


def hidden_with(case: Case, findings: Sequence[Finding], deciding: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the deciding findings with all that would not be known before them.

    Parameters
    ----------
    case : Case
        Tells which region a study showed and which tissue was taken.
    findings : sequence of Finding
        All of the case.
    deciding : sequence of Finding
        From `deciding_findings`.
    """
    sessions = {f.modality for f in deciding} & _SESSIONS
    entries = {entry_of(f.origin) for f in deciding} | _same_change(case, findings, deciding)
    if any(f.modality in _IMAGES for f in deciding):
        entries |= {entry_of(b.origin) for b in case.biopsies if b.tissue == "mass"}
    entries.discard(None)
    return tuple(f for f in findings if f in deciding or f.modality in sessions or entry_of(f.origin) in entries)


def _same_change(case: Case, findings: Sequence[Finding], deciding: Sequence[Finding]) -> set[str | None]:
    """Return the imaging entries of any device that show a deciding change in the same part of the body."""
    region = {entry_of(s.origin): region_parts(s.region) for s in case.imaging}
    changes = [(f.observable, region.get(entry_of(f.origin))) for f in deciding if f.modality in _IMAGES]
    out = set()
    for finding in findings:
        own = region.get(entry_of(finding.origin))
        seen = finding.modality in _IMAGES and _is_abnormal(finding)
        if seen and own and any(finding.observable == w and parts and own & parts for w, parts in changes):
            out.add(entry_of(finding.origin))
    return out


def entry_of(origin: Origin) -> str | None:
    """Return the imaging study or the biopsy of ``case.yaml`` that something comes from, None for anything else."""
    found = _ENTRY.match(origin.column or "")
    return found[0] if found else None


@cache
def first_line() -> frozenset[str]:
    """Return the results of blood tests that everybody with a neuropathy has before any special one."""
    return frozenset(row["feature"] for row in read_table("ranvier.cohort", "first_line.csv", ("feature",)))


def _is_abnormal(finding: Finding) -> bool:
    """Tell whether a finding says that something is wrong; "all normal" is present and says the contrary."""
    if finding.observable == IMAGE_NORMAL or finding.observable.endswith("_normal"):
        return False
    if isinstance(finding.reading, PresenceReading):
        return finding.reading.present
    if isinstance(finding.reading, GradedReading) and finding.abnormal is None:
        return finding.reading.highest > 0
    return finding.abnormal is not False
