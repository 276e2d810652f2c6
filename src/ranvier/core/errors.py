"""All errors that Ranvier raises on purpose.

::

    RanvierError
    ├── UnknownNameError (KeyError)          a name that no table has
    ├── OutsideReferenceError (ValueError)   a subject outside a reference sample
    ├── DataFileError (ValueError)           one of our own data files is wrong
    ├── UnreadableCaseError (ValueError)     a case that cannot be read at all
    ├── UnreadableImageError (ValueError)    an image that cannot be read, or not without a guess
    └── MissingExtraError (ImportError)      an optional part that is not installed

Each is also a built-in, so that callers need not import it. Library code never
prints and never exits: only the command line speaks.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class RanvierError(Exception):
    """Base of every error raised on purpose."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class UnknownNameError(RanvierError, KeyError):
    """A name that the table in question does not have.

    Parameters
    ----------
    what : str
        The kind of thing that was looked for, such as ``"muscle"``.
    name : str
        What was given.
    known : iterable of str
        All names that would have been accepted; the nearest are named in the text.
    """

    def __init__(self, what: str, name: str, known: Iterable[str] = ()) -> None:
        self.what = what
        self.name = name
        known = tuple(dict.fromkeys(known))
        self.known = known
        self.nearest = tuple(get_close_matches(name.lower(), sorted(known), n=3, cutoff=0.6))
        hint = f"; did you mean {' or '.join(repr(n) for n in self.nearest)}?" if self.nearest else ""
        super().__init__(f"there is no {what} named {name!r}{hint}")


class OutsideReferenceError(RanvierError, ValueError):
    """The subject or the method lies outside the reference sample: no verdict is given."""


class DataFileError(RanvierError, ValueError):
    """One of the data files of the package breaks its own rules."""


class UnreadableCaseError(RanvierError, ValueError):
    """The case cannot be read at all (no folder, no case.yaml, or not YAML)."""


class UnreadableImageError(RanvierError, ValueError):
    """The image or series cannot be read, or only by a guess. The text never holds patient data."""


class MissingExtraError(RanvierError, ImportError):
    """A part needs an optional dependency that is not installed.

    Parameters
    ----------
    feature : str
        What the user wanted to do.
    extra : str
        Name of the extra that brings it.
    """

    def __init__(self, feature: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{feature} needs an optional part: pip install 'ranvier[{extra}]'")
