"""Which fibres, and where: motor or sensory, confined, multifocal, length-dependent, or not to be told."""

from collections.abc import Collection, Iterable, Sequence

from ranvier.core import Side
from ranvier.electrodiagnosis.neuropathy.kind import Answer
from ranvier.electrodiagnosis.neuropathy.nerves import NerveState
from ranvier.electrodiagnosis.neuropathy.tables import parameters


def fibres_of(nerves: Sequence[NerveState]) -> Answer:
    """Return whether motor fibres, sensory fibres or both are affected; one kind alone needs the other normal."""
    enough = parameters()["nerves_for_a_class"]
    motor, sensory = ([n for n in nerves if n.kind == k] for k in ("motor", "sensory"))
    bad_motor, bad_sensory = _abnormal(motor), _abnormal(sensory)
    said = f"{_share(motor, 'motor')}, {_share(sensory, 'sensory')}"
    if bad_motor and bad_sensory:
        return Answer(value="motor and sensory", certainty="probable", why=said)
    if not bad_motor and not bad_sensory:
        return Answer(value="none" if _judged(nerves) else "cannot tell", why=said)
    other, value = (sensory, "motor") if bad_motor else (motor, "sensory")
    if len(_judged(other)) >= enough:
        sure = len(bad_motor or bad_sensory) >= enough
        return Answer(value=value, certainty="probable" if sure else "possible", why=said)
    return Answer(value="cannot tell", why=f"{said}: too few of the other kind were judged")


def distribution_of(nerves: Sequence[NerveState]) -> Answer:
    """Return where it lies: one nerve, one limb, multifocal, length-dependent, generalised, or not to be told."""
    states = _by_nerve(nerves)
    bad = [k for k, state in states.items() if state]
    good = [k for k, state in states.items() if state is False]
    if not bad:
        return Answer(value="none" if good else "cannot tell", why="no nerve is beyond a limit")
    limbs = {(n.nerve, n.side): (n.limb, n.side) for n in nerves}
    said = f"abnormal: {_names(bad)}; normal: {_names(good) or 'none'}"
    if len(bad) == 1:
        if len(good) >= parameters()["others_for_focal"]:
            return Answer(value="one nerve", certainty="possible", why=said)
        return Answer(value="cannot tell", why=f"{said}: too few other nerves were judged")
    if len({nerve for nerve, _ in bad}) == 1 and len(good) >= parameters()["others_for_focal"]:
        return Answer(value="one nerve on both sides", certainty="possible", why=said)
    well = {n.key for n in nerves if n.abnormal and (n.well_beyond or n.myelin == "in the range")}
    uneven = [n for n in dict.fromkeys(n for n, _ in bad) if _is_uneven(states, n, well)]
    if len({limbs[k] for k in bad}) == 1 and any(limbs[k] != limbs[bad[0]] for k in good):
        return Answer(value="one limb", certainty="possible", why=said)
    if len(uneven) >= parameters()["pairs_for_multifocal"]:
        return Answer(
            value="multifocal", certainty="probable", why=f"{said}: {len(uneven)} nerves differ between sides"
        )
    if uneven:
        return Answer(value="cannot tell", why=f"{said}: one nerve differs between sides")
    return _by_length(nerves, said)


def _by_length(nerves: Sequence[NerveState], said: str) -> Answer:
    """Compare legs with arms, within the kinds of fibres that are affected at all."""
    kinds = {n.kind for n in nerves if n.abnormal}
    affected = [n for n in nerves if n.kind in kinds]
    legs, arms = ([n for n in _judged(affected) if n.limb == limb] for limb in ("leg", "arm"))
    if not legs or not arms:
        return Answer(value="cannot tell", why=f"{said}: arms and legs were not both judged")
    leg, arm = (len(_abnormal(some)) / len(some) for some in (legs, arms))
    said += f"; legs {len(_abnormal(legs))} of {len(legs)} studies, arms {len(_abnormal(arms))} of {len(arms)}"
    if leg >= parameters()["share_of_legs"] and leg > arm:
        sure = len({n.side for n in legs}) > 1 and Side.UNKNOWN not in {n.side for n in legs}
        return Answer(value="length-dependent", certainty="probable" if sure else "possible", why=said)
    if arm > leg:
        return Answer(value="arms more than legs", certainty="possible", why=said)
    if leg == arm and leg >= parameters()["share_of_legs"]:
        return Answer(value="generalised", certainty="possible", why=said)
    return Answer(value="cannot tell", why=said)


def _by_nerve(nerves: Sequence[NerveState]) -> dict[tuple[str, Side], bool | None]:
    """Return whether each nerve of each side is abnormal; a trapped nerve counts as one."""
    out: dict[tuple[str, Side], bool | None] = {}
    for n in nerves:
        known = out.get(n.key)
        out[n.key] = True if n.abnormal or known else known if n.abnormal is None else False
    return out


def _is_uneven(states: dict[tuple[str, Side], bool | None], nerve: str, well: Collection[tuple[str, Side]]) -> bool:
    """Tell whether a nerve is well beyond a limit on one side and normal on the other."""
    sides = {side: state for (name, side), state in states.items() if name == nerve}
    return False in sides.values() and any((nerve, side) in well for side in sides)


def _judged(nerves: Iterable[NerveState]) -> list[NerveState]:
    return [n for n in nerves if n.abnormal is not None]


def _abnormal(nerves: Iterable[NerveState]) -> list[NerveState]:
    return [n for n in nerves if n.abnormal]


def _share(nerves: Sequence[NerveState], kind: str) -> str:
    return f"{len(_abnormal(nerves))} of {len(_judged(nerves))} {kind} studies abnormal"


def _names(keys: Iterable[tuple[str, Side]]) -> str:
    return ", ".join(f"{side.value} {nerve}" if side is not Side.UNKNOWN else nerve for nerve, side in keys)
