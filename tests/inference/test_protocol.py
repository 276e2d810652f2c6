"""A protocol that cannot show a change does not speak against it."""

from dataclasses import replace

import numpy as np
import pytest
from tests.inference.builders import inferred, normal_mri, probability, strength

from ranvier.anatomy import load_graph
from ranvier.case import load_vocabulary
from ranvier.core import ImagingProtocol, Side
from ranvier.inference import field_visibility, load_library
from ranvier.inference.protocol import needs, shown_share


def test_every_kind_is_known_and_finer_is_never_worse() -> None:
    kinds = load_vocabulary().image_kinds
    assert set(needs()) <= set(kinds)
    for kind in needs():
        shares = [shown_share(kind, ImagingProtocol(in_plane_mm=v)) for v in (0.2, 0.5, 1.0, 2.0, 4.0)]
        assert shares == sorted(shares, reverse=True)
        assert shares[0] == 1.0


def test_what_is_not_said_is_not_held_against_the_study() -> None:
    assert all(shown_share(kind, ImagingProtocol()) == 1.0 for kind in needs())
    assert shown_share("nerve_hyperintense", ImagingProtocol(fat_suppression=True)) == 1.0
    assert shown_share("nerve_hyperintense", ImagingProtocol(fat_suppression=False)) < 0.5


def test_a_coarse_normal_mri_speaks_less_against_an_entrapment_than_a_fine_one() -> None:
    weak = [strength(m, Side.LEFT, 2) for m in ("tibialis_anterior", "extensor_hallucis_longus", "fibularis_longus")]
    normal = normal_mri("knee", Side.LEFT)
    chances = []
    for voxel in (0.4, 3.0):
        found = replace(normal, protocol=ImagingProtocol(in_plane_mm=voxel))
        post = inferred(*weak, found)[1]
        chances.append(probability(post, "peroneal_fh") / probability(post, "functional"))
    fine, coarse = chances
    assert coarse > 1.2 * fine


def test_a_normal_mri_of_a_short_stretch_speaks_less_than_one_of_the_whole() -> None:
    weak = [strength(m, Side.LEFT, 2) for m in ("tibialis_anterior", "extensor_hallucis_longus", "fibularis_longus")]
    normal = normal_mri("knee", Side.LEFT)
    chances = []
    for coverage in (20.0, 300.0):
        post = inferred(*weak, replace(normal, protocol=ImagingProtocol(coverage_mm=coverage)))[1]
        chances.append(probability(post, "peroneal_fh") / probability(post, "functional"))
    short, whole = chances
    assert short > 1.2 * whole


@pytest.mark.parametrize(
    "protocol", [ImagingProtocol(contrast=False), ImagingProtocol(in_plane_mm=3.0), ImagingProtocol(coverage_mm=50)]
)
def test_the_matrix_never_rises_with_a_poorer_protocol(protocol: ImagingProtocol) -> None:
    library, graph = load_library(), load_graph()
    usual = [c.probability or 0.0 for c in field_visibility(library, graph, None) if c.test == "mri"]
    poorer = [c.probability or 0.0 for c in field_visibility(library, graph, None, protocol) if c.test == "mri"]
    assert len(usual) > 100
    assert (np.array(poorer) <= np.array(usual) + 1e-12).all()
    assert (np.array(poorer) < np.array(usual) - 0.05).any()
