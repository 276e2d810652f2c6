"""Totals of scores in the inference: each moves the causes that it was made for, by what its table says."""

import math

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, Onset, Patient, ScoreStatement
from ranvier.core import Origin, Side
from ranvier.examination import findings
from ranvier.inference import Nerves, assess, load_library
from ranvier.inference.features import feature_ratios


@pytest.fixture(scope="module")
def nerves() -> Nerves:
    return Nerves(load_library(), load_graph())


def chances(nerves: Nerves, *scores: tuple[str, float, Side]) -> dict[str, float]:
    """Return the chance of each leading cause where nothing but these totals is known."""
    stated = tuple(ScoreStatement(score=s, total=t, side=w, origin=Origin(file="case.yaml")) for s, t, w in scores)
    case = Case(id="x", patient=Patient(age_y=50, sex="female"), onset=Onset(), scores=stated)
    found = assess(case, findings(case, nerves.graph), nerves)
    return {c.disorder: c.probability for c in found.candidates}


def test_a_high_ctscore_raises_and_a_low_one_lowers_carpal_tunnel_syndrome(nerves: Nerves) -> None:
    nothing = chances(nerves)["cts"]
    assert chances(nerves, ("CTS-6", 16, Side.LEFT))["cts"] > 1.5 * nothing
    assert chances(nerves, ("CTS-6", 3, Side.LEFT)).get("cts", 0) < nothing


def test_a_high_toronto_score_raises_polyneuropathy_and_not_a_root(nerves: Nerves) -> None:
    nothing, high = chances(nerves), chances(nerves, ("TCNS", 12, Side.BOTH))
    assert high["diabetic_dspn"] > 1.5 * nothing["diabetic_dspn"]
    assert high["lumbar_radiculopathy"] < nothing["lumbar_radiculopathy"]


@pytest.mark.parametrize(
    ("feature", "disorder", "sensitivity", "specificity"),
    [("score_cts6", "cts", 49 / 55, 24 / 30), ("score_katz", "cts", 0.64, 0.73),
     ("score_tcns", "diabetic_dspn", 0.72, 0.8), ("score_mtcns", "diabetic_dspn", 0.63, 0.75),
     ("score_mnsi_examination", "diabetic_dspn", 0.66, 0.9)],
)  # fmt: skip
def test_the_weight_of_a_total_is_the_published_likelihood_ratio(
    nerves: Nerves, feature: str, disorder: str, sensitivity: float, specificity: float
) -> None:
    """Gander and Fowler 2015; D'Arcy and McGee 2000; doi:10.61841/2wjh3k98; PMID 22490752."""
    row = [d for d, _ in nerves.library.variant_keys].index(disorder)
    ratios = feature_ratios(nerves.library, feature)
    assert ratios.present[row] == pytest.approx(math.log(sensitivity / (1 - specificity)), abs=0.02)
    assert ratios.absent[row] == pytest.approx(math.log((1 - sensitivity) / specificity), abs=0.03)
