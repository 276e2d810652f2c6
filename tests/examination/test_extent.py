"""What a case does not speak of: weak evidence against causes that would have disabled it."""

from dataclasses import replace

import pytest
from tests.inference.builders import evidence_of, feature, reflex, strength, touch

from ranvier.anatomy import load_graph
from ranvier.core import Finding, Side
from ranvier.examination.extent import extent
from ranvier.inference import Evidence, load_library


def _told(*findings: Finding) -> list[Finding]:
    return [replace(f, abnormal=True) for f in findings]


def _parts(found: tuple[Finding, ...]) -> set[tuple[str, str, str]]:
    return {(f.observable, f.place.label, f.place.side.value) for f in found if f.place is not None}


def test_the_parts_that_are_not_spoken_of_are_named() -> None:
    found = extent(
        _told(strength("first_dorsal_interosseous", Side.LEFT, 3), touch("little_palmar", Side.LEFT, 2)), load_graph()
    )
    parts = _parts(found)
    assert ("unmentioned_weakness", "arm", "right") in parts
    assert ("unmentioned_weakness", "leg", "left") in parts
    assert ("unmentioned_weakness", "arm", "left") not in parts
    assert ("unmentioned_sensory_trouble", "arm", "left") not in parts


def test_a_part_that_was_found_well_is_spoken_of() -> None:
    findings = _told(strength("deltoid", Side.LEFT, 3), touch("thumb_palmar", Side.LEFT, 2))
    well = replace(strength("tibialis_anterior", Side.BOTH, 5), abnormal=False)
    parts = _parts(extent([*findings, well], load_graph()))
    assert not {p for p in parts if p[:2] == ("unmentioned_weakness", "leg")}


def test_a_feature_can_speak_of_a_part() -> None:
    findings = _told(strength("deltoid", Side.LEFT, 3), touch("thumb_palmar", Side.LEFT, 2), feature("foot_numbness"))
    assert not {p for p in _parts(extent(findings, load_graph())) if p[:2] == ("unmentioned_sensory_trouble", "leg")}


def test_one_complaint_at_a_place_is_enough_for_silence_about_the_rest() -> None:
    parts = _parts(extent(_told(strength("deltoid", Side.LEFT, 3)), load_graph()))
    assert {("unmentioned_weakness", "leg", "left"), ("unmentioned_weakness_part", "hand", "left")} <= parts


def test_a_case_that_names_no_place_of_trouble_says_nothing_by_its_silence() -> None:
    assert extent([strength("deltoid", Side.LEFT, 5)], load_graph()) == ()
    assert extent([reflex("knee", Side.BOTH, 2), feature("diabetes")], load_graph()) == ()


@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_silence_speaks_for_a_lesion_of_the_part_that_is_spoken_of(side: Side) -> None:
    told = _told(strength("tibialis_anterior", side, 3), strength("extensor_hallucis_longus", side, 3))
    silence = extent(told, load_graph())
    evidence = evidence_of(*silence)
    library = load_library()
    focal = [i for i, s in enumerate(library.states) if s.disorder == "peroneal_fh" and s.side is side]
    wide = [i for i, s in enumerate(library.states) if s.disorder == "gbs_aidp" and s.grade == 4]
    total = evidence.log_likelihood @ evidence.weight
    assert total[focal].max() > total[wide].max() + 0.5


def test_silence_never_weighs_as_much_as_a_normal_examination() -> None:
    told = _told(strength("tibialis_anterior", Side.LEFT, 3), touch("great_toe", Side.LEFT, 2))
    leg = next(
        f
        for f in extent(told, load_graph())
        if f.observable == "unmentioned_weakness" and f.place is not None and f.place.side is Side.RIGHT
        if f.place.label == "leg"
    )
    silent = evidence_of(leg)
    examined = evidence_of(replace(strength("tibialis_anterior", Side.RIGHT, 5), place=leg.place))
    library = load_library()
    wide = [i for i, s in enumerate(library.states) if s.disorder == "gbs_aidp" and s.grade == 4]
    well = next(i for i, s in enumerate(library.states) if s.disorder == "no_neuropathy")

    def against(evidence: Evidence) -> float:
        return float((evidence.log_likelihood[well, 0] - evidence.log_likelihood[wide, 0]).max())

    assert 0 < against(silent) < 0.7 * against(examined)


def _of_limb(findings: list[Finding], what: str, side: str) -> set[str]:
    return {p[1] for p in _parts(extent(findings, load_graph())) if p[0] == what and p[2] == side}


def test_the_rest_of_an_ill_limb_is_named_part_by_part() -> None:
    told = _told(strength("first_dorsal_interosseous", Side.LEFT, 3), touch("little_palmar", Side.LEFT, 2))
    assert _of_limb(told, "unmentioned_sensory_trouble_part", "left") == {
        "shoulder and upper arm",
        "forearm",
        "radial side of the hand",
    }
    assert _of_limb(told, "unmentioned_weakness_part", "left") == {"shoulder and upper arm", "forearm"}
    assert not _of_limb(told, "unmentioned_sensory_trouble_part", "right")


def test_a_limb_that_was_only_found_well_is_not_taken_apart() -> None:
    told = _told(strength("deltoid", Side.LEFT, 3), strength("biceps_brachii", Side.LEFT, 3))
    well = replace(strength("tibialis_anterior", Side.LEFT, 5), abnormal=False)
    assert not {
        p for p in _of_limb([*told, well], "unmentioned_weakness_part", "left") if p in ("hip and thigh", "foot")
    }


def test_what_speaks_of_a_limb_as_a_whole_leaves_no_part_unsaid() -> None:
    told = _told(strength("tibialis_anterior", Side.LEFT, 3), touch("great_toe_dorsal", Side.LEFT, 2))
    assert "hip and thigh" in _of_limb(told, "unmentioned_weakness_part", "left")
    falls = feature("gowers_or_stairs_difficulty")
    assert not _of_limb([*told, falls], "unmentioned_weakness_part", "left")


def test_parts_say_more_against_a_wide_lesion_than_limbs_alone() -> None:
    told = _told(touch("lateral_thigh", Side.RIGHT, 2), touch("lateral_thigh", Side.RIGHT, 2))
    parts = [f for f in extent(told, load_graph()) if f.observable.endswith("_part")]
    assert parts
    evidence = evidence_of(*parts)
    library = load_library()
    focal = [i for i, s in enumerate(library.states) if s.disorder == "meralgia" and s.side is Side.RIGHT]
    wide = [i for i, s in enumerate(library.states) if s.disorder == "diabetic_dspn" and s.grade == 4]
    total = evidence.log_likelihood @ evidence.weight
    assert total[focal].max() > total[wide].max() + 0.3
