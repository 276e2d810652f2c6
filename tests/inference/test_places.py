"""Places of findings as segments of both sides, and sides that nobody told."""

import numpy as np
import pytest
from tests.inference.builders import case, place, strength

from ranvier.anatomy import load_graph
from ranvier.core import PlaceKind, Side
from ranvier.inference.assess import assess, side_is_told
from ranvier.inference.terms import place_mask, term_mask


@pytest.mark.parametrize(
    ("node", "tunnel"),
    [("common_fibular.below_fibular_head", "fibular_head"), ("median.palm", "carpal_tunnel")],
)
def test_a_point_of_a_nerve_stands_for_the_stretch_that_ends_there_too(node: str, tunnel: str) -> None:
    mask = place_mask(place(PlaceKind.NODE, Side.LEFT, node))
    assert mask is not None
    assert (mask & term_mask((f"tunnel:{tunnel}",), Side.LEFT)).any()
    assert not (mask & term_mask((f"tunnel:{tunnel}",), Side.RIGHT)).any()


def test_a_point_of_the_plexus_does_not_stand_for_the_roots_above_it() -> None:
    mask = place_mask(place(PlaceKind.NODE, Side.LEFT, "upper_trunk"))
    assert mask is not None
    n = len(load_graph().segments)
    assert np.flatnonzero(mask).max() < n
    assert not (mask & term_mask(("spinal_nerve:C5",), Side.LEFT)).any()


def test_without_a_told_side_the_site_has_an_unknown_side() -> None:
    weak = [strength(m, Side.UNKNOWN, 2) for m in ("tibialis_anterior", "extensor_hallucis_longus")]
    assert not side_is_told(weak)
    sides = {s.side for c in assess(case(), weak).candidates for s in c.sites}
    assert not sides & {Side.LEFT, Side.RIGHT}
    assert Side.UNKNOWN in sides


def test_one_told_side_is_enough() -> None:
    assert side_is_told([strength("tibialis_anterior", Side.LEFT, 2)])
