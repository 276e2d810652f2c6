"""Errors of histology.

::

    RanvierError
    └── SectionError (ValueError)        a section, its masks or its scale cannot be used
        ├── PictureError                 a picture or mask that cannot be read or does not fit
        └── CorrectionError              a correction that cannot be read or does not fit
"""

from ranvier.core import RanvierError


class SectionError(RanvierError, ValueError):
    """A section, its masks or its scale cannot be used; the text says what is wrong and what would be right."""


class PictureError(SectionError):
    """A picture or mask that cannot be read, or does not fit."""


class CorrectionError(SectionError):
    """A correction that cannot be read or does not fit the section."""
