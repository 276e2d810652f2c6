"""Conduction studies to findings: numbers, words, limits, and what is not known."""

from typing import Any

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, ConductionStudy, FeatureStatement, Onset, Patient
from ranvier.case.records import StudyKind
from ranvier.core import (
    Finding,
    GradedReading,
    Modality,
    NumericReading,
    Origin,
    Place,
    PlaceKind,
    PresenceReading,
    Side,
    Status,
)
from ranvier.electrodiagnosis import findings, unused

GRAPH = load_graph()
ADULT = Patient(age_y=50, height_cm=170)


def study(kind: StudyKind, *nerves: str, side: Side = Side.LEFT, **more: Any) -> ConductionStudy:
    """Return one row on some nerves."""
    place = Place(kind=PlaceKind.NERVE, ids=nerves, side=side, label=" and ".join(nerves))
    return ConductionStudy(place=place, kind=kind, origin=Origin(file="ncs.csv", row=2), **more)


def summary(kind: StudyKind, region: str, *words: Any, side: Side = Side.BOTH) -> ConductionStudy:
    """Return a summary of a region in words."""
    place = Place(kind=PlaceKind.REGION, ids=(region,), side=side, label=region)
    return ConductionStudy(place=place, kind=kind, words=words, origin=Origin(file="ncs.csv", row=3))


def case(*rows: ConductionStudy, patient: Patient = ADULT, stated: tuple[str, ...] = ()) -> Case:
    """Return a case with conduction studies only."""
    said = tuple(FeatureStatement(feature=f, present=True, place=None, origin=Origin(file="case.yaml")) for f in stated)
    return Case(id="x", patient=patient, onset=Onset(), conduction=rows, statements=said)


def of(*rows: ConductionStudy, patient: Patient = ADULT) -> dict[str, Finding]:
    """Return the findings by observable; each may occur once."""
    found = findings(case(*rows, patient=patient), GRAPH)
    assert len({f.observable for f in found}) == len(found)
    return {f.observable: f for f in found}


def grades(found: dict[str, Finding]) -> dict[str, tuple[int, int]]:
    """Return the graded readings as pairs."""
    return {
        name: (f.reading.lowest, f.reading.highest) for name, f in found.items() if isinstance(f.reading, GradedReading)
    }


def test_numbers_are_compared_with_their_limits() -> None:
    found = of(study("motor", "median", latency_ms=5.1, amplitude=0.2, amplitude_unit="mV"))
    latency = found["distal_latency"]
    assert isinstance(latency.reading, NumericReading)
    assert latency.reading.log_ratio_to_mean == pytest.approx(0.125 + 1.8808 * 0.1, abs=2e-3)
    assert latency.abnormal is True
    assert latency.limit is not None
    assert (latency.limit.source, latency.limit.status) == ("buschbacher_manual", Status.ASSUMED)
    assert latency.statement == (
        "Motor conduction, left median nerve to abductor pollicis brevis: "
        "the distal latency is 5.1 ms (upper limit 4.5 ms), prolonged."
    )
    assert found["cmap_amplitude"].abnormal is True
    assert latency.place == Place(
        kind=PlaceKind.STUDY,
        ids=("median_motor_apb",),
        side=Side.LEFT,
        label="median nerve to abductor pollicis brevis",
    )
    assert latency.modality is Modality.NCS
    assert latency.origin.row == 2


def test_a_value_on_the_limit_is_normal() -> None:
    assert of(study("motor", "median", latency_ms=4.5))["distal_latency"].abnormal is False


def test_ids_follow_the_report() -> None:
    found = findings(
        case(study("motor", "median", latency_ms=5.1), study("sensory", "sural", words=("absent",))), GRAPH
    )
    assert [f.id for f in found] == ["ncs-1", "ncs-2"]


def test_a_response_of_no_amplitude_is_absent() -> None:
    assert grades(of(study("sensory", "sural", amplitude=0.0))) == {"snap_amplitude": (2, 2)}


def test_units_of_amplitude_are_converted() -> None:
    found = of(study("motor", "median", amplitude=200, amplitude_unit="uV"))["cmap_amplitude"]
    assert isinstance(found.reading, NumericReading)
    assert (found.reading.value, found.reading.unit) == (0.2, "mV")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("normal",), {"cmap_amplitude": (0, 0), "distal_latency": (0, 0), "velocity": (0, 0)}),
        (("abnormal",), {"study_abnormal": (1, 1)}),
        (("abnormal", "reduced"), {"cmap_amplitude": (1, 1)}),
        (("reduced", "absent"), {"cmap_amplitude": (1, 2)}),
        (("prolonged",), {"distal_latency": (1, 2)}),
        (("slowed",), {"velocity": (1, 2)}),
        (("normal", "prolonged"), {"cmap_amplitude": (0, 0), "distal_latency": (1, 2), "velocity": (0, 0)}),
        (("axonal",), {"cmap_amplitude": (1, 2), "distal_latency": (0, 1), "velocity": (0, 1)}),
        (("demyelinating",), {"velocity": (1, 2)}),
        (("axonal", "demyelinating"), {"cmap_amplitude": (1, 2), "velocity": (1, 2)}),
        (("block", "dispersion"), {"conduction_block": (1, 1), "dispersion": (1, 1)}),
    ],
)
def test_words_on_a_motor_study(words: Any, expected: dict[str, tuple[int, int]]) -> None:
    assert grades(of(study("motor", "ulnar", words=words))) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("normal",), {"snap_amplitude": (0, 0), "distal_latency": (0, 0)}),
        (("reduced", "prolonged"), {"snap_amplitude": (1, 1), "distal_latency": (1, 2)}),
        (("demyelinating",), {"study_abnormal": (1, 1)}),
        (("absent",), {"snap_amplitude": (2, 2)}),
    ],
)
def test_words_on_a_sensory_study(words: Any, expected: dict[str, tuple[int, int]]) -> None:
    assert grades(of(study("sensory", "ulnar", words=words))) == expected


@pytest.mark.parametrize(("word", "grade"), [("normal", (0, 0)), ("prolonged", (1, 1)), ("absent", (2, 2))])
def test_late_responses_in_words(word: Any, grade: tuple[int, int]) -> None:
    assert grades(of(study("f_wave", "tibial", words=(word,)))) == {"f_wave": grade}
    h_reflex = of(study("h_reflex", "tibial", words=(word,)))["h_reflex"]
    assert (h_reflex.reading, h_reflex.place and h_reflex.place.ids) == (
        GradedReading(lowest=grade[0], highest=grade[1]), ("soleus_h",)
    )  # fmt: skip


def test_an_f_wave_is_a_reading_of_the_motor_study() -> None:
    found = of(study("f_wave", "tibial", latency_ms=68))["f_wave"]
    assert found.abnormal is True
    assert found.place is not None
    assert found.place.ids == ("tibial_motor_ah",)


def test_the_limit_that_the_laboratory_printed_goes_first() -> None:
    found = of(study("f_wave", "tibial", latency_ms=55, limits=("limit 54",)))["f_wave"]
    assert found.abnormal is True
    assert found.limit is not None
    assert found.limit.source == "own_limit_of_the_laboratory"
    assert "limit printed by the laboratory" in found.statement
    late = of(study("h_reflex", "tibial", latency_ms=34.3, limits=("limit 34",)))
    assert grades(late) == {"h_reflex": (1, 1)}
    assert grades(of(study("h_reflex", "tibial", latency_ms=34.3))) == {"h_reflex": (0, 0)}


def test_a_printed_limit_belongs_to_the_measure_that_it_names() -> None:
    numbers = {"latency_ms": 4.4, "amplitude": 5.0, "velocity_m_s": 50.0}
    found = of(study("motor", "median", **numbers, limits=("DML 4,2 ms", "> 4 mV")))
    assert found["distal_latency"].abnormal is True
    assert found["cmap_amplitude"].limit is not None
    assert "limit 4 mV" in found["cmap_amplitude"].limit.text
    assert found["velocity"].abnormal is False
    assert unused(case(study("motor", "median", **numbers, limits=("DML 4.2 ms",))), GRAPH) == ()
    left = unused(case(study("motor", "median", **numbers, limits=("limit 4",))), GRAPH)
    assert [u.severity for u in left] == ["question"]


def test_outside_the_reference_sample_there_is_no_verdict() -> None:
    found = of(study("motor", "median", latency_ms=8.0), patient=Patient(age_y=9))["distal_latency"]
    assert found.abnormal is None
    assert found.reading == GradedReading(lowest=0, highest=2)
    assert "8 ms" in found.statement
    assert "no verdict" in found.statement


def test_where_no_limit_is_known_a_word_decides() -> None:
    assert of(study("motor", "axillary", amplitude=3.9))["cmap_amplitude"].abnormal is None
    assert of(study("motor", "axillary", amplitude=3.9, words=("reduced",)))["cmap_amplitude"].abnormal is True


def test_a_number_goes_before_a_word() -> None:
    found = of(study("motor", "median", amplitude=9.0, words=("normal",)))
    assert isinstance(found["cmap_amplitude"].reading, NumericReading)
    assert grades(found) == {"distal_latency": (0, 0), "velocity": (0, 0)}


def test_a_cool_limb_explains_slowing_but_not_a_small_response() -> None:
    cool = study("motor", "median", latency_ms=5.0, amplitude=1.0, temperature_c=28)
    found = of(cool)
    assert found["distal_latency"].abnormal is None
    assert found["distal_latency"].reading == GradedReading(lowest=0, highest=2)
    assert found["cmap_amplitude"].abnormal is True
    assert of(study("motor", "median", latency_ms=4.0, temperature_c=28))["distal_latency"].abnormal is False
    assert of(study("motor", "median", latency_ms=5.0, temperature_c=33))["distal_latency"].abnormal is True


def test_a_sensory_latency_of_unknown_kind_is_judged_only_where_both_agree() -> None:
    assert of(study("sensory", "sural", latency_ms=3.5))["distal_latency"].abnormal is False
    assert of(study("sensory", "sural", latency_ms=4.6))["distal_latency"].abnormal is True
    assert of(study("sensory", "sural", latency_ms=4.0))["distal_latency"].abnormal is None
    assert of(study("sensory", "sural", latency_ms=4.0, latency_kind="peak"))["distal_latency"].abnormal is False
    assert of(study("sensory", "sural", latency_ms=4.0, latency_kind="onset"))["distal_latency"].abnormal is True


def test_a_sensory_velocity_counts_only_without_a_latency() -> None:
    assert of(study("sensory", "sural", velocity_m_s=33))["velocity"].abnormal is True
    assert set(of(study("sensory", "sural", velocity_m_s=33, latency_ms=3.0))) == {"distal_latency"}


def test_the_velocity_across_the_elbow_has_its_own_limit() -> None:
    across = study("motor", "ulnar", stimulation="ulnar.above_elbow", velocity_m_s=45)
    forearm = study("motor", "ulnar", stimulation="ulnar.below_elbow", velocity_m_s=45)
    assert of(across)["velocity"].abnormal is False
    assert of(forearm)["velocity"].abnormal is True


def test_latency_and_amplitude_of_a_proximal_point_are_not_distal_ones() -> None:
    found = of(study("motor", "median", stimulation="median.elbow", latency_ms=8.9, amplitude=8.0, velocity_m_s=55))
    assert set(found) == {"velocity", "cmap_amplitude"}
    assert found["cmap_amplitude"].reading == GradedReading(lowest=0, highest=0)


def test_block_from_the_numbers() -> None:
    def pair(proximal_mv: float, nerve: str = "ulnar", node: str = "ulnar.above_elbow") -> list[Finding]:
        rows = (study("motor", nerve, amplitude=9.0), study("motor", nerve, stimulation=node, amplitude=proximal_mv))
        return [f for f in findings(case(*rows), GRAPH) if f.observable == "conduction_block"]

    (block,) = pair(4.0)
    assert (block.reading, block.abnormal) == (GradedReading(lowest=1, highest=1), True)
    assert "56 %" in block.statement
    (none,) = pair(8.0)
    assert (none.reading, none.abnormal) == (GradedReading(lowest=0, highest=0), False)
    assert pair(5.5) == []
    assert pair(3.0, "tibial", "tibial.popliteal_fossa") == []


def test_no_block_is_judged_on_a_tiny_response() -> None:
    rows = (
        study("motor", "ulnar", amplitude=1.0),
        study("motor", "ulnar", stimulation="ulnar.above_elbow", amplitude=0.2),
    )
    assert "conduction_block" not in of(*rows)


def test_a_summary_speaks_of_several_studies_together() -> None:
    found = of(summary("sensory", "legs", "absent"))
    place = found["snap_amplitude"].place
    assert place is not None
    assert (place.ids, place.side) == (("sural_sensory", "superficial_fibular_sensory"), Side.BOTH)


def test_a_summary_of_all_is_motor_and_sensory() -> None:
    found = findings(case(summary("summary", "limbs", "normal")), GRAPH)
    assert {f.observable for f in found} == {"cmap_amplitude", "snap_amplitude", "velocity", "distal_latency"}
    assert all(f.abnormal is False for f in found)


def test_patterns_come_from_summaries_only_and_once() -> None:
    rows = (summary("motor", "limbs", "axonal"), summary("sensory", "limbs", "axonal"))
    found = [f for f in findings(case(*rows), GRAPH) if f.observable.startswith("ncs_")]
    assert [(f.observable, f.abnormal) for f in found] == [
        ("ncs_pattern_axonal", True), ("ncs_motor_only", False), ("ncs_sensory_only", False)
    ]  # fmt: skip
    assert "ncs_pattern_axonal" not in of(study("motor", "median", words=("axonal",)))
    already = findings(case(*rows, stated=("ncs_pattern_axonal",)), GRAPH)
    assert "ncs_pattern_axonal" not in {f.observable for f in already}


@pytest.mark.parametrize(
    ("motor", "sensory", "expected"),
    [
        ("reduced", "normal", {"ncs_motor_only": True, "ncs_sensory_only": False}),
        ("normal", "absent", {"ncs_motor_only": False, "ncs_sensory_only": True}),
        ("normal", "normal", {}),
    ],
)
def test_one_modality_alone(motor: Any, sensory: Any, expected: dict[str, bool]) -> None:
    found = findings(case(summary("motor", "legs", motor), summary("sensory", "legs", sensory)), GRAPH)
    stated = {f.observable: f.reading.present for f in found if isinstance(f.reading, PresenceReading)}
    assert stated == expected


def test_motor_alone_is_not_claimed_when_sensory_was_not_spoken_of() -> None:
    assert "ncs_motor_only" not in of(summary("motor", "legs", "reduced"))
    assert "ncs_motor_only" not in of(summary("motor", "legs", "reduced"), summary("sensory", "arms", "normal"))


def test_blink_and_repetitive_stimulation_are_features() -> None:
    blink = of(study("blink", "facial", words=("absent",)))["blink_reflex_abnormal"]
    assert (blink.reading, blink.abnormal) == (PresenceReading(present=True), True)
    found = of(summary("repetitive_stimulation", "limbs", "normal"))
    assert {name: f.abnormal for name, f in found.items()} == {"rns_decrement": False, "rns_increment": False}


def test_unknown_side_stays_unknown() -> None:
    found = of(study("motor", "median", side=Side.UNKNOWN, latency_ms=8.4))["distal_latency"]
    assert found.place is not None
    assert found.place.side is Side.UNKNOWN
    assert "side not stated" in found.statement


def test_what_cannot_be_used_is_told() -> None:
    left = unused(case(study("sensory", "long_thoracic", words=("reduced",)), study("motor", "median")), GRAPH)
    assert [u.severity for u in left] == ["error", "error"]
    assert "no standard sensory study of 'long_thoracic'" in left[0].problem
    assert "sural" in left[0].remedy
    assert "neither a number nor a word" in left[1].problem
    assert unused(case(study("motor", "median", latency_ms=4.0)), GRAPH) == ()


def test_a_proximal_response_alone_is_told_and_with_a_distal_one_it_is_used() -> None:
    late = study("motor", "median", stimulation="median.elbow", latency_ms=8.9)
    (left,) = unused(case(late), GRAPH)
    assert "no response at the distal point" in left.problem
    elbow = study("motor", "median", stimulation="median.elbow", amplitude=4.0)
    assert unused(case(elbow, study("motor", "median", amplitude=7.0)), GRAPH) == ()


def test_normal_at_every_point_is_said_once_and_numbers_go_before_it() -> None:
    wrist = study("motor", "median", words=("normal",))
    elbow = study("motor", "median", stimulation="median.elbow", words=("normal",))
    assert [f.observable for f in findings(case(wrist, elbow), GRAPH)] == [
        "cmap_amplitude",
        "distal_latency",
        "velocity",
    ]
    measured = study("motor", "median", stimulation="median.elbow", velocity_m_s=55)
    velocity = [f for f in findings(case(wrist, measured), GRAPH) if f.observable == "velocity"]
    assert [type(f.reading) for f in velocity] == [NumericReading]


def test_a_normal_proximal_response_alone_says_that_the_distal_one_is_normal() -> None:
    found = of(study("motor", "median", stimulation="median.elbow", amplitude=9.0, amplitude_unit="mV"))
    assert found["cmap_amplitude"].abnormal is False


def test_a_small_proximal_response_alone_says_only_that_something_is_wrong() -> None:
    found = of(study("motor", "median", stimulation="median.elbow", amplitude=0.5, amplitude_unit="mV"))
    assert set(found) == {"study_abnormal"}
    assert "no distal response" in found["study_abnormal"].statement


@pytest.mark.parametrize(
    ("rows", "part"),
    [
        ((study("motor", "median", amplitude=2.0, amplitude_unit="mV", words=("absent",)),), "called absent"),
        ((study("motor", "median", words=("reduced", "absent")),), "absent and reduced at once"),
        (
            (
                study("motor", "median", latency_ms=3.3, amplitude=8.0, amplitude_unit="mV"),
                study("motor", "median", stimulation="median.elbow", latency_ms=2.0, velocity_m_s=55.0),
            ),
            "not longer than the distal one",
        ),
    ],
)
def test_rows_that_contradict_themselves_are_questioned(rows: tuple[ConductionStudy, ...], part: str) -> None:
    doubtful = [u for u in unused(case(*rows), GRAPH) if u.severity == "question"]
    assert [part in u.problem for u in doubtful] == [True]


def test_studies_of_different_days_are_kept_apart_and_carry_their_day() -> None:
    early = study("motor", "median", words=("normal",), day=3.0)
    late = study("motor", "median", words=("normal",), day=30.0)
    days = [f.day for f in findings(case(early, late), GRAPH) if f.observable == "cmap_amplitude"]
    assert days == [3.0, 30.0]


@pytest.mark.parametrize(
    ("limits", "verdict", "questions"),
    [
        (("latency 4.2 ms", "amplitude 4 mV"), False, 0),
        (("latency 4.2 ms", "velocity 55 m/s"), True, 0),
        (("4.2 ms",), False, 0),
        (("55",), True, 0),
        (("normal",), False, 1),
    ],
)
def test_a_printed_limit_of_a_number_that_is_not_there_is_not_used_for_another(
    limits: tuple[str, ...], verdict: bool, questions: int
) -> None:
    row = study("motor", "median", stimulation="median.elbow", velocity_m_s=52, limits=limits)
    assert of(row)["velocity"].abnormal is verdict
    assert sum("does not say which number" in u.problem for u in unused(case(row), GRAPH)) == questions
