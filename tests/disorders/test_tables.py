"""The disorder tables: complete, consistent, and every name in them exists."""

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import load_vocabulary
from ranvier.disorders import load_catalogue
from ranvier.inference.forward import EFFECT_CHANNELS
from ranvier.inference.terms import SPECIAL, term_segments

CATALOGUE = load_catalogue()
MIMICS = {
    "als",
    "kennedy",
    "cervical_myelopathy",
    "ms_central",
    "stroke_thalamic",
    "mg",
    "lems",
    "ibm",
    "myopathy",
    "functional",
}
GROUPS = {
    "entrapment", "radiculopathy", "plexopathy", "tumour", "small_fibre", "diabetic", "idiopathic", "toxic",
    "nutritional", "metabolic", "inflammatory", "paraproteinaemic", "vasculitic", "infectious", "hereditary",
    "paraneoplastic", "autonomic", "mimic", "null",
}  # fmt: skip


def test_there_are_at_least_60_disorders_in_every_group() -> None:
    assert len(CATALOGUE.disorders) >= 95
    assert {d.group for d in CATALOGUE.disorders.values()} == GROUPS


def test_the_ten_mimics_and_no_neuropathy_are_there() -> None:
    assert MIMICS | {"no_neuropathy", "fibromyalgia_msk"} <= set(CATALOGUE.disorders)


def test_priors_are_shares() -> None:
    assert 0.8 < sum(d.prior for d in CATALOGUE.disorders.values()) < 1.6
    assert all(d.prior > 0 for d in CATALOGUE.disorders.values())


@pytest.mark.parametrize("disorder", sorted(CATALOGUE.disorders))
def test_every_place_of_a_lesion_exists(disorder: str) -> None:
    for lesion in CATALOGUE.lesions.get(disorder, ()):
        for term in lesion.terms:
            assert term in SPECIAL or term_segments(term), term


@pytest.mark.parametrize("disorder", sorted(CATALOGUE.disorders))
def test_every_place_and_kind_of_a_structure_sign_exists(disorder: str) -> None:
    kinds = set(load_vocabulary().image_kinds)
    for sign in CATALOGUE.structure.get(disorder, ()):
        assert set(sign.kinds) <= kinds
        for term in sign.where.split(";"):
            assert term in ("", "lesion") or term_segments(term), term


@pytest.mark.parametrize("disorder", sorted(CATALOGUE.disorders))
def test_every_effect_has_a_channel_and_a_target(disorder: str) -> None:
    graph = load_graph()
    for effect in CATALOGUE.effects.get(disorder, ()):
        assert effect.channel in EFFECT_CHANNELS
        assert graph.is_group("muscle", effect.target) or graph.is_group("area", effect.target), effect.target


@pytest.mark.parametrize("disorder", sorted(CATALOGUE.disorders))
def test_every_variant_does_something(disorder: str) -> None:
    if CATALOGUE.disorders[disorder].group in ("mimic", "null"):
        return
    for variant in CATALOGUE.variants[disorder]:
        rows = [*CATALOGUE.lesions.get(disorder, ()), *CATALOGUE.effects.get(disorder, ())]
        assert any(r.variant in ("*", variant.id) for r in rows), variant.id


def test_every_feature_of_the_vocabulary_has_a_base_rate_and_the_other_way_round() -> None:
    assert set(CATALOGUE.base_rates) == set(load_vocabulary().features)


def test_every_associated_feature_has_a_base_rate() -> None:
    named = {f for rows in CATALOGUE.associations.values() for f in rows}
    assert named <= set(CATALOGUE.base_rates)


def test_every_source_resolves() -> None:
    used = {a.source for rows in CATALOGUE.associations.values() for a in rows.values()}
    used |= {s.source for rows in CATALOGUE.structure.values() for s in rows}
    used |= {d.source for d in CATALOGUE.disorders.values()}
    used |= {a.source for a in CATALOGUE.base_rates.values()}
    assert sorted(used - set(CATALOGUE.sources)) == []


@pytest.mark.parametrize("disorder", ["sfn_idiopathic", "sfn_diabetic", "ciap", "functional", "uraemic_np"])
def test_disorders_that_change_no_structure_have_no_row_for_mri(disorder: str) -> None:
    assert all(sign.mri == 0 for sign in CATALOGUE.structure.get(disorder, ()))
