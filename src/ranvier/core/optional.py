"""Optional dependencies: loaded when they are used, named with their extra when they are missing."""

import importlib
from typing import Any

from ranvier.core.errors import MissingExtraError


def optional(module: str, feature: str, extra: str) -> Any:
    """Return an optional module by its dotted name.

    Parameters
    ----------
    module : str
        Such as ``"pydicom.uid"``.
    feature : str
        What the user wanted to do, for the message.
    extra : str
        The extra that brings it.

    Raises
    ------
    MissingExtraError
        If it is not installed.

    Examples
    --------
    >>> optional("math", "counting", "none").floor(1.5)
    1
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(feature, extra) from error
