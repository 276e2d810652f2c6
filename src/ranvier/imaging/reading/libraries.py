"""The libraries that read image files: imported late, kept quiet, and their errors turned into ours.

A message of theirs may quote a header, and so the patient: it is replaced, never passed on.
"""

import importlib
import logging
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ranvier.core import MissingExtraError, RanvierError, UnreadableImageError

EXTRA = "mri"

#: What a library may raise on a file that is damaged or not what it says.
_FAULTS: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def library(name: str) -> Any:
    """Return an optional module by its dotted name.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtraError("reading MRI", EXTRA) from error


@contextmanager
def quietly() -> Iterator[None]:
    """Keep warnings and log lines of the libraries, which may quote a header, to ourselves."""
    loggers = [logging.getLogger(name) for name in ("pydicom", "nibabel", "nibabel.global", "openjpeg", "libjpeg")]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled


@contextmanager
def faults_as(message: str, *more: type[Exception]) -> Iterator[None]:
    """Turn what a library raises on a damaged file into an `UnreadableImageError` with our own text."""
    try:
        yield
    except RanvierError:
        raise
    except _FAULTS + more:
        raise UnreadableImageError(message) from None
