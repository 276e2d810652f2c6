"""Invariants as functions of a library, so that a test can show that a fault breaks them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from tests.inference.builders import case, normal_mri, reflex, strength, study

from ranvier.anatomy import load_graph
from ranvier.core import Finding, Side
from ranvier.disorders.loading import _association
from ranvier.inference import channels, forward
from ranvier.inference.channels import timing
from ranvier.inference.evidence import Evidence, gather_evidence
from ranvier.inference.library import Library

Invariant = Callable[[Library], bool]
USERS_OF_PARAMETERS = (channels, forward)
association_of_row = _association
_NONE = 1e-9


def _evidence(library: Library, *findings: Finding) -> Evidence:
    return gather_evidence(case(), findings, library, load_graph())


def _rows(library: Library, disorder: str, side: Side | None = None, variant: str | None = None) -> list[int]:
    return [
        i
        for i, s in enumerate(library.states)
        if s.disorder == disorder and side in (None, s.side) and variant in (None, s.variant)
    ]


def _deficit(library: Library, rows: list[int], *findings: Finding) -> NDArray[np.float64]:
    return np.asarray(_evidence(library, *findings).influence[rows].max(axis=0))


def root_lesion_spares_the_sensory_response(library: Library) -> bool:
    rows = _rows(library, "lumbar_radiculopathy", Side.RIGHT, "l5")
    snap, power = _deficit(
        library,
        rows,
        study("snap_amplitude", "superficial_fibular_sensory", Side.RIGHT, 0),
        strength("tibialis_anterior", Side.RIGHT, 3),
    )
    return bool(snap < _NONE < 0.2 < power)


def carpal_tunnel_slows_the_median_nerve_alone(library: Library) -> bool:
    rows = _rows(library, "cts", Side.RIGHT, "one_side")
    median, ulnar = _deficit(
        library,
        rows,
        study("distal_latency", "median_motor_apb", Side.RIGHT, 1),
        study("distal_latency", "ulnar_motor_adm", Side.RIGHT, 0),
    )
    return bool(ulnar < _NONE and median > 0.3)


def fibular_lesion_spares_the_tibial_nerve(library: Library) -> bool:
    rows = _rows(library, "peroneal_fh", Side.RIGHT)
    fibular, tibial, short_head = _deficit(
        library,
        rows,
        strength("tibialis_anterior", Side.RIGHT, 3),
        strength("tibialis_posterior", Side.RIGHT, 5),
        strength("biceps_femoris_short_head", Side.RIGHT, 5),
    )
    return bool(fibular > 0.5 and tibial < _NONE and short_head < _NONE)


def a_lesion_acts_on_its_own_side(library: Library) -> bool:
    rows = _rows(library, "peroneal_fh", Side.LEFT)
    left, right = _deficit(
        library,
        rows,
        strength("tibialis_anterior", Side.LEFT, 3),
        strength("tibialis_anterior", Side.RIGHT, 5),
    )
    return bool(left > 0.5 and right < _NONE)


def normal_mri_is_silent_on_small_fibres(library: Library) -> bool:
    evidence = _evidence(library, normal_mri("lumbar_spine"), normal_mri("whole_spine"))
    return bool((evidence.log_likelihood[_rows(library, "sfn_idiopathic")] == 0.0).all())


def motor_neuron_disease_spares_the_sensory_response(library: Library) -> bool:
    findings = (
        study("snap_amplitude", "ulnar_sensory_d5", Side.RIGHT, 0),
        study("snap_amplitude", "sural_sensory", Side.LEFT, 0),
    )
    evidence = _evidence(library, *findings)
    own = np.isin(library.disorder_row, library.disorder_ids.index("als"))
    return bool(evidence.influence[own].max() < _NONE)


def small_fibre_neuropathy_spares_the_sural_response(library: Library) -> bool:
    rows = _rows(library, "sfn_idiopathic")
    return bool(_deficit(library, rows, study("snap_amplitude", "sural_sensory", Side.RIGHT, 0))[0] < 0.35)


def feet_before_hands(library: Library) -> bool:
    findings = (
        study("snap_amplitude", "sural_sensory", Side.RIGHT, 0),
        study("snap_amplitude", "ulnar_sensory_d5", Side.RIGHT, 0),
    )
    influence = _evidence(library, *findings).influence[_rows(library, "ciap")]
    return bool((influence[:, 0] > influence[:, 1]).all())


def cord_compression_raises_reflexes(library: Library) -> bool:
    evidence = _evidence(library, reflex("knee", Side.RIGHT, 1))
    cord, none = _rows(library, "cervical_myelopathy"), _rows(library, "no_neuropathy")
    return bool(evidence.log_likelihood[cord, 0].max() > evidence.log_likelihood[none, 0].max())


def motor_responses_fall_before_sensory_ones(library: Library) -> bool:
    del library
    return all(timing(day).cmap > timing(day).snap for day in (3, 4, 5, 6))


def fibrillations_take_weeks(library: Library) -> bool:
    del library
    return timing(5).fibrillation < 0.1 and timing(35).fibrillation > 0.95
