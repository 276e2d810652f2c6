"""Phantoms with lesions: what is drawn is what the truth says."""

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from ranvier.imaging.reading import Contrast, read_series
from ranvier.imaging.simulation.lesions import lesion_of
from ranvier.imaging.simulation.phantom import KINDS, PhantomSpec, draw_phantom, tissue_signal
from ranvier.imaging.simulation.phantom_files import write_phantom

SPEC = PhantomSpec(slices=14, voxel_mm=0.7, vessel=False)
LESIONS = [k for k in KINDS if lesion_of(k, 14.0, 6.0)]


def test_the_command_offers_every_kind() -> None:
    from ranvier.cli.phantom import _Kind

    assert get_args(_Kind) == KINDS


@pytest.mark.parametrize("kind", LESIONS)
def test_the_lesion_has_its_volume_and_its_signal(kind: str) -> None:
    phantom = draw_phantom(replace(SPEC, kind=kind, snr=200.0), seed=1)  # type: ignore[arg-type]
    lesion = phantom.lesion
    assert lesion is not None
    volume = float(phantom.lesion_share.sum() * np.prod(phantom.volume.spacing_mm))
    assert volume == pytest.approx(lesion.volume_mm3, rel=0.1)
    full = phantom.lesion_share > 0.99
    rim = tissue_signal(lesion.rim, "t2")
    assert np.percentile(phantom.volume.values[full], 90) == pytest.approx(rim, rel=0.05)


@pytest.mark.parametrize("kind", LESIONS)
def test_a_lesion_beside_the_nerve_touches_it_and_one_inside_is_part_of_it(kind: str) -> None:
    phantom = draw_phantom(replace(SPEC, kind=kind), seed=2)  # type: ignore[arg-type]
    lesion, n = phantom.lesion, SPEC.slices // 2
    assert lesion is not None
    nerve, mass = phantom.share[..., n] >= 0.5, phantom.lesion_share[..., n] >= 0.5
    if lesion.relation == "inside":
        assert (nerve & mass).sum() > 0.95 * mass.sum()
    else:
        assert not (nerve & mass).any()
        a, b = np.argwhere(nerve), np.argwhere(mass)
        nearest = min(np.hypot(*(a - point).T).min() for point in b)
        assert nearest * SPEC.voxel_mm < 1.5


def test_a_pushed_nerve_leaves_its_course_by_the_push_and_others_do_not() -> None:
    plain = draw_phantom(SPEC, seed=3)
    pushed = draw_phantom(replace(SPEC, kind="pushing_cyst"), seed=3)
    still = draw_phantom(replace(SPEC, kind="cyst"), seed=3)
    assert pushed.lesion is not None

    def bend(centre: np.ndarray) -> float:
        return float(np.hypot(*(centre[7] - (centre[0] + centre[-1]) / 2)[:2]) * SPEC.voxel_mm)

    assert bend(pushed.centre) - bend(plain.centre) == pytest.approx(pushed.lesion.push_mm, abs=2.0)
    assert bend(still.centre) == pytest.approx(bend(plain.centre), abs=0.1)


def test_a_plain_phantom_has_no_lesion_and_an_entrapment_swells_before_it_narrows() -> None:
    assert draw_phantom(SPEC, seed=4).lesion is None
    area = draw_phantom(replace(SPEC, kind="entrapment", slices=40), seed=4).area_mm2
    usual = area[0]
    assert area.max() > 1.8 * usual
    assert area.min() < 0.5 * usual
    assert area.argmax() < area.argmin()


def test_tissues_vary_only_when_asked() -> None:
    same = [draw_phantom(replace(SPEC, snr=1e6), seed=s).volume.values[2, 2, 0] for s in (5, 6)]
    assert same[0] == pytest.approx(same[1], rel=1e-3)
    varied = [draw_phantom(replace(SPEC, snr=1e6, tissue_spread=0.2), seed=s).volume.values[2, 2, 0] for s in (5, 6)]
    assert abs(varied[0] / varied[1] - 1) > 0.02


def test_written_phantoms_state_their_sequence_and_their_lesion(tmp_path: Path) -> None:
    write_phantom(draw_phantom(replace(SPEC, kind="target_mass", contrast="stir"), seed=7), tmp_path)
    facts = read_series(tmp_path / "volume.nii.gz").facts
    assert facts.contrast is Contrast.STIR
    assert facts.te_ms == (50.0,)
    truth = json.loads((tmp_path / "lesion.json").read_text())
    assert (truth["relation"], truth["rim"]) == ("inside", "tumour")
    assert truth["volume_mm3"] == pytest.approx(4 / 3 * np.pi * 7.0**2 * 10.5)
    assert (tmp_path / "lesion.nii.gz").is_file()
    write_phantom(draw_phantom(replace(SPEC, contrast="t2"), seed=7), tmp_path / "plain")
    assert not (tmp_path / "plain" / "lesion.json").exists()
    assert read_series(tmp_path / "plain" / "volume.nii.gz").facts.contrast is Contrast.T2
