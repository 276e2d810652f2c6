"""The SVG helpers: smooth curves, the grey scale, escaped words."""

import re
from xml.etree import ElementTree

import pytest

from ranvier.report.svg import bend, curve, ink, picture, shade, text


def grey(colour: str) -> float:
    """Return how light a colour prints without colour, 0 to 255."""
    r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * r + 0.587 * g + 0.114 * b


def test_shades_keep_their_order_in_black_and_white() -> None:
    greys = [grey(shade(i / 10)) for i in range(11)]
    assert greys == sorted(greys, reverse=True)
    assert all(abs(grey(shade(i / 10)) - grey(ink(i / 10))) > 70 for i in range(11))


@pytest.mark.parametrize(("share", "same_as"), [(-0.3, 0.0), (1.7, 1.0)])
def test_shades_outside_the_scale_are_its_ends(share: float, same_as: float) -> None:
    assert shade(share) == shade(same_as)


def test_a_curve_passes_through_every_point() -> None:
    points = [(0.0, 0.0), (4.0, 2.0), (8.0, -1.0), (9.0, 9.0)]
    ends = [tuple(map(float, m)) for m in re.findall(r"(-?[\d.]+) (-?[\d.]+)(?=C|$)", curve(points))]
    assert ends == points


def test_a_curve_through_points_on_a_line_stays_on_it() -> None:
    heights = re.findall(r"[ C](-?[\d.]+) (-?[\d.]+)", bend([(0, 5), (3, 5), (10, 5)]))
    assert {y for _, y in heights} == {"5.0"}


def test_a_closed_curve_returns_to_its_start() -> None:
    data = curve([(0, 0), (4, 0), (4, 4)], closed=True)
    assert data.startswith("M0.0 0.0")
    assert data.endswith(" 0.0 0.0Z")


def test_words_cannot_break_out_of_a_picture() -> None:
    svg = picture((0, 0, 10, 10), 'a "title" & <b>', "<script>", [text(1, 2, "<i>")])
    root = ElementTree.fromstring(svg)
    assert root.attrib["aria-label"] == 'a "title" & <b>. <script>'
    assert [e.tag.rpartition("}")[2] for e in root] == ["title", "text"]
