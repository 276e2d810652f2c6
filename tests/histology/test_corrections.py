"""The reviewer's corrections."""

from pathlib import Path

import numpy as np
import pytest
from tests.histology.conftest import discs

from ranvier.histology.measuring import AddedFibre, CorrectionError, Corrections, apply_corrections, read_corrections

CSV = """action,x,y,axon,fibre
exclude,30,20,,
add,,,60 40; 70 40; 70 50; 60 50,55 35; 75 35; 75 55; 55 55
"""
JSON = """{"exclude": [[30, 20]], "add": [{"axon": [[60, 40], [70, 40], [70, 50], [60, 50]],
"fibre": [[55, 35], [75, 35], [75, 55], [55, 55]]}]}"""


@pytest.mark.parametrize(("name", "text"), [("c.csv", CSV), ("c.json", JSON)])
def test_both_forms_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    square = ((60.0, 40.0), (70.0, 40.0), (70.0, 50.0), (60.0, 50.0))
    outer = ((55.0, 35.0), (75.0, 35.0), (75.0, 55.0), (55.0, 55.0))
    assert read_corrections(path) == Corrections(exclude=((30.0, 20.0),), add=(AddedFibre(axon=square, fibre=outer),))


def test_a_fibre_is_excluded_by_any_point_in_it_and_the_rest_stays() -> None:
    axons, myelin = discs((60, 90), (20, 30, 5, 9), (20, 60, 5, 9))
    cut_axons, cut_myelin = apply_corrections(axons, myelin, Corrections(exclude=((37, 20),)))
    assert set(np.unique(cut_axons)) == {0, 2}
    assert set(np.unique(cut_myelin)) == {0, 2}
    assert axons.max() == 2


def test_an_added_fibre_gets_a_new_label_and_its_area() -> None:
    axons, myelin = discs((60, 90), (20, 30, 5, 9))
    added = AddedFibre(
        axon=((60.5, 40.5), (70.5, 40.5), (70.5, 50.5), (60.5, 50.5)),
        fibre=((55.5, 35.5), (75.5, 35.5), (75.5, 55.5), (55.5, 55.5)),
    )
    new_axons, new_myelin = apply_corrections(axons, myelin, Corrections(add=(added,)))
    assert (new_axons == 2).sum() == 100
    assert (new_myelin == 2).sum() == 300


@pytest.mark.parametrize(("x", "y", "what"), [(2, 2, "no fibre"), (500, 2, "outside the picture")])
def test_a_point_that_hits_nothing_is_an_error(x: float, y: float, what: str) -> None:
    axons, myelin = discs((60, 90), (20, 30, 5, 9))
    with pytest.raises(CorrectionError, match=what):
        apply_corrections(axons, myelin, Corrections(exclude=((x, y),)))


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("c.csv", "x,y\n1,2\n", "no column 'action'"),
        ("c.csv", "action,x,y\nremove,1,2\n", "'exclude' or 'add'"),
        ("c.csv", "action,x,y\nexclude,one,2\n", "not a number"),
        ("c.csv", "action,x,y,axon,fibre\nadd,,,1 2; 3 4,1 2; 3 4; 5 6\n", "needs 3 points"),
        ("c.json", "[1]", "must be an object"),
        ("c.json", "{", "not JSON"),
        ("c.json", '{"exclude": [[1, NaN]]}', "finite"),
        ("c.json", '{"add": [{"axon": [[1, 2]]}]}', "needs 'axon' and 'fibre'"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(tmp_path: Path, name: str, text: str, what: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorrectionError, match=what):
        read_corrections(path)


def test_an_absent_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorrectionError, match="there is no file"):
        read_corrections(tmp_path / "none.csv")
