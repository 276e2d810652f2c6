"""What each nerve of a conduction study shows: size of the response, range of its velocity, and where."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import comb
from typing import Literal

from ranvier.core import Side
from ranvier.electrodiagnosis.criteria import Number, Setting, Unit, nerve_answers
from ranvier.electrodiagnosis.criteria.units import measure_in_words
from ranvier.electrodiagnosis.neuropathy.tables import EntrapmentSite, entrapment_sites, myelin_clauses, parameters

Size = Literal["absent", "small", "normal", "not judged"]
Myelin = Literal["in the range", "only at an entrapment site", "not in the range", "not judged"]
_SIZES: tuple[Size, ...] = ("absent", "small", "normal", "not judged")
_MYELIN: tuple[Myelin, ...] = ("in the range", "only at an entrapment site", "not in the range", "not judged")
_AMPLITUDE = {"motor": "distal_amplitude_mv", "sensory": "snap_amplitude_uv"}
_TOO_LOW = frozenset({"motor_velocity_m_s", "sensory_velocity_m_s"})
_TOO_HIGH = frozenset({"distal_latency_ms", "f_latency_ms", "sensory_latency_ms"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NerveState:
    """One nerve of one side, motor or sensory.

    Attributes
    ----------
    size : str
        Of the response at the usual distal point against its limit; ``not judged`` where it has none.
    myelin : str
        Whether a motor nerve is slow, late, blocked or dispersed in the range that needs loss of myelin.
    slow : bool or None
        Whether a velocity or latency is beyond its limit anywhere; None where none has a limit.
    site_only : bool
        Whether it is so at a usual site of entrapment alone.
    judged, beyond : int
        Numbers of it that have a limit, and those beyond it.
    well_beyond : bool
        Whether a response is absent, or a number further from its limit than chance puts one.
    reasons : tuple of str
        The readings behind it.
    """

    kind: str
    nerve: str
    side: Side
    limb: str
    size: Size
    myelin: Myelin
    slow: bool | None
    site_only: bool = False
    judged: int = 0
    beyond: int = 0
    well_beyond: bool = False
    reasons: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, Side]:
        """Return nerve and side."""
        return self.nerve, self.side

    @property
    def name(self) -> str:
        """Return side, nerve and kind in words."""
        side = f"{self.side.value} " if self.side in (Side.LEFT, Side.RIGHT) else ""
        return f"{side}{self.nerve} ({self.kind})"

    @property
    def lost(self) -> bool:
        """Tell whether the response is small or absent."""
        return self.size in ("small", "absent")

    @property
    def abnormal(self) -> bool | None:
        """Tell whether anything is beyond its limit; None where nothing was judged."""
        if self.lost or self.slow or self.myelin in ("in the range", "only at an entrapment site"):
            return True
        return None if self.size == "not judged" and self.slow is None else False


def nerve_states(units: Iterable[Unit]) -> tuple[NerveState, ...]:
    """Return the state of each motor and sensory nerve, several studies of one nerve together.

    Parameters
    ----------
    units : iterable of Unit
        Nerves with their numbers and limits, as `units_of` returns them.
    """
    found: dict[tuple[str, str, Side], NerveState] = {}
    for unit in units:
        if unit.kind not in _AMPLITUDE:
            continue
        state = _state(unit)
        key = (unit.kind, *state.key)
        found[key] = _worst(found[key], state) if key in found else state
    return tuple(found.values())


def without_chance(nerves: Sequence[NerveState]) -> tuple[tuple[NerveState, ...], str]:
    """Return the states with slight findings set aside where chance explains how many there are, and what is said.

    Of the nerves with nothing well beyond a limit, as many numbers beyond it as chance puts there in the healthy
    (binomial, each number on its own) say nothing; such nerves count as neither normal nor abnormal.
    """
    slight = [n for n in nerves if not n.well_beyond and n.myelin != "in the range"]
    total, beyond = sum(n.judged for n in slight), sum(n.beyond for n in slight)
    set_aside = [n for n in slight if n.abnormal]
    if not set_aside or _chance(total, beyond) < parameters()["chance_level"]:
        return tuple(nerves), ""
    names = ", ".join(n.name for n in set_aside)
    said = f"slightly beyond a limit, no more often than by chance ({beyond} of {total} numbers), set aside: {names}"
    cleared = {id(n) for n in set_aside}
    return tuple(_cleared(n) if id(n) in cleared else n for n in nerves), said


def _cleared(state: NerveState) -> NerveState:
    myelin: Myelin = "not in the range" if state.myelin == "not in the range" else "not judged"
    return replace(state, size="not judged", slow=None, site_only=False, myelin=myelin)


def _chance(total: int, beyond: int) -> float:
    """Return the probability that at least so many of some numbers lie beyond their limits in the healthy."""
    share = parameters()["share_beyond_limit"]
    below = (comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(beyond))
    return 1 - sum(below)


def _state(unit: Unit) -> NerveState:
    sites = [s for s in entrapment_sites() if (s.kind, s.nerve) == (unit.kind, unit.nerve)]
    clear = replace(unit, numbers=tuple(n for n in unit.numbers if not any(s.holds(n) for s in sites)))
    slow, slow_clear = _slow(unit.numbers), _slow(clear.numbers)
    myelin, reasons = _myelin(unit, clear)
    size = _size(unit)
    return NerveState(
        kind=unit.kind,
        nerve=unit.nerve,
        side=unit.side,
        limb=unit.limb,
        size=size,
        myelin=myelin,
        slow=slow,
        site_only=bool(slow) and not slow_clear and size in ("normal", "not judged"),
        judged=sum(_share(n) is not None for n in unit.numbers),
        beyond=sum(bool(_beyond(n)) or _is_small(n) for n in unit.numbers),
        well_beyond=size == "absent" or any(_is_well_beyond(n) for n in unit.numbers),
        reasons=tuple(dict.fromkeys((*_said(unit, size), *reasons, *_unsaid(_slow_said(unit, sites), reasons)))),
    )


def _unsaid(texts: Iterable[str], said: Sequence[str]) -> list[str]:
    """Return the texts that no longer reading begins with."""
    return [t for t in texts if not any(s.startswith(t) for s in said)]


def _worst(one: NerveState, other: NerveState) -> NerveState:
    slow = None if one.slow is None and other.slow is None else bool(one.slow or other.slow)
    return replace(
        one,
        size=min(one.size, other.size, key=_SIZES.index),
        myelin=min(one.myelin, other.myelin, key=_MYELIN.index),
        slow=slow,
        site_only=bool(slow) and all(s.site_only for s in (one, other) if s.slow) and not (one.lost or other.lost),
        judged=one.judged + other.judged,
        beyond=one.beyond + other.beyond,
        well_beyond=one.well_beyond or other.well_beyond,
        reasons=tuple(dict.fromkeys((*one.reasons, *other.reasons))),
    )


def _size(unit: Unit) -> Size:
    number = unit.number(_AMPLITUDE[unit.kind])
    if number is None or number.value is None:
        return "not judged"
    if number.value <= 0:
        return "absent"
    if not number.limit:
        return "not judged"
    return "small" if number.value < number.limit else "normal"


def _share(number: Number) -> float | None:
    """Return a number over its limit, of the measures that are judged; None where it has none."""
    if number.value is None or not number.limit or number.measure not in _TOO_LOW | _TOO_HIGH | {*_AMPLITUDE.values()}:
        return None
    return number.value / number.limit


def _is_small(number: Number) -> bool:
    share = _share(number)
    return share is not None and number.measure in _AMPLITUDE.values() and share < 1


def _is_well_beyond(number: Number) -> bool:
    share = _share(number)
    if share is None:
        return False
    if number.measure in _TOO_HIGH:
        return share > parameters()["well_beyond_latency"]
    name = "velocity" if number.measure in _TOO_LOW else "amplitude"
    return share < parameters()[f"well_beyond_{name}"]


def _beyond(number: Number) -> bool | None:
    if number.value is None or not number.limit:
        return None
    if number.measure in _TOO_LOW:
        return number.value < number.limit
    return number.value > number.limit if number.measure in _TOO_HIGH else None


def _slow(numbers: Sequence[Number]) -> bool | None:
    known = [b for n in numbers if (b := _beyond(n)) is not None]
    return any(known) if known else None


def _myelin(unit: Unit, clear: Unit) -> tuple[Myelin, list[str]]:
    if unit.kind != "motor":
        return "not judged", []
    away, reasons = _clauses(clear)
    if away == "met":
        return "in the range", reasons
    anywhere, at_site = _clauses(unit)
    if anywhere == "met":
        return "only at an entrapment site", at_site
    velocity = unit.number("motor_velocity_m_s")
    is_known = velocity is not None and _beyond(velocity) is not None
    return ("not in the range" if is_known or anywhere == "failed" else "not judged"), []


def _clauses(unit: Unit) -> tuple[str, list[str]]:
    answers = [a for c in myelin_clauses() for a in nerve_answers(c, (unit,), Setting())]
    met = [a.text for a in answers if a.state == "met"]
    if met:
        return "met", met
    return ("failed" if answers and all(a.state == "failed" for a in answers) else "missing"), []


def _said(unit: Unit, size: Size) -> Iterator[str]:
    number = unit.number(_AMPLITUDE[unit.kind])
    if size == "absent":
        yield f"{unit.in_words}: no response"
    elif size == "small" and number is not None:
        yield f"{unit.in_words}: response {number.in_words}"


def _slow_said(unit: Unit, sites: Sequence[EntrapmentSite]) -> Iterator[str]:
    for number in unit.numbers:
        if _beyond(number):
            near = next((f", at {s.name}" for s in sites if s.holds(number)), "")
            yield f"{unit.in_words}: {measure_in_words(number.measure)} {number.in_words}{near}"
