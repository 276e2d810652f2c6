"""The slot for automatic models: tiny networks made here, on phantoms, with right and wrong manifests."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ranvier.anatomy import load_graph
from ranvier.core import Side, UnreadableImageError
from ranvier.imaging.models import ModelInput, label_with, open_model
from ranvier.imaging.models.grid import model_grid
from ranvier.imaging.nerves import LabelName
from ranvier.imaging.reading import Contrast, SequenceFacts, Series
from ranvier.imaging.volume import Volume

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
GRAPH = load_graph()
MANIFEST: dict[str, Any] = {
    "name": "threshold",
    "licence": "CC0-1.0",
    "training_data": "none: a threshold, made for a test",
    "input": {"orientation": "RAS", "spacing_mm": None, "normalisation": "none"},
    "output": "scores",
    "labels": {"1": {"nerve": "sciatic", "side": "left"}},
}


def threshold_net(path: Path, *, at: float = 50.0, shape: tuple[Any, ...] = (1, 1, "i", "j", "k")) -> Path:
    """Write a network whose second channel is the image and whose first is a constant: bright voxels get number 1."""
    from onnx import TensorProto, helper

    rank = len(shape)
    nodes = [
        helper.make_node("Mul", ["image", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "level"], ["background"]),
        helper.make_node("Concat", ["background", "image"], ["scores"], axis=1),
    ]
    constants = [helper.make_tensor(n, TensorProto.FLOAT, [1] * rank, [v]) for n, v in (("zero", 0.0), ("level", at))]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, list(shape))
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, 2, *shape[2:]])
    graph = helper.make_graph(nodes, "threshold", [image], [scores], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
    return path


def first_channel_net(path: Path) -> Path:
    """Write a network that gives its input back: an image of zeros and ones is its own probability."""
    from onnx import TensorProto, helper

    size = [1, 1, "i", "j", "k"]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, size) for n in ("image", "out")]
    graph = helper.make_graph([helper.make_node("Identity", ["image"], ["out"])], "same", ends[:1], ends[1:])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
    return path


def with_manifest(path: Path, **changes: Any) -> Path:
    """Write the manifest of a model, with some fields changed; None takes a field away."""
    content = {**MANIFEST, **changes}
    path.with_suffix(".json").write_text(json.dumps({k: v for k, v in content.items() if v is not None}))
    return path


def rod(affine: np.ndarray | None = None) -> Series:
    """Return a bright rod along the third axis, off the middle, in the voxels of an affine."""
    values = np.full((24, 20, 12), 10, dtype=np.float32)
    values[4:10, 9:14, :] = 90
    place = np.diag([0.5, 0.5, 3.0, 1.0]) if affine is None else affine
    return Series(volume=Volume(values=values, affine=place), facts=SequenceFacts(contrast=Contrast.T2))


def test_a_threshold_network_labels_the_bright_rod(tmp_path: Path) -> None:
    model = open_model(with_manifest(threshold_net(tmp_path / "net.onnx")), GRAPH)
    series = rod()
    found = label_with(model, series)
    assert np.array_equal(found.volume.values == 1, series.volume.values > 50)
    assert found.names == {1: LabelName(nerve="sciatic", side=Side.LEFT)}
    assert (model.statement.licence, model.statement.kind, len(model.statement.fingerprint)) == ("CC0-1.0", "ONNX", 64)
    assert found.notes == ()


@pytest.mark.parametrize("shape", [(1, 1, 16, 16, 8), (1, 1, 40, 40, 40)], ids=["windows", "padding"])
def test_a_network_of_one_size_is_run_in_windows(tmp_path: Path, shape: tuple[int, ...]) -> None:
    model = open_model(with_manifest(threshold_net(tmp_path / "net.onnx", shape=shape)), GRAPH)
    series = rod()
    assert np.array_equal(label_with(model, series).volume.values == 1, series.volume.values > 50)


def test_a_network_of_slices_goes_slice_by_slice(tmp_path: Path) -> None:
    net = threshold_net(tmp_path / "net.onnx", shape=(1, 1, "i", "j"))
    wanted = {**MANIFEST["input"], "dimensions": 2, "multiple_of": 16}
    model = open_model(with_manifest(net, input=wanted), GRAPH)
    series = rod()
    assert np.array_equal(label_with(model, series).volume.values == 1, series.volume.values > 50)


def test_probabilities_and_numbers_are_read_as_such(tmp_path: Path) -> None:
    series = rod()
    clean = Volume(values=(series.volume.values > 50).astype(np.float32), affine=series.volume.affine)
    for output in ("probability", "labels"):
        model = open_model(with_manifest(first_channel_net(tmp_path / "net.onnx"), output=output), GRAPH)
        found = label_with(model, Series(volume=clean, facts=series.facts))
        assert np.array_equal(found.volume.values, clean.values)


def turned(order: tuple[int, int, int], signs: tuple[int, int, int], spacing: tuple[float, float, float]) -> np.ndarray:
    """Return an affine whose axes run along other world axes."""
    affine = np.eye(4)
    affine[:3, :3] = 0
    for axis in range(3):
        affine[order[axis], axis] = signs[axis] * spacing[axis]
    return affine


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("signs", [(1, 1, 1), (-1, 1, -1), (-1, -1, 1)])
def test_axes_and_voxels_go_to_the_model_and_come_back(order, signs) -> None:
    affine = turned(order, signs, (0.5, 0.7, 2.0))
    index = np.stack(np.meshgrid(*(np.arange(n) for n in (14, 12, 10)), indexing="ij"), axis=-1)
    volume = Volume(values=np.zeros(index.shape[:3], dtype=np.float32), affine=affine)
    world = volume.to_world(index.astype(np.float64)).astype(np.float32)
    wanted = ModelInput(orientation="LPS", spacing_mm=(0.7, 0.7, 1.0), normalisation="none")
    grid = model_grid(volume, wanted)
    there = [grid.forth(world[..., n]) for n in range(3)]
    steps = [np.gradient(there[n], axis=n) for n in range(3)]
    inner = (slice(4, -4),) * 3
    for n, (sign, size) in enumerate(zip((-1, -1, 1), (0.7, 0.7, 1.0), strict=True)):
        assert np.allclose(steps[n][inner], sign * size, atol=0.01)
    back = np.stack([grid.back(t) for t in there], axis=-1)
    assert np.abs(back - world)[3:-3, 3:-3, 3:-3].max() < 0.02


def test_what_is_not_stated_is_said_to_be_not_stated(tmp_path: Path) -> None:
    net = with_manifest(threshold_net(tmp_path / "net.onnx"), licence=None, training_data=None)
    stated = open_model(net, GRAPH).statement
    assert (stated.licence, stated.training_data, stated.citation) == ("not stated", "not stated", "not stated")


def test_the_contrast_that_a_model_is_made_for_is_told(tmp_path: Path) -> None:
    wanted = {**MANIFEST["input"], "contrast": ["stir"]}
    model = open_model(with_manifest(threshold_net(tmp_path / "net.onnx"), input=wanted), GRAPH)
    (note,) = label_with(model, rod()).notes
    assert "made for stir; this series is t2" in note
    (note,) = label_with(model, Series(volume=rod().volume, facts=SequenceFacts())).notes
    assert "does not state its contrast" in note


def test_a_nerve_that_is_not_found_is_not_said_to_be_absent(tmp_path: Path) -> None:
    labels = {"1": {"nerve": "sciatic", "side": "left"}, "0": {"name": "background"}}
    model = open_model(with_manifest(threshold_net(tmp_path / "net.onnx", at=1e6), labels=labels), GRAPH)
    with pytest.raises(UnreadableImageError, match=r"found none of its nerves \(left sciatic\).*says nothing"):
        label_with(model, rod())


Wrong = tuple[dict[str, Any], str]
WRONG: tuple[Wrong, ...] = (
    ({"input": None}, "net.json: the field input is missing"),
    ({"output": "mask"}, "net.json: output: "),
    ({"lables": {}}, "there is no field lables"),
    ({"labels": {"1": {"nerve": "siatic", "side": "left"}}}, "did you mean 'sciatic'"),
    ({"labels": {"1": {"nerve": "sciatic", "side": "up"}}}, "label 1: there is no"),
    ({"labels": {"1": {"name": "femur"}}}, "no label is a nerve"),
    ({"labels": {"0": {"nerve": "sciatic", "side": "left"}}}, "the label 0 of sciatic must be 1 or more"),
    ({"input": {**MANIFEST["input"], "orientation": "RAX"}}, "one each of R/L, A/P and S/I"),
    ({"input": {**MANIFEST["input"], "spacing_mm": [0, 1, 1]}}, "greater than 0"),
    ({"input": {**MANIFEST["input"], "dimensions": 2}}, "arrays of 5 axes"),
    ({"input": {**MANIFEST["input"], "channels": 3}}, "takes 1 channels"),
)


@pytest.mark.parametrize(("changes", "said"), WRONG, ids=lambda x: str(x)[:40])
def test_a_wrong_manifest_is_named(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    net = with_manifest(threshold_net(tmp_path / "net.onnx"), **changes)
    with pytest.raises(UnreadableImageError) as error:
        open_model(net, GRAPH)
    assert said in str(error.value)


def test_more_labels_than_channels_are_named(tmp_path: Path) -> None:
    labels = {"3": {"nerve": "sciatic", "side": "left"}}
    model = open_model(with_manifest(threshold_net(tmp_path / "net.onnx"), labels=labels), GRAPH)
    with pytest.raises(UnreadableImageError, match=r"gives 2 channels \(numbers 0 to 1\).*label 3"):
        label_with(model, rod())


def no_manifest(folder: Path) -> Path:
    return threshold_net(folder / "net.onnx")


def junk(folder: Path) -> Path:
    (folder / "net.onnx").write_bytes(b"junk")
    return with_manifest(folder / "net.onnx")


def no_yaml(folder: Path) -> Path:
    path = threshold_net(folder / "net.onnx")
    path.with_suffix(".yaml").write_text("a: [")
    return path


def two(folder: Path) -> Path:
    threshold_net(folder / "a.onnx")
    threshold_net(folder / "b.onnx")
    return folder


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (no_manifest, "needs a manifest beside it: net.json or net.yaml"),
        (junk, "no ONNX file that onnxruntime can open"),
        (no_yaml, "net.yaml cannot be read"),
        (two, "holds 2 ONNX files and no trained nnU-Net"),
        (lambda f: f / "nothing", "there is no model at nothing"),
    ],
)
def test_what_is_no_model_is_named(tmp_path: Path, make: Callable[[Path], Path], said: str) -> None:
    with pytest.raises(UnreadableImageError) as error:
        open_model(make(tmp_path), GRAPH)
    assert said in str(error.value)


def test_a_folder_with_one_network_and_a_yaml_manifest(tmp_path: Path) -> None:
    threshold_net(tmp_path / "net.onnx")
    (tmp_path / "manifest.yaml").write_text(
        "name: rods\nlicense: MIT\ninput: {orientation: ras, spacing_mm: [0.5, 0.5, null], normalisation: none}\n"
        "output: scores\nlabels:\n  1: {nerve: n. ischiadicus, side: L}\n"
    )
    model = open_model(tmp_path, GRAPH)
    assert (model.statement.name, model.statement.licence) == ("rods", "MIT")
    assert label_with(model, rod()).names[1] == LabelName(nerve="sciatic", side=Side.LEFT)
