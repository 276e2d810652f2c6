"""Tensors of known FA, shifts that were put in, and series that give no tensor."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("dipy")

from ranvier.core import MissingExtraError, Side, UnreadableImageError
from ranvier.imaging.diffusion import (
    DiffusionSeries,
    Gradients,
    TensorMaps,
    corrected,
    fit_tensors,
    gradients_of,
    measure_along,
    measure_diffusion_labels,
    measure_shifts,
    signal_to_noise,
    write_diffusion,
)
from ranvier.imaging.diffusion.motion import estimate_shift
from ranvier.imaging.nerves import measure_nerve, sections_of_labels
from ranvier.imaging.reading import SequenceFacts, read_series
from ranvier.imaging.simulation.diffusion import DiffusionPhantom, DiffusionSpec, draw_diffusion, eigenvalues
from ranvier.imaging.volume import Volume

nibabel = pytest.importorskip("nibabel")

FA = (0.3, 0.45, 0.6)
NAMES = {n: str(fa) for n, fa in enumerate(FA, 1)}


def series(phantom: DiffusionPhantom) -> DiffusionSeries:
    maps = fit_tensors(phantom.volume, phantom.gradients, phantom.labels.values > 0)
    return DiffusionSeries(volume=phantom.volume, gradients=phantom.gradients, maps=maps)


@pytest.fixture(scope="module")
def phantom() -> DiffusionPhantom:
    return draw_diffusion(DiffusionSpec(fa=FA))


@pytest.fixture(scope="module")
def measured(phantom: DiffusionPhantom) -> DiffusionSeries:
    return series(phantom)


def test_fa_is_within_003_at_snr_20(phantom: DiffusionPhantom, measured: DiffusionSeries) -> None:
    for one in measure_diffusion_labels(measured, phantom.labels, NAMES):
        true = float(one.name)
        assert one.voxels == 1000
        assert one.median["fa"] == pytest.approx(true, abs=0.03)
        assert one.of_mean["fa"] == pytest.approx(true, abs=0.01)
        assert one.median["md"] == pytest.approx(1.2e-3, rel=0.01)
        axial, radial, _ = eigenvalues(true, 1.2e-3)
        assert one.median["ad"] == pytest.approx(axial, rel=0.04)
        assert one.median["rd"] == pytest.approx(radial, rel=0.04)


def test_eigenvalues_give_their_fa() -> None:
    for fa in (0.0, 0.3, 0.9):
        values = eigenvalues(fa, 1e-3)
        assert values.mean() == pytest.approx(1e-3)
        spread = np.sqrt(1.5 * ((values - values.mean()) ** 2).sum() / (values**2).sum())
        assert spread == pytest.approx(fa)


def test_maps_are_those_of_dipy(phantom: DiffusionPhantom, measured: DiffusionSeries) -> None:
    from dipy.core.gradients import gradient_table
    from dipy.reconst.dti import TensorModel

    table = gradient_table(phantom.gradients.b_values, bvecs=phantom.gradients.vectors, b0_threshold=50)
    inside = phantom.labels.values > 0
    fit = TensorModel(table, fit_method="WLS").fit(phantom.volume.values[inside])
    assert np.allclose(measured.maps.fa[inside], fit.fa, atol=1e-3)
    assert np.allclose(measured.maps.rd[inside], fit.rd, atol=1e-6)
    assert np.isnan(measured.maps.fa[~inside]).all()


def test_signal_to_noise_is_that_of_the_unweighted_volumes(
    phantom: DiffusionPhantom, measured: DiffusionSeries
) -> None:
    inside = phantom.labels.values > 0
    assert signal_to_noise(measured, inside) == pytest.approx(20, rel=0.15)
    few = Gradients(b_values=np.where(np.arange(35) < 3, 800.0, phantom.gradients.b_values), vectors=np.ones((35, 3)))
    assert signal_to_noise(replace(measured, gradients=few), inside) is None


def test_shifts_are_found_and_only_they_are_flagged() -> None:
    shifted = draw_diffusion(DiffusionSpec(shifts=((12, (1.2, 0.0, 0.0)), (20, (0.0, -0.9, 0.2))), snr=40))
    report = measure_shifts(shifted.volume, shifted.gradients)
    assert report.flagged == (12, 20)
    assert "2 of 35 volumes are shifted" in report.text
    assert "not corrected" in report.text
    assert report.shifts_mm[12] == pytest.approx([1.8, 0.0, 0.0], abs=0.5)
    assert report.shifts_mm[20] == pytest.approx([0.0, -1.35, 0.3], abs=0.5)


def test_a_still_series_is_not_flagged(phantom: DiffusionPhantom) -> None:
    report = measure_shifts(phantom.volume, phantom.gradients)
    assert report.flagged == ()
    assert report.text.startswith("no volume is shifted by more than 0.5 voxel")


def test_a_shift_is_told_from_brightness() -> None:
    x, y, z = np.meshgrid(*(np.arange(n, dtype=float) for n in (24, 22, 20)), indexing="ij")
    blob = np.exp(-((x - 12) ** 2 + (y - 11) ** 2 + (z - 10) ** 2) / 30)
    moved = np.exp(-((x - 12.7) ** 2 + (y - 10.5) ** 2 + (z - 10) ** 2) / 30)
    assert estimate_shift(blob, 3 * moved + 5) == pytest.approx([0.7, -0.5, 0.0], abs=0.02)


def test_registration_keeps_shape_and_unit_vectors() -> None:
    phantom = draw_diffusion(
        DiffusionSpec(fa=(0.5,), side=6, directions=6, unweighted=1, shifts=((3, (1.0, 0.0, 0.0)),))
    )
    moved = corrected(phantom.volume, phantom.gradients)
    assert moved.volume.values.shape == phantom.volume.values.shape
    assert np.linalg.norm(moved.gradients.vectors[1:], axis=1) == pytest.approx(np.ones(6))
    assert moved.gradients.vectors[1:] == pytest.approx(phantom.gradients.vectors[1:], abs=0.5)


def test_a_nerve_is_measured_slice_by_slice(phantom: DiffusionPhantom, measured: DiffusionSeries) -> None:
    axis, sections = sections_of_labels(phantom.labels, 2)
    nerve = measure_nerve(phantom.volume, sections, axis, "sciatic", Side.LEFT)
    found = measure_along(measured.maps, [nerve])
    assert [one.slice for one in found] == [s.slice_index for s in sections]
    assert [one.mean["fa"] for one in found] == pytest.approx([0.45] * len(found), abs=0.03)


def test_series_that_give_no_tensor_are_refused(phantom: DiffusionPhantom) -> None:
    bval = tuple(float(b) for b in phantom.gradients.b_values)
    rows = zip(bval, phantom.gradients.vectors.tolist(), strict=True)
    vectors = tuple((v[0], v[1], v[2]) if b else None for b, v in rows)
    two = (None, *((1.0, 0.0, 0.0), (-1.0, 0.0, 0.0)) * 3, (0.0, 1.0, 0.0))
    assert gradients_of(SequenceFacts(b_values=bval, b_vectors=vectors)).unweighted.sum() == 5
    for facts, said in (
        (SequenceFacts(), "does not state its b-values"),
        (SequenceFacts(b_values=bval), "no unit vector"),
        (SequenceFacts(b_values=bval[5:], b_vectors=vectors[5:]), "no volume is without"),
        (SequenceFacts(b_values=(0.0, *(800.0,) * 7), b_vectors=two), r"6 directions or more \(got 2\)"),
    ):  # fmt: skip
        with pytest.raises(UnreadableImageError, match=said):
            gradients_of(facts)
    with pytest.raises(UnreadableImageError, match="35 b-values"):
        fit_tensors(replace(phantom.volume, values=phantom.volume.values[..., :9]), phantom.gradients)
    with pytest.raises(UnreadableImageError, match="resample it"):
        fit_tensors(phantom.volume, phantom.gradients, np.ones((2, 2, 2), dtype=np.bool_))


def test_labels_that_do_not_fit_are_refused(phantom: DiffusionPhantom, measured: DiffusionSeries) -> None:
    moved = replace(phantom.labels, affine=phantom.labels.affine * 2)
    with pytest.raises(UnreadableImageError, match="resample it"):
        measure_diffusion_labels(measured, moved, NAMES)
    with pytest.raises(UnreadableImageError, match="no voxel of the label map has the number 9"):
        measure_diffusion_labels(measured, phantom.labels, {9: "nerve"})


def test_a_voxel_without_signal_has_no_tensor(phantom: DiffusionPhantom) -> None:
    dark = phantom.volume.values.copy()
    dark[5, 5, 5] = 0
    maps: TensorMaps = fit_tensors(replace(phantom.volume, values=dark), phantom.gradients, phantom.labels.values > 0)
    assert np.isnan(maps.fa[5, 5, 5])
    assert np.isfinite(maps.fa[6, 5, 5])


def test_without_dipy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, phantom: DiffusionPhantom) -> None:
    for name in [n for n in sys.modules if n.split(".")[0] == "dipy"] + ["dipy"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"ranvier\[diffusion\]"):
        fit_tensors(phantom.volume, phantom.gradients)


def test_what_is_written(phantom: DiffusionPhantom, measured: DiffusionSeries, tmp_path: Path) -> None:
    labels = measure_diffusion_labels(measured, phantom.labels, NAMES)
    paths = write_diffusion(measured.maps, labels, (), tmp_path)
    assert [p.name for p in paths] == ["diffusion.tsv", "fa.nii.gz", "md.nii.gz", "ad.nii.gz", "rd.nii.gz"]
    head, first, *_ = paths[0].read_text().splitlines()
    row = dict(zip(head.split("\t"), first.split("\t"), strict=True))
    assert float(row["md_1e3mm2_s"]) == pytest.approx(1.2, rel=0.02)
    assert nibabel.load(paths[1]).shape == phantom.labels.values.shape


@pytest.mark.real_data
def test_the_cord_of_a_real_series() -> None:
    root = Path(os.environ.get("RANVIER_DATA") or Path(__file__).parents[4] / "shared" / "data")
    if not (root / "mri").is_dir():
        pytest.skip("the real images are not here (RANVIER_DATA)")
    read = read_series(root / "mri" / "cervical_dmri" / "dmri.nii.gz")
    gradients = gradients_of(read.facts)
    labels = np.zeros(read.volume.values.shape[:3], dtype=np.float32)
    labels[45:54, 13:19, 7] = 1
    maps = fit_tensors(read.volume, gradients, labels > 0)
    whole = DiffusionSeries(volume=read.volume, gradients=gradients, maps=maps)
    (cord,) = measure_diffusion_labels(whole, Volume(values=labels, affine=read.volume.affine), {1: "cord"})
    assert 0.6 < cord.of_mean["fa"] < 0.85
    assert 0.6e-3 < cord.median["md"] < 1.1e-3
