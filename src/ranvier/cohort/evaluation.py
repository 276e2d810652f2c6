"""Judge the work-up on cases whose diagnosis is known: accuracy, site, Brier score, calibration."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import load_graph
from ranvier.case import read_case
from ranvier.cohort.sites import site_is_right
from ranvier.cohort.truth import Truth, read_truth
from ranvier.core import UnreadableCaseError
from ranvier.disorders import load_catalogue
from ranvier.inference import Assessment, Nerves, assess, collect_findings, load_library

_BINS = 5
_DRAWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """How one case was judged.

    `top1` and `top3` count the diagnosis of the paper and those that its truth lists as equally right;
    `strict_top1` and `strict_top3` count the diagnosis of the paper alone. `site` is None where the truth
    names no circumscribed site; `clinical` is False where the source gives neither history nor examination.
    """

    case: str
    certainty: str
    clinical: bool
    true_disorder: str
    true_group: str
    first: str
    first_group: str
    first_probability: float
    true_probability: float
    top1: bool
    top3: bool
    strict_top1: bool
    strict_top3: bool
    group_top1: bool
    site: bool | None
    ranking: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Figures over a set of cases; `site` is None when no case of the set has a site."""

    n: int
    top1: Figure
    top3: Figure
    strict_top1: Figure
    strict_top3: Figure
    group_top1: Figure
    site: Figure | None
    brier: Figure
    ece: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Figures over all cases, over the definite ones, by true group, and case by case.

    `clinical` is over the cases with a history or an examination; None where none is without.
    """

    all: Summary
    definite: Summary
    clinical: Summary | None
    by_group: dict[str, Summary]
    cases: tuple[CaseResult, ...]


def case_folders(folder: Path, only: str = "*") -> tuple[Path, ...]:
    """Return the case folders inside a folder that have a truth, in order of their names.

    Parameters
    ----------
    folder : Path
        Holds case folders.
    only : str
        Pattern of names, such as ``"[01]*"``.
    """
    if not folder.is_dir():
        raise UnreadableCaseError(f"there is no folder {folder}")
    found = tuple(sorted(p.parent for p in folder.glob(f"{only}/truth.yaml")))
    if not found:
        raise UnreadableCaseError(f"no case in {folder}{f' named {only}' if only != '*' else ''} has a truth.yaml")
    return found


def evaluate_folder(folder: Path, *, only: str = "*", report: Callable[[CaseResult], None] | None = None) -> Evaluation:
    """Work up every case of a folder, then compare with its truth.

    Parameters
    ----------
    folder : Path
        Holds case folders with a ``truth.yaml`` each.
    only : str
        Pattern of their names.
    report : callable, optional
        Called with each result as it is ready.
    """
    results = []
    nerves = Nerves(load_library(), load_graph())
    for path in case_folders(folder, only):
        case = read_case(path)
        assessment = assess(case, collect_findings(case), nerves, plan=False)
        result = judge(path.name, assessment, read_truth(path))
        results.append(result)
        if report is not None:
            report(result)
    return summarise_all(tuple(results))


def judge(case: str, assessment: Assessment, truth: Truth) -> CaseResult:
    """Return how an assessment compares with the truth."""
    ranking = tuple(c.disorder for c in assessment.candidates)
    first = assessment.candidates[0]
    true_probability = max((c.probability for c in assessment.candidates if c.disorder in truth.right), default=0.0)
    return CaseResult(
        case=case,
        certainty=truth.certainty,
        clinical=truth.clinical,
        true_disorder=truth.disorders[0],
        true_group=truth.group,
        first=first.disorder,
        first_group=assessment.groups[0].group,
        first_probability=first.probability,
        true_probability=true_probability,
        top1=ranking[0] in truth.right,
        top3=bool(truth.right & set(ranking[:3])),
        strict_top1=ranking[0] == truth.disorders[0],
        strict_top3=truth.disorders[0] in ranking[:3],
        group_top1=assessment.groups[0].group in _groups(truth),
        site=site_is_right(first, truth) if truth.sites else None,
        ranking=ranking[:5],
    )


def _groups(truth: Truth) -> frozenset[str]:
    """Return the groups that count as right: the true one and those of disorders that are as right."""
    disorders = load_catalogue().disorders
    return frozenset({truth.group, *(disorders[d].group for d in truth.accept)})


def summarise_all(results: tuple[CaseResult, ...]) -> Evaluation:
    """Return the figures of all cases, of the definite ones and of each true group."""
    groups = sorted({r.true_group for r in results})
    definite = [r for r in results if r.certainty == "definite"]
    clinical = [r for r in results if r.clinical]
    return Evaluation(
        all=summarise(results),
        definite=summarise(definite or results),
        clinical=summarise(clinical) if 0 < len(clinical) < len(results) else None,
        by_group={g: summarise([r for r in results if r.true_group == g]) for g in groups},
        cases=results,
    )


def summarise(results: Sequence[CaseResult]) -> Summary:
    """Return accuracy (Wilson intervals), Brier score and calibration error (bootstrap intervals)."""
    sites = [r.site for r in results if r.site is not None]
    p = np.array([r.first_probability for r in results])
    right = np.array([r.top1 for r in results], dtype=np.float64)
    return Summary(
        n=len(results),
        top1=wilson([r.top1 for r in results]),
        top3=wilson([r.top3 for r in results]),
        strict_top1=wilson([r.strict_top1 for r in results]),
        strict_top3=wilson([r.strict_top3 for r in results]),
        group_top1=wilson([r.group_top1 for r in results]),
        site=wilson(sites) if sites else None,
        brier=_bootstrap(p, right, brier),
        ece=_bootstrap(p, right, calibration_error),
    )


def wilson(successes: Sequence[bool]) -> Figure:
    """Return a share with its Wilson 95 % interval.

    >>> f = wilson([True] * 8 + [False] * 2)
    >>> round(f.low, 3), round(f.high, 3)
    (0.49, 0.943)
    """
    return wilson_of(float(sum(successes)), len(successes))


def wilson_of(successes: float, n: int) -> Figure:
    """Return the share of a count with its Wilson 95 % interval."""
    z = 1.959964
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = float(max(centre - half, 0.0)), float(min(centre + half, 1.0))
    return Figure(value=share, low=min(low, share), high=max(high, share))


def brier(p: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return the Brier score of the probability given to the first disorder."""
    return float(np.mean((p - right) ** 2))


def calibration_error(p: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return the expected calibration error of the first disorder's probability, in five equal bins."""
    bins = np.minimum((p * _BINS).astype(np.intp), _BINS - 1)
    gaps = [
        (bins == b).mean() * abs(p[bins == b].mean() - right[bins == b].mean())
        for b in range(_BINS)
        if (bins == b).any()
    ]
    return float(sum(gaps))


def _bootstrap(
    p: NDArray[np.float64],
    right: NDArray[np.float64],
    statistic: Callable[[NDArray[np.float64], NDArray[np.float64]], float],
) -> Figure:
    rng = np.random.default_rng(7)
    draws = [statistic(p[i], right[i]) for i in rng.integers(0, len(p), size=(_DRAWS, len(p)))]
    low, high = np.percentile(draws, [2.5, 97.5])
    return Figure(value=statistic(p, right), low=float(low), high=float(high))


def evaluation_to_json(evaluation: Evaluation) -> str:
    """Return the figures as JSON: those of all cases on top, then definite, by group and by case."""
    out = {**asdict(evaluation.all)}
    out["definite"] = asdict(evaluation.definite)
    out["clinical"] = asdict(evaluation.clinical) if evaluation.clinical else None
    out["by_group"] = {g: asdict(s) for g, s in evaluation.by_group.items()}
    out["by_case"] = [asdict(c) for c in evaluation.cases]
    return json.dumps(out, indent=2)
