"""A slot for automatic models: a label map from an ONNX file or an nnU-Net folder, with what its maker states of it."""

from ranvier.imaging.models.finding import open_model
from ranvier.imaging.models.manifest import ModelInput, OnnxManifest
from ranvier.imaging.models.model import LabelModel, ModelLabels, ModelStatement, label_with

__all__ = [
    "LabelModel",
    "ModelInput",
    "ModelLabels",
    "ModelStatement",
    "OnnxManifest",
    "label_with",
    "open_model",
]
