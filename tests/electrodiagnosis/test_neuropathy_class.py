"""The class of a neuropathy: hand-written studies for each answer, what sets it aside, and what it never says."""

import math
from dataclasses import replace

import pytest

from ranvier.core import Side
from ranvier.electrodiagnosis.criteria import Number, Unit
from ranvier.electrodiagnosis.neuropathy import NeuropathyClass, classify, nerve_states
from ranvier.electrodiagnosis.neuropathy.nerves import without_chance
from ranvier.electrodiagnosis.neuropathy.tables import entrapment_sites, myelin_clauses

NAMES = {
    "dml": "distal_latency_ms", "mcv": "motor_velocity_m_s", "f": "f_latency_ms", "amp": "distal_amplitude_mv",
    "pd": "proximal_ratio", "dur": "duration_ratio", "noF": "f_absent", "snap": "snap_amplitude_uv",
    "scv": "sensory_velocity_m_s",
}  # fmt: skip
LIMITS = {"dml": 4.0, "mcv": 50.0, "f": 30.0, "amp": 5.0, "snap": 10.0, "scv": 50.0}
FINE = {"dml": 3.5, "mcv": 55.0, "amp": 9.0}
FELT = {"snap": 20.0, "scv": 55.0}
ELBOW = "ulnar.above_elbow"


def motor(nerve: str, side: Side = Side.LEFT, site: str = "", **values: float) -> Unit:
    """Return a motor nerve; what is not said of it is as in the healthy."""
    limb = "leg" if nerve in ("fibular", "tibial") else "arm"
    return unit("motor", nerve, side, limb, site, {**FINE, **values})


def sensory(nerve: str, side: Side = Side.LEFT, **values: float) -> Unit:
    """Return a sensory nerve; what is not said of it is as in the healthy."""
    return unit("sensory", nerve, side, "leg" if nerve == "sural" else "arm", "", {**FELT, **values})


def unit(kind: str, nerve: str, side: Side, limb: str, site: str, values: dict[str, float]) -> Unit:
    numbers = tuple(
        Number(measure=NAMES[k], value=v, limit=LIMITS.get(k), site=site if k in ("mcv", "pd", "dur") else "")
        for k, v in values.items()
        if not math.isnan(v)
    )
    return Unit(kind=kind, nerve=nerve, side=side, numbers=numbers, limb=limb)


def judged(*units: Unit) -> NeuropathyClass:
    return classify(nerve_states(units))


def both_sides(*units: Unit) -> tuple[Unit, ...]:
    return (*units, *(replace(u, side=Side.RIGHT) for u in units))


LOST = {"amp": 1.0}
SLOW = {"mcv": 34.0, "dml": 5.5}
NAN = math.nan
NORMAL = (motor("median"), motor("ulnar"), motor("fibular"), sensory("median"), sensory("sural"))
KINDS = {
    "normal": (NORMAL, "normal"),
    "too_few_normal": ((motor("median"), sensory("sural")), "cannot tell"),
    "normal_motor_alone": ((motor("median"), motor("ulnar"), motor("tibial")), "cannot tell"),
    "nothing": ((), "cannot tell"),
    "axons_of_two_nerves": ((motor("fibular", **LOST), sensory("sural", snap=0.0), motor("ulnar")), "axonal"),
    "axons_of_one_nerve": ((motor("fibular", **LOST), *NORMAL[:2], *NORMAL[3:]), "axonal"),
    "absent_responses_alone": (
        (motor("fibular", amp=0.0, mcv=NAN, dml=NAN), sensory("sural", snap=0.0, scv=NAN)), "cannot tell",
    ),
    "sensory_loss_with_normal_motor_velocity": ((sensory("sural", snap=0.0), sensory("median", snap=1.0),
                                                 motor("median"), motor("tibial")), "axonal"),
    "myelin_of_two_nerves": ((motor("ulnar", **SLOW), motor("tibial", **SLOW), sensory("sural")), "demyelinating"),
    "myelin_of_the_only_velocity": ((motor("median", **SLOW), sensory("sural", snap=0.0)), "demyelinating"),
    "myelin_of_one_against_others": (
        (motor("ulnar", **SLOW), motor("tibial", **LOST), motor("fibular", **LOST)), "cannot tell",
    ),
    "myelin_of_two_and_axons_of_two": (
        (motor("ulnar", **SLOW), motor("median", **SLOW), motor("tibial", **LOST), motor("fibular", **LOST)), "mixed",
    ),
    "slow_as_loss_of_axons_can_be": ((motor("ulnar", mcv=43.0), motor("tibial", mcv=43.0)), "cannot tell"),
    "absent_f_waves_say_neither": ((*NORMAL, motor("tibial", noF=1.0), motor("radial", noF=1.0)), "normal"),
    "block_of_two_nerves": ((motor("median", pd=0.5), motor("tibial", pd=0.5), *NORMAL[3:]), "demyelinating"),
    "median_latency_at_the_wrist": ((motor("median", dml=6.5), *NORMAL[1:]), "demyelinating"),
    "elbow": ((motor("ulnar", site=ELBOW, mcv=30.0), motor("median"), *NORMAL[2:]), "demyelinating"),
    "elbow_with_loss_elsewhere": (
        (motor("ulnar", site=ELBOW, mcv=30.0), motor("tibial", **LOST), sensory("sural", snap=0.0)), "cannot tell",
    ),
    "wrist_with_loss_of_the_same_nerve": (
        (motor("median", dml=6.5, amp=1.0), sensory("median", snap=0.0), *NORMAL[1:3]), "mixed",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("units", "kind"), KINDS.values(), ids=KINDS)
def test_kind(units: tuple[Unit, ...], kind: str) -> None:
    found = judged(*units)
    assert found.kind.value == kind
    assert found.kind.why
    assert found.kind.certainty or kind == "cannot tell"


FIBRES = {
    "motor": ((motor("tibial", **LOST), motor("fibular", **LOST), *NORMAL[3:]), "motor"),
    "sensory": ((sensory("sural", snap=0.0), sensory("median", snap=0.0), *NORMAL[:2]), "sensory"),
    "both": ((motor("tibial", **LOST), sensory("sural", snap=0.0)), "motor and sensory"),
    "sensory_not_studied": ((motor("tibial", **LOST), motor("fibular", **LOST)), "cannot tell"),
    "one_sensory_nerve_is_too_few": ((motor("tibial", **LOST), sensory("sural")), "cannot tell"),
    "normal": (NORMAL, "none"),
    "nothing": ((), "cannot tell"),
}


@pytest.mark.parametrize(("units", "fibres"), FIBRES.values(), ids=FIBRES)
def test_fibres(units: tuple[Unit, ...], fibres: str) -> None:
    assert judged(*units).fibres.value == fibres


LEGS = (motor("tibial", **LOST), motor("fibular", **LOST), sensory("sural", snap=0.0))
WHERE = {
    "one_nerve": ((motor("fibular", **LOST), motor("tibial"), motor("median")), "one nerve"),
    "one_nerve_of_two": ((motor("fibular", **LOST), motor("tibial")), "cannot tell"),
    "one_nerve_on_both_sides": (both_sides(motor("median", dml=6.5), motor("ulnar")), "one nerve on both sides"),
    "one_limb": ((*LEGS, motor("median"), motor("tibial", Side.RIGHT)), "one limb"),
    "multifocal": (
        (motor("ulnar", **SLOW), motor("ulnar", Side.RIGHT), motor("tibial", Side.RIGHT, **SLOW), motor("tibial")),
        "multifocal",
    ),
    "length_dependent": (both_sides(*LEGS, motor("median"), sensory("median")), "length-dependent"),
    "generalised": (both_sides(motor("tibial", **SLOW), motor("ulnar", **SLOW)), "generalised"),
    "arms_more_than_legs": (
        both_sides(sensory("sural"), sensory("median", snap=0.0), sensory("ulnar", snap=0.0)), "arms more than legs",
    ),
    "arms_not_studied": (both_sides(*LEGS), "cannot tell"),
    "normal": (NORMAL, "none"),
    "nothing": ((), "cannot tell"),
}  # fmt: skip


@pytest.mark.parametrize(("units", "where"), WHERE.values(), ids=WHERE)
def test_distribution(units: tuple[Unit, ...], where: str) -> None:
    assert judged(*units).distribution.value == where


def test_motor_loss_alone_is_not_length_dependent_because_sensory_nerves_are_normal() -> None:
    units = both_sides(
        *(motor(n, **LOST) for n in ("median", "ulnar", "tibial", "fibular")),
        *(sensory(n) for n in ("median", "ulnar", "radial", "sural")),
    )
    assert judged(*units).distribution.value == "generalised"


def test_one_slight_finding_among_many_numbers_is_chance_and_one_far_off_is_not() -> None:
    many = both_sides(*NORMAL, motor("tibial"))
    slight = judged(*many, motor("radial", mcv=49.0))
    assert slight.kind.value == "normal"
    assert "left radial (motor)" in slight.set_aside
    assert slight.nerves[-1].abnormal is True
    far = judged(*many, motor("radial", amp=2.9))
    assert (far.kind.value, far.set_aside) == ("axonal", "")


@pytest.mark.parametrize(("beyond", "aside"), [(1, True), (2, True), (3, False)])
def test_chance_is_that_of_the_binomial(beyond: int, aside: bool) -> None:
    """With 18 numbers at 3 %, P(2 or more) = 0.098 and P(3 or more) = 0.016."""
    units = [motor(n, **({"mcv": 49.0} if i < beyond else {})) for i, n in enumerate("abcdef")]
    assert bool(without_chance(nerve_states(units))[1]) is aside


def test_a_response_without_a_limit_is_neither_normal_nor_small() -> None:
    number = Number(measure="distal_amplitude_mv", value=0.5, why_no_limit="age")
    (state,) = nerve_states([Unit(kind="motor", nerve="median", side=Side.LEFT, numbers=(number,), limb="arm")])
    assert (state.size, state.abnormal) == ("not judged", None)


def test_the_tables_name_clauses_and_measures_that_exist() -> None:
    assert {r.test.measure for c in myelin_clauses() for r in c.rules} == {
        "motor_velocity_m_s", "distal_latency_ms", "f_latency_ms", "proximal_ratio", "duration_ratio",
    }  # fmt: skip
    assert {s.kind for s in entrapment_sites()} == {"motor", "sensory"}
