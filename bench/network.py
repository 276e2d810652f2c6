"""The same two-layer problem in this package and in a general Bayesian network library (pyAgrum), as a ratio.

Run: ``python bench/network.py`` (needs the extra ``bench``). Disorders are taken from the packaged tables without their
nerves, each with the features that it makes more frequent: a noisy-OR network of two layers. The evidence is
ten features that are present and the rest absent, drawn from two of the disorders (simulated). pyAgrum infers
exactly over all sets of disorders; this package searches sets of up to three, with the same odds. Both are timed
from the evidence to the posterior, the network and the library being ready. Posteriors differ by what this package
does on purpose: caps on what one feature may say, and no sets of more than three. Results: ``results/network.json``.
"""

import json
import statistics
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyagrum

from ranvier.anatomy import load_graph
from ranvier.case import Case, Onset, Patient, load_vocabulary
from ranvier.core import Finding, Modality, Origin, PresenceReading, Status
from ranvier.disorders import Association, Catalogue, Variant, load_catalogue
from ranvier.inference import gather_evidence, infer
from ranvier.inference.library import Library, build_library
from ranvier.inference.parameters import load_parameters

ROOT = Path(__file__).parents[1]
FEATURES = 40
RUNS = 5
SIZES = (6, 10, 14, 18)
HIGHEST = 0.9
CASES = 5


def two_layers(n_disorders: int) -> Catalogue:
    """Return a catalogue of the commonest disorders with features alone, each raised by some of them."""
    whole = load_catalogue()
    ranked = sorted(whole.disorders.values(), key=lambda d: -d.prior)
    chosen = {d.id: d for d in ranked if d.group not in ("null", "mimic")}
    ids = list(chosen)[:n_disorders]
    vocabulary = load_vocabulary().features
    groups: set[str] = set()
    features: list[str] = []
    spread = {f: sum(whole.associations[d][f].probability > b.probability for d in ids if f in whole.associations[d])
              for f, b in whole.base_rates.items()}  # fmt: skip
    for name in sorted(spread, key=lambda f: (-spread[f], f)):
        group = vocabulary[name].correlation_group
        if name.startswith(("gene_", "biopsy_")) or (group and group in groups):
            continue
        groups.add(group)
        features.append(name)
    rows = {d: {f: _raised(whole, d, f) for f in features[:FEATURES]} for d in ids}
    return replace(
        whole,
        disorders={d: chosen[d] for d in ids},
        variants={
            d: (Variant(disorder=d, id="only", name=d, weight=1.0, sides="none"),) for d in ids
        },
        lesions={}, effects={}, structure={}, associations=rows, variant_associations={}, time_courses={},
        company={}, base_rates={f: whole.base_rates[f] for f in features[:FEATURES]}, incidental=(),
    )  # fmt: skip


def _raised(catalogue: Catalogue, disorder: str, feature: str) -> Association:
    """Return an association that is never below the base rate: a noisy-OR cannot make anything rarer."""
    base = catalogue.base_rates[feature]
    own = catalogue.associations[disorder].get(feature, base)
    probability = min(max(own.probability, base.probability), HIGHEST)
    return Association(
        disorder=disorder, variant="*", feature=feature, probability=probability, at_lesion=False,
        status=Status.ASSUMED, source="estimate",
    )  # fmt: skip


def network(catalogue: Catalogue) -> "pyagrum.BayesNet":
    """Return the noisy-OR network of a catalogue; ``any`` is true where there is any disorder."""
    bn = pyagrum.BayesNet()
    pair = load_parameters()["pair_prior"]
    for id_, disorder in catalogue.disorders.items():
        bn.add(pyagrum.LabelizedVariable(id_, id_, 2))
        odds = pair * disorder.prior
        bn.cpt(id_).fillWith([1 / (1 + odds), odds / (1 + odds)])
    bn.addOR(pyagrum.LabelizedVariable("any", "any", 2))
    for id_ in catalogue.disorders:
        bn.addArc(id_, "any")
    for feature, base in catalogue.base_rates.items():
        bn.addNoisyORCompound(pyagrum.LabelizedVariable(feature, feature, 2), base.probability)
        for id_ in catalogue.disorders:
            own = catalogue.associations[id_][feature].probability
            if own > base.probability:
                bn.addWeightedArc(id_, feature, own)
    return bn


def evidence_of_case(catalogue: Catalogue, rng: np.random.Generator) -> dict[str, int]:
    """Return what was found in a patient with two of the disorders."""
    two = rng.choice(list(catalogue.disorders), size=2, replace=False)
    out = {}
    for feature, base in catalogue.base_rates.items():
        absent = 1 - base.probability
        for id_ in two:
            absent *= (1 - catalogue.associations[id_][feature].probability) / (1 - base.probability)
        out[feature] = int(rng.random() > absent)
    return out


def ours(library: Library, found: dict[str, int]) -> np.ndarray:
    """Return the probability that each disorder is present, by this package."""
    case = Case(id="bench", patient=Patient(), onset=Onset())
    findings = [
        Finding(
            id=name, modality=Modality.LABORATORY, observable=name, place=None,
            reading=PresenceReading(present=bool(v)), abnormal=None, statement=name, limit=None,
            origin=Origin(file="bench", row=number),
        )
        for number, (name, v) in enumerate(found.items())
    ]  # fmt: skip
    return infer(gather_evidence(case, findings, library, load_graph()))[1].present


def theirs(bn: "pyagrum.BayesNet", found: dict[str, int], ids: tuple[str, ...]) -> np.ndarray:
    """Return the same by pyAgrum, exactly, given that there is any disorder."""
    engine = pyagrum.LazyPropagation(bn)
    engine.setEvidence({**found, "any": 1})
    for id_ in ids:
        engine.addTarget(id_)
    engine.makeInference()
    return np.array([engine.posterior(id_)[1] for id_ in ids])


def main() -> None:
    """Measure, print and write."""
    rows = []
    for size in SIZES:
        catalogue = two_layers(size)
        library, bn = build_library(catalogue), network(catalogue)
        rng = np.random.default_rng(size)
        times, gaps = {"ranvier": [], "pyagrum": []}, []
        for found in (evidence_of_case(catalogue, rng) for _ in range(CASES)):
            ours(library, found)
            start = time.perf_counter()
            mine = ours(library, found)
            middle = time.perf_counter()
            exact = theirs(bn, found, library.disorder_ids)
            times["ranvier"].append(middle - start)
            times["pyagrum"].append(time.perf_counter() - middle)
            gaps.append(float(np.abs(mine - exact).max()))
        seconds = {name: statistics.median(values) for name, values in times.items()}
        rows.append(
            {
                "disorders": size,
                "features": len(catalogue.base_rates),
                "ranvier_s": round(seconds["ranvier"], 5),
                "pyagrum_exact_s": round(seconds["pyagrum"], 5),
                "pyagrum_to_ranvier_ratio": round(seconds["pyagrum"] / seconds["ranvier"], 2),
                "largest_difference_of_a_posterior": round(max(gaps), 4),
            }
        )
        print(rows[-1])
    result = {"pyagrum": pyagrum.__version__, "cases_each": CASES, "sizes": rows}
    (ROOT / "bench" / "results" / "network.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
