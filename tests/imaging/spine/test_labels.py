"""Label tables: those of public tools, and the user's own with clear errors."""

from pathlib import Path

import pytest

from ranvier.anatomy import load_graph
from ranvier.core import UnknownNameError, UnreadableImageError
from ranvier.imaging.spine import find_label_table, packaged_tables, read_label_table
from ranvier.imaging.spine.labels import STRUCTURES
from ranvier.imaging.spine.settings import body_widths, spine_levels


@pytest.mark.parametrize(
    ("tool", "value", "structure", "level"),
    [
        ("totalspineseg", 1, "cord", ""),
        ("totalspineseg", 2, "canal", ""),
        ("totalspineseg", 45, "vertebra", "L5"),
        ("totalspineseg", 71, "disc", "C7/T1"),
        ("totalspineseg", 91, "disc", "T12/L1"),
        ("totalspineseg", 100, "disc", "L5/S1"),
        ("totalspineseg_2024", 202, "disc", "L5/S1"),
        ("totalspineseg_2024", 224, "disc", "C2/C3"),
        ("totalspineseg_2024", 41, "vertebra", "C1"),
        ("spineps", 24, "vertebra", "L5"),
        ("spineps", 123, "disc", "L4/L5"),
        ("spineps", 224, "endplate", "L5/S1"),
        ("spineps_subregions", 61, "canal", ""),
        ("spineps_subregions", 49, "body", ""),
        ("sct_vertebral_levels", 3, "cord", "C3"),
    ],
)
def test_tables_say_what_the_tools_say(tool: str, value: int, structure: str, level: str) -> None:
    label = find_label_table(tool)[value]
    assert (label.structure, label.level) == (structure, level)


def test_every_label_has_a_known_structure_and_every_disc_a_known_level() -> None:
    levels = {level.level for level in spine_levels()}
    for table in packaged_tables().values():
        for label in table.values():
            assert label.structure in STRUCTURES
            assert label.structure != "disc" or label.level in levels | {""}


def test_roots_of_levels_are_roots_of_the_graph_by_the_rules_of_the_spine() -> None:
    graph = load_graph()
    by_level = {level.level: level for level in spine_levels()}
    assert len(by_level) == 23
    for level in by_level.values():
        for root in (level.exiting_root, level.traversing_root):
            assert graph.resolve(root, ("root",)) == ("root", root)
    expected = {
        "C5/C6": ("C6", "C6"),
        "C7/T1": ("C8", "C8"),
        "T1/T2": ("T1", "T1"),
        "L4/L5": ("L4", "L5"),
        "L5/S1": ("L5", "S1"),
    }
    for name, roots in expected.items():
        assert (by_level[name].exiting_root, by_level[name].traversing_root) == roots


def test_sizes_name_every_region() -> None:
    assert set(body_widths()) == {level.region for level in spine_levels()}
    assert all(0 < w.low_mm < w.high_mm for w in body_widths().values())


def test_an_unknown_table_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="totalspineseg"):
        find_label_table("totalspinseg")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("number,what\n1,disc\n", "needs the columns value, structure and level"),
        ("value,structure,level\nten,disc,L4/L5\n", "line 2: the value 'ten' is no whole number"),
        ("value,structure,level\n1,disk,L4/L5\n", "did you mean 'disc'"),
        ("value,structure,level\n1,disc,L4-L5\n", "such as L5/S1"),
        ("value,structure,level\n1,vertebra,L9\n", "named 'L9'"),
        ("value,structure,level\n1,canal,\n1,cord,\n", "line 3: the value 1 stands there twice"),
    ],
)
def test_a_wrong_table_is_refused_by_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(UnreadableImageError, match=said):
        read_label_table(path)


def test_an_own_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("value,structure,level,name\n7,disc,L4/L5,my disc\n")
    table = find_label_table(path)
    assert (table[7].name, table[7].level) == ("my disc", "L4/L5")


def test_a_table_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(UnreadableImageError, match="UTF-8"):
        read_label_table(path)
