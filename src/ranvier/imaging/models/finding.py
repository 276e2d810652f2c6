"""Which kind of model lies at a path."""

from pathlib import Path

from ranvier.anatomy import NerveGraph
from ranvier.core import UnreadableImageError
from ranvier.imaging.models.model import LabelModel
from ranvier.imaging.models.nnunet import is_nnunet, open_nnunet
from ranvier.imaging.models.onnx_model import open_onnx


def open_model(path: Path, graph: NerveGraph) -> LabelModel:
    """Return the model at a path.

    Parameters
    ----------
    path : Path
        An ONNX file with its manifest beside it, a folder that holds one, or the folder of a trained nnU-Net.
    graph : NerveGraph
        For the names of the nerves.

    Raises
    ------
    UnreadableImageError
        If there is no model, or it or its manifest cannot be used; the text says why.
    """
    if path.is_file():
        if path.suffix.lower() != ".onnx":
            raise UnreadableImageError(f"{path.name} is no ONNX file; give one, or the folder of a trained nnU-Net")
        return open_onnx(path, graph)
    if not path.is_dir():
        raise UnreadableImageError(f"there is no model at {path.name}: give an ONNX file or a folder")
    if is_nnunet(path):
        return open_nnunet(path, graph)
    found = sorted(path.glob("*.onnx"))
    if len(found) != 1:
        raise UnreadableImageError(
            f"the folder {path.name} holds {len(found)} ONNX files and no trained nnU-Net "
            "(plans.json with fold_0 ...); give one file"
        )
    return open_onnx(found[0], graph)
