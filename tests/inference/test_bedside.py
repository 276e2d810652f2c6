"""Bedside riddles: history and examination alone, answered by places on the map."""

import pytest
from tests.inference.builders import case, reflex, strength, touch

from ranvier.anatomy import load_graph
from ranvier.core import Finding, Side
from ranvier.inference import Nerves, load_library
from ranvier.inference.assess import assess

R = Side.RIGHT


def weak(*muscles: str) -> list[Finding]:
    return [strength(m, R, 2) for m in muscles]


def strong(*muscles: str) -> list[Finding]:
    return [strength(m, R, 5) for m in muscles]


def numb(*areas: str) -> list[Finding]:
    return [touch(a, R, 2) for a in areas]


def felt(*areas: str) -> list[Finding]:
    return [touch(a, R, 0) for a in areas]


RIDDLES: list[tuple[str, list[Finding], str, str]] = [
    (
        "radial nerve, not C7",
        [*weak("extensor_digitorum", "extensor_carpi_radialis_longus", "brachioradialis"),
         *strong("triceps_brachii", "pronator_teres", "flexor_carpi_radialis"), *numb("first_web_space_hand"),
         reflex("triceps", R, 2)],
        "radial", "C7",
    ),
    (
        "C7, not the radial nerve",
        [*weak("triceps_brachii", "pronator_teres", "flexor_carpi_radialis", "extensor_digitorum"),
         *strong("brachioradialis", "abductor_pollicis_brevis"), *numb("middle_palmar", "middle_dorsal"),
         reflex("triceps", R, 4)],
        "C7", "radial",
    ),
    (
        "common fibular nerve, not L5",
        [*weak("tibialis_anterior", "extensor_hallucis_longus", "fibularis_longus"),
         *strong("tibialis_posterior", "gluteus_medius"), *numb("dorsum_foot_medial")],
        "common_fibular", "L5",
    ),
    (
        "L5, not the common fibular nerve",
        [*weak("tibialis_anterior", "extensor_hallucis_longus", "tibialis_posterior", "gluteus_medius"),
         *numb("dorsum_foot_medial")],
        "L5", "common_fibular",
    ),
    (
        "ulnar nerve, not C8",
        [*weak("first_dorsal_interosseous", "abductor_digiti_minimi"),
         *strong("abductor_pollicis_brevis", "extensor_indicis", "flexor_pollicis_longus"),
         *numb("little_palmar"), *felt("medial_forearm")],
        "ulnar", "C8",
    ),
    (
        "C8, not the ulnar nerve",
        [*weak("first_dorsal_interosseous", "abductor_pollicis_brevis", "extensor_indicis", "flexor_pollicis_longus"),
         *strong("biceps_brachii", "deltoid"), *numb("little_palmar", "medial_forearm"), *felt("thumb_palmar")],
        "C8", "ulnar",
    ),
    (
        "median nerve, not C6",
        [*weak("abductor_pollicis_brevis"), *strong("biceps_brachii", "deltoid"),
         *numb("index_palmar", "middle_palmar"), *felt("lateral_forearm"), reflex("biceps", R, 2)],
        "median", "C6",
    ),
    (
        "C6, not the median nerve",
        [*weak("biceps_brachii", "brachioradialis"), *strong("abductor_pollicis_brevis"),
         *numb("thumb_dorsal", "lateral_forearm"), reflex("biceps", R, 4)],
        "C6", "median",
    ),
    (
        "femoral nerve, not L3",
        [*weak("vastus_lateralis", "rectus_femoris"), *strong("adductor_longus", "tibialis_anterior"),
         *numb("anterior_thigh_lower", "medial_leg"), reflex("knee", R, 4)],
        "femoral", "L3",
    ),
    (
        "axillary nerve, not C5",
        [*weak("deltoid"), *strong("biceps_brachii", "supraspinatus", "infraspinatus"), *numb("regimental_badge"),
         reflex("biceps", R, 2)],
        "axillary", "C5",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def nerves() -> Nerves:
    return Nerves(load_library(), load_graph())


@pytest.mark.parametrize(("title", "found", "place", "rival"), RIDDLES, ids=[r[0] for r in RIDDLES])
def test_the_bedside_riddle(nerves: Nerves, title: str, found: list[Finding], place: str, rival: str) -> None:
    lesions = {(n.part, n.side): n.probability for n in assess(case(), found, nerves).nerve_lesions}

    def chance(name: str) -> float:
        """Return the probability of a nerve, or of a root by its level."""
        return max(p for (part, side), p in lesions.items() if part in (name, f"root_{name}") and side is R)

    assert chance(place) > chance(rival), f"{title}: {place} {chance(place):.2f}, {rival} {chance(rival):.2f}"
