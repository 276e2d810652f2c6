"""Published conduction tables: complete, never used for their words, and no fewer rows alike than recorded."""

import csv
import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from ranvier.anatomy import load_graph
from ranvier.cli.main import app
from ranvier.cohort import (
    Agreement,
    agreement,
    agreement_table,
    agreement_to_json,
    read_differences,
    read_published_tables,
    tables_of_cases,
    unexplained,
)
from ranvier.cohort.conduction_tables import Difference, read_rows
from ranvier.core import UnreadableCaseError
from ranvier.electrodiagnosis.criteria import load_criteria

ROOT = Path(__file__).parents[2]
NCS = ROOT / "examples" / "ncs"
RECORDED = ROOT / "bench" / "results" / "published_tables.json"
GRAPH = load_graph()
HEAD = "nerve,side,kind,stimulation,recording,latency_ms,latency_kind,amplitude,amplitude_unit,velocity_m_s\n"


@pytest.fixture(scope="module")
def found() -> Agreement:
    tables = (*tables_of_cases(ROOT / "examples" / "published"), *read_published_tables(NCS))
    return agreement(tables, GRAPH, read_differences(NCS / "differences.csv"))


def write(folder: Path, table: str, rows: list[dict[str, object]], **more: object) -> Path:
    """Write one table with its reading; return the folder of tables."""
    source = {"title": "t", "authors": "a", "url": "u", "part": "p", "licence": "not seen"}
    reading = {"id": "x", "kind": "patient", "source": source, "patient": {"age_y": 50}, "diagnosis": "d", **more}
    (folder / "x").mkdir()
    (folder / "x" / "table.csv").write_text(HEAD + table, encoding="utf-8")
    (folder / "x" / "reading.yaml").write_text(yaml.safe_dump({**reading, "rows": rows}), encoding="utf-8")
    return folder


@pytest.mark.parametrize("folder", sorted(p.parent for p in NCS.glob("*/table.csv")), ids=lambda p: p.name)
def test_a_table_has_its_source_numbers_and_no_word(folder: Path) -> None:
    reading = yaml.safe_load((folder / "reading.yaml").read_text(encoding="utf-8"))
    assert reading["id"] == folder.name
    assert reading["source"]["url"].startswith("https://")
    with (folder / "table.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert not {"result", "limit", "comment"} & set(rows[0])
    assert [r["row"] for r in reading["rows"]] == list(range(2, len(rows) + 2))
    numbers = ("latency_ms", "amplitude", "velocity_m_s", "f_latency_ms")
    assert any(any(c.isdigit() for c in r[n]) for r in rows for n in numbers)


def test_every_row_of_a_table_is_read() -> None:
    for table in read_published_tables(NCS):
        assert table.case.unused == (), table.id
        assert {r.row for r in table.rows} == {s.origin.row for s in table.case.conduction}, table.id


def test_no_fewer_rows_and_tables_are_alike_than_recorded(
    found: Agreement, record_property: "pytest.FixtureRequest"
) -> None:
    recorded = {s["name"]: s for s in json.loads(RECORDED.read_text(encoding="utf-8"))["shares"]}
    for share in found.shares:
        before = recorded[share.name]
        assert share.tables >= before["tables"]
        assert share.rows >= before["rows_compared"]
        for name in ("rows_alike", "words_alike", "tables_alike"):
            figure = getattr(share, name)
            assert figure is not None
            assert figure.value >= before[name][0] - 1e-4, (share.name, name)
    record_property("printed", agreement_table(found).partition("\n\nNo verdict of ours")[0])  # type: ignore[operator]


def test_no_published_class_is_contradicted_and_no_fewer_are_told_than_recorded(found: Agreement) -> None:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))["patterns"]
    told = {p.table for p in found.patterns if p.agrees_in_class}
    assert {p["table"] for p in recorded if p["ours"] == p["published"]} <= told
    assert {p.ours for p in found.patterns if p.table not in told} <= {"cannot tell"}


def test_every_difference_has_its_explanation(found: Agreement) -> None:
    assert unexplained(found.rows, found.differences) == ()
    assert all(len(d.explanation) > 20 for d in found.differences)


def test_the_artefact_holds_each_difference_with_its_cause() -> None:
    rows = json.loads(RECORDED.read_text(encoding="utf-8"))["rows"]
    differing = [r for r in rows if r["published"] != "not said" and r["ours"] not in ("no verdict", r["published"])]
    assert differing
    assert all(r["cause"] and r["explanation"] for r in differing)


def test_the_conclusions_of_demyelination_exist() -> None:
    known = {(s.id, c.id) for s in load_criteria().values() for c in s.conclusions}
    path = ROOT / "src" / "ranvier" / "cohort" / "data" / "demyelinating_conclusions.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        assert {(r["set"], r["conclusion"]) for r in csv.DictReader(stream)} <= known


def test_a_row_agrees_differs_or_is_not_compared(tmp_path: Path) -> None:
    table = (
        "median,left,motor,wrist,APB,5.1,,8,mV,\n"
        "ulnar,left,motor,wrist,ADM,3.0,,12,mV,\n"
        "femoral,left,motor,,quadriceps,,,3,mV,\n"
        "tibial,left,motor,ankle,AH,4,,9,mV,\n"
    )
    said: list[dict[str, object]] = [
        {"row": 2, "verdict": "abnormal", "words": ["prolonged", "reduced"]},
        {"row": 3, "verdict": "abnormal", "limits": ["latency 2.5 ms"]},
        {"row": 4, "verdict": "abnormal"},
        {"row": 5, "verdict": "not said"},
    ]
    (one,) = read_published_tables(write(tmp_path, table, said))
    rows = read_rows(one, GRAPH)
    assert [r.agrees for r in rows] == [True, False, None, None]
    assert [(w.word, w.agrees) for w in rows[0].words] == [("prolonged", True), ("reduced", False)]
    assert (rows[1].ours, rows[1].with_their_limits) == ("normal", "abnormal")
    assert rows[2].ours == "no verdict"
    all_ = agreement([one], GRAPH).all
    assert (all_.rows, all_.no_verdict, all_.not_said) == (2, 1, 1)
    assert (all_.rows_alike, all_.tables_alike) != (None, None)


def test_an_undecided_number_beside_a_normal_one_is_no_normal_row(tmp_path: Path) -> None:
    table = "median,left,motor,wrist,APB,12,,4.5,mV,\nmedian,left,motor,elbow,APB,26.5,,4.4,mV,20\n"
    said: list[dict[str, object]] = [{"row": 2, "verdict": "abnormal"}, {"row": 3, "verdict": "abnormal"}]
    (one,) = read_published_tables(write(tmp_path, table, said, patient={"age_y": 10}))
    assert {r.ours for r in read_rows(one, GRAPH)} == {"no verdict"}


def test_a_response_that_is_absent_is_told_from_a_small_one(tmp_path: Path) -> None:
    table = "sural,left,sensory,,,NR,,NR,uV,\nulnar,left,sensory,,,,,2,uV,\n"
    said: list[dict[str, object]] = [
        {"row": 2, "verdict": "abnormal", "words": ["absent"]},
        {"row": 3, "verdict": "abnormal", "words": ["absent"]},
    ]
    (one,) = read_published_tables(write(tmp_path, table, said))
    assert [r.words[0].agrees for r in read_rows(one, GRAPH)] == [True, False]


@pytest.mark.parametrize(
    ("known", "problem"),
    [
        ((), "x row 2: no explanation"),
        ((("x", 2, "our limit"),), "x row 2: their printed limit alone explains it"),
        ((("x", 2, "their limit"), ("x", 3, "our limit")), "x row 3: explained, and no difference"),
    ],
)
def test_explanations_are_checked(tmp_path: Path, known: tuple[tuple[str, int, str], ...], problem: str) -> None:
    said: list[dict[str, object]] = [{"row": 2, "verdict": "abnormal", "limits": ["latency 2.5 ms"]}]
    (one,) = read_published_tables(write(tmp_path, "ulnar,left,motor,wrist,ADM,3.0,,12,mV,\n", said))
    differences = [Difference(table=t, row=r, cause=c, explanation="why") for t, r, c in known]  # type: ignore[arg-type]
    assert unexplained(read_rows(one, GRAPH), differences) == (problem,)


def test_what_is_wrong_with_a_reading_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCaseError, match="holds no published table"):
        read_published_tables(tmp_path)
    folder = write(tmp_path, "ulnar,left,motor,wrist,ADM,3.0,,12,mV,\n", [{"row": 2, "verdict": "odd"}])
    with pytest.raises(UnreadableCaseError, match=r"x/reading.yaml has not the published form \(rows.0.verdict"):
        read_published_tables(folder)
    (tmp_path / "differences.csv").write_text("table,row,cause,explanation\nx,2,fate,why\n", encoding="utf-8")
    with pytest.raises(UnreadableCaseError, match="no cause 'fate'"):
        read_differences(tmp_path / "differences.csv")


def test_a_demyelinating_study_is_held_against_the_criteria(tmp_path: Path) -> None:
    table = "".join(
        f"{n},left,motor,{a},{m},{d},,6,mV,\n{n},left,motor,{b},{m},{p},,5.8,mV,20\n"
        for n, m, a, b, d, p in (
            ("median", "APB", "wrist", "elbow", 9, 20),
            ("ulnar", "ADM", "wrist", "below elbow", 8, 19),
        )
    )
    said: list[dict[str, object]] = [{"row": n, "verdict": "abnormal"} for n in range(2, 6)]
    (one,) = read_published_tables(write(tmp_path, table, said, pattern="demyelinating"))
    (pattern,) = agreement([one], GRAPH).patterns
    assert pattern.agrees
    assert "efns_pns_2010_cidp" in pattern.criteria_met


def test_the_command_prints_the_agreement_and_writes_it(tmp_path: Path) -> None:
    said: list[dict[str, object]] = [{"row": 2, "verdict": "abnormal"}]
    folder = write(tmp_path, "ulnar,left,motor,wrist,ADM,3.0,,12,mV,\n", said)
    ran = CliRunner().invoke(app, ["ncs", "--agree", str(folder), "--json", str(tmp_path / "out.json")])
    assert ran.exit_code == 0
    assert "published abnormal, ours normal" in ran.output
    assert "x row 2: no explanation" in ran.output
    (row,) = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["rows"]
    assert (row["published"], row["ours"]) == ("abnormal", "normal")


def test_a_folder_without_tables_is_an_error_in_one_line(tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["ncs", "--agree", str(tmp_path)])
    assert ran.exit_code != 0


def test_the_text_counts_what_is_not_compared(found: Agreement) -> None:
    text = agreement_table(found)
    assert f"not compared: {found.all.no_verdict} rows without our verdict" in text
    assert json.loads(agreement_to_json(found))["shares"][0]["tables"] == found.all.tables
