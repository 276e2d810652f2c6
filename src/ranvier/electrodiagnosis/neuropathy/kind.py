"""Loss of axons, of myelin, of both, neither, or not to be told: decided from the states of the nerves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ranvier.electrodiagnosis.neuropathy.nerves import NerveState
from ranvier.electrodiagnosis.neuropathy.tables import parameters

Kind = Literal["normal", "axonal", "demyelinating", "mixed", "cannot tell"]
Certainty = Literal["probable", "possible", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer: its value, how sure it is, the reasons for it, and the readings that they rest on."""

    value: str
    certainty: Certainty = ""
    why: str = ""
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """The nerves by what they show.

    Attributes
    ----------
    myelin : list of NerveState
        Motor nerves in the range that needs loss of myelin, away from usual sites of entrapment.
    site : list of NerveState
        Nerves slow, late or blocked at such a site alone.
    axons : list of NerveState
        Small or absent responses of nerves that are not in that range.
    refuting : list of NerveState
        Motor nerves with a response whose velocity is known and not in that range.
    slow : list of NerveState
        Other nerves beyond a limit of velocity or latency.
    normal : list of NerveState
        Nerves with nothing beyond a limit.
    """

    myelin: list[NerveState]
    site: list[NerveState]
    axons: list[NerveState]
    refuting: list[NerveState]
    slow: list[NerveState]
    normal: list[NerveState]


def kind_of(nerves: Sequence[NerveState]) -> Answer:
    """Return whether axons or myelin are lost.

    A class of the whole needs two nerves. Responses that are all absent decide nothing, since both kinds can end
    so; slowing that loss of axons alone can cause decides nothing either.

    Parameters
    ----------
    nerves : sequence of NerveState
        As `nerve_states` returns them.
    """
    count = _count(nerves)
    if not any((count.myelin, count.site, count.axons, count.slow)):
        return _nothing(count)
    if count.myelin:
        return _with_myelin(count)
    if count.site and {n.key for n in count.axons} <= {n.key for n in count.site}:
        return _at_sites(count)
    if count.axons:
        return _with_loss(count)
    why = "slower or later than the limit, but no more than loss of axons or a trapped nerve can cause"
    return _answer("cannot tell", "", why, count.slow)


def _count(nerves: Sequence[NerveState]) -> _Count:
    myelin = [n for n in nerves if n.myelin == "in the range"]
    keys = {n.key for n in myelin}
    site = [n for n in nerves if n.myelin == "only at an entrapment site" or n.site_only]
    rest = [n for n in nerves if n not in myelin and n not in site]
    axons = [n for n in rest if n.lost and n.key not in keys]
    return _Count(
        myelin=myelin,
        site=site,
        axons=axons,
        refuting=[n for n in nerves if n.myelin == "not in the range" and n.size != "absent"],
        slow=[n for n in rest if n.abnormal and not n.lost],
        normal=[n for n in nerves if n.abnormal is False],
    )


def _nothing(count: _Count) -> Answer:
    number = len(count.normal)
    kinds = {n.kind for n in count.normal}
    if number >= parameters()["nerves_for_normal"] and kinds >= {"motor", "sensory"}:
        return _answer("normal", "probable", f"nothing is beyond its limit in {number} nerves, motor and sensory", ())
    if not number:
        return Answer(value="cannot tell", why="no number has a limit")
    why = f"nothing is beyond its limit, but only {number} nerves ({' and '.join(sorted(kinds))}) could be judged"
    return Answer(value="cannot tell", why=why)


def _with_myelin(count: _Count) -> Answer:
    enough = parameters()["nerves_for_a_class"]
    found = f"{_nerves(count.myelin)} in the range of velocity, latency or block that needs loss of myelin"
    lost = [n for n in count.axons if n in count.refuting]
    if len(count.myelin) >= enough:
        if len(lost) >= enough:
            why = f"{found}, and {_nerves(lost)} with small responses at a velocity outside it"
            return _answer("mixed", "possible", why, (*count.myelin, *lost))
        if len(count.myelin) < len(lost) + len([n for n in count.refuting if n.abnormal is False]):
            why = f"{found}; others are not, so it is patchy or confined to few"
            return _answer("demyelinating", "possible", why, count.myelin)
        return _answer("demyelinating", "probable", found, count.myelin)
    if not count.refuting:
        return _answer("demyelinating", "possible", f"{found}, and no other velocity to set against it", count.myelin)
    if not count.axons and not count.slow:
        return _answer("demyelinating", "possible", f"{found}, in one nerve alone", count.myelin)
    why = f"{found}, but other nerves are abnormal outside it"
    return _answer("cannot tell", "", why, (*count.myelin, *count.axons, *count.slow))


def _at_sites(count: _Count) -> Answer:
    """Return what slowing or block at usual sites of entrapment says, where no other nerve has lost axons."""
    where = "a usual site of entrapment" if len({n.nerve for n in count.site}) == 1 else "usual sites of entrapment"
    shown = (*count.site, *count.axons)
    if count.slow:
        return _answer("cannot tell", "", f"slow, late or blocked at {where} and elsewhere", (*shown, *count.slow))
    if any(n.lost for n in shown):
        why = f"slow, late or blocked at {where}, with small or absent responses of the same nerves"
        return _answer("mixed", "possible", why, shown)
    return _answer("demyelinating", "possible", f"slow, late or blocked at {where} alone", shown)


def _with_loss(count: _Count) -> Answer:
    enough = parameters()["nerves_for_a_class"]
    found = f"small or absent responses of {_nerves(count.axons)}"
    if count.site:
        why = f"{found}, but slowing or block as well, at sites of entrapment: either kind can do this"
        return _answer("cannot tell", "", why, (*count.axons, *count.site))
    if not count.refuting:
        why = f"{found}; no motor velocity is known, and loss of myelin can end so too"
        return _answer("cannot tell", "", why, count.axons)
    found += f"; {_nerves(count.refuting)} with a motor velocity outside the range of loss of myelin"
    if len({n.key for n in count.axons}) >= enough:
        sure: Certainty = "probable" if len(count.refuting) >= enough else "possible"
        return _answer("axonal", sure, found, count.axons)
    if len(count.normal) >= parameters()["others_for_focal"] and count.axons:
        why = f"{found}; in one nerve alone, where a block close to the recording looks the same in the first days"
        return _answer("axonal", "possible", why, count.axons)
    return _answer("cannot tell", "", f"{found}; too few nerves could be judged", count.axons)


def _nerves(items: Sequence[NerveState]) -> str:
    number = len({(n.kind, *n.key) for n in items})
    return f"{number} nerve{'' if number == 1 else 's'}"


def _answer(value: Kind, certainty: Certainty, why: str, items: Sequence[NerveState]) -> Answer:
    return Answer(
        value=value,
        certainty=certainty,
        why=why,
        readings=tuple(dict.fromkeys(r for n in items for r in n.reasons)),
    )
