"""ncs.csv, emg.csv and labs.csv: records, spreadsheets' habits, broken rows, impossible values."""

from pathlib import Path

import pytest
from tests.case.conftest import ReadTexts

from ranvier.case import Unused, read_case
from ranvier.core import PlaceKind, Side

NCS = (
    "nerve,side,kind,stimulation,recording,latency_ms,latency_kind,amplitude,amplitude_unit,velocity_m_s,"
    "f_latency_ms,temperature_c,result,limit,comment\n"
)
EMG = "muscle,side,fibrillations,fasciculations,motor_units,recruitment,other,comment\n"
LABS = "test,value,unit,flag,ref_low,ref_high,day,comment\n"
SURAL = "sural,left,sensory,calf,,3.4,peak,12,uV,45,,32,,,\n"


def only(unused: tuple[Unused, ...]) -> Unused:
    assert len(unused) == 1, unused
    return unused[0]


def test_a_motor_study(read_texts: ReadTexts) -> None:
    case = read_texts(
        ncs=NCS + 'median,R,motor,wrist,APB,"4,1",,7.2,mV,52,28.1,33,normal;block,DML 4.2;CV 50,cold hand\n'
    )
    assert case.unused == ()
    study = case.conduction[0]
    assert (study.place.kind, study.place.ids, study.place.side) == (PlaceKind.NERVE, ("median",), Side.RIGHT)
    assert (study.kind, study.stimulation, study.recording) == ("motor", "median.wrist", "abductor_pollicis_brevis")
    assert (study.latency_ms, study.amplitude, study.amplitude_unit, study.velocity_m_s) == (4.1, 7.2, "mV", 52)
    assert (study.f_latency_ms, study.temperature_c) == (28.1, 33)
    assert (study.words, study.limits, study.comment) == (("normal", "block"), ("DML 4.2", "CV 50"), "cold hand")
    assert (study.origin.file, study.origin.row) == ("ncs.csv", 2)


@pytest.mark.parametrize(
    ("nerve", "point", "node"),
    [
        ("median", "elbow", "median.elbow"),
        ("ulnar", "below elbow", "ulnar.below_elbow"),
        ("ulnar", "AE", "ulnar.above_elbow"),
        ("peroneal", "ankle", "deep_fibular.ankle"),
        ("peroneal", "fibular head", "common_fibular.below_fibular_head"),
        ("common peroneal", "popliteal fossa", "common_fibular.above_fibular_head"),
        ("tibial", "popliteal fossa", "tibial.popliteal_fossa"),
        ("axillary", "Erb", "upper_trunk"),
        ("ulnar", "Erb", "lower_trunk"),
        ("femoral", "groin", "femoral.inguinal"),
    ],
)
def test_a_stimulating_point_is_found_along_its_nerve(read_texts: ReadTexts, nerve: str, point: str, node: str) -> None:
    case = read_texts(ncs=NCS + f"{nerve},left,motor,{point},,,,5,mV,,,,,,\n")
    assert [s.stimulation for s in case.conduction] == [node]


def test_an_orthodromic_study_is_the_same_as_an_antidromic_one(read_texts: ReadTexts) -> None:
    case = read_texts(
        ncs=NCS + "median,left,sensory,index finger,wrist,2.9,,20,uV,,,,,,\n"
        "median,left,sensory,wrist,index finger,2.9,,20,uV,,,,,,\n"
    )
    assert case.unused == ()
    assert {(s.stimulation, s.recording) for s in case.conduction} == {("median.wrist", "index_finger")}


def test_a_summary_names_a_region_or_several_nerves(read_texts: ReadTexts) -> None:
    case = read_texts(
        ncs=NCS + "lower limbs,both,summary,,,,,,,,,,axonal,,\nmedian;ulnar,both,motor,,,,,,,,,,demyelinating,,\n"
    )
    region, nerves = case.conduction
    assert (region.place.kind, region.place.ids) == (PlaceKind.REGION, ("legs",))
    assert (nerves.place.kind, nerves.place.ids) == (PlaceKind.NERVE, ("median", "ulnar"))


@pytest.mark.parametrize("cell", ["NR", "no response", "absent"])
def test_no_response_in_a_number_column_is_an_absent_response(read_texts: ReadTexts, cell: str) -> None:
    case = read_texts(ncs=NCS + f"sural,left,sensory,,,,,{cell},,,,,,,\n")
    assert case.conduction[0].words == ("absent",)
    assert case.conduction[0].amplitude is None
    assert case.unused == ()


@pytest.mark.parametrize(
    "row",
    [
        "mediann,left,motor,,,,,5,mV,,,,,,",
        "median,lefft,motor,,,,,5,mV,,,,,,",
        "median,left,moto,,,,,5,mV,,,,,,",
        "median,left,motor,wirst,,,,5,mV,,,,,,",
        "median,left,motor,,abductor policis brevis,,,5,mV,,,,,,",
        ",left,motor,,,,,5,mV,,,,,,",
        "median;legs,left,motor,,,,,5,mV,,,,,,",
        'median,left,motor,"wrist,,,,5,mV,,,,,,',
        "median,left,motor,wrist,APB,3,5,,7,2,mV,,,,,,,",
        "median,left,motor,wrist,APB,3,5,,7.2,mV",
    ],
)
def test_a_row_that_would_be_another_study_is_left_out_alone(read_texts: ReadTexts, row: str) -> None:
    case = read_texts(ncs=f"{NCS}{SURAL}{row}\n{SURAL}")
    assert [s.place.ids for s in case.conduction] == [("sural",), ("sural",)]
    problem = only(case.unused)
    assert (problem.severity, problem.origin.file, problem.origin.row) == ("error", "ncs.csv", 3)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("median,left,motor,,,400,,5,mV,50,,33,,,", "latency_ms"),
        ("median,left,motor,,,-2,,5,mV,50,,33,,,", "latency_ms"),
        ("median,left,motor,,,4,,5000,mV,50,,33,,,", "amplitude"),
        ("sural,left,sensory,,,4,,12,mV,50,,33,,,", "amplitude"),
        ("sural,left,sensory,,,4,,12000,uV,50,,33,,,", "amplitude"),
        ("median,left,motor,,,4,,5,mV,500,,33,,,", "velocity_m_s"),
        ("median,left,motor,,,4,,5,mV,0.5,,33,,,", "velocity_m_s"),
        ("median,left,motor,,,4,,5,mV,50,900,33,,,", "f_latency_ms"),
        ("median,left,motor,,,4,,5,mV,50,,92,,,", "temperature_c"),
    ],
)
def test_an_impossible_value_is_questioned_and_the_rest_of_the_row_kept(
    read_texts: ReadTexts, row: str, column: str
) -> None:
    case = read_texts(ncs=NCS + row + "\n")
    study, problem = case.conduction[0], only(case.unused)
    kept = {name for name in ("latency_ms", "amplitude", "velocity_m_s", "temperature_c") if getattr(study, name)}
    assert kept == {"latency_ms", "amplitude", "velocity_m_s", "temperature_c"} - {column}
    assert getattr(study, column) is None
    assert (problem.severity, problem.origin.column) == ("question", column)
    assert "expected" in problem.remedy


def test_an_amplitude_without_unit_is_questioned_not_guessed(read_texts: ReadTexts) -> None:
    case = read_texts(ncs=NCS + "median,left,motor,,,4,,5,,50,,33,,,\nmedian,left,motor,,,4,,5 mV,,50,,33,,,\n")
    assert [s.amplitude for s in case.conduction] == [None, 5]
    assert only(case.unused).severity == "question"


def test_a_word_that_is_not_known_costs_only_itself(read_texts: ReadTexts) -> None:
    case = read_texts(ncs=NCS + "sural,left,sensory,,,3.x,,,,,,,axonal;odd,,\n")
    assert case.conduction[0].words == ("axonal",)
    assert [u.origin.column for u in case.unused] == ["result", "latency_ms"]


def test_a_spreadsheet_with_semicolons_decimal_commas_and_a_byte_order_mark(read_texts: ReadTexts) -> None:
    header = "Nerve;Side;Type;Latency (ms);Amp;Unit;NCV (m/s);Comments"
    text = "\r\n".join(("sep=;", header, "median;R;motor;4,125;7,2;mV;52;", ";;;;;;;", ""))
    for raw in (text.encode("utf-8-sig"), text.encode("utf-16"), text.encode("cp1252")):
        case = read_texts(ncs=raw)
        assert case.unused == ()
        study = case.conduction[0]
        assert (study.latency_ms, study.amplitude, study.velocity_m_s, study.origin.row) == (4.125, 7.2, 52, 3)


def test_tabs_and_bars_and_missing_last_cells(read_texts: ReadTexts) -> None:
    for separator in "\t|":
        case = read_texts(labs=LABS.replace(",", separator) + f"b12{separator}310{separator}pg/mL\n")
        assert [(r.test, r.value, r.unit) for r in case.laboratory] == [("b12", 310, "pg/mL")]
        assert case.unused == ()


def test_windows_text_is_read_and_questioned(read_texts: ReadTexts) -> None:
    case = read_texts(labs=(LABS + "b12,310,pg/mL,,,,,Müller\n").encode("cp1252"))
    assert case.laboratory[0].test == "b12"
    assert only(case.unused).severity == "question"


def test_a_quoted_cell_may_go_over_lines_but_an_open_quote_swallows_nothing(read_texts: ReadTexts) -> None:
    case = read_texts(
        labs=LABS + 'b12,310,pg/mL,,,,,"first line\nsecond line"\nfolate,8,ng/mL,,,,,"open\ntsh,2,mIU/L,,,,,\n'
    )
    assert [r.test for r in case.laboratory] == ["b12", "tsh"]
    assert "quote" in only(case.unused).problem


def test_two_open_quotes_do_not_swallow_the_row_between(read_texts: ReadTexts) -> None:
    case = read_texts(labs=LABS + 'b12,310,"pg/mL\ntsh,2,mIU/L\nfolate,8,ng/mL"\n')
    assert [r.test for r in case.laboratory] == ["tsh", "folate"]
    assert only(case.unused).origin.row == 2


def test_unknown_and_repeated_columns_are_noted_once(read_texts: ReadTexts) -> None:
    case = read_texts(labs="test,valu,units,unit,colour\nb12,310,pg/mL,x,red\nfolate,3,ng/mL,x,red\n")
    assert case.laboratory == ()
    assert [u.origin.column for u in case.unused if u.origin.row == 1] == ["valu", "unit", "colour"]


def test_a_file_without_the_column_that_is_needed(read_texts: ReadTexts) -> None:
    case = read_texts(emg="tibialis anterior,left,2\n")
    assert case.needle == ()
    assert "muscle" in case.unused[-1].problem


def test_a_row_that_cannot_be_split_is_noted_without_its_text(read_texts: ReadTexts) -> None:
    case = read_texts(labs=LABS + 'b12,310,pg/mL,,,,,"Jane Roe\nb12,310,pg/mL,,,,,,,Jane Roe\n')
    assert [u.origin.row for u in case.unused] == [2, 3]
    assert "Jane" not in f"{case.unused}"
    headless = read_texts(labs="Jane Roe,b12,310\n")
    assert "Jane" not in f"{only(headless.unused)}"


def test_an_empty_file_is_no_problem(read_texts: ReadTexts) -> None:
    case = read_texts(ncs="", emg="\n\n", labs=LABS)
    assert (case.conduction, case.needle, case.laboratory, case.unused) == ((), (), (), ())


def test_codes_stand_for_names_of_anatomy(read_texts: ReadTexts) -> None:
    case = read_texts(
        emg=f"{EMG}UBERON:0001385,left,0,,,,,\nFMA:22428,left,0,,,,,\n",
        ncs=f"{NCS}FMA:44688,left,sensory,,,4,,,,,,,,,\n",
    )
    assert case.unused == ()
    assert [study.place.ids for study in case.needle] == [
        ("tibialis_anterior",),
        ("rectus_femoris", "vastus_lateralis", "vastus_intermedius", "vastus_medialis"),
    ]
    assert case.conduction[0].place.ids == ("sural",)


def test_needle_studies(read_texts: ReadTexts) -> None:
    case = read_texts(
        emg=EMG + "TA,left,2+,absent,large polyphasic,reduced,CRD;myokymia,\n"
        "deltoid;biceps,right,1-4,,,,,\n"
        '"tibialis anterior, EDB",right,present,,,,none,\n'
        "myotome_C8,right,0,0,normal,full,,\n"
    )
    assert case.unused == ()
    ta, pair, list_, myotome = case.needle
    assert (ta.place.ids, ta.place.side) == (("tibialis_anterior",), Side.LEFT)
    assert (ta.fibrillations, ta.fasciculations, ta.motor_units, ta.recruitment) == (
        (2, 2),
        False,
        "neurogenic",
        "reduced",
    )
    assert ta.other == ("complex_repetitive", "myokymic")
    assert (pair.place.ids, pair.fibrillations) == (("deltoid", "biceps_brachii"), (1, 4))
    assert (pair.fasciculations, pair.motor_units, pair.recruitment) == (None, None, None)
    assert list_.place.ids == ("tibialis_anterior", "extensor_digitorum_brevis")
    assert "extensor_indicis" in myotome.place.ids
    assert (myotome.fibrillations, myotome.motor_units, myotome.recruitment) == ((0, 0), "normal", "normal")


@pytest.mark.parametrize(
    ("row", "severity", "column"),
    [
        ("TA,left,9,absent,normal,normal,,", "question", "fibrillations"),
        ("TA,left,1.5,absent,normal,normal,,", "question", "fibrillations"),
        ("TA,left,often,absent,normal,normal,,", "error", "fibrillations"),
        ("TA,left,2,sometimes,normal,normal,,", "error", "fasciculations"),
        ("TA,left,2,absent,odd,normal,,", "error", "motor_units"),
        ("TA,left,2,absent,normal,normal,wavy,", "error", "other"),
    ],
)
def test_a_bad_needle_cell_costs_only_itself(read_texts: ReadTexts, row: str, severity: str, column: str) -> None:
    case = read_texts(emg=EMG + row + "\n")
    problem = only(case.unused)
    assert (problem.severity, problem.origin.column) == (severity, column)
    assert case.needle[0].place.ids == ("tibialis_anterior",)
    assert column == "other" or getattr(case.needle[0], column) is None


def test_a_needle_row_without_a_known_muscle_or_side_is_left_out(read_texts: ReadTexts) -> None:
    case = read_texts(emg=EMG + "tibialis anteror,left,2,,,,,\n,left,2,,,,,\nTA,lefft,2,,,,,\nTA,left,2,,,,,\n")
    assert len(case.needle) == 1
    assert [u.origin.row for u in case.unused] == [2, 3, 4]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("hba1c,6.9,%,high,4,5.6,,", (6.9, "", "%", "high")),
        ("4548-4,6.9,%,,,,,", (6.9, "", "%", None)),
        ("tsh,<0.01,mIU/L,,,,,", (0.01, "<", "mIU/L", None)),
        ("antimag,>70000,BTU,,,,,", (70000, ">", "BTU", None)),
        ("csf_protein,105 mg/dL,,,,,,", (105, "", "mg/dL", None)),
        ("ana,positive 1:160,,,,,,", (160, "", "titre", "positive")),
        ("ana,1/320,,,,,,", (320, "", "titre", "positive")),
        ("lyme,negative,,,,,,", (None, "", None, "negative")),
        ("lyme,not detected,,,,,,", (None, "", None, "negative")),
        ("csf_protein,raised,,high,,,21,", (None, "", None, "high")),
        ("ck,normal,,normal,,,,", (None, "", None, "normal")),
        ('copper,"0,127",umol/L,L,,,,', (0.127, "", "umol/L", "low")),
        ("ck,see text,,high,,,,", (None, "", None, "high")),
    ],
)
def test_laboratory_results(
    read_texts: ReadTexts, row: str, expected: tuple[float | None, str, str | None, str | None]
) -> None:
    case = read_texts(labs=LABS + row + "\n")
    assert case.unused == ()
    result = case.laboratory[0]
    assert (result.value, result.comparator, result.unit, result.word) == expected


def test_a_laboratory_row_keeps_its_range_and_day(read_texts: ReadTexts) -> None:
    result = read_texts(labs=LABS + "copper,7.0,umol/L,low,13.6,27.6,21,\n").laboratory[0]
    assert (result.ref_low, result.ref_high, result.day, result.origin.row) == (13.6, 27.6, 21, 2)


@pytest.mark.parametrize(
    ("row", "severity"),
    [
        ("hba1c,48,%,,,,,", "question"),
        ("hba1c,-3,%,,,,,", "question"),
        ("csf_protein,105,g/L,,,,,", "question"),
        ('wbc,"17,800",/uL,,,,,', "question"),
        ("lyme,negative,,positive,,,,", "question"),
        ("b12,lots,,,,,,", "error"),
        ("b12,,,,,,,", "error"),
        ("bb12,300,pg/mL,,,,,", "error"),
        ("b12,300..5,pg/mL,,,,,", "error"),
        ("b12,,,funny,,,,", "error"),
        ("copper,7,2,umol/L,,,,", "error"),
    ],
)
def test_a_bad_laboratory_row_is_noted_and_costs_no_other(read_texts: ReadTexts, row: str, severity: str) -> None:
    case = read_texts(labs=f"{LABS}{row}\nfolate,8,ng/mL,,,,,\n")
    assert [r.test for r in case.laboratory] == ["folate"]
    assert {u.severity for u in case.unused if u.origin.row == 2} >= {severity}


def test_a_header_of_misspelt_columns_names_each_nearest_one(read_texts: ReadTexts) -> None:
    case = read_texts(ncs="nerf,sid,kind\nmedian,left,motor\n")
    remedies = " ".join(u.remedy for u in case.unused)
    assert "'nerve'" in remedies
    assert "'side'" in remedies


def test_a_loinc_code_may_carry_its_name(read_texts: ReadTexts) -> None:
    case = read_texts(labs=LABS + "LOINC:4548-4,7.1,%,,,,,\n4548-4,7.1,%,,,,,\n")
    assert [r.test for r in case.laboratory] == ["hba1c", "hba1c"]


def test_a_stimulating_point_of_another_limb_is_answered_with_the_known_ones(read_texts: ReadTexts) -> None:
    case = read_texts(ncs="nerve,side,kind,stimulation\nulnar,left,motor,ankle\n")
    assert "wrist" in only(case.unused).remedy


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("normal,normal,normal", "normal"),
        ("large,,", "neurogenic"),
        (",long,increased", "neurogenic"),
        ("small,short,increased", "myopathic"),
        (",,increased", None),
        ("large,short,", None),
        (",,", None),
    ],
)
def test_size_and_duration_say_what_the_motor_units_are(tmp_path: Path, cells: str, expected: str | None) -> None:
    head = "muscle,side,insertional,mup_amplitude,mup_duration,polyphasia\n"
    (tmp_path / "emg.csv").write_text(f"{head}deltoid,left,increased,{cells}\n", encoding="utf-8")
    (tmp_path / "case.yaml").write_text("patient: {age_y: 40}\n", encoding="utf-8")
    case = read_case(tmp_path)
    assert case.needle[0].motor_units == expected
    assert case.needle[0].insertional == "increased"
    assert bool(case.unused) is (cells in (",,increased", "large,short,"))
