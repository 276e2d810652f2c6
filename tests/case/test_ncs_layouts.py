"""Conduction tables in the layouts of laboratories: what each row is read as, by hand, and what is said of the rest."""

from pathlib import Path

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import ConductionStudy, read_tables
from ranvier.case.context import Context
from ranvier.case.ncs_headings import read_heading
from ranvier.case.ncs_names import kind_of_title, read_named
from ranvier.case.problems import Problems
from ranvier.case.records import Unused
from ranvier.case.vocabulary import load_vocabulary

Read = tuple[str, str, str, str | None, float | None, float | None, float | None]


@pytest.fixture
def context() -> Context:
    return Context(graph=load_graph(), vocabulary=load_vocabulary(), problems=Problems())


def read(folder: Path, text: str) -> tuple[list[ConductionStudy], list[Unused]]:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    case = read_tables(ncs=path)
    return list(case.conduction), list(case.unused)


def short(study: ConductionStudy) -> Read:
    nerve, side = study.place.ids[0], study.place.side.value
    return nerve, side, study.kind, study.stimulation, study.latency_ms, study.amplitude, study.velocity_m_s


WRIST = ("median", "right", "motor", "median.wrist", 4.1, 7.2, None)
ELBOW = ("median", "right", "motor", "median.elbow", 8.2, 7.0, 53)
TABLES: dict[str, tuple[str, list[Read]]] = {
    "sections with the nerve above its points": (
        "Nerve / Sites,Rec. Site,Lat (ms),Amp (mV),Dist (mm),Vel (m/s)\n"
        "R Median - APB,,,,,\nWrist,APB,4.1,7.2,,\nElbow,APB,8.2,7.0,220,53\n"
        "L Peroneal - EDB,,,,,\nAnkle,EDB,5.1,1.2,,\nFib head,EDB,13.2,1.0,310,38\n",
        [
            WRIST,
            ELBOW,
            ("common_fibular", "left", "motor", "deep_fibular.ankle", 5.1, 1.2, None),
            ("common_fibular", "left", "motor", "common_fibular.below_fibular_head", 13.2, 1.0, 38),
        ],
    ),
    "motor and sensory measures of a nerve in one row": (
        "Nerve,Side,DML (ms),CMAP (mV),MCV (m/s),F-wave (ms),SNAP (µV),SCV (m/s)\nMedian,R,4.9,6.1,51,28.8,9,38\n",
        [
            ("median", "right", "motor", None, 4.9, 6.1, 51),
            ("median", "right", "sensory", None, None, 9, 38),
        ],
    ),
    "both sides in one row": (
        "Nerve,Study,Stim site,Recording,R Lat (ms),R Amp (mV),L Lat (ms),L Amp (mV)\n"
        "Median,Motor,Wrist,APB,4.1,7.2,3.6,8.0\n",
        [WRIST, ("median", "left", "motor", "median.wrist", 3.6, 8.0, None)],
    ),
    "German with decimal commas": (
        "Nerv;Seite;Art;Stimulation;Ableitung;Latenz (ms);Amplitude (mV);NLG (m/s)\n"
        "N. medianus;rechts;motorisch;Handgelenk;APB;4,1;7,2;\n"
        "N. medianus;rechts;motorisch;Ellenbeuge;APB;8,2;7,0;53\n",
        [WRIST, ELBOW],
    ),
    "French": (
        "Nerf;Côté;Type;Stimulation;Recueil;Latence (ms);Amplitude (mV);VC (m/s)\n"
        "Médian;D;moteur;poignet;APB;4,1;7,2;\nSPE;G;moteur;cheville;pédieux;5,1;2,2;\n",
        [WRIST, ("common_fibular", "left", "motor", "deep_fibular.ankle", 5.1, 2.2, None)],
    ),
    "side, kind and recording within the name": (
        "Nerve,Stim,Lat (ms),Amp mV\nR Median (APB),Wrist,4.1,7.2\nLt. Tibial motor,Ankle,4.9,5\n",
        [WRIST, ("tibial", "left", "motor", "tibial.ankle", 4.9, 5, None)],
    ),
    "side within the name of a table that is usual else": (
        "nerve,kind,stimulation,recording,latency_ms,amplitude_mv\nMedian (R),motor,wrist,APB,4.1,7.2\n",
        [WRIST],
    ),
    "a column for each kind of response": (
        "Nerve,Side,Study,Site,Latency (ms),CMAP amp (mV),SNAP amp (uV),NCV (m/s)\n"
        "Median,R,Motor,Wrist,4.1,7.2,,\nMedian,R,Sensory,Wrist,3.2,,14,44\n",
        [WRIST, ("median", "right", "sensory", "median.wrist", 3.2, 14, 44)],
    ),
    "the kind in a column of its own name, units in the cells": (
        "Test,Nerve,Side,Stim Site,Rec Site,Onset Lat (ms),Amp,CV\n"
        "MNCS,Median,R,Wrist,APB,4.1,7.2 mV,\nSNCS,Median,R,Wrist,Index finger,2.8,14 µV,48 m/s\n",
        [WRIST, ("median", "right", "sensory", "median.wrist", 2.8, 14, 48)],
    ),
    "the kind from what was recorded": (
        "Nerve,Side,Site,Rec,Latency,Amplitude\nMedian,R,wrist,APB,4.1,7.2 mV\nSural,L,calf,,3.4,12 uV\n",
        [WRIST, ("sural", "left", "sensory", "sural.calf", 3.4, 12, None)],
    ),
    "marks of the laboratory beside its numbers": (
        "Nerve,Side,Kind,Stim,Rec,Latency (ms),Amplitude (mV),Velocity (m/s)\n"
        "Median,R,motor,wrist,APB,4.1*,7.2 ↓,\nMedian,R,motor,elbow,APB,8.2 H,7.0 (N),53 (L)\n",
        [WRIST, ELBOW],
    ),
    "lines above the header": (
        "Nerve Conduction Study Report,,,,,,\nDate: 2024-01-02,,,Age: 54,,,\n,,,,,,\n"
        "Nerve,Side,Type,Stim,Rec,Lat (ms),Amp (mV)\nMedian,R,Motor,Wrist,APB,4.1,7.2\n",
        [WRIST],
    ),
    "sides in a line above the measures": (
        ",,,Right,,Left,\nNerve,Kind,Stim,Lat (ms),Amp (mV),Lat (ms),Amp (mV)\nMedian,motor,wrist,4.1,7.2,3.6,8.0\n",
        [WRIST, ("median", "left", "motor", "median.wrist", 3.6, 8.0, None)],
    ),
    "units in a line below the header": (
        "Nerve,Side,Kind,Stim,Rec,Lat,Amp,CV\n,,,,,ms,mV,m/s\nMedian,R,motor,wrist,APB,4.1,7.2,\n"
        "Median,R,motor,elbow,APB,8.2,7.0,53\n",
        [WRIST, ELBOW],
    ),
    "cells that were merged over several lines": (
        "Nerve,Side,Kind,Stim,Rec,Lat (ms),Amp (mV),CV (m/s)\nMedian,R,motor,wrist,APB,4.1,7.2,\n"
        ",,,elbow,APB,8.2,7.0,53\n",
        [WRIST, ELBOW],
    ),
    "two tables under titles that name the kind": (
        "Motor Nerve Conduction\nNerve,Side,Stim,Lat (ms),Amp (mV)\nMedian,R,Wrist,4.1,7.2\n"
        "Sensory Summary\nNerve,Side,Stim,Peak (ms),Amp (µV)\nSural,L,Calf,3.4,12\n",
        [WRIST, ("sural", "left", "sensory", "sural.calf", 3.4, 12, None)],
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_layout_is_read_as_a_person_reads_it(tmp_path: Path, name: str) -> None:
    text, expected = TABLES[name]
    studies, unused = read(tmp_path, text)
    assert [short(s) for s in studies] == expected
    assert unused == []


def test_a_distance_in_centimetres_is_turned_into_millimetres(tmp_path: Path) -> None:
    studies, unused = read(tmp_path, "Nerve,Side,Type,Stim,Rec,Lat (ms),Dist (cm)\nMedian,R,Motor,Elbow,APB,8.2,22.5\n")
    assert (studies[0].distance_mm, unused) == (225, [])


def test_of_onset_and_peak_the_onset_counts_and_a_peak_alone_is_a_peak(tmp_path: Path) -> None:
    head = "Nerve,Side,Type,Stim,Rec,Onset (ms),Peak (ms),O-P Amp (µV)\n"
    studies, unused = read(
        tmp_path, head + "Sural,L,Sensory,Calf,Ankle,2.9,3.7,11\nSural,R,Sensory,Calf,Ankle,,3.8,9\n"
    )
    assert [(s.latency_ms, s.latency_kind) for s in studies] == [(2.9, "onset"), (3.8, "peak")]
    assert unused == []


@pytest.mark.parametrize("word", ["No resp", "not obtainable", "NR", "keine Antwort", "absent"])
def test_words_for_no_response(tmp_path: Path, word: str) -> None:
    studies, unused = read(tmp_path, f"Nerve,Side,Type,Stim,Peak (ms),Amp (uV)\nSural,R,sensory,calf,{word},{word}\n")
    assert [s.words for s in studies] == [("absent",)]
    assert unused == []


@pytest.mark.parametrize("word", ["-", "—", "n/a", "nd", "not tested"])
def test_a_row_that_was_not_done_is_no_study_and_no_problem(tmp_path: Path, word: str) -> None:
    head = "nerve,side,kind,stimulation,latency_ms,amplitude_uv\n"
    assert read(tmp_path, f"{head}sural,R,sensory,calf,{word},{word}\n") == ([], [])
    studies, unused = read(tmp_path, f"{head}sural,R,sensory,calf,{word},12\n")
    assert ([s.amplitude for s in studies], unused) == ([12], [])


@pytest.mark.parametrize(
    ("text", "place", "problem", "remedy"),
    [
        ("Nerve,Side,Site,Latency,Amplitude\nMedian,R,wrist,4.1,7.2 mV\n", 2, "which kind of study", "column kind"),
        (
            "Nerve,Side,Type,Stim,Lat (ms),P-T Amp (µV)\nSural,R,Sensory,Calf,3.4,15\n",
            1,
            "'P-T Amp (µV)' was not used",
            "from the baseline to the negative peak",
        ),
        (
            "Nerve,Side,Type,Stim,Lat (ms),Norm Lat\nSural,R,Sensory,Calf,3.4,<4.4\n",
            1,
            "'Norm Lat' was not used",
            "--limits",
        ),
        (
            "Nerve,Side,Type,Stim,Onset (ms),Shoe size\nSural,R,Sensory,Calf,3.4,44\n",
            1,
            "no column of ncs.csv named 'Shoe size'",
            "latency_ms",
        ),
        ("nerve,side,kind,measure,value\nmedian,R,motor,latency,4.1\n", 1, "'measure' was not used", "--template"),
        (
            "nerve,side,kind,latency_ms,amplitude_mv\nR median,left,motor,4.1,7\n",
            2,
            "says right and the column side 'left'",
            "right in both places",
        ),
        (
            "Nerve,Side,Type,Stim,Lat (ms)\nMedian,R,Motor,Wrist,<4.1\n",
            2,
            "'<4.1' is no number",
            "write one number",
        ),
        (
            "Nerve,Side,Type,Stim,Onset (ms)\nMedian,R,Motor,Wrist,4.1\nPage 2,,,,\n",
            3,
            "neither a nerve nor a kind",
            "take it out",
        ),
        (
            "Nerve,Side,Latency (ms),CMAP (mV),SNAP (µV)\nMedian,R,4.1,7,12\n",
            2,
            "of which kind of study the latency_ms is",
            "motor or sensory",
        ),
        ('Nerve,Side,Type,Stim,Onset (ms)\nMedian,"R,Motor,Wrist,4.1\n', 2, "a quote is not closed", "close the quote"),
    ],
)
def test_what_cannot_be_used_is_answered_with_the_place_and_a_remedy(
    tmp_path: Path, text: str, place: int, problem: str, remedy: str
) -> None:
    _, unused = read(tmp_path, text)
    found = [u for u in unused if problem in u.problem]
    assert [u.origin.row for u in found] == [place]
    assert remedy in found[0].remedy


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("R Median - APB", ("Median", "right", "", "APB")),
        ("Peroneal (EDB)", ("Peroneal", "", "", "EDB")),
        ("Left ulnar motor", ("ulnar", "left", "motor", "")),
        ("Sural nerve, rt", ("Sural nerve", "right", "", "")),
        ("Tibial F wave L", ("Tibial", "left", "f_wave", "")),
    ],
)
def test_a_cell_with_a_nerve_and_more(context: Context, cell: str, expected: tuple[str, str, str, str]) -> None:
    named = read_named(cell, context)
    assert named is not None
    assert (named.nerve, named.side, named.kind, named.recording) == expected


@pytest.mark.parametrize("cell", ["Median and a half", "Page 3", "R L median", "median;ulnar", ""])
def test_a_cell_of_which_a_part_is_not_known_is_no_name(context: Context, cell: str) -> None:
    assert read_named(cell, context) is None


def test_a_heading_without_meaning_and_titles() -> None:
    assert read_heading("favourite colour") is None
    assert read_heading("L CV (m/s)") is not None
    assert [kind_of_title(t) for t in ("F-Wave Studies", "Motor NCS", "Summary of the year")] == ["f_wave", "motor", ""]
