"""The folder of a trained nnU-Net: what it must hold; run with a network of random weights where nnunetv2 is there."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ranvier.anatomy import load_graph
from ranvier.core import MissingExtraError, Side, UnreadableImageError
from ranvier.imaging.models import label_with, open_model
from ranvier.imaging.nerves import LabelName
from ranvier.imaging.reading import SequenceFacts, Series
from ranvier.imaging.volume import Volume

GRAPH = load_graph()
DATASET: dict[str, Any] = {
    "channel_names": {"0": "T2"},
    "labels": {"background": 0, "sciatic_left": 1, "femur": 2},
    "numTraining": 12,
    "file_ending": ".nii.gz",
    "licence": "CC-BY-4.0",
    "description": "random weights, made for a test",
}
ARCHITECTURE = {
    "network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
    "arch_kwargs": {
        "n_stages": 2,
        "features_per_stage": [4, 8],
        "conv_op": "torch.nn.modules.conv.Conv3d",
        "kernel_sizes": [[3, 3, 3]] * 2,
        "strides": [[1, 1, 1], [2, 2, 2]],
        "n_conv_per_stage": [1, 1],
        "n_conv_per_stage_decoder": [1],
        "conv_bias": True,
        "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
        "norm_op_kwargs": {"eps": 1e-5, "affine": True},
        "dropout_op": None,
        "dropout_op_kwargs": None,
        "nonlin": "torch.nn.LeakyReLU",
        "nonlin_kwargs": {"inplace": True},
    },
    "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
}
RESAMPLING = {"is_seg": False, "order": 3, "order_z": 0, "force_separate_z": None}
CONFIGURATION = {
    "data_identifier": "nnUNetPlans_3d_fullres",
    "preprocessor_name": "DefaultPreprocessor",
    "batch_size": 2,
    "patch_size": [8, 16, 16],
    "median_image_size_in_voxels": [12.0, 20.0, 24.0],
    "spacing": [3.0, 0.5, 0.5],
    "normalization_schemes": ["ZScoreNormalization"],
    "use_mask_for_norm": [False],
    "resampling_fn_data": "resample_data_or_seg_to_shape",
    "resampling_fn_seg": "resample_data_or_seg_to_shape",
    "resampling_fn_data_kwargs": RESAMPLING,
    "resampling_fn_seg_kwargs": {**RESAMPLING, "is_seg": True, "order": 1},
    "resampling_fn_probabilities": "resample_data_or_seg_to_shape",
    "resampling_fn_probabilities_kwargs": {**RESAMPLING, "order": 1},
    "architecture": ARCHITECTURE,
    "batch_dice": False,
}
PLANS = {
    "dataset_name": "Dataset001_Test",
    "plans_name": "nnUNetPlans",
    "original_median_spacing_after_transp": [3.0, 0.5, 0.5],
    "original_median_shape_after_transp": [12, 20, 24],
    "image_reader_writer": "SimpleITKIO",
    "transpose_forward": [0, 1, 2],
    "transpose_backward": [0, 1, 2],
    "configurations": {"3d_fullres": CONFIGURATION},
    "experiment_planner_used": "ExperimentPlanner",
    "label_manager": "LabelManager",
    "foreground_intensity_properties_per_channel": {
        "0": {"mean": 100.0, "std": 20.0, "percentile_00_5": 50.0, "percentile_99_5": 150.0}
    },
}


def folder(place: Path, dataset: dict[str, Any] = DATASET, *, checkpoint: bytes | None = b"x") -> Path:
    """Write the folder of a trained nnU-Net without weights that could be opened."""
    out = place / "nnUNetTrainer__nnUNetPlans__3d_fullres"
    (out / "fold_0").mkdir(parents=True)
    (out / "plans.json").write_text(json.dumps(PLANS))
    (out / "dataset.json").write_text(json.dumps(dataset))
    if checkpoint is not None:
        (out / "fold_0" / "checkpoint_final.pth").write_bytes(checkpoint)
    return out


def test_labels_licence_and_training_data_of_the_folder(tmp_path: Path) -> None:
    folder(tmp_path)
    model = open_model(tmp_path, GRAPH)
    assert model.labels == {1: LabelName(nerve="sciatic", side=Side.LEFT)}
    assert model.others == ("femur",)
    assert (model.statement.kind, model.statement.licence) == ("nnU-Net", "CC-BY-4.0")
    assert model.statement.training_data == "random weights, made for a test; 12 training images"


def test_nothing_stated_is_said_and_a_manifest_names_the_labels(tmp_path: Path) -> None:
    bare = {"labels": {"background": 0, "n1": 1}, "file_ending": ".nii.gz", "channel_names": {"0": "T2"}}
    place = folder(tmp_path, bare)
    with pytest.raises(UnreadableImageError, match=r"dataset.json of the model: no label is a nerve"):
        open_model(place, GRAPH)
    (place / "manifest.yaml").write_text("labels: {1: {nerve: tibial, side: right}}\n")
    model = open_model(place, GRAPH)
    assert model.labels == {1: LabelName(nerve="tibial", side=Side.RIGHT)}
    assert (model.statement.licence, model.statement.training_data) == ("not stated", "not stated")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"file_ending": ".png"}, "takes .png files"),
        ({"labels": {"background": 0, "sciatic_left": [1, 2]}}, "regions instead of labels"),
        ({"labels": {}}, "has no labels"),
    ],
)
def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UnreadableImageError, match=said):
        open_model(folder(tmp_path, {**DATASET, **changes}), GRAPH)


def test_missing_parts_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError, match="no fold of the nnU-Net folder"):
        open_model(folder(tmp_path / "a", checkpoint=None), GRAPH)
    place = folder(tmp_path / "b")
    (place / "dataset.json").unlink()
    with pytest.raises(UnreadableImageError, match=r"has no dataset.json"):
        open_model(place, GRAPH)
    folder(tmp_path / "c")
    (tmp_path / "c" / "nnUNetTrainer__nnUNetPlans__3d_fullres").rename(tmp_path / "c" / "first")
    folder(tmp_path / "c")
    with pytest.raises(UnreadableImageError, match="several trained models; give one of first, nnUNetTrainer"):
        open_model(tmp_path / "c", GRAPH)


def scene() -> Series:
    """Return noise on an oblique, anisotropic grid."""
    values = np.random.default_rng(0).normal(100, 20, (24, 20, 12)).astype(np.float32)
    affine = np.diag([-0.5, 0.5, 3.0, 1.0])
    affine[:3, 3] = (30, -20, 10)
    return Series(volume=Volume(values=values, affine=affine), facts=SequenceFacts())


def test_without_the_package_the_extra_is_named(tmp_path: Path) -> None:
    try:
        import nnunetv2  # noqa: F401
    except ImportError:
        with pytest.raises(MissingExtraError, match=r"ranvier\[nnunet\]"):
            label_with(open_model(folder(tmp_path), GRAPH), scene())
    else:
        with pytest.raises(UnreadableImageError, match="cannot be run"):
            label_with(open_model(folder(tmp_path), GRAPH), scene())


def test_a_real_folder_is_run_and_its_label_map_lies_on_the_voxels_of_the_image(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("nnunetv2")
    from dynamic_network_architectures.architectures.unet import PlainConvUNet

    torch.manual_seed(0)
    kinds = {"conv_op": torch.nn.Conv3d, "norm_op": torch.nn.InstanceNorm3d, "nonlin": torch.nn.LeakyReLU}
    network = PlainConvUNet(
        input_channels=1, num_classes=3, deep_supervision=False, **{**ARCHITECTURE["arch_kwargs"], **kinds}
    )
    place = folder(tmp_path)
    torch.save(
        {
            "trainer_name": "nnUNetTrainer",
            "init_args": {"configuration": "3d_fullres"},
            "inference_allowed_mirroring_axes": None,
            "network_weights": network.state_dict(),
        },
        place / "fold_0" / "checkpoint_final.pth",
    )
    series = scene()
    found = label_with(open_model(tmp_path, GRAPH), series)
    assert found.volume.values.shape == series.volume.values.shape
    assert found.names == {1: LabelName(nerve="sciatic", side=Side.LEFT)}
    whole = torch.from_numpy(series.volume.values.T.copy())[None, None]  # axes as SimpleITK reads them
    with torch.no_grad():
        scores = network.eval()((whole - whole.mean()) / whole.std(correction=0))[0]
    expected = scores.argmax(dim=0).numpy().T  # in one piece; nnU-Net goes in windows, whose borders differ
    assert (expected == found.volume.values).mean() > 0.9
