"""All answers together, from a case or from units, as lines of text and as a record for JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from ranvier.anatomy import NerveGraph
from ranvier.case import Case
from ranvier.electrodiagnosis.criteria import units_of
from ranvier.electrodiagnosis.geometry import with_velocities
from ranvier.electrodiagnosis.neuropathy.extent import distribution_of, fibres_of
from ranvier.electrodiagnosis.neuropathy.kind import Answer, kind_of
from ranvier.electrodiagnosis.neuropathy.nerves import NerveState, nerve_states, without_chance
from ranvier.electrodiagnosis.signals import measured_waveforms

BASIS = (
    "How many nerves make a class is our own estimate (assumed); the range of loss of myelin is that of AAN 1991 and "
    "EFNS/PNS 2010 (secondary). It is shown and not weighed."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuropathyClass:
    """What the numbers say of the whole.

    Attributes
    ----------
    kind : Answer
        ``normal``, ``axonal``, ``demyelinating``, ``mixed`` or ``cannot tell``.
    fibres : Answer
        ``motor``, ``sensory``, ``motor and sensory``, ``none`` or ``cannot tell``.
    distribution : Answer
        ``one nerve``, ``one nerve on both sides``, ``one limb``, ``multifocal``, ``length-dependent``,
        ``arms more than legs``, ``generalised``, ``none`` or ``cannot tell``.
    nerves : tuple of NerveState
        What each nerve shows.
    set_aside : str
        Slight findings that chance explains; empty where there are none.
    """

    kind: Answer
    fibres: Answer
    distribution: Answer
    nerves: tuple[NerveState, ...]
    set_aside: str = ""


def classify_case(case: Case, graph: NerveGraph) -> NeuropathyClass:
    """Return the class of the conduction studies of a case, waveforms included."""
    return classify(nerve_states(units_of(with_velocities(measured_waveforms(case, graph), graph), graph)))


def classify(nerves: Sequence[NerveState]) -> NeuropathyClass:
    """Return the class of some nerves.

    Examples
    --------
    >>> classify(()).kind.value
    'cannot tell'
    """
    counted, set_aside = without_chance(nerves)
    return NeuropathyClass(
        kind=kind_of(counted),
        fibres=fibres_of(counted),
        distribution=distribution_of(counted),
        nerves=tuple(nerves),
        set_aside=set_aside,
    )


def class_in_words(found: NeuropathyClass) -> Iterator[str]:
    """Yield the lines of the class: each answer with how sure it is and why, then the readings."""
    answers = {"class": found.kind, "fibres": found.fibres, "distribution": found.distribution}
    for name, answer in answers.items():
        sure = f" ({answer.certainty})" if answer.certainty else ""
        yield f"{name}: {answer.value}{sure}. {_sentence(answer.why)}"
    yield from (f"    {reading}" for reading in found.kind.readings)
    if found.set_aside:
        yield f"    {_sentence(found.set_aside)}"
    yield f"    {BASIS}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def class_as_json(found: NeuropathyClass) -> dict[str, object]:
    """Return the class as a record for JSON."""
    return {**asdict(found), "basis": BASIS}
