"""One observation of an electrodiagnostic study before it becomes a finding, and the words of a report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.case.records import StudyWord
from ranvier.core import Finding, GradedReading, Limit, Modality, Origin, Place, PresenceReading, Reading, read_table
from ranvier.electrodiagnosis.studies import PACKAGE

WORST_GRADE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What was observed, in a clause such as "the distal latency is prolonged"."""

    observable: str
    reading: Reading
    abnormal: bool | None
    text: str
    limit: Limit | None = None

    def finding(self, id_: str, modality: Modality, subject: str, place: Place | None, origin: Origin) -> Finding:
        """Return the finding, as old as the work-up; its sentence is ``subject: text.``."""
        return Finding(
            id=id_,
            modality=modality,
            observable=self.observable,
            place=place,
            reading=self.reading,
            abnormal=self.abnormal,
            statement=f"{subject}: {self.text}.",
            limit=self.limit,
            origin=origin,
        )


def graded(observable: str, lowest: int, highest: int, text: str) -> Observed:
    """Return an observed grade; a range that begins at normal gives no verdict."""
    abnormal = True if lowest > 0 else False if highest == 0 else None
    return Observed(
        observable=observable, reading=GradedReading(lowest=lowest, highest=highest), abnormal=abnormal, text=text
    )


def undecided(observable: str, text: str) -> Observed:
    """Return an observation that no limit applies to: shown, but it says nothing about health."""
    return graded(observable, 0, WORST_GRADE, text)


def present(feature: str, is_present: bool, text: str) -> Observed:
    """Return an observed feature."""
    return Observed(observable=feature, reading=PresenceReading(present=is_present), abnormal=is_present, text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meaning:
    """What one word says about one observable; a higher `level` goes before a lower one."""

    kind: str
    word: str
    level: int
    observable: str
    lowest: int
    highest: int
    text: str


@cache
def _meanings() -> tuple[_Meaning, ...]:
    columns = ("kind", "word", "level", "observable", "lowest", "highest", "text")
    return tuple(
        _Meaning(
            kind=row["kind"],
            word=row["word"],
            level=int(row["level"]),
            observable=row["observable"],
            lowest=int(row["lowest"]),
            highest=int(row["highest"]),
            text=row["text"],
        )
        for row in read_table(PACKAGE, "words.csv", columns)
    )


def from_words(kind: str, words: Iterable[StudyWord]) -> tuple[Observed, ...]:
    """Return what the words of a report say about a study of one kind.

    "Normal" gives way to "axonal", that to "demyelinating", and all of them to a word on the very
    observable ("normal; prolonged" is a normal study but for its latency). Words of one level widen
    the range ("reduced; absent").

    Parameters
    ----------
    kind : str
        ``motor``, ``sensory``, ``f_wave`` or ``h_reflex``.
    words : iterable of str
        Words of the report.
    """
    spoken = set(words)
    best: dict[str, list[_Meaning]] = {}
    for meaning in _meanings():
        if meaning.kind != kind or meaning.word not in spoken:
            continue
        held = best.setdefault(meaning.observable, [])
        if held and meaning.level > held[0].level:
            held.clear()
        if not held or meaning.level == held[0].level:
            held.append(meaning)
    out = tuple(_merged(held) for held in best.values())
    said = tuple(o for o in out if o.reading != GradedReading(lowest=0, highest=WORST_GRADE))
    specific = tuple(o for o in said if o.observable != "study_abnormal")
    return specific or said


def _merged(meanings: list[_Meaning]) -> Observed:
    return graded(
        meanings[0].observable,
        min(m.lowest for m in meanings),
        max(m.highest for m in meanings),
        " or ".join(dict.fromkeys(m.text for m in meanings)),
    )


@cache
def _features() -> Mapping[tuple[str, str], tuple[Observed, ...]]:
    rows = read_table(PACKAGE, "word_features.csv", ("kind", "word", "feature", "present", "text"))
    keys = dict.fromkeys((row["kind"], row["word"]) for row in rows)
    return {
        key: tuple(
            present(r["feature"], r["present"] == "yes", r["text"]) for r in rows if (r["kind"], r["word"]) == key
        )
        for key in keys
    }


def features_of_words(kind: str, words: Iterable[StudyWord]) -> tuple[Observed, ...]:
    """Return the features that the words of a blink or repetitive stimulation study state.

    Where two words differ on a feature, present counts.
    """
    stated: dict[str, Observed] = {}
    for word in words:
        for observed in _features().get((kind, word), ()):
            if observed.abnormal or observed.observable not in stated:
                stated[observed.observable] = observed
    return tuple(stated.values())


def known_words(kind: str) -> tuple[str, ...]:
    """Return the words that mean something in a row of one kind."""
    kinds = {"summary": ("motor", "sensory"), "mixed": ("sensory",)}.get(kind, (kind,))
    of_readings = {m.word for m in _meanings() if m.kind in kinds}
    return tuple(sorted(of_readings | {word for of, word in _features() if of in kinds}))
