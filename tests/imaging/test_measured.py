"""Series inside a case: measured, found, and told when they cannot be."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

pytest.importorskip("nibabel")

from ranvier.anatomy import load_graph
from ranvier.case import read_case
from ranvier.core import PresenceReading, Side
from ranvier.imaging import findings, unused
from ranvier.imaging.simulation.phantom import PhantomSpec, draw_phantom
from ranvier.imaging.simulation.phantom_files import write_phantom

GRAPH = load_graph()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a case with one labelled phantom of a swollen nerve."""
    (tmp_path / "case.yaml").write_text("patient: {age_y: 50}\n")
    series = tmp_path / "mri" / "thigh"
    spec = PhantomSpec(kind="swelling", calibre_mm=8.0, voxel_mm=0.4, slice_mm=2.0, slices=30, tilt_deg=0.0)
    write_phantom(draw_phantom(spec, seed=2), series)
    (series / "truth.nii.gz").rename(series / "labels.nii.gz")
    (series / "truth.tsv").unlink()
    (series / "seeds.csv").unlink()
    (series / "label_names.csv").write_text("label,nerve,side\n1,sciatic,left\n")
    return tmp_path


def test_a_swelling_becomes_a_finding_and_a_missing_limit_is_said(folder: Path) -> None:
    case = read_case(folder)
    (found,) = findings(case, GRAPH)
    assert found.observable == "image:nerve_enlarged"
    assert found.reading == PresenceReading(present=True)
    assert found.place is not None
    assert (found.place.ids, found.place.side) == (("sciatic",), Side.LEFT)
    (said,) = unused(case, GRAPH)
    assert "no verdict" in said.problem


def test_a_swelling_of_the_last_section_alone_is_a_question(folder: Path) -> None:
    nibabel = pytest.importorskip("nibabel")
    path = folder / "mri" / "thigh" / "labels.nii.gz"
    image = nibabel.load(path)
    values = np.asarray(image.dataobj).copy()
    values[..., 1:] = values[..., :1]
    values[..., -1] = ndimage.binary_dilation(values[..., 0], iterations=4)
    nibabel.save(nibabel.Nifti1Image(values, image.affine), path)
    case = read_case(folder)
    assert findings(case, GRAPH) == ()
    assert any("one section only" in u.problem for u in unused(case, GRAPH))


def test_with_level_and_method_the_size_is_judged_by_its_limit(folder: Path) -> None:
    (folder / "mri" / "thigh" / "limits.csv").write_text("level,method\nmid_thigh,stir\n")
    case = read_case(folder)
    found = findings(case, GRAPH)[0]
    assert found.limit is not None
    assert found.limit.status.value == "secondary"
    assert found.reading == PresenceReading(present=False)
    assert unused(case, GRAPH) == ()


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda f: (f / "labels.nii.gz").unlink(), "say where the nerve is"),
        (lambda f: (f / "volume.nii.gz").write_bytes(b"junk"), "not measured"),
        (lambda f: (f / "other.nii.gz").write_bytes(b""), "one image"),
        (lambda f: (f / "label_names.csv").write_text("label,nerve,side\n9,sciatic,left\n"), "number 9"),
        (lambda f: (f / "limits.csv").write_text("x\n"), "level and method"),
    ],
)
def test_what_cannot_be_measured_is_told_and_the_case_still_reads(folder: Path, break_it, said: str) -> None:
    break_it(folder / "mri" / "thigh")
    case = read_case(folder)
    assert findings(case, GRAPH) == ()
    (problem,) = unused(case, GRAPH)
    assert said in problem.problem


def test_of_several_images_the_outlined_one_is_named_and_masses_are_sought_on_all(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("patient: {age_y: 50}\n")
    series = tmp_path / "mri" / "thigh"
    spec = PhantomSpec(kind="grey_mass", voxel_mm=0.7, mass_mm=12.0)
    write_phantom(draw_phantom(replace(spec, contrast="stir", noise=1), seed=33), tmp_path / "stir")
    write_phantom(draw_phantom(spec, seed=33), series)
    (series / "truth.nii.gz").rename(series / "labels.nii.gz")
    for name in ("truth.tsv", "seeds.csv", "lesion.nii.gz", "lesion.json"):
        (series / name).unlink()
    (series / "label_names.csv").write_text("label,nerve,side\n1,sciatic,left\n")
    alone = findings(read_case(tmp_path), GRAPH)
    assert "image:mass_extrinsic" not in {f.observable for f in alone}
    for end in ("nii.gz", "json"):
        (tmp_path / "stir" / f"volume.{end}").rename(series / f"stir.{end}")
    (problem,) = unused(read_case(tmp_path), GRAPH)
    assert "series.csv, column outlined" in problem.problem
    (series / "series.csv").write_text("outlined\nvolume.nii.gz\n")
    both = findings(read_case(tmp_path), GRAPH)
    assert "image:mass_extrinsic" in {f.observable for f in both}


@pytest.mark.parametrize(("contrast", "weighed"), [("stir", True), ("t1", False)])
def test_a_nerve_that_is_bright_on_a_further_series_becomes_a_finding(
    tmp_path: Path, contrast: str, weighed: bool
) -> None:
    (tmp_path / "case.yaml").write_text("patient: {age_y: 50}\n")
    series = tmp_path / "mri" / "thigh"
    spec = PhantomSpec(kind="bright", voxel_mm=0.6, calibre_mm=7.0, slices=20, vessel=False)
    write_phantom(draw_phantom(replace(spec, contrast=contrast, noise=1), seed=12), tmp_path / "other")  # type: ignore[arg-type]
    write_phantom(draw_phantom(replace(spec, contrast="t1"), seed=12), series)
    (series / "truth.nii.gz").rename(series / "labels.nii.gz")
    for name in ("truth.tsv", "seeds.csv"):
        (series / name).unlink()
    (series / "label_names.csv").write_text("label,nerve,side\n1,sciatic,left\n")
    assert findings(read_case(tmp_path), GRAPH) == ()
    for end in ("nii.gz", "json"):
        (tmp_path / "other" / f"volume.{end}").rename(series / f"other.{end}")
    (series / "series.csv").write_text("outlined\nvolume.nii.gz\n")
    found = findings(read_case(tmp_path), GRAPH)
    assert [f.observable for f in found] == ["image:nerve_hyperintense"] * weighed
    assert all("on series 2 (stir)" in f.statement and f.place is not None for f in found)


def test_a_bright_stretch_without_a_stated_weighting_is_a_question(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("patient: {age_y: 50}\n")
    series = tmp_path / "mri" / "thigh"
    spec = PhantomSpec(kind="bright", contrast="stir", voxel_mm=0.6, calibre_mm=7.0, slices=20, vessel=False)
    write_phantom(draw_phantom(spec, seed=12), series)
    (series / "truth.nii.gz").rename(series / "labels.nii.gz")
    for name in ("truth.tsv", "seeds.csv", "volume.json"):
        (series / name).unlink()
    (series / "label_names.csv").write_text("label,nerve,side\n1,sciatic,left\n")
    assert findings(read_case(tmp_path), GRAPH) == ()
    assert any("the weighting is not stated" in u.problem for u in unused(read_case(tmp_path), GRAPH))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("model\nnet.onnx\n", "must name an ONNX file in this folder"),
        ("model\nnnunet_folder\n", "must name an ONNX file in this folder"),
        ("outlined\nanother.nii.gz\n", "names no image"),
        ("x\ny\n", "series.csv needs one row"),
    ],
)
def test_a_wrong_table_of_series_is_named(folder: Path, table: str, said: str) -> None:
    series = folder / "mri" / "thigh"
    (series / "labels.nii.gz").unlink()
    (series / "series.csv").write_text(table)
    (problem,) = unused(read_case(folder), GRAPH)
    assert said in problem.problem


@pytest.fixture
def diffusion_case(tmp_path: Path) -> Path:
    """Return a case with a simulated diffusion series of one labelled nerve."""
    pytest.importorskip("dipy")
    import nibabel
    import numpy as np

    from ranvier.imaging.simulation.diffusion import DiffusionSpec, draw_diffusion

    (tmp_path / "case.yaml").write_text("patient: {age_y: 50}\n")
    series = tmp_path / "mri" / "dti"
    series.mkdir(parents=True)
    phantom = draw_diffusion(DiffusionSpec(fa=(0.5,), side=8, snr=30))
    nibabel.save(nibabel.Nifti1Image(phantom.volume.values, phantom.volume.affine), series / "dwi.nii.gz")
    np.savetxt(series / "dwi.bval", phantom.gradients.b_values[None], fmt="%g")
    np.savetxt(series / "dwi.bvec", phantom.gradients.vectors.T, fmt="%.6f")
    labels = nibabel.Nifti1Image(phantom.labels.values.astype(np.uint8), phantom.volume.affine)
    nibabel.save(labels, series / "labels.nii.gz")
    (series / "label_names.csv").write_text("label,nerve,side\n1,tibial,left\n")
    (series / "diffusion.csv").write_text("register\nno\n")
    return tmp_path


def test_a_diffusion_series_without_a_limit_is_told_and_makes_no_finding(diffusion_case: Path) -> None:
    case = read_case(diffusion_case)
    assert findings(case, GRAPH) == ()
    (said,) = unused(case, GRAPH)
    assert "left tibial: FA 0.5" in said.problem
    assert "no limit of this protocol" in said.problem


def test_limits_of_the_laboratory_judge_fa_and_its_finding_is_shown_not_weighed(diffusion_case: Path) -> None:
    from ranvier.inference.observations import NotUsed, observe_one

    limits = diffusion_case / "mri" / "dti" / "diffusion_limits.csv"
    limits.write_text(
        "nerve,measure,lower,upper,source\ntibial,fa,0.6,,own volunteers\ntibial,md,,2.0,own volunteers\n"
    )
    case = read_case(diffusion_case)
    low, usual = findings(case, GRAPH)
    assert (low.reading, low.abnormal) == (PresenceReading(present=True), True)
    assert "below its limits" in low.statement
    assert usual.abnormal is False
    assert unused(case, GRAPH) == ()
    outcome = observe_one(low)
    assert isinstance(outcome, NotUsed)
    assert "no table says how often" in outcome.reason


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("diffusion_limits.csv", "nerve,measure,lower,upper,source\ntibal,fa,0.4,,x\n", "line 2: there is no nerve"),
        ("diffusion_limits.csv", "nerve,measure,lower,upper,source\ntibial,t2,0.4,,x\n", "the measure is one of fa"),
        ("diffusion_limits.csv", "nerve,measure,lower,upper,source\ntibial,fa,0.4,,\n", "say in source"),
        ("dwi.bval", "0 0\n", "was not measured"),
    ],
)
def test_a_wrong_file_beside_a_diffusion_series_is_named(diffusion_case: Path, file: str, text: str, said: str) -> None:
    (diffusion_case / "mri" / "dti" / file).write_text(text)
    (problem,) = unused(read_case(diffusion_case), GRAPH)
    assert said in problem.problem


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("target_mass", {"image:mass_nerve_sheath"}),
        ("pushing_cyst", {"image:mass_cystic", "image:nerve_displaced"}),
        ("intraneural_cyst", {"image:intraneural_cyst"}),
        ("solid_mass", {"image:mass_extrinsic", "image:nerve_displaced"}),
    ],
)
def test_a_mass_becomes_a_finding_at_the_nerve_and_explains_its_swelling(
    tmp_path: Path, kind: str, expected: set[str]
) -> None:
    (tmp_path / "case.yaml").write_text("patient: {age_y: 50}\n")
    series = tmp_path / "mri" / "thigh"
    write_phantom(draw_phantom(PhantomSpec(kind=kind, voxel_mm=0.7), seed=31), series)  # type: ignore[arg-type]
    (series / "truth.nii.gz").rename(series / "labels.nii.gz")
    for name in ("truth.tsv", "seeds.csv", "lesion.nii.gz", "lesion.json"):
        (series / name).unlink()
    (series / "label_names.csv").write_text("label,nerve,side\n1,sciatic,left\n")
    found = findings(read_case(tmp_path), GRAPH)
    assert {f.observable for f in found} == expected
    assert all(f.place is not None and f.place.ids == ("sciatic",) for f in found)
    if kind == "target_mass":
        assert "target sign" in found[0].statement


def test_a_merely_possible_mass_is_a_question_and_no_finding(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("patient: {age_y: 50}\n")
    series = tmp_path / "mri" / "thigh"
    spec = PhantomSpec(kind="cyst", voxel_mm=0.7, slice_mm=20.0, slices=9, tilt_deg=2.0)
    write_phantom(draw_phantom(spec, seed=32), series)
    (series / "truth.nii.gz").rename(series / "labels.nii.gz")
    for name in ("truth.tsv", "seeds.csv", "lesion.nii.gz", "lesion.json"):
        (series / name).unlink()
    (series / "label_names.csv").write_text("label,nerve,side\n1,sciatic,left\n")
    case = read_case(tmp_path)
    assert findings(case, GRAPH) == ()
    assert any("possible" in u.problem and "about a slice" in u.problem for u in unused(case, GRAPH))
