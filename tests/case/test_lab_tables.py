"""Laboratory tables of any layout and language, and values as laboratories write them."""

from pathlib import Path

import pytest

from ranvier.case import Case, read_tables


def read(tmp_path: Path, text: str) -> Case:
    (tmp_path / "results.csv").write_text(text, encoding="utf-8")
    return read_tables(labs=tmp_path / "results.csv")


@pytest.mark.parametrize(
    ("value", "number", "highest", "sign", "word"),
    [
        ("<0.01", 0.01, None, "<", None),
        (">1000", 1000, None, ">", None),
        ("≥ 6", 6, None, ">", None),
        ("positive 1:160", 160, None, "", "positive"),
        ("1:320", 320, None, "", "positive"),
        ("<1:80", 80, None, "<", None),
        ("trace", None, None, "", "borderline"),
        ("not detected", None, None, "", "negative"),
        ("5.1 (repeat)", 5.1, None, "", None),
        ("1 234.5", 1234.5, None, "", None),
        ("1'234", 1234, None, "", None),
        ("5-10", 5, 10, "", None),
        ("5,5 bis 7,2", 5.5, 7.2, "", None),
        ("negativ", None, None, "", "negative"),
        ("IgM kappa", None, None, "", "positive"),
        ("٧٫٢", 7.2, None, "", None),
        ("7·2", 7.2, None, "", None),
    ],
)
def test_values_as_they_are_written(
    tmp_path: Path, value: str, number: float | None, highest: float | None, sign: str, word: str | None
) -> None:
    (found,) = read(tmp_path, f'test,value\nANA,"{value}"\n').laboratory
    assert (found.value, found.highest, found.comparator, found.word) == (number, highest, sign, word)


@pytest.mark.parametrize(
    "header",
    [
        "Untersuchung;Ergebnis;Einheit;Referenzbereich",
        "analyse;résultat;unité;valeurs de référence",
        "prueba;resultado;unidades;valores de referencia",
        "esame;risultato;unità;valori di riferimento",
        "exame;resultado;unidade;valores de referência",
        "bepaling;uitslag;eenheid;referentiewaarden",
        "name;value;units;reference range",
    ],
)
def test_headers_of_several_languages(tmp_path: Path, header: str) -> None:
    (found,) = read(tmp_path, f"{header}\nTSH;5,25;mIU/L;0,4 - 4,2\n").laboratory
    assert (found.test, found.value, found.unit, found.ref_low, found.ref_high) == ("tsh", 5.25, "mIU/L", 0.4, 4.2)


def test_names_of_several_languages(tmp_path: Path) -> None:
    rows = (
        "Kreatinin;90;umol/L\nHämoglobin;120;g/L\nglycémie à jeun;7,1;mmol/L\nácido fólico;2;ng/mL\nKupfer;8;umol/L\n"
    )
    case = read(tmp_path, f"test;value;unit\n{rows}")
    assert [r.test for r in case.laboratory] == ["creatinine", "hb", "glucose_fasting", "folate", "copper"]


def test_one_row_a_date_with_tests_as_columns(tmp_path: Path) -> None:
    text = "date,day,HbA1c (%),B12 [pg/mL],TSH,mood\n2024-01-02,3,7.1,150,2.0,good\n2024-02-02,30,,310,,\n"
    case = read(tmp_path, text)
    assert [(r.test, r.value, r.unit, r.day) for r in case.laboratory] == [
        ("hba1c", 7.1, "%", 3), ("b12", 150, "pg/mL", 3), ("tsh", 2, None, 3), ("b12", 310, "pg/mL", 30),
    ]  # fmt: skip
    assert "mood" in case.unused[0].problem
    assert "2024" not in repr(case)


def test_units_of_a_wide_table_in_a_row_of_their_own_and_decimal_commas(tmp_path: Path) -> None:
    case = read(tmp_path, "Datum;HbA1c;Kupfer\nEinheit;%;umol/L\n2.1.2024;7,1;8,25\n")
    assert [(r.value, r.unit) for r in case.laboratory] == [(7.1, "%"), (8.25, "umol/L")]


def test_a_range_the_wrong_way_round_is_told(tmp_path: Path) -> None:
    case = read(tmp_path, "test,value,unit\nTSH,9-3,mIU/L\nB12,150,pg/mL\n")
    assert [r.test for r in case.laboratory] == ["b12"]
    assert "no range" in case.unused[0].problem


@pytest.mark.parametrize("value", ["7;2", "7_2 mmol/L".replace("_", "\u2022"), "7'2"])
def test_a_number_that_goes_on_after_a_strange_sign_is_not_cut_short(tmp_path: Path, value: str) -> None:
    case = read(tmp_path, f'test,value,unit\nGlucose,"{value}",mmol/L\n')
    assert case.laboratory == ()
    assert [u.origin.row for u in case.unused] == [2]
