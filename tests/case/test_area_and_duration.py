"""Area and duration of a response in a table: synonyms, units in header, cell or column, impossible values."""

from pathlib import Path

import pytest

from ranvier.case import Case, read_tables

ROW = "median,left,motor,wrist,APB"


def read(tmp_path: Path, text: str) -> Case:
    table = tmp_path / "table.csv"
    table.write_text(text, encoding="utf-8")
    return read_tables(ncs=table)


@pytest.mark.parametrize(
    ("heading", "cell", "area"),
    [
        ("area_mv_ms", "24.5", 24.5),
        ("Area (mV·ms)", "24.5", 24.5),
        ("area mV*ms", "24.5", 24.5),
        ("Negative area [mVms]", "24.5", 24.5),
        ("Area (µV·ms)", "24500", 24.5),
        ("area uV.ms", "24500", 24.5),
        ("area", "24.5 mV·ms", 24.5),
        ("area", "24500 µVms", 24.5),
    ],
)
def test_an_area_is_read_in_its_unit(tmp_path: Path, heading: str, cell: str, area: float) -> None:
    case = read(tmp_path, f"nerve,side,kind,stimulation,recording,{heading}\n{ROW},{cell}\n")
    assert case.conduction[0].area_mv_ms == pytest.approx(area)
    assert not case.unused


def test_a_column_of_units_and_decimal_commas(tmp_path: Path) -> None:
    case = read(tmp_path, 'nerve;side;kind;area;area unit;dur (ms)\nulnar;left;motor;"30,2";mVms;"5,6"\n')
    assert (case.conduction[0].area_mv_ms, case.conduction[0].duration_ms) == (30.2, 5.6)


@pytest.mark.parametrize("heading", ["duration_ms", "Negative-peak duration (ms)", "dur"])
def test_the_duration_of_the_negative_phases(tmp_path: Path, heading: str) -> None:
    case = read(tmp_path, f"nerve,side,kind,{heading}\nulnar,left,motor,6.1\n")
    assert case.conduction[0].duration_ms == 6.1


def test_the_duration_of_the_whole_response_is_kept_apart(tmp_path: Path) -> None:
    study = read(tmp_path, "nerve,side,kind,total duration ms\nulnar,left,motor,14\n").conduction[0]
    assert (study.duration_total_ms, study.duration_ms) == (14.0, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nerve,side,kind,area\nulnar,left,motor,30\n", "has no unit"),
        ("nerve,side,kind,area,area_unit\nulnar,left,motor,30,furlong\n", "area unit"),
        ("nerve,side,kind,area_mv_ms\nulnar,left,motor,24500\n", "not possible"),
        ("nerve,side,kind,duration_ms,duration_total_ms\nulnar,left,motor,9,6\n", "shorter than its negative part"),
        ("nerve,side,kind,duration_ms\nulnar,left,motor,610\n", "not possible"),
    ],
)
def test_what_cannot_be_is_not_used_and_questioned(tmp_path: Path, text: str, problem: str) -> None:
    case = read(tmp_path, text)
    assert problem in " ".join(u.problem for u in case.unused)
    assert case.conduction[0].area_mv_ms is None or case.conduction[0].duration_total_ms is None


def test_an_amplitude_with_its_unit_in_the_header(tmp_path: Path) -> None:
    study = read(tmp_path, "nerve,side,kind,Amp (µV)\nsural,left,sensory,12\n").conduction[0]
    assert (study.amplitude, study.amplitude_unit) == (12.0, "uV")
    study = read(tmp_path, "nerve,side,kind,Amplitude (mV)\nulnar,left,motor,NR\n").conduction[0]
    assert (study.amplitude, study.words) == (None, ("absent",))
