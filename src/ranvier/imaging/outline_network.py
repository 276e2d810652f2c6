"""The packaged outlining network, run by onnxruntime on one thread. See ``data/nerve_outline.md`` for what it saw."""

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.core import optional

Image = NDArray[np.float32]


def nerve_share(patches: Image) -> Image:
    """Return the share of each pixel that lies within the nerve.

    Parameters
    ----------
    patches : ndarray
        (n, 5, 64, 64) float32 channels, see `network_input`.

    Returns
    -------
    ndarray
        (n, 64, 64) float32 in [0, 1].

    Raises
    ------
    MissingExtraError
        If onnxruntime is not installed.
    """
    return np.asarray(_session().run(["share"], {"patches": np.ascontiguousarray(patches)})[0], dtype=np.float32)


@cache
def _session() -> Any:
    runtime = optional("onnxruntime", "outlining a nerve", "mri")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    weights = files("ranvier.imaging").joinpath("data", "nerve_outline.onnx").read_bytes()
    return runtime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
