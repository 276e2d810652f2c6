"""Regions of the body for criteria of motor neuron disease: what needle EMG and examination show in each.

A muscle counts as affected where needle EMG shows chronic neurogenic change together with fibrillations, positive
waves or fasciculations. A limb region needs two such muscles of different roots and nerves, the bulbar and the
thoracic region one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from ranvier.anatomy import Fibre, NerveGraph
from ranvier.case import Case, NeedleStudy
from ranvier.core import PlaceKind, Side, read_table
from ranvier.electrodiagnosis.criteria.tables import PACKAGE
from ranvier.electrodiagnosis.criteria.units import Number, Unit

_NORMAL_MRC = 5
_SHARED_TRUNK = "sciatic"
"""A trunk of two nerves: muscles of both count as of different nerves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Muscle:
    """One studied muscle: affected, not affected, or not known."""

    name: str
    affected: bool | None
    roots: frozenset[str]
    nerves: frozenset[str]

    def differs_from(self, other: "_Muscle") -> bool:
        """Tell whether each has a root that the other lacks, and no nerve is common to both."""
        return bool(self.roots - other.roots and other.roots - self.roots) and not self.nerves & other.nerves


@cache
def _needed() -> Mapping[str, int]:
    return {r["region"]: int(r["muscles_needed"]) for r in read_table(PACKAGE, "regions.csv", ("region",))}


@cache
def _region_of_root() -> Mapping[str, str]:
    return {r["root"]: r["region"] for r in read_table(PACKAGE, "region_roots.csv", ("root", "region"))}


def region_units(case: Case, graph: NerveGraph, facts: Mapping[str, bool]) -> tuple[Unit, ...]:
    """Return the four regions, rostral first, and the body as a whole with the order of its signs.

    Parameters
    ----------
    case : Case
        Needle studies, strength and wasting are read.
    graph : NerveGraph
        Roots and nerves of the muscles.
    facts : mapping of str to bool
        Signs by region, where they are known.
    """
    muscles = _studied(case.needle, graph)
    weak_and_wasted = _weak_and_wasted(case, graph)
    regions = [_region(r, muscles.get(r, ()), weak_and_wasted, facts) for r in _needed()]
    return (*regions, _body(regions))


def _region(
    region: str, muscles: Sequence[_Muscle], weak_and_wasted: frozenset[str], facts: Mapping[str, bool]
) -> Unit:
    emg = _emg(muscles, _needed()[region])
    signs = facts.get(f"lmn_{region}", True if region in weak_and_wasted else None)
    umn = facts.get(f"umn_{region}")
    lmn = _either(None if emg.value is None else bool(emg.value), signs)
    both = _both(umn, lmn)
    site = emg.site if emg.value else "on examination" if signs else ""
    numbers = (
        emg,
        _yes_or_no("lmn_signs", signs, "not stated"),
        _yes_or_no("lmn", lmn, emg.why_missing or "signs on examination are not stated", site),
        _yes_or_no("umn", umn, "not stated"),
        _yes_or_no("umn_and_lmn", both, "upper signs not stated" if umn is None else emg.why_missing, site),
    )
    return Unit(kind="region", nerve=region, side=Side.UNKNOWN, numbers=numbers)


def _yes_or_no(measure: str, value: bool | None, why: str, site: str = "") -> Number:
    known = None if value is None else float(value)
    return Number(measure=measure, value=known, site=site if value else "", why_missing=why)


def _either(first: bool | None, second: bool | None) -> bool | None:
    if first or second:
        return True
    return False if first is False and second is False else None


def _both(first: bool | None, second: bool | None) -> bool | None:
    if first is False or second is False:
        return False
    return True if first and second else None


def _emg(muscles: Sequence[_Muscle], needed: int) -> Number:
    """Return whether enough muscles of a region are affected; missing where further ones could still decide it."""
    affected = [m for m in muscles if m.affected]
    open_ = [m for m in muscles if m.affected is None]
    name = "lmn_emg"
    if shown := _enough(affected, needed):
        return Number(measure=name, value=1.0, site=", ".join(m.name for m in shown))
    known = len(muscles) - len(open_)
    if known < needed or affected or _enough([*affected, *open_], needed):
        how = "muscle" if needed == 1 else f"{needed} muscles of different roots and nerves"
        why = f"needle EMG asked for in {how}; affected: {', '.join(m.name for m in affected) or 'none'}"
        return Number(measure=name, value=None, why_missing=f"{why}; studied: {len(muscles)}")
    return Number(measure=name, value=0.0, site=f"{known} muscles studied")


def _enough(muscles: Sequence[_Muscle], needed: int) -> tuple[_Muscle, ...]:
    if needed == 1:
        return tuple(muscles[:1])
    return next(((a, b) for a, b in combinations(muscles, 2) if a.differs_from(b)), ())


def _studied(rows: Sequence[NeedleStudy], graph: NerveGraph) -> dict[str, list[_Muscle]]:
    out: dict[str, list[_Muscle]] = {}
    for row in rows:
        if row.place.kind is not PlaceKind.MUSCLE or not row.place.ids:
            continue
        region = _region_of(row.place.ids[0], graph)
        if region:
            out.setdefault(region, []).append(_muscle(row, graph))
    return out


def _muscle(row: NeedleStudy, graph: NerveGraph) -> _Muscle:
    paths = [p for id_ in row.place.ids for p in graph.paths("muscle", id_, Fibre.MOTOR)]
    nerves = {graph.segments[i].nerve for p in paths for i in p.segments}
    side = f"{row.place.side.value} " if row.place.side in (Side.LEFT, Side.RIGHT) else ""
    return _Muscle(
        name=f"{side}{row.place.label}",
        affected=_both(_chronic(row), _active(row)),
        roots=frozenset(p.root for p in paths),
        nerves=frozenset(n for n in nerves if n and n != _SHARED_TRUNK),
    )


def _chronic(row: NeedleStudy) -> bool | None:
    return {"neurogenic": True, "normal": False, "myopathic": False}.get(row.motor_units or "")


def _active(row: NeedleStudy) -> bool | None:
    fibrillations = None if row.fibrillations is None else row.fibrillations[0] > 0
    return _either(fibrillations, row.fasciculations)


def _region_of(muscle: str, graph: NerveGraph) -> str:
    """Return the region that most of the roots of a muscle belong to; empty for none of the four."""
    weights: dict[str, float] = {}
    for root in graph.root_weights(muscle):
        region = _region_of_root().get(root.id, "")
        weights[region] = weights.get(region, 0.0) + root.weight
    return max(weights, key=lambda r: weights[r]) if weights else ""


def _weak_and_wasted(case: Case, graph: NerveGraph) -> frozenset[str]:
    """Return the regions in which a muscle is weak and one is wasted."""
    weak = {m for s in case.strength if s.mrc_highest < _NORMAL_MRC for m in _muscles(s.place.kind, s.place.ids)}
    wasted = {m for w in case.wasting if w.present for m in _muscles(w.place.kind, w.place.ids)}
    regions = [{_region_of(m, graph) for m in group} for group in (weak, wasted)]
    return frozenset(regions[0] & regions[1]) - {""}


def _muscles(kind: PlaceKind, ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(ids) if kind is PlaceKind.MUSCLE else ()


def _body(regions: Sequence[Unit]) -> Unit:
    """Return whether some upper signs lie rostral to lower ones, and lower signs rostral to all upper ones."""
    umn = [_known(u, "umn") for u in regions]
    lmn = [_known(u, "lmn") for u in regions]
    above = [_both(umn[i], lmn[j]) for i, j in combinations(range(len(regions)), 2)]
    no_umn_down_to = [_all_false(umn[: i + 1]) for i in range(len(regions))]
    below = [_both(_both(lmn[i], no_umn_down_to[i]), _any_true(umn[i + 1 :])) for i in range(len(regions) - 1)]
    why = "signs are not known in every region"
    numbers = (
        _yes_or_no("umn_rostral", _any_true(above), why),
        _yes_or_no("lmn_rostral", _any_true(below), why),
    )
    return Unit(kind="body", nerve="the whole body", side=Side.UNKNOWN, numbers=numbers)


def _known(unit: Unit, measure: str) -> bool | None:
    number = unit.number(measure)
    return None if number is None or number.value is None else bool(number.value)


def _any_true(values: Sequence[bool | None]) -> bool | None:
    if any(values):
        return True
    return None if None in values else False


def _all_false(values: Sequence[bool | None]) -> bool | None:
    found = _any_true(values)
    return None if found is None else not found
