"""Every real DICOM series against dcm2niix (PyPI dcm2niix 1.0.20260724): same voxels, place, b-values, directions."""

from pathlib import Path

import numpy as np
import pytest
from tests.imaging.reading.oracle import convert, on_grid_of, to_world

from ranvier.imaging.reading import read_series

pytest.importorskip("dcm2niix", reason="the oracle dcm2niix is not installed")
pytestmark = pytest.mark.real_data

SERIES = (
    "dicom_vendors_classic/In/GE/ProtocolDataBlock/mr_0004",
    "dicom_vendors_classic/In/GE/RTIA/2_epiRT_ascending",
    "dicom_vendors_classic/In/Siemens/B15/2_ep2d_DTI_20_dir_AP",
    "dicom_vendors_classic/In/Siemens/B17/6_ax_asc_35sl",
    "dicom_vendors_classic/In/Siemens/D13/ep2d_Asc_2",
    "dicom_vendors_classic/In/Siemens/D13/ep2d_Asc_HF_10",
    "dicom_vendors_classic/In/Siemens/E11/7_Rest_fMRI_AP",
    "dicom_vendors_classic/In/Siemens/XA10/6_REST1_w_SMS_PF7-8",
    "dicom_vendors_classic/In/UIH/R002/12_dti_tra_dir16_PA_rot",
    "dicom_vendors_enhanced/In/Philips",
    "dicom_vendors_enhanced/In/Siemens/XA10",
    "knee_mese_ge_dicom",
)


def test_no_real_series_is_left_out(mri_data: Path) -> None:
    found = {str(path.parent.relative_to(mri_data)) for path in mri_data.glob("*dicom*/**/*.dcm")}
    assert found == set(SERIES)


@pytest.mark.parametrize("name", SERIES)
def test_same_voxels_in_the_same_place(name: str, mri_data: Path, tmp_path: Path) -> None:
    series = read_series(mri_data / name)
    ours = series.volume.values.reshape(*series.volume.values.shape[:3], -1)
    oracle = convert(mri_data / name, tmp_path)
    assert oracle, "dcm2niix wrote nothing"
    at = 0
    for converted in oracle:
        theirs, off_mm = on_grid_of(converted, series.volume)
        assert off_mm < 1e-3
        count = theirs.shape[3]
        np.testing.assert_allclose(ours[..., at : at + count], theirs, rtol=2e-7, atol=1e-6)
        if "EchoTime" in converted.sidecar:
            np.testing.assert_allclose(series.facts.te_ms[at], 1000 * converted.sidecar["EchoTime"], rtol=1e-6)
        assert series.facts.tr_ms == pytest.approx(1000 * converted.sidecar["RepetitionTime"])
        assert series.facts.field_t == pytest.approx(converted.sidecar["MagneticFieldStrength"])
        assert (converted.b_values is None) == (series.facts.b_values == ())
        if converted.b_values is not None and converted.b_vectors is not None:
            np.testing.assert_allclose(series.facts.b_values, converted.b_values, atol=1e-3)
            vectors = [v or (0.0, 0.0, 0.0) for v in series.facts.b_vectors]
            np.testing.assert_allclose(vectors, converted.b_vectors, atol=1e-5)
        at += count
    assert at == ours.shape[3], "dcm2niix gave another number of volumes"


def test_gradients_of_the_reference_that_lies_there(mri_data: Path) -> None:
    series = read_series(mri_data / "dicom_vendors_classic/In/UIH/R002/12_dti_tra_dir16_PA_rot")
    base = mri_data / "dicom_vendors_classic/Ref/UIH_dti_tra_dir16_PA_rot_12.bval"
    np.testing.assert_allclose(series.facts.b_values, np.loadtxt(base), atol=0.01)
    affine = series.volume.affine.copy()
    affine[:3, 1] *= -1
    expected = to_world(np.loadtxt(base.with_suffix(".bvec")).T, affine)
    np.testing.assert_allclose([v or (0.0, 0.0, 0.0) for v in series.facts.b_vectors], expected, atol=1e-5)


def test_the_knee_is_a_train_of_eight_spin_echoes(mri_data: Path) -> None:
    series = read_series(mri_data / "knee_mese_ge_dicom")
    assert series.facts.techniques == ("spin_echo",)
    np.testing.assert_allclose(series.facts.te_ms, 6.312 * np.arange(1, 9))
    assert series.facts.fat_suppression is None, "the header says nothing of it"
    assert series.facts.manufacturer == "GE"
    assert series.notes == ("files that are not DICOM were passed over: 1",)
