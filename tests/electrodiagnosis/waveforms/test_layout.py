"""Reading waveforms: each layout gives the same measures, and each fault is named with its place."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ranvier.electrodiagnosis.waveforms import (
    StimulationSet,
    UnreadableWaveformError,
    measure_set,
    read_set_file,
    read_waveforms,
    set_to_json,
)
from ranvier.electrodiagnosis.waveforms.simulation import NervePlan, simulate_nerve

SET = simulate_nerve(NervePlan(snr=100), 1).set
RATE = 48000.0


def content(**changes: Any) -> dict[str, Any]:
    """Return a set file as a record, with changes."""
    return {**json.loads(set_to_json(SET)), **changes}


def write(folder: Path, what: Any, name: str = "a.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(what), encoding="utf-8")
    return path


def onsets(items: tuple[StimulationSet, ...]) -> list[float]:
    return [round(r.onset_ms, 2) for item in items for r in measure_set(item).responses]


EXPECTED = onsets((SET,))


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    item = read_set_file(write(tmp_path, content(temperature_c=33.5, day=4)))[0]
    assert (item.nerve, item.side, item.kind, item.temperature_c, item.day) == ("median", "right", "motor", 33.5, 4)
    for a, b in zip(item.stimulations, SET.stimulations, strict=True):
        np.testing.assert_allclose(a.trace.values_mv, b.trace.values_mv, rtol=1e-5, atol=1e-9)
        assert (a.site, a.distance_mm, a.trace.stimulus_ms) == (b.site, b.distance_mm, b.trace.stimulus_ms)


def test_a_file_may_hold_several_sets(tmp_path: Path) -> None:
    items = read_set_file(write(tmp_path, [content(), content(side="left")]))
    assert [i.side for i in items] == ["right", "left"]
    assert [i.file for i in items] == ["a.json[0]", "a.json[1]"]


def test_unit_and_polarity_are_turned_into_mv_negative_up(tmp_path: Path) -> None:
    turned = content(unit="uV", polarity="positive_up")
    for entry in turned["stimulations"]:
        entry["samples"] = [-1000 * v for v in entry["samples"]]
    assert onsets(read_set_file(write(tmp_path, turned))) == EXPECTED


def test_several_rows_of_samples_are_averaged(tmp_path: Path) -> None:
    averaged = content()
    for entry in averaged["stimulations"]:
        entry["samples"] = [[1.5 * v for v in entry["samples"]], [0.5 * v for v in entry["samples"]]]
    assert onsets(read_set_file(write(tmp_path, averaged))) == EXPECTED


@pytest.mark.parametrize(("separator", "point"), [(",", "."), (";", ","), ("\t", ".")])
def test_samples_in_a_csv_beside_it(tmp_path: Path, separator: str, point: str) -> None:
    columns = [s.trace.values_mv for s in SET.stimulations]
    time = SET.stimulations[0].trace.time_ms
    lines = [separator.join(["time_ms", "wrist", "elbow"])]
    for row in zip(time, *columns, strict=True):
        lines.append(separator.join(f"{v:.6f}".replace(".", point) for v in row))
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    plain = content(stimulations=[{"site": s, "file": "a.csv", "column": s} for s in ("wrist", "elbow")])
    assert onsets(read_set_file(write(tmp_path, plain))) == EXPECTED
    found = read_waveforms(tmp_path)
    assert (len(found.sets), found.troubles) == (1, ())


def long_recording() -> np.ndarray:
    """Return both sweeps one after the other, 1 s each, stimuli at 0.2 and 1.2 s, in mV."""
    out = np.zeros(int(2 * RATE))
    for number, s in enumerate(SET.stimulations):
        start = round((number + 0.2) * RATE) - round(5e-3 * RATE)
        out[start : start + len(s.trace.values_mv)] = s.trace.values_mv
    return out


def test_edf_with_marks_that_a_set_file_names(tmp_path: Path) -> None:
    edfio = pytest.importorskip("edfio")
    signal = edfio.EdfSignal(long_recording(), RATE, label="APB", physical_dimension="mV")
    marks = [edfio.EdfAnnotation(0.2, None, "wrist"), edfio.EdfAnnotation(1.2, None, "elbow")]
    edfio.Edf([signal], annotations=marks).write(tmp_path / "a.edf")
    form = content(stimulations=[{"site": s, "file": "a.edf", "mark": s, "to_ms": 45} for s in ("wrist", "elbow")])
    assert onsets(read_set_file(write(tmp_path, form))) == pytest.approx(EXPECTED, abs=0.02)
    form["stimulations"][0]["mark"] = "wirst"
    with pytest.raises(UnreadableWaveformError, match=r"stimulation 1: a\.edf: .*'wirst'; did you mean 'wrist'"):
        read_set_file(write(tmp_path, form))


@pytest.mark.parametrize("kind", ["edf", "bdf"])
def test_annotations_that_say_everything_need_no_set_file(tmp_path: Path, kind: str) -> None:
    edfio = pytest.importorskip("edfio")
    text = "stimulus; nerve=median; side=right; kind=motor; site={}; recording=abductor pollicis brevis; distance_mm={}"
    marks = [
        edfio.EdfAnnotation(0.2, None, text.format("wrist", 70)),
        edfio.EdfAnnotation(1.2, None, text.format("elbow", 290)),
    ]
    made = {"edf": (edfio.EdfSignal, edfio.Edf), "bdf": (edfio.BdfSignal, edfio.Bdf)}[kind]
    signal = made[0](long_recording(), RATE, label="APB", physical_dimension="mV")
    made[1]([signal], annotations=marks).write(tmp_path / f"a.{kind}")
    found = read_waveforms(tmp_path)
    assert found.troubles == ()
    assert onsets(found.sets) == pytest.approx(EXPECTED, abs=0.02)
    assert [s.distance_mm for s in found.sets[0].stimulations] == [70, 290]


def test_wfdb_with_times(tmp_path: Path) -> None:
    (tmp_path / "a.hea").write_text("a 1 48000 96000\na.dat 16 2000/mV 16 0 0 0 0 APB\n")
    np.round(long_recording() * 2000).astype("<i2").tofile(tmp_path / "a.dat")
    stimulations = [{"site": s, "file": "a.hea", "at_s": at, "to_ms": 45} for s, at in (("wrist", 0.2), ("elbow", 1.2))]
    write(tmp_path, content(stimulations=stimulations))
    found = read_waveforms(tmp_path)
    assert found.troubles == ()
    assert onsets(found.sets) == pytest.approx(EXPECTED, abs=0.02)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "motr"}, "kind: input should be 'motor'"),
        ({"nreve": "x"}, "no key named 'nreve'; did you mean 'nerve'"),
        ({"rate_hz": None}, "needs rate_hz"),
        ({"rate_hz": 3}, "sampling rate must be"),
        ({"unit": "mm"}, "'mm' must be mV, uV or V"),
        ({"stimulations": []}, "stimulations: "),
        ({"stimulations": [{"site": "a"}]}, "stimulation 1: give either samples or a file"),
        ({"stimulations": [{"samples": [1, 2], "stimulus_ms": 9}]}, "stimulation 1: the stimulus must lie within"),
        ({"stimulations": [{"samples": [[1, 2], [1, 2, 3]]}]}, "of one length"),
        ({"stimulations": [{"sample": [1, 2]}]}, "no key named 'sample'; did you mean 'samples'"),
        ({"stimulations": [{"samples": [1, 2], "cursors": {"onset": 3}}]}, "did you mean 'onset_ms'"),
        ({"stimulations": [{"samples": [1, 2], "distance_mm": -3}]}, "stimulations.0.distance_mm: input should be gr"),
        ({"stimulations": [{"file": "../b.csv"}]}, "must lie beside"),
        ({"stimulations": [{"file": "b.csv"}]}, "no file b.csv"),
        ({"stimulations": [{"file": "b.edf", "mark": "x"}]}, "no file b.edf"),
    ],
)
def test_faults_of_a_set_file(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UnreadableWaveformError) as caught:
        read_set_file(write(tmp_path, content(**changes)))
    assert words in str(caught.value)
    assert str(caught.value).startswith("a.json")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time_ms,a\n0,1\n1,2\n1.2,3\n", "rise evenly"),
        ("time_ms,a\n0,1\n1,x\n2,3\n", "row 3"),
        ("time_ms,a\n0,1\n1\n2,3\n", "has 1 cells, the header 2"),
        ("time_ms,b\n0,1\n1,2\n2,3\n", "no column named 'a'"),
        ("time_ms,a\n", "needs a header and samples"),
    ],
)
def test_faults_of_a_csv(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(UnreadableWaveformError, match=words):
        read_set_file(write(tmp_path, content(stimulations=[{"file": "a.csv", "column": "a"}])))


def test_one_bad_file_costs_no_other(tmp_path: Path) -> None:
    write(tmp_path, content(), "good.json")
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "picture.png").write_bytes(b"")
    (tmp_path / "lone.hea").write_text("a 1 4000 4\n")
    (tmp_path / "noise.edf").write_bytes(b"no edf")
    (tmp_path / ".hidden").write_text("")
    found = read_waveforms(tmp_path)
    assert onsets(found.sets) == EXPECTED
    assert {t.file for t in found.troubles} == {"bad.json", "picture.png", "lone.hea", "noise.edf"}
    words = {t.file: t.problem for t in found.troubles}
    assert "is no JSON" in words["bad.json"]
    assert "needs a set file" in words["lone.hea"]
    with pytest.raises(UnreadableWaveformError, match="no file or folder 'nowhere'"):
        read_waveforms(tmp_path / "nowhere")
