"""Fit the cut points of the reading models to the fitting half of the published test results.

Run: ``python bench/fit_readings.py``. Patients and their errors are drawn once; the cut points are then moved to
bring the simulated shares near the published ones, with a penalty for leaving the starting values, which
follow from how limits are defined. Rows of the judging half are never read. Prints the fitted table rows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import load_graph
from ranvier.case import Setting
from ranvier.cohort.published_tests import Replayed, population, published_tests, replayed_tests
from ranvier.cohort.replay import at_days, key_of, look_of
from ranvier.core import Side
from ranvier.inference import Nerves, load_library
from ranvier.inference.parameters import load_parameters, load_reading_models
from ranvier.inference.simulation import Examiner, Population

FloatArray = NDArray[np.float64]

START = {
    "reflex": (-1.7, -0.85, 0.65, 1.3),
    "sensation_vibration": (0.6, 0.85, 2.2),
    "sensation_pain": (0.6, 0.85, 2.2),
}
FREE = tuple(START)
SCALE = np.array([next(c for c in START[n] if c > 0) for n in FREE])
PENALTY = 0.3
DRAWS = 1500
SEED = 5


@dataclass
class Drawn:
    """One population of one row, with everything drawn that does not depend on the cut points."""

    how: Replayed
    published: float
    positive: bool
    x: dict[tuple[str, bool], FloatArray]
    noise: dict[tuple[str, bool], FloatArray]
    lapse: dict[tuple[str, bool], FloatArray]
    fixed: dict[tuple[str, bool], NDArray[np.intp]]
    observable: dict[tuple[str, bool], str]


def draw(how: Replayed, name: str, nerves: Nerves, published: float, *, positive: bool) -> Drawn:
    """Draw one population of one row."""
    rng = np.random.default_rng(SEED)
    shares, variants = population(name)
    people = Population(nerves.library, Setting.NEUROLOGY_CLINIC, disorders=shares, variants=variants, side=Side.RIGHT)
    patients = at_days(people.draw(rng, DRAWS), how.days, rng)
    examiner = Examiner(nerves, rng)
    out = Drawn(how, published, positive, {}, {}, {}, {}, {})
    shared: dict[str, FloatArray] = {}
    models = load_reading_models()
    for term in (*how.terms, *how.reference, *how.without):
        key, look = key_of(term), look_of(term)
        if key in out.x or key in out.fixed:
            continue
        if not look.item.is_reading:
            out.fixed[key] = examiner.grades(patients, [look])[:, 0]
            continue
        model = models[look.item.observable]
        common = shared.setdefault(look.item.observable, rng.standard_normal(DRAWS))
        out.x[key] = examiner.deficits(patients, look)
        out.noise[key] = np.sqrt(model.rho) * common + np.sqrt(1 - model.rho) * rng.standard_normal(DRAWS)
        out.lapse[key] = rng.random(DRAWS)
        out.observable[key] = look.item.observable
    return out


def share(drawn: Drawn, cuts: dict[str, FloatArray]) -> float:
    """Return the share of positives (cases) or negatives (controls) at some cut points."""
    models, wide = load_reading_models(), load_parameters()["lapse_widening"]
    grades = dict(drawn.fixed)
    for key, x in drawn.x.items():
        model = models[drawn.observable[key]]
        sd = np.where(drawn.lapse[key] < model.lapse, wide * model.sd, model.sd)
        own = cuts.get(model.observable, np.array(model.cuts))
        grades[key] = np.searchsorted(own, x + sd * drawn.noise[key], side="left")

    def reached(terms) -> FloatArray:
        return np.sum([t.weight * (grades[key_of(t)] >= t.from_grade) for t in terms], axis=0)

    out = reached(drawn.how.terms) >= drawn.how.need
    if drawn.how.reference:
        kept = (reached(drawn.how.reference) >= 1) == drawn.positive
        out = out[kept] if kept.sum() >= 100 else out
    return float(out.mean() if drawn.positive else 1 - out.mean())


def logit(p: float) -> float:
    """Return the log odds of a share, kept away from 0 and 1."""
    p = min(max(p, 0.01), 0.99)
    return float(np.log(p / (1 - p)))


def cuts_of(shift: FloatArray) -> dict[str, FloatArray]:
    """Return the cut points of each observable moved by its shift; those below 0 stay."""
    out = {}
    for name, s in zip(FREE, shift, strict=True):
        start = np.array(START[name])
        out[name] = np.where(start > 0, start + s, start)
    return out


def loss_of(rows: list[tuple[str, Drawn]], shift: FloatArray) -> float:
    """Return the misfit in log odds, each share capped, plus the penalty."""
    cuts = cuts_of(shift)
    misfit = sum(min(abs(logit(share(d, cuts)) - logit(d.published)), 2.0) ** 2 for _, d in rows)
    return misfit + PENALTY * float(((shift / (0.3 * SCALE)) ** 2).sum())


def descend(rows: list[tuple[str, Drawn]]) -> FloatArray:
    """Return the best shifts found by moving one at a time with shrinking steps."""
    best, step = np.zeros(len(FREE)), 0.1 * SCALE
    value = loss_of(rows, best)
    for _ in range(12):
        before = value
        for trial in (best + s * step[i] * np.eye(len(FREE))[i] for i in range(len(FREE)) for s in (1, -1)):
            if (found := loss_of(rows, trial)) < value - 1e-4:
                best, value = trial, found
        if value == before:
            step /= 2
    return best


def fitting_rows() -> list[tuple[str, Drawn]]:
    """Return the populations of the fitting half that have a free reading."""
    nerves = Nerves(load_library(), load_graph(), models=400)
    rows = []
    for id_, how in replayed_tests().items():
        test = published_tests()[id_]
        if test.half != "fitting" or not {t.item.partition("@")[0] for t in how.terms} & set(FREE):
            continue
        if how.cases and test.sens:
            rows.append((id_, draw(how, how.cases, nerves, test.sens.value, positive=True)))
        if how.controls and test.spec:
            rows.append((id_, draw(how, how.controls, nerves, test.spec.value, positive=False)))
    return rows


def main() -> None:
    """Fit and print."""
    rows = fitting_rows()
    cuts = cuts_of(descend(rows))
    for name in FREE:
        print(name, ";".join(f"{c:.2f}" for c in cuts[name]))
    for id_, d in rows:
        print(id_, "sens" if d.positive else "spec", f"{share(d, cuts):.2f} / {d.published:.2f}")


if __name__ == "__main__":
    main()
