"""The libraries that read image files: imported late, kept quiet, and their errors turned into ours.

A message of theirs may quote a header, and so the patient: it is replaced, never passed on.
"""

import logging
import struct
import sys
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ranvier.core import RanvierError, UnreadableImageError, optional

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


#: Modules of the libraries that define errors of their own.
_ERROR_MODULES = (
    "pydicom.errors",
    "nibabel.filebasedimages",
    "nibabel.spatialimages",
    "nibabel.wrapstruct",
)


def library(name: str) -> Any:
    """Return an optional module by its dotted name.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    return optional(name, "reading MRI", EXTRA)


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


def _faults() -> tuple[type[Exception], ...]:
    """Return what counts as a fault: the built-in errors and those that the loaded libraries define."""
    loaded = (sys.modules[name] for name in _ERROR_MODULES if name in sys.modules)
    own = {thing for module in loaded for thing in vars(module).values() if isinstance(thing, type)}
    return (*_FAULTS, *(kind for kind in own if issubclass(kind, Exception) and kind is not Exception))


@contextmanager
def faults_as(message: str) -> Iterator[None]:
    """Turn what a library raises on a damaged file into an `UnreadableImageError` with our own text."""
    try:
        yield
    except RanvierError:
        raise
    except _faults():
        raise UnreadableImageError(message) from None
