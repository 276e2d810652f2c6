"""The picture of the nerves, of tests by causes, and of a chance as dots."""

import re
from xml.etree import ElementTree

import pytest

from ranvier.core import Side, read_table
from ranvier.inference import NerveLesion
from ranvier.report.chance_picture import chance_picture
from ranvier.report.nerve_map import nerve_map

PARTS = {r["id"]: r for r in read_table("ranvier.inference", "parts.csv", ("id", "label", "kind", "terms"))}
LAYOUT = read_table("ranvier.report", "nerve_map.csv", ("part", "block", "column", "row", "above"))


def lesions(**likely: float) -> tuple[NerveLesion, ...]:
    """Return every part on both sides; `likely` has the right-sided probabilities."""
    return tuple(
        NerveLesion(
            part=part,
            label=row["label"],
            kind=row["kind"],
            side=side,
            probability=likely.get(part, 0.0) if side is Side.RIGHT else 0.0,
        )
        for part, row in PARTS.items()
        for side in (Side.LEFT, Side.RIGHT)
    )


def words(svg: str) -> list[str]:
    return [e.text or "" for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("text")]


def test_every_part_of_the_assessment_has_a_place() -> None:
    assert {r["part"] for r in LAYOUT} == set(PARTS)
    assert {r["label"] for r in PARTS.values()} <= set(words(nerve_map(lesions())))


def test_links_lead_to_parts_further_left() -> None:
    columns = {r["part"]: float(r["column"]) for r in LAYOUT}
    for row in LAYOUT:
        for above in filter(None, row["above"].split(";")):
            assert columns[above] < columns[row["part"]], row["part"]


def test_boxes_do_not_overlap() -> None:
    boxes = [
        {k: float(e.attrib[k]) for k in ("x", "y", "width", "height")}
        for e in ElementTree.fromstring(nerve_map(lesions())).iter()
        if e.tag.endswith("rect") and e.attrib.get("rx")
    ]
    assert len(boxes) == len(PARTS)
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            apart_x = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
            apart_y = a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]
            assert apart_x or apart_y


def test_text_is_at_least_nine_pixels_on_a_wide_page() -> None:
    svg = nerve_map(lesions())
    width = float(re.findall(r'viewBox="0 0 ([\d.]+)', svg)[0])
    smallest = min(float(s) for s in re.findall(r'font-size="([\d.]+)"', svg))
    assert smallest * 1016 / width >= 9


def test_only_chances_of_five_percent_or_more_are_written() -> None:
    shown = words(nerve_map(lesions(median=0.62, ulnar=0.04)))
    assert "62" in shown
    assert "4" not in shown


def test_the_label_names_the_likely_parts_with_their_side() -> None:
    assert "Median right 62 %" in nerve_map(lesions(median=0.62)).partition(">")[0]
    assert "No part above 5 %" in nerve_map(lesions()).partition(">")[0]


@pytest.mark.parametrize(("share", "filled"), [(0.0, 0), (0.514, 51), (1.0, 100), (1.2, 100)])
def test_a_chance_fills_as_many_dots_as_hundredths(share: float, filled: int) -> None:
    svg = chance_picture(share)
    assert svg.count("<circle") == 100
    assert svg.count('fill="#2f6396"') == filled
    assert f"{filled} of 100" in svg
