"""The body map: everything has its place on the body, and findings are drawn where they belong."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from ranvier.anatomy import load_graph
from ranvier.core import Finding, GradedReading, Modality, Origin, Place, PlaceKind, Side
from ranvier.report.body_map import body_map
from ranvier.report.body_shape import (
    SIDES,
    VIEWS,
    Patch,
    View,
    bellies,
    belly_path,
    inner_lines,
    marks,
    outline,
    parts,
    patch_path,
    patches,
    placed,
)
from ranvier.report.body_states import State, body_states

NOT_DRAWN = {"tongue_surface", "pharynx"}
NUMBER = re.compile(r"-?\d+\.\d")


def finding(
    observable: str, kind: PlaceKind, id_: str, side: Side, abnormal: bool | None = True, grade: int = 3
) -> Finding:
    return Finding(
        id="exam-1",
        modality=Modality.EXAMINATION,
        observable=observable,
        place=Place(kind=kind, ids=(id_,), side=side, label=id_),
        reading=GradedReading(lowest=grade, highest=grade),
        abnormal=abnormal,
        statement="",
        limit=None,
        origin=Origin(file="case.yaml"),
    )


def skin(side: Side, abnormal: bool | None = True, area: str = "heel") -> Finding:
    return finding("sensation_vibration", PlaceKind.AREA, area, side, abnormal)


def muscle(side: Side, abnormal: bool | None = True) -> Finding:
    return finding("strength", PlaceKind.MUSCLE, "deltoid", side, abnormal)


def points(path: str) -> list[tuple[float, float]]:
    numbers = [float(n) for n in NUMBER.findall(path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def corners(path: str) -> list[tuple[float, float]]:
    """Return the points that a path passes through, without its handles."""
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)(?=[CLMZ]|$)", path)]


def inside(point: tuple[float, float], polygon: list[tuple[float, float]]) -> bool:
    """Cast a ray to the right and count the crossings."""
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            odd = not odd
    return odd


OUTLINE = corners(outline())


def test_every_area_outside_mouth_and_throat_has_a_patch() -> None:
    assert {p.area for p in patches()} == set(load_graph().areas) - NOT_DRAWN


def test_every_muscle_has_one_belly_and_every_reflex_one_mark() -> None:
    graph = load_graph()
    assert sorted(b.id for b in bellies()) == sorted(graph.muscles)
    assert sorted(m.id for m in marks()) == sorted(graph.reflexes)


def test_a_larger_muscle_is_drawn_before_a_smaller_one() -> None:
    sizes = [b.length * b.width for b in bellies()]
    assert sizes == sorted(sizes, reverse=True)


def test_the_belly_of_a_muscle_is_as_long_and_wide_as_its_table_says() -> None:
    upright = next(b for b in bellies() if b.id == "soleus")
    xs, ys = zip(*corners(belly_path(upright, Side.LEFT)), strict=True)
    assert max(ys) - min(ys) == pytest.approx(upright.length, abs=0.2)
    assert max(xs) - min(xs) == pytest.approx(upright.width, abs=0.2)


def test_patches_lie_within_their_part() -> None:
    assert all(0 <= p.u0 < p.u1 <= 1 and 0 <= p.v0 < p.v1 <= 1 for p in patches())
    assert {p.part for p in patches()} <= set(parts())
    assert {p.view for p in patches()} == set(VIEWS)


@pytest.mark.parametrize("patch", patches(), ids=lambda p: f"{p.area}-{p.view}-{p.part}")
def test_the_middle_of_every_patch_is_on_the_body(patch: Patch) -> None:
    outer = corners(patch_path(patch, Side.LEFT))
    middle = sum(x for x, _ in outer) / len(outer), sum(y for _, y in outer) / len(outer)
    assert inside(middle, OUTLINE)


def test_every_mark_is_on_the_body() -> None:
    outside = [m.id for m in (*marks(), *bellies()) if not inside((m.x, m.y), OUTLINE)]
    assert outside == []


def test_the_outline_is_symmetric_and_the_views_mirror() -> None:
    around = set(points(outline()))
    assert {(-x, y) for x, y in around} == around
    assert placed((5, 1), "front", Side.RIGHT) == placed((5, 1), "back", Side.LEFT) == (-5, 1)
    assert placed((5, 1), "front", Side.LEFT) == placed((5, 1), "back", Side.RIGHT) == (5, 1)


@pytest.mark.parametrize("view", VIEWS)
def test_fine_lines_stay_on_the_body(view: View) -> None:
    xs, ys = zip(*points(inner_lines(view)), strict=True)
    assert max(map(abs, xs)) < 126
    assert 0 < min(ys) < max(ys) < 510


def test_fingers_run_from_thumb_to_little_finger_outside_in() -> None:
    across = {}
    for name in ("thumb", "index", "middle", "ring", "little"):
        patch = next(p for p in patches() if p.part == name)
        across[name] = max(x for x, _ in corners(patch_path(patch, Side.LEFT)))
    assert list(across.values()) == sorted(across.values(), reverse=True)


def test_trunk_dermatomes_descend_and_do_not_overlap() -> None:
    for stem in ("front_t", "back_t"):
        bands = sorted((p for p in patches() if p.area.startswith(stem)), key=lambda p: int(p.area[len(stem) :]))
        assert len(bands) >= 11
        assert all(a.v1 <= b.v0 for a, b in pairwise(bands))


def test_the_worst_finding_of_a_place_counts() -> None:
    states = body_states([skin(Side.LEFT), skin(Side.LEFT, False), muscle(Side.BOTH, False)])
    assert states.skin == {("heel", Side.LEFT): State.ABNORMAL}
    assert states.muscle == {("deltoid", Side.LEFT): State.NORMAL, ("deltoid", Side.RIGHT): State.NORMAL}


def test_a_side_nobody_named_is_marked_on_both_but_gives_way() -> None:
    states = body_states([skin(Side.UNKNOWN), skin(Side.RIGHT, False)])
    assert states.skin == {("heel", Side.LEFT): State.SIDE_NOT_STATED, ("heel", Side.RIGHT): State.NORMAL}
    assert body_states([skin(Side.UNKNOWN, False)]).skin == {}


def test_the_midline_counts_for_both_sides() -> None:
    states = body_states([finding("strength", PlaceKind.MUSCLE, "tongue", Side.MIDLINE)])
    assert set(states.muscle) == {("tongue", Side.LEFT), ("tongue", Side.RIGHT)}


def test_without_a_verdict_or_place_nothing_is_drawn() -> None:
    states = body_states([skin(Side.LEFT, None), finding("tinel", PlaceKind.TUNNEL, "carpal_tunnel", Side.LEFT)])
    assert not states.skin
    assert not states.muscle


@pytest.mark.parametrize(("grade", "state"), [(4, State.ABNORMAL), (3, State.ABNORMAL), (1, State.RAISED)])
def test_reflexes_are_lost_or_brisk(grade: int, state: State) -> None:
    states = body_states([finding("reflex", PlaceKind.REFLEX, "knee", Side.LEFT, grade=grade)])
    assert states.reflex == {("knee", Side.LEFT): state}


def pictures(html: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]


def test_a_finding_is_drawn_on_its_side_in_the_picture_of_its_kind() -> None:
    skin_front, _, muscles_front, _ = pictures(body_map([muscle(Side.RIGHT)]))
    filled = [e.attrib["d"] for e in muscles_front.iter() if e.attrib.get("fill") == "#7c2d12" and "d" in e.attrib]
    assert len(filled) == 1
    assert max(x for x, _ in corners(filled[0])) < 0
    assert "#7c2d12" not in [e.attrib.get("fill") for e in skin_front.iter() if "d" in e.attrib]


def test_hands_and_feet_are_shown_a_second_time() -> None:
    html = body_map([finding("strength", PlaceKind.MUSCLE, "abductor_pollicis_brevis", Side.LEFT)])
    assert html.count("<use ") == 2 * 2 * 2 * len(SIDES)
    assert 'href="#muscle-front-body"' in html


def test_every_name_in_the_pictures_is_there_once() -> None:
    names = re.findall(r' id="([^"]+)"', body_map([skin(Side.LEFT), muscle(Side.RIGHT)]))
    assert len(names) == len(set(names))


def test_the_legend_names_what_is_shown_and_only_that() -> None:
    html = body_map([skin(Side.UNKNOWN)])
    assert "side not stated" in html
    assert "url(#skin-back-hatch)" in html
    assert "muscle" not in html.partition('class="legend"')[2]
    assert "side not stated" not in body_map([skin(Side.LEFT)])


def test_the_map_is_repeated_in_words() -> None:
    html = body_map([skin(Side.LEFT), muscle(Side.BOTH), finding("reflex", PlaceKind.REFLEX, "knee", Side.RIGHT)])
    words = html.partition("The same in words")[2]
    assert "left: heel" in words
    assert "both sides: deltoid" in words
    assert "right: knee reflex" in words
    assert "Nothing that the map shows was examined" in body_map([])


def test_the_labels_count_what_is_abnormal() -> None:
    labels = [p.attrib["aria-label"] for p in pictures(body_map([skin(Side.LEFT), muscle(Side.LEFT, False)]))]
    assert labels[1] == "Skin, back view. Abnormal: 0 skin areas on the right, 1 skin areas on the left."
    assert labels[2].startswith("Muscles and reflexes, front view. Abnormal: 0 muscles on the right, 0 muscles on the")


def test_the_patient_reads_no_names_of_muscles() -> None:
    html = body_map([muscle(Side.LEFT)], for_patient=True)
    assert "deltoid" not in html
    assert "denervated" not in html
    assert "weak or thin" in html
