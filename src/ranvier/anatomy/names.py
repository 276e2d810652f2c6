"""Find ids by name: exact ids, names and synonyms, whatever their case, punctuation and accents.

Nothing is guessed: a near name only appears in the text of the error.
"""

import re
from collections.abc import Iterable, Mapping
from unicodedata import normalize

from ranvier.core import UnknownNameError

KINDS = (
    "muscle",
    "movement",
    "muscle_group",
    "area",
    "area_group",
    "reflex",
    "reflex_group",
    "organ",
    "nerve",
    "node",
    "root",
    "tunnel",
)

_LEADING = frozenset({"n", "nn", "m", "mm", "nervus", "nervi", "musculus", "musculi", "the"})
_TRAILING = frozenset({"nerve", "nerves", "muscle", "muscles"})
_BREAK = re.compile(r"[^a-z0-9]+")


def plain(name: str) -> str:
    """Return a name in the form in which names are compared.

    Lower case, no accents, single spaces for punctuation, without a leading ``n.`` or ``m.`` and
    without a trailing "nerve" or "muscle".

    >>> plain("N. Médianus"), plain("tibialis_anterior muscle")
    ('medianus', 'tibialis anterior')
    """
    text = normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    text = text.replace("'s ", " ").replace("'", "")
    parts = _BREAK.sub(" ", text).split()
    while len(parts) > 1 and parts[0] in _LEADING:
        parts = parts[1:]
    while len(parts) > 1 and parts[-1] in _TRAILING:
        parts = parts[:-1]
    return " ".join(parts)


class NameIndex:
    """Names and synonyms of every kind.

    Parameters
    ----------
    names : mapping of str to iterable of (name, id)
        For each kind the pairs, ids before names before synonyms; the first of equal names counts.
    """

    def __init__(self, names: Mapping[str, Iterable[tuple[str, str]]]) -> None:
        self._ids: dict[str, dict[str, str]] = {}
        for kind, pairs in names.items():
            table = self._ids.setdefault(kind, {})
            for name, id_ in pairs:
                table.setdefault(plain(name), id_)

    def resolve(self, name: str, kinds: Iterable[str]) -> tuple[str, str]:
        """Return the kind and id of a name; the first of `kinds` that knows it counts.

        Raises
        ------
        UnknownNameError
            If none of the kinds knows the name, or a kind does not exist.
        """
        wanted = tuple(str(kind) for kind in kinds)
        key = plain(name)
        for kind in wanted:
            if kind not in self._ids:
                raise UnknownNameError("kind of name", kind, KINDS)
            if key in self._ids[kind]:
                return kind, self._ids[kind][key]
        what = " or ".join(kind.replace("_", " ") for kind in wanted)
        raise UnknownNameError(what, name, (known for kind in wanted for known in self._ids[kind]))
