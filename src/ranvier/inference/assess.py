"""The main job of the inference: from findings to an assessment."""

from collections.abc import Mapping, Sequence

import numpy as np

from ranvier import __version__
from ranvier.anatomy import load_graph
from ranvier.case import Case
from ranvier.core import Finding, Side, lower_first
from ranvier.inference.assessment import SCHEMA_VERSION, Assessment, Candidate, LeftOut
from ranvier.inference.combinations import Combiner
from ranvier.inference.evidence import Evidence, gather_evidence
from ranvier.inference.explain import Explainer
from ranvier.inference.library import Library, load_library
from ranvier.inference.mri import mri_answer
from ranvier.inference.nerves import Nerves
from ranvier.inference.observations import told_sides
from ranvier.inference.overlaps import with_overlaps
from ranvier.inference.parameters import load_parameters
from ranvier.inference.planning import Burden, Planner
from ranvier.inference.red_flags import red_flags
from ranvier.inference.singles import Singles, score_singles
from ranvier.inference.summary import (
    Posterior,
    group_probabilities,
    nerve_lesions,
    posterior,
    sites_of,
    state_weights,
)
from ranvier.inference.visibility import VisibilityModel, diagnostic_tests

_CANDIDATES = 12
_NEARLY_SURE = 0.99
_NO_NEUROPATHY = frozenset({"mimic", "null"})


def infer(evidence: Evidence) -> tuple[Singles, Posterior]:
    """Return the scores of single hypotheses and the posterior over sets of up to three disorders."""
    singles = with_overlaps(evidence, score_singles(evidence))
    search = Combiner(evidence, singles).search()
    return singles, posterior(evidence.library, singles, search)


def assess(
    case: Case,
    findings: Sequence[Finding],
    nerves: Nerves | None = None,
    burdens: Mapping[str, Burden] | None = None,
    *,
    plan: bool = True,
) -> Assessment:
    """Return the assessment of one case.

    Parameters
    ----------
    case : Case
        The record; its citation's diagnosis, if any, is not part of it.
    findings : sequence of Finding
        From all modalities.
    nerves : Nerves, optional
        Hypotheses and the forward models kept from earlier cases; the packaged hypotheses by default.
    burdens : mapping of str to Burden, optional
        What each test costs here; the packaged table by default.
    plan : bool
        False leaves out the plan of the next tests, which takes most of the time.
    """
    nerves = Nerves(load_library(), load_graph()) if nerves is None else nerves
    library, graph = nerves.library, nerves.graph
    evidence = gather_evidence(case, findings, library, graph, nerves)
    singles, post = infer(evidence)
    explainer = Explainer(evidence, singles, post)
    told = bool(told_sides(findings))
    candidates = _candidates(library, singles, post, explainer, told)
    first = library.disorder_ids.index(candidates[0].disorder)
    model = VisibilityModel(library, graph, case.patient.height_cm, evidence.when)
    visibility = tuple(
        cell
        for c in candidates
        for cell in model.row(c.disorder, *state_weights(library, post, library.disorder_ids.index(c.disorder)))
    )
    return Assessment(
        schema_version=SCHEMA_VERSION,
        ranvier_version=__version__,
        case=case.id,
        citation=case.citation,
        patient=case.patient,
        onset=case.onset,
        answer=_answer(library, candidates, bool(evidence.observations)),
        neuropathy_probability=_neuropathy(library, post),
        candidates=candidates,
        groups=group_probabilities(library, post.main),
        sets=post.sets,
        unexplored=post.unexplored,
        mri=mri_answer(candidates, visibility, findings),
        tests=diagnostic_tests(),
        visibility=visibility,
        nerve_lesions=nerve_lesions(library, singles, post, graph, side_told=told),
        findings=tuple(findings),
        red_flags=red_flags(findings, case.onset, graph),
        stability=explainer.stability(),
        next_tests=Planner(case, evidence, singles, post, nerves, burdens).plan() if plan else (),
        left_out=tuple(
            LeftOut(finding=n.finding.id, statement=n.finding.statement, reason=n.reason) for n in evidence.not_used
        ),
        unused=case.unused,
        not_done=case.not_done,
        incomplete=case.incomplete,
        remarks=case.remarks,
        basis=explainer.basis(first),
    )


def _candidates(
    library: Library, singles: Singles, post: Posterior, explainer: Explainer, told: bool
) -> tuple[Candidate, ...]:
    low, high = explainer.intervals()
    out = []
    for number in np.argsort(-post.present, kind="stable")[:_CANDIDATES]:
        row = library.catalogue.disorders[library.disorder_ids[number]]
        out.append(
            Candidate(
                disorder=row.id,
                name=row.name,
                group=row.group,
                probability=float(min(post.present[number], 1.0)),
                low=float(low[number]),
                high=float(min(high[number], 1.0)),
                urgent=row.urgent,
                treatable=row.treatable,
                changes_structure=bool(library.catalogue.structure.get(row.id)),
                sites=sites_of(library, singles, post, int(number), side_told=told),
                weights=explainer.weights(int(number)),
            )
        )
    return tuple(out)


def _neuropathy(library: Library, post: Posterior) -> float:
    """Return the probability that the main disorder is one of nerves, roots or plexus."""
    nerves = [library.catalogue.disorders[d].group not in _NO_NEUROPATHY for d in library.disorder_ids]
    return float(post.main[np.array(nerves)].sum())


def _answer(library: Library, candidates: Sequence[Candidate], weighed: bool) -> str:
    """Return the conclusion in one sentence; it says so when there was nothing to weigh or nothing stands out."""
    if not weighed:
        return "Nothing to weigh: the case holds no finding that bears on a cause. The list below is the prior alone."
    first = candidates[0]
    if first.probability < load_parameters()["answer_weak"]:
        names = ", ".join(f"{c.name} ({100 * c.probability:.0f} %)" for c in candidates[:3])
        return f"No cause stands out with what is known. The likeliest are {names}."
    where = ""
    patterns = {v.name for v in library.catalogue.variants[first.disorder]}
    if first.sites:
        site = next((s for s in first.sites if s.label in patterns), first.sites[0])
        side = f"{site.side.value} " if site.side in (Side.LEFT, Side.RIGHT) else ""
        untold = ", the side is not told" if site.side is Side.UNKNOWN else ""
        where = f" ({side}{lower_first(site.label)}{untold})"
    chance, low, high = (_percent(p) for p in (first.probability, first.low, first.high))
    chance = chance if low == high else f"{chance} (80 % range {low} to {high})"
    others = [f"{c.name} ({_percent(c.probability)})" for c in candidates[1:3] if c.probability >= 0.05]
    tail = f"; also possible: {' and '.join(others)}" if others else ""
    return f"Most likely {first.name}{where}, {chance}{tail}."


def _percent(share: float) -> str:
    """Return a share in words that never claim certainty.

    >>> _percent(0.514), _percent(0.9999)
    ('51 %', 'more than 99 %')
    """
    return "more than 99 %" if share > _NEARLY_SURE else f"{100 * share:.0f} %"
