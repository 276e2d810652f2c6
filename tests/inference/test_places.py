"""Places of findings as segments of both sides, and sides that nobody told."""

import numpy as np
import pytest
from tests.inference.builders import case, evidence_of, feature, inferred, place, strength

from ranvier.anatomy import load_graph
from ranvier.core import Finding, PlaceKind, Side, read_table
from ranvier.inference import infer, load_library
from ranvier.inference.assess import assess
from ranvier.inference.features import feature_mask
from ranvier.inference.items import parse_item
from ranvier.inference.observations import told_sides
from ranvier.inference.summary import sites_of
from ranvier.inference.terms import Reach, place_mask, term_mask


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
    assert not told_sides(weak)
    sides = {s.side for c in assess(case(), weak).candidates for s in c.sites}
    assert not sides & {Side.LEFT, Side.RIGHT}
    assert Side.UNKNOWN in sides


def test_one_told_side_is_enough() -> None:
    assert told_sides([strength("tibialis_anterior", Side.LEFT, 2)])


def test_a_lesion_on_either_side_is_no_sum_of_both() -> None:
    evidence = evidence_of(feature("foot_numbness"), feature("neuropathic_pain"))
    singles, post = infer(evidence)
    library = load_library()
    compared = 0
    for disorder in np.argsort(-post.present)[:20]:
        told: dict[str, list[float]] = {}
        for site in sites_of(library, singles, post, int(disorder)):
            told.setdefault(site.label, []).append(site.probability)
        for site in sites_of(library, singles, post, int(disorder), side_told=False):
            own = told.get(site.label, [])
            if site.side is Side.UNKNOWN and len(own) == 2:
                compared += 1
                assert max(own) - 1e-6 <= site.probability <= sum(own) + 1e-6
                assert site.probability < 1.0
    assert compared


def test_two_likely_lesions_are_not_certain_together() -> None:
    evidence = evidence_of(feature("gene_ttr"), feature("foot_numbness"))
    singles, post = infer(evidence)
    library = load_library()
    hattr = library.disorder_ids.index("hattr")
    tunnels = {s.side: s.probability for s in sites_of(library, singles, post, hattr) if "carpal" in s.label}
    (either,) = [s.probability for s in sites_of(library, singles, post, hattr, side_told=False) if "carpal" in s.label]
    assert max(tunnels.values()) < either < min(1.0, sum(tunnels.values()))


def test_a_rash_in_a_territory_is_a_sign_of_its_root_and_a_tinel_sign_there_is_not() -> None:
    library = load_library()
    seen = parse_item("zoster_rash@area:dermatome_C5").finding(Side.LEFT, 1)
    knocked = parse_item("tinel@area:dermatome_C5").finding(Side.LEFT, 1)
    at_root = [
        i for i, s in enumerate(library.states) if (s.disorder, s.variant) == ("zoster", "c5") and s.side is Side.LEFT
    ]
    rash, tap = feature_mask(seen), feature_mask(knocked)
    assert rash is not None
    assert tap is not None
    assert library.hit(rash)[at_root].all()
    assert not library.hit(tap)[at_root].any()


@pytest.mark.parametrize(
    ("where", "nerve", "elsewhere"),
    [
        ("buttock", "tunnel:gluteal_piriformis", "nerve:femoral"),
        ("groin", "nerve:obturator", "nerve:sural"),
        ("neck", "nerve:spinal_accessory", "nerve:deep_palmar"),
        ("shoulder", "nerve:axillary", "nerve:deep_palmar"),
        ("shoulder", "tunnel:coracobrachialis", "tunnel:cubital_tunnel"),
        ("knee", "nerve:common_fibular", "nerve:obturator"),
    ],
)
def test_an_injury_reaches_the_nerves_that_pass_beneath_it(where: str, nerve: str, elsewhere: str) -> None:
    hurt = feature_mask(parse_item(f"trauma_at_site@area:{where}").finding(Side.LEFT, 1))
    assert hurt is not None
    assert (hurt & term_mask((nerve,), Side.LEFT)).any()
    assert not (hurt & term_mask((nerve,), Side.RIGHT)).any()
    assert not (hurt & term_mask((elsewhere,), Side.LEFT)).any()


def test_every_skin_area_says_which_nerves_pass_beneath_it() -> None:
    graph = load_graph()
    stations = {s.mri_station for s in graph.segments}
    for area in graph.areas:
        mask = place_mask(place(PlaceKind.AREA, Side.LEFT, area), Reach.PASSING)
        own = place_mask(place(PlaceKind.AREA, Side.LEFT, area))
        assert mask is not None
        assert own is not None
        assert (mask | own == mask).all(), area
    named = read_table("ranvier.inference", "passing.csv", ("kind", "id", "stations", "status"))
    assert {s for row in named for s in row["stations"].split(";")} <= stations
    assert {row["id"] for row in named if row["kind"] == "area"} <= set(graph.areas)
    assert {n for row in named for n in row["nerves"].split(";") if n} <= set(graph.nerves)


def _chance(*findings: Finding) -> float:
    _, post = inferred(*findings)
    return float(post.main[load_library().disorder_ids.index("peroneal_fh")])


@pytest.mark.parametrize("count", [2, 4])
def test_many_findings_without_a_side_cost_no_more_than_one(count: int) -> None:
    muscles = ("tibialis_anterior", "extensor_hallucis_longus", "fibularis_longus", "extensor_digitorum_longus")[:count]
    told = _chance(*(strength(m, Side.LEFT, 3) for m in muscles))
    untold = _chance(*(strength(m, Side.UNKNOWN, 3) for m in muscles))
    assert np.log(untold / (1 - untold)) > np.log(told / (1 - told)) - np.log(2) - 0.1


def test_a_finding_without_a_side_is_of_the_only_side_that_is_told() -> None:
    told = _chance(strength("tibialis_anterior", Side.RIGHT, 3), strength("fibularis_longus", Side.RIGHT, 3))
    partly = _chance(strength("tibialis_anterior", Side.RIGHT, 3), strength("fibularis_longus", Side.UNKNOWN, 3))
    assert partly == pytest.approx(told)


def test_untold_sides_leave_both_sides_of_the_map_alike() -> None:
    lesions = assess(case(), [strength("tibialis_anterior", Side.UNKNOWN, 3)]).nerve_lesions
    by_part: dict[str, set[float]] = {}
    for lesion in lesions:
        by_part.setdefault(lesion.part, set()).add(lesion.probability)
    assert all(len(p) == 1 for p in by_part.values())
    assert max(max(p) for p in by_part.values()) > 0.1
