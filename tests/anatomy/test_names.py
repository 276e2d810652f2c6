"""Names are forgiven their spelling by the synonym table, and never guessed."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranvier.anatomy import KINDS, load_graph, plain
from ranvier.core import UnknownNameError

GRAPH = load_graph()


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("median", "nerve", "median"),
        ("N. medianus", "nerve", "median"),
        ("nervus medianus", "nerve", "median"),
        ("Median nerve", "nerve", "median"),
        ("common peroneal nerve", "nerve", "common_fibular"),
        ("Peroneal", "nerve", "common_fibular"),
        ("deep peroneal", "nerve", "deep_fibular"),
        ("superficial-peroneal", "nerve", "superficial_fibular"),
        ("CPN", "nerve", "common_fibular"),
        ("LFCN", "nerve", "lateral_femoral_cutaneous"),
        ("MABC", "nerve", "medial_antebrachial_cutaneous"),
        ("LABC", "nerve", "lateral_antebrachial_cutaneous"),
        ("DUC", "nerve", "dorsal_ulnar_cutaneous"),
        ("PIN", "nerve", "posterior_interosseous"),
        ("VII", "nerve", "facial"),
        ("UBERON:0001759", "nerve", "vagus"),
        ("APB", "muscle", "abductor_pollicis_brevis"),
        ("adm", "muscle", "abductor_digiti_minimi"),
        ("FDI", "muscle", "first_dorsal_interosseous"),
        ("EDB", "muscle", "extensor_digitorum_brevis"),
        ("TA", "muscle", "tibialis_anterior"),
        ("AH", "muscle", "abductor_hallucis"),
        ("ECR", "muscle_group", "extensor_carpi_radialis"),
        ("EIP", "muscle", "extensor_indicis"),
        ("extensor digitorum communis", "muscle", "extensor_digitorum"),
        ("M. peroneus longus", "muscle", "fibularis_longus"),
        ("gastrocnemius, medial head", "muscle", "gastrocnemius_medial"),
        ("short head of biceps femoris", "muscle", "biceps_femoris_short_head"),
        ("FMA:37670", "muscle", "biceps_brachii"),
        ("quadriceps femoris", "muscle_group", "quadriceps"),
        ("small hand muscles", "muscle_group", "intrinsic_hand"),
        ("C7 myotome", "muscle_group", "myotome_C7"),
        ("plantar flexion", "movement", "ankle_plantarflexion"),
        ("Foot dorsiflexion", "movement", "ankle_dorsiflexion"),
        ("hip flexors", "movement", "hip_flexion"),
        ("big toe extension", "movement", "great_toe_extension"),
        ("thumb", "area_group", "thumb"),
        ("little finger", "area_group", "little_finger"),
        ("sole", "area_group", "sole"),
        ("calf", "area", "posterior_leg"),
        ("shin", "area", "medial_leg"),
        ("L5 dermatome", "area_group", "dermatome_L5"),
        ("sural territory", "area_group", "field_sural"),
        ("peroneal distribution", "area_group", "field_common_fibular"),
        ("stocking", "area_group", "stocking_to_mid_calf"),
        ("Achilles", "reflex", "ankle"),
        ("patellar", "reflex", "knee"),
        ("ankle jerk", "reflex", "ankle"),
        ("Trömner", "reflex", "finger_flexor"),
        ("Osborne's ligament", "tunnel", "cubital_tunnel"),
        ("fibular neck", "tunnel", "fibular_head"),
        ("Carpal Tunnel", "tunnel", "carpal_tunnel"),
        ("Erb's point", "node", "upper_trunk"),
        ("median wrist", "node", "median.wrist"),
        ("s1 root", "root", "S1"),
        ("Th4", "root", "T4"),
    ],
)
def test_a_name_leads_to_its_id(name: str, kind: str, expected: str) -> None:
    assert GRAPH.resolve(name, (kind,)) == (kind, expected)


def test_the_first_kind_that_knows_a_name_counts() -> None:
    assert GRAPH.resolve("biceps", ("reflex", "muscle")) == ("reflex", "biceps")
    assert GRAPH.resolve("biceps", ("muscle", "reflex")) == ("muscle", "biceps_brachii")


def test_a_misspelt_name_is_refused_and_the_near_one_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"no muscle named 'tibialis anteror'; did you mean 'tibialis anterior"):
        GRAPH.resolve("tibialis anteror", ("muscle",))


def test_several_kinds_are_named_in_the_error() -> None:
    with pytest.raises(UnknownNameError, match="no muscle or muscle group named 'wing'"):
        GRAPH.resolve("wing", ("muscle", "muscle_group"))


def test_a_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="kind of name named 'muscel'"):
        GRAPH.resolve("deltoid", ("muscel",))


@given(st.sampled_from(sorted(GRAPH.muscles)), st.randoms())
def test_case_and_punctuation_do_not_matter(muscle: str, random: Random) -> None:
    written = "".join(random.choice([c.upper(), c]) if c != "_" else random.choice(" -_.,") for c in muscle)
    assert GRAPH.resolve(f" M. {written} ", ("muscle",)) == ("muscle", muscle)


@given(st.text(max_size=30))
def test_the_plain_form_of_a_plain_form_is_itself(name: str) -> None:
    assert plain(plain(name)) == plain(name)


@given(st.text(max_size=12), st.sampled_from(KINDS))
def test_any_text_is_resolved_or_refused(name: str, kind: str) -> None:
    try:
        found = GRAPH.resolve(name, (kind,))
    except UnknownNameError:
        return
    assert found[0] == kind
