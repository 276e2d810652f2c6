"""Plexuses by name."""

import pytest

from ranvier.anatomy import find_plexus, load_graph, load_plexuses, plexus_nerves, render_plexus
from ranvier.core import UnknownNameError


def test_every_part_of_every_plexus_has_nerves_that_the_graph_knows() -> None:
    graph = load_graph()
    for plexus in load_plexuses().values():
        for part in plexus.parts:
            assert plexus_nerves(graph, part)


@pytest.mark.parametrize(
    ("plexus", "nerve"),
    [("cervical plexus", "ansa_cervicalis"), ("Brachial Plexus", "axillary"), ("lumbar plexus", "femoral"),
     ("sacral_plexus", "superior_gluteal")],
)  # fmt: skip
def test_well_known_nerves_leave_their_plexus(plexus: str, nerve: str) -> None:
    found = find_plexus(plexus)
    assert found is not None
    graph = load_graph()
    assert nerve in {n.id for part in found.parts for n in plexus_nerves(graph, part)}
    assert graph.nerves[nerve].name in render_plexus(graph, found)


def test_a_nerve_is_no_plexus_and_an_unknown_part_is_named() -> None:
    assert find_plexus("median") is None
    with pytest.raises(UnknownNameError, match="upper trank"):
        plexus_nerves(load_graph(), "upper trank")
