"""T2 of a nerve in its sections, against echoes whose T2 is known."""

import numpy as np
import pytest

from ranvier.core import Side
from ranvier.imaging.maps import epg_decay
from ranvier.imaging.nerves import Level, add_t2, measure_labels
from ranvier.imaging.nerves.labels import LabelName
from ranvier.imaging.nerves.relaxation import echoes_of
from ranvier.imaging.reading import SequenceFacts, Series
from ranvier.imaging.volume import Volume

TE = tuple(9.0 * n for n in range(1, 9))


def train(t2_nerve: float, t2_muscle: float, b1: float) -> tuple[Volume, Volume]:
    """Return an echo train of a round nerve in muscle, and its label map."""
    rng = np.random.default_rng(1)
    x, y = np.meshgrid(np.arange(40), np.arange(40), indexing="ij")
    nerve = (x - 20) ** 2 + (y - 20) ** 2 < 36
    labels = np.repeat(nerve[:, :, None], 4, axis=2).astype(np.float32)
    decay = [100 * epg_decay(t, 1200, 9.0, 8, b1=b1) for t in (t2_muscle, t2_nerve)]
    clean = np.where(labels[..., None] > 0, decay[1], decay[0])
    noisy = np.abs(clean + 2 * (rng.standard_normal(clean.shape) + 1j * rng.standard_normal(clean.shape)))
    affine = np.diag([0.5, 0.5, 4.0, 1.0])
    return Volume(values=noisy.astype(np.float32), affine=affine), Volume(values=labels, affine=affine)


def test_the_phase_graph_finds_the_t2_of_the_nerve_and_one_exponential_overestimates_it() -> None:
    volume, labels = train(60.0, 35.0, b1=0.85)
    nerves = measure_labels(volume, labels, {1: LabelName(nerve="tibial", side=Side.LEFT)}, Level())
    (nerve,) = add_t2(nerves, Series(volume=volume, facts=SequenceFacts(te_ms=TE)))
    found = [(m.t2_ms, m.t2_epg_ms) for m in nerve.report.measurements]
    assert all(one is not None and train is not None for one, train in found)
    assert np.median([t for _, t in found]) == pytest.approx(60.0, rel=0.05)
    assert np.median([o for o, _ in found]) > 61


def test_gradient_echoes_and_unknown_times_give_no_t2() -> None:
    assert echoes_of(SequenceFacts(te_ms=TE, techniques=("gradient_echo",))) is None
    assert echoes_of(SequenceFacts(te_ms=(None, 20.0))) is None
    assert echoes_of(SequenceFacts()) is None
    assert echoes_of(SequenceFacts(te_ms=(10.0, 10.0))) is None


def test_only_an_even_train_from_the_start_is_read_by_phase_graphs() -> None:
    even = echoes_of(SequenceFacts(te_ms=TE))
    assert even is not None
    assert even.spacing_ms == pytest.approx(9.0)
    two = echoes_of(SequenceFacts(te_ms=(16.0, 56.0)))
    assert two is not None
    assert two.spacing_ms is None
