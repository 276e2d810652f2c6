"""How severity ties the lesions of a disorder together: more and worse in the ill, the table's share on the whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranvier.inference import load_library
from ranvier.inference.coupling import coupled_grades, coupled_inclusion
from ranvier.inference.library import unit_weights

SHARES = st.lists(st.floats(0.01, 1.0), min_size=5, max_size=5).map(lambda v: tuple(x / sum(v) for x in v))
INCLUSION = st.floats(0.01, 0.99)


@given(INCLUSION, SHARES)
def test_the_mean_inclusion_is_that_of_the_table_and_it_rises_with_severity(
    inclusion: float, severity: tuple[float, ...]
) -> None:
    by_grade = coupled_inclusion(inclusion, severity)
    assert float(np.array(severity) @ by_grade) == pytest.approx(inclusion, abs=1e-6)
    assert (np.diff(by_grade) > 0).all()


@given(SHARES)
def test_the_mean_grades_are_those_of_the_table_and_rise_with_severity(severity: tuple[float, ...]) -> None:
    weights = tuple(unit_weights(severity))
    by_grade = coupled_grades(weights, severity)
    assert by_grade.sum(axis=1) == pytest.approx(np.ones(5))
    assert np.array(severity) @ by_grade == pytest.approx(np.array(weights), abs=1e-4)
    assert (np.diff(by_grade @ np.array([-1.0, 0.0, 1.0])) > -1e-9).all()


def test_a_certain_lesion_is_there_at_every_severity() -> None:
    assert coupled_inclusion(1.0, (0.2,) * 5).tolist() == [1.0] * 5


def test_units_that_share_their_rows_have_the_same_lesions() -> None:
    library = load_library()
    assert library.unit_row.min() >= library.n_states
    assert set(library.unit_row.ravel().tolist()) == set(range(library.n_states, library.n_rows))
    base = library.base_row[library.unit_row[:, 0]]
    assert (library.pattern[base] == library.pattern[library.unit_state]).all()
    assert (library.variant_row[base] == library.variant_row[library.unit_state]).all()


def test_a_multifocal_disorder_has_a_mild_and_a_severe_form() -> None:
    library = load_library()
    states = [n for n, s in enumerate(library.states) if s.disorder == "mmn" and s.variant == "arms"]
    assert [library.states[n].grade for n in states] == [0, 2, 4]
    expected = [library.unit_inclusion[library.unit_state == n].sum() for n in states]
    assert expected == sorted(expected)
