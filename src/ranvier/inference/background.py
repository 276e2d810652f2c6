"""What age, sex, tempo, course and setting say about each disorder."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ranvier.case import Case, Course, Onset, Patient, Setting
from ranvier.core import read_table
from ranvier.disorders import COURSES, TEMPOS, Disorder
from ranvier.inference.parameters import load_parameters

FloatArray = NDArray[np.float64]


@cache
def _durations() -> tuple[tuple[float, tuple[float, ...]], ...]:
    """Return the upper end in days and the chance under each tempo of each bin of duration."""
    rows = read_table("ranvier.inference", "durations.csv", ("up_to_days", *TEMPOS))
    return tuple((float(r["up_to_days"]), tuple(float(r[t]) for t in TEMPOS)) for r in rows)


def patient_log_likelihood(disorder: Disorder, patient: Patient) -> float:
    """Return how much age and sex speak for a disorder, as a log ratio to the background."""
    p = load_parameters()
    total = 0.0
    if patient.age_y is not None:
        own = _normal(patient.age_y, disorder.age_mean_y, disorder.age_sd_y)
        everybody = _normal(patient.age_y, p["age_mean"], p["age_sd"])
        total += float(np.log(((1 - p["age_tail"]) * own + p["age_tail"] * everybody) / everybody))
    if patient.sex is not None:
        women = disorder.female_share if patient.sex == "female" else 1 - disorder.female_share
        total += float(np.log(max(women, p["age_tail"]) / p["female_share"]))
    return total


def onset_log_likelihood(disorder: Disorder, onset: Onset) -> float:
    """Return how much tempo, course and duration speak for a disorder, as a log ratio to chance."""
    lapse = load_parameters()["tempo_lapse"]
    total = 0.0
    tempo = np.array(disorder.tempo) * (1 - lapse) + lapse / len(TEMPOS)
    if onset.tempo is not None:
        total += float(np.log(tempo[TEMPOS.index(onset.tempo.value)] * len(TEMPOS)))
    elif onset.duration_days is not None:
        chances = next(c for end, c in _durations() if onset.duration_days <= end)
        total += float(np.log(tempo @ np.array(chances) / np.mean(chances)))
    if onset.course is not None:
        course = np.array(disorder.course) * (1 - lapse) + lapse / len(COURSES)
        total += float(np.log(course[COURSES.index(onset.course.value)] * len(COURSES)))
    return total + float(np.log(share_so_late(disorder.id, onset)))


def share_so_late(disorder: str, onset: Onset) -> float:
    """Return the share of patients with a disorder in whom it still gets worse, or is there at all, so late.

    1 where the case tells no duration, where no row speaks of the disorder, and before the day of its first row. An
    illness that comes and goes lasts from its first attack on: its duration says nothing of an attack.
    """
    if onset.duration_days is None or onset.course is Course.RELAPSING:
        return 1.0
    worse = onset.course is Course.PROGRESSIVE
    late = [
        row.share
        for row in _nadirs().get(disorder, ())
        if onset.duration_days > row.beyond_days and (worse or row.what == "present")
    ]
    return min(late, default=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nadir:
    what: str
    beyond_days: float
    share: float


@cache
def _nadirs() -> Mapping[str, tuple[_Nadir, ...]]:
    """Return by disorder how many still get worse (or are ill at all) beyond a day of illness."""
    out: dict[str, tuple[_Nadir, ...]] = {}
    for row in read_table("ranvier.inference", "nadirs.csv", ("disorder", "what", "beyond_days", "share", "status")):
        nadir = _Nadir(what=row["what"], beyond_days=float(row["beyond_days"]), share=float(row["share"]))
        out[row["disorder"]] = (*out.get(row["disorder"], ()), nadir)
    return out


def setting_log_ratio(disorder: Disorder, setting: Setting | None) -> float:
    """Return how much the setting moves the prior of a disorder, as a log ratio.

    The priors are those of a neurology clinic. A referral centre sees relatively more of what is rare, so
    its priors are flatter (a power below one); where the setting is not stated, the case mix is uncertain. On top
    of that a table says which disorders and groups are seen more or less often there.
    """
    power = load_parameters()[f"prior_power_{setting.value if setting else 'unknown'}"]
    factors = setting_factors().get(setting.value, {}) if setting else {}
    factor = factors.get(disorder.id, factors.get(disorder.group, 1.0))
    return (power - 1) * float(np.log(disorder.prior)) + float(np.log(factor))


@cache
def setting_factors() -> Mapping[str, Mapping[str, float]]:
    """Return by setting how much commoner disorders and groups are there; a disorder goes before its group."""
    out: dict[str, dict[str, float]] = {}
    for row in read_table(
        "ranvier.inference", "setting_factors.csv", ("name", "setting", "factor", "status", "source")
    ):
        out.setdefault(row["setting"], {})[row["name"]] = float(row["factor"])
    return out


def background_log_likelihood(
    disorders: Mapping[str, Disorder], ids: tuple[str, ...], case: Case, weight: float = 1.0
) -> FloatArray:
    """Return what patient, onset and setting say about each disorder, ``(n_disorders,)``.

    `weight` is the exponent on patient and onset: real patients are less typical than the tables.
    """
    who = [patient_log_likelihood(disorders[i], case.patient) for i in ids]
    how = [onset_log_likelihood(disorders[i], case.onset) for i in ids]
    where = [setting_log_ratio(disorders[i], case.setting) for i in ids]
    return np.asarray(weight * (np.array(who) + np.array(how)) + np.array(where))


def _normal(x: float, mean: float, sd: float) -> float:
    return float(np.exp(-0.5 * ((x - mean) / sd) ** 2) / sd)
