"""Every red flag: a picture that raises it and one that just does not."""

from dataclasses import replace

import pytest
from tests.inference.builders import feature, strength, touch

from ranvier.anatomy import load_graph
from ranvier.case import Course, Onset, Tempo
from ranvier.core import Finding, Side, read_table
from ranvier.inference.red_flags import red_flags

ACUTE, CHRONIC = Onset(tempo=Tempo.ACUTE), Onset(tempo=Tempo.CHRONIC)
STEPWISE = Onset(tempo=Tempo.SUBACUTE, course=Course.STEPWISE)


def weak(muscle: str) -> Finding:
    return replace(strength(muscle, Side.LEFT, 2), abnormal=True)


def numb(area: str) -> Finding:
    return replace(touch(area, Side.LEFT, 2), abnormal=True)


RAISED: dict[str, tuple[Onset, list[Finding], list[Finding]]] = {
    "respiratory": (ACUTE, [feature("respiratory_failure")], [feature("respiratory_failure", False)]),
    "bulbar_rapid": (ACUTE, [feature("dysphagia"), weak("deltoid")], [feature("dysphagia")]),
    "rapid_tetraparesis": (ACUTE, [weak("deltoid"), weak("tibialis_anterior")], [weak("tibialis_anterior")]),
    "cauda_equina": (
        ACUTE,
        [feature("sphincter_disturbance"), numb("perianal_outer")],
        [numb("perianal_outer")],
    ),
    "cord": (CHRONIC, [feature("babinski")], [feature("babinski", False)]),
    "vasculitis": (STEPWISE, [feature("neuropathic_pain"), weak("deltoid")], [weak("deltoid")]),
    "spinal_infection": (ACUTE, [feature("back_pain"), feature("fever")], [feature("back_pain")]),
    "pancoast": (CHRONIC, [feature("horner"), weak("first_dorsal_interosseous")], [feature("horner")]),
    "nerve_haematoma": (
        ACUTE,
        [feature("anticoagulation_or_bleeding_tendency"), weak("vastus_medialis")],
        [weak("vastus_medialis")],
    ),
    "dysautonomia": (ACUTE, [feature("cardiac_dysautonomia")], [feature("cardiac_dysautonomia", False)]),
    "porphyria": (
        ACUTE,
        [feature("abdominal_pain"), feature("confusion_or_psychosis"), weak("deltoid")],
        [feature("confusion_or_psychosis"), weak("deltoid")],
    ),
    "hypokalaemia": (ACUTE, [feature("lab_potassium_low"), weak("deltoid")], [feature("lab_potassium_low")]),
}


def _raised(onset: Onset, findings: list[Finding]) -> set[str]:
    return {f.id for f in red_flags(findings, onset, load_graph())}


def test_every_rule_has_its_pictures() -> None:
    rows = read_table("ranvier.inference", "red_flags.csv", ("id",))
    assert {r["id"] for r in rows} == set(RAISED)


@pytest.mark.parametrize("rule", sorted(RAISED))
def test_the_picture_raises_the_flag_and_says_why(rule: str) -> None:
    onset, picture, _ = RAISED[rule]
    flag = next(f for f in red_flags(picture, onset, load_graph()) if f.id == rule)
    assert flag.because
    assert flag.advice


@pytest.mark.parametrize("rule", sorted(RAISED))
def test_a_part_of_the_picture_does_not(rule: str) -> None:
    onset, _, part = RAISED[rule]
    assert rule not in _raised(onset, part)


def test_an_illness_of_three_weeks_is_acute_without_saying_so() -> None:
    findings = [weak("deltoid"), weak("tibialis_anterior")]
    assert "rapid_tetraparesis" in _raised(Onset(duration_days=20), findings)
    assert "rapid_tetraparesis" not in _raised(Onset(duration_days=200), findings)


def test_a_normal_strength_raises_nothing() -> None:
    normal = replace(strength("deltoid", Side.LEFT, 5), abnormal=False)
    assert _raised(ACUTE, [normal, feature("dysphagia")]) == set()
