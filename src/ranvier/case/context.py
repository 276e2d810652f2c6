"""What every part of the reader needs: the graph, the vocabulary, and where to note problems."""

from collections.abc import Sequence
from dataclasses import dataclass

from ranvier.anatomy import NerveGraph
from ranvier.case.numbers import NumberReader
from ranvier.case.places import PlaceReader
from ranvier.case.problems import Problems
from ranvier.case.schema import Part
from ranvier.case.vocabulary import Vocabulary
from ranvier.case.yamltext import CASE_FILE, LinedText
from ranvier.core import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Look-ups and the collector of problems of one case.

    Attributes
    ----------
    graph, vocabulary
        Where names are looked up.
    problems : Problems
        Where everything that is not used is noted.
    """

    graph: NerveGraph
    vocabulary: Vocabulary
    problems: Problems

    @property
    def places(self) -> PlaceReader:
        """Return the reader of anatomical names."""
        return PlaceReader(graph=self.graph, problems=self.problems)

    @property
    def numbers(self) -> NumberReader:
        """Return the reader of the numbers of ``case.yaml``."""
        return NumberReader(file=CASE_FILE, problems=self.problems)


def origin_of(part: Part, section: str, *written: str | Sequence[str] | None) -> Origin:
    """Return where an entry of ``case.yaml`` stands, with the first of `written` that says something.

    Parameters
    ----------
    part : Part
        The entry; it knows its line and the keys that lead to it.
    section : str
        What stands for the keys in an entry that was made from another one.
    written : str, list of str or None
        What the entry says, the most telling first.
    """
    shown = next((text if isinstance(text, str) else ", ".join(text) for text in written if text), "")
    return Origin(file=CASE_FILE, row=part.line, column=part.where or section, text=shown)


def key_origin(part: Part, key: str, written: str | None) -> Origin:
    """Return where one key of a part of ``case.yaml`` stands, with what it says."""
    line = written.line if isinstance(written, LinedText) else part.line
    column = f"{part.where}.{key}" if part.where else key
    return Origin(file=CASE_FILE, row=line, column=column, text=written or "")
