"""What a history does not tell of: weak evidence, and none where there is no history."""

from dataclasses import replace

import numpy as np
import pytest
from tests.inference.builders import case, feature, strength, touch

from ranvier.anatomy import load_graph
from ranvier.case import FeatureStatement
from ranvier.core import Origin, Side
from ranvier.examination.extent import extent
from ranvier.inference import load_library
from ranvier.inference.silence import chance_of_telling, silence_log_likelihood, untold

TOLD = FeatureStatement(feature="smoking", present=True, place=None, origin=Origin(file="case.yaml"))
TAKEN = replace(case(), statements=(TOLD,))
LIBRARY = load_library()


def of(disorder: str, exposures: tuple[str, ...]) -> float:
    return float(silence_log_likelihood(LIBRARY, exposures)[LIBRARY.disorder_ids.index(disorder)])


def test_no_history_says_nothing() -> None:
    assert untold(case(), (), load_graph()) == ()
    assert np.allclose(silence_log_likelihood(LIBRARY, ()), 0)


def test_a_history_leaves_out_what_it_does_not_name() -> None:
    silent = untold(TAKEN, (feature("diabetes"), feature("smoking")), load_graph())
    assert "diabetes" not in silent
    assert "tnf_inhibitor" in silent
    assert set(silent) <= set(chance_of_telling())


def test_a_result_of_the_same_fact_tells_of_it() -> None:
    silent = untold(TAKEN, (feature("lab_hba1c_diabetic"),), load_graph())
    assert "diabetes" not in silent


def test_silence_speaks_against_the_disorder_that_the_exposure_defines() -> None:
    assert of("anti_tnf_neuropathy", ("tnf_inhibitor",)) < np.log(0.2)
    assert abs(of("cts", ("tnf_inhibitor",))) < 0.02


def test_silence_says_less_than_a_denial() -> None:
    denied = np.log((1 - 0.97) / (1 - LIBRARY.catalogue.base_rates["tnf_inhibitor"].probability))
    assert of("anti_tnf_neuropathy", ("tnf_inhibitor",)) > denied + 0.5


@pytest.mark.parametrize("exposure", sorted(chance_of_telling()))
def test_every_exposure_is_a_feature_with_a_chance(exposure: str) -> None:
    assert exposure in LIBRARY.catalogue.base_rates
    assert 0 < chance_of_telling()[exposure] < 1


def test_a_complaint_that_is_not_told_speaks_against_what_it_marks() -> None:
    silent = untold(TAKEN, (feature("smoking"),), load_graph())
    assert {"diplopia", "ptosis", "leg_pain_radicular", "foot_numbness"} <= set(silent)
    assert of("mg", ("ptosis",)) < -0.2
    assert of("lumbar_radiculopathy", ("leg_pain_radicular",)) < -0.2
    assert abs(of("cts", ("ptosis",))) < 0.05


def test_an_examined_part_is_no_untold_complaint() -> None:
    examined = (touch("great_toe_plantar", Side.LEFT, 2), strength("orbicularis_oculi", Side.LEFT, 0))
    silent = untold(TAKEN, examined, load_graph())
    assert "foot_numbness" not in silent
    assert "facial_weakness" not in silent
    assert "neck_pain" in silent


def test_silence_about_a_part_of_the_body_is_not_counted_twice() -> None:
    weak = replace(strength("tibialis_anterior", Side.LEFT, 3), abnormal=True)
    read = (weak, *extent((weak,), load_graph()))
    assert "ptosis" in untold(TAKEN, (weak,), load_graph())
    assert not {"ptosis", "foot_numbness"} & set(untold(TAKEN, read, load_graph()))
    assert "neck_pain" in untold(TAKEN, read, load_graph())
