"""Geometry, variants of the nerves, technical faults, the two sides, own limits: one small table each."""

from pathlib import Path

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, Patient, read_tables
from ranvier.core import Finding, GradedReading
from ranvier.electrodiagnosis import findings, unused

GRAPH = load_graph()
HEAD = (
    "nerve,side,kind,stimulation,recording,latency_ms,latency_kind,amplitude,amplitude_unit,velocity_m_s,"
    "distance_mm,temperature_c,comment\n"
)
ADULT = Patient(age_y=50, sex="female", height_cm=170)


def table(folder: Path, *lines: str, limits: str = "", patient: Patient = ADULT) -> Case:
    """Return the case of a table and, if given, of limits of the laboratory's own."""
    (folder / "t.csv").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    own = folder / "own.csv"
    own.write_text(limits, encoding="utf-8")
    return read_tables(ncs=folder / "t.csv", limits=own if limits else None, patient=patient)


def one(case: Case, observable: str, side: str = "right") -> Finding:
    """Return the only finding of an observable on one side."""
    (found,) = [
        f for f in findings(case, GRAPH) if f.observable == observable and f.place and f.place.side.value == side
    ]
    return found


def questions(case: Case) -> str:
    """Return everything that is questioned, as one text."""
    return "\n".join(u.problem for u in (*case.unused, *unused(case, GRAPH)))


TIBIAL = "tibial,right,motor,ankle,AH,4.0,,12,mV,,,,"


def test_a_velocity_that_was_not_printed_is_computed_and_said_to_be(tmp_path: Path) -> None:
    case = table(tmp_path, TIBIAL, "tibial,right,motor,popliteal fossa,AH,13.0,,9,mV,,400,,")
    found = one(case, "velocity")
    assert "computed from distance and latencies" in found.statement
    assert "44.4 m/s" in found.statement
    assert found.abnormal is False


@pytest.mark.parametrize(("velocity", "doubted"), [("44", False), ("45.6", False), ("46", True), ("55", True)])
def test_a_velocity_must_agree_with_distance_and_latencies(tmp_path: Path, velocity: str, doubted: bool) -> None:
    case = table(tmp_path, TIBIAL, f"tibial,right,motor,popliteal fossa,AH,13.0,,9,mV,{velocity},400,,")
    assert ("400 mm in 9 ms are 44.4 m/s" in questions(case)) is doubted
    assert velocity in one(case, "velocity").statement


def test_geometry_of_a_sensory_study(tmp_path: Path) -> None:
    good = table(tmp_path, "sural,right,sensory,calf,ankle,3.0,onset,20,uV,46.7,140,,")
    assert "are" not in questions(good)
    bad = table(tmp_path, "sural,right,sensory,calf,ankle,3.0,onset,20,uV,60,140,,")
    assert "given as 60 m/s" in questions(bad)


ULNAR = ("ulnar,right,motor,wrist,ADM,2.8,,10,mV,,,,", "ulnar,right,motor,below elbow,ADM,6.5,,4.0,mV,,,,")
CROSSING = ("median,right,motor,wrist,ADM,3.0,,0.5,mV,,,,", "median,right,motor,elbow,ADM,7.0,,5.5,mV,,,,")


def test_an_ulnar_fall_without_a_crossing_is_block_and_the_crossing_is_asked_for(tmp_path: Path) -> None:
    case = table(tmp_path, *ULNAR)
    assert one(case, "conduction_block").abnormal is True
    assert "Martin-Gruber" in questions(case)


def test_martin_gruber_type_1_explains_the_fall(tmp_path: Path) -> None:
    case = table(tmp_path, *ULNAR, *CROSSING)
    assert one(case, "conduction_block").abnormal is False
    assert "Martin-Gruber anastomosis type I " in questions(case)
    assert "no standard" not in questions(case)


def test_a_crossing_that_is_too_small_leaves_the_block(tmp_path: Path) -> None:
    small = ("median,right,motor,wrist,ADM,3.0,,0.5,mV,,,,", "median,right,motor,elbow,ADM,7.0,,0.9,mV,,,,")
    assert one(table(tmp_path, *ULNAR, *small), "conduction_block").abnormal is True


def test_a_crossing_of_the_other_arm_explains_nothing(tmp_path: Path) -> None:
    other = [line.replace("right", "left") for line in CROSSING]
    assert one(table(tmp_path, *ULNAR, *other), "conduction_block").abnormal is True


def test_martin_gruber_type_3_with_a_lesion_at_the_wrist(tmp_path: Path) -> None:
    case = table(
        tmp_path,
        "median,right,motor,wrist,APB,6.0,,5.0,mV,,,,",
        "median,right,motor,elbow,APB,8.0,,8.0,mV,100,,,initial positive deflection",
    )
    said = questions(case)
    assert "type III" in said
    assert "points to crossing fibres" in said
    assert "initial positive deflection" in said


@pytest.mark.parametrize("words", ["Riche-Cannieu", "Martin Gruber", "accessory deep peroneal nerve"])
def test_variants_in_words(tmp_path: Path, words: str) -> None:
    case = table(tmp_path, f"median,right,motor,wrist,APB,4.0,,8.0,mV,,,,{words} found")
    assert "the report speaks of" in questions(case)


def test_accessory_deep_fibular_nerve(tmp_path: Path) -> None:
    case = table(
        tmp_path,
        "common_fibular,right,motor,ankle,EDB,4,,2,mV,,,,",
        "common_fibular,right,motor,fibular head,EDB,11,,5,mV,,,,",
        "common_fibular,right,motor,lateral malleolus,EDB,4,,2,mV,,,,",
    )
    assert questions(case).count("accessory deep fibular") == 2
    assert case.unused == ()


def test_a_larger_proximal_response_questions_the_distal_stimulus(tmp_path: Path) -> None:
    case = table(tmp_path, TIBIAL, "tibial,right,motor,popliteal fossa,AH,13.0,,16,mV,,,,")
    assert "too weak" in questions(case)
    assert one(case, "cmap_amplitude").abnormal is False


def test_a_stated_cold_limb_is_shown_corrected_and_never_called_normal(tmp_path: Path) -> None:
    case = table(tmp_path, "tibial,right,motor,ankle,AH,6.4,,12,mV,,,27,")
    assert "a latency of about 5.8 ms" in questions(case)
    assert one(case, "distal_latency").abnormal is None


def test_slow_and_large_suggests_a_cold_limb(tmp_path: Path) -> None:
    case = table(tmp_path, "sural,right,sensory,calf,ankle,4.9,peak,25,uV,,,,")
    assert "as in a cold limb" in questions(case)
    assert one(case, "distal_latency").abnormal is True


def test_impossible_speed_and_latency_are_questioned(tmp_path: Path) -> None:
    case = table(tmp_path, "tibial,right,motor,ankle,AH,1.5,,12,mV,,,,", "tibial,right,motor,knee,AH,6,,11,mV,85,,,")
    assert "faster than nerves conduct" in questions(case)
    assert "may have spread" in questions(case)


SURAL = "sural,{},sensory,calf,ankle,3.0,onset,{},uV,,,,"


@pytest.mark.parametrize(("right", "abnormal"), [("5", True), ("6", False)])
def test_the_other_side_is_the_limit(tmp_path: Path, right: str, abnormal: bool) -> None:
    """72 % of 20 uV may be missing: 5.6 uV is the least that is within the limit."""
    case = table(tmp_path, SURAL.format("left", 20), SURAL.format("right", right))
    found = one(case, "snap_amplitude")
    assert found.abnormal is abnormal
    assert isinstance(found.reading, GradedReading) is abnormal
    assert one(case, "snap_amplitude", "left").abnormal is False


@pytest.mark.parametrize(("right", "abnormal"), [("33", True), ("32", False)])
def test_the_h_reflex_of_the_other_side(tmp_path: Path, right: str, abnormal: bool) -> None:
    rows = ("tibial,left,h_reflex,,soleus,30,,,,,,,", f"tibial,right,h_reflex,,soleus,{right},,,,,,,")
    assert one(table(tmp_path, *rows), "h_reflex").abnormal is abnormal


@pytest.mark.parametrize(("right", "abnormal"), [("4.2", True), ("4.0", False)])
def test_the_latency_of_the_other_side(tmp_path: Path, right: str, abnormal: bool) -> None:
    rows = ("median,left,motor,wrist,APB,3.4,,,,,,,", f"median,right,motor,wrist,APB,{right},,,,,,,")
    assert one(table(tmp_path, *rows), "distal_latency").abnormal is abnormal


def test_no_comparison_outside_its_sample(tmp_path: Path) -> None:
    rows = (SURAL.format("left", 20), SURAL.format("right", 5))
    for patient in (Patient(age_y=85), Patient()):
        assert not any(f.abnormal for f in findings(table(tmp_path, *rows, patient=patient), GRAPH))


def test_a_value_with_a_verdict_of_its_own_keeps_it(tmp_path: Path) -> None:
    found = one(table(tmp_path, SURAL.format("left", 20), SURAL.format("right", 2)), "snap_amplitude")
    assert "other side" not in found.statement
    assert found.abnormal is True


OWN = "study,measure,limit,unit,age_min_y,age_max_y,sex,mean,sd,status\n"


def test_own_limits_go_before_the_packaged_ones(tmp_path: Path) -> None:
    case = table(tmp_path, SURAL.format("right", 8), limits=OWN + "sural_sensory,amplitude,10,uV,18,60,,18,4,\n")
    found = one(case, "snap_amplitude")
    assert found.abnormal is True
    assert "status laboratory" in found.statement
    assert "z -2.5" in found.statement


@pytest.mark.parametrize("row", ["sural_sensory,amplitude,10,uV,60,80,,,,", "sural_sensory,amplitude,10,uV,,,male,,,"])
def test_outside_the_sample_of_own_limits_there_is_no_verdict(tmp_path: Path, row: str) -> None:
    case = table(tmp_path, SURAL.format("right", 8), limits=OWN + row + "\n")
    found = one(case, "snap_amplitude")
    assert found.abnormal is None
    assert "no verdict is given" in found.statement


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("sural_sensori,amplitude,10,uV,,,,,,", "sural_sensori"),
        ("sural_sensory,amplitud,10,uV,,,,,,", "amplitud"),
        ("sural_sensory,amplitude,10,ms,,,,,,", "the unit of amplitude must be mV or uV"),
        ("sural_sensory,amplitude,10,uV,60,20,,,,", "age_min_y 60 is above age_max_y 20"),
        ("sural_sensory,amplitude,10,uV,,,,18,,", "mean and SD belong together"),
        ("sural_sensory,amplitude,10,uV,,,,8,2,", "lies beyond the lower limit"),
        ("sural_sensory,amplitude,ten,uV,,,,,,", "is no number"),
        ("sural_sensory,amplitude,,uV,,,,,,", "there is no limit"),
        ("sural_sensory,amplitude,10,uV,,,other,,,", "other"),
    ],
)
def test_rows_of_own_limits_that_cannot_be_used_are_named(tmp_path: Path, row: str, told: str) -> None:
    case = table(tmp_path, SURAL.format("right", 8), limits=OWN + row + "\n")
    assert case.own_limits == ()
    assert told in questions(case)
    assert one(case, "snap_amplitude").abnormal is False
