"""What a laboratory writes into one cell beside the name of a nerve: side, kind of study, recording."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ranvier.case.context import Context
from ranvier.case.ncs_headings import kind_word, side_word
from ranvier.case.words import meaning_or_none, spelt_out
from ranvier.core import UnknownNameError

_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
_BREAK = re.compile(r"\s+[-–—]+\s*|\s*[-–—]+\s+|\s*[/,:]\s*|\s+to\s+")
_TITLE_END = re.compile(r"\s*(?:nerves?|studies|study|summary|nerve conduction.*|conduction.*|ncs|nc)\s*:?\s*$", re.I)
_RECORDINGS = ("muscle", "muscle_group")
_SKIN = ("area", "area_group")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A nerve with what its cell says beside it; empty where it says nothing."""

    nerve: str
    side: str = ""
    kind: str = ""
    recording: str = ""


def read_named(text: str, context: Context) -> Named | None:
    """Return the nerve of a cell with side, kind and recording, None if a part of it is not known.

    Parameters
    ----------
    text : str
        Such as ``"R Median - APB"``, ``"Peroneal (EDB)"`` or ``"Left ulnar motor"``.
    context : Context
        Its names are looked up; no problem is noted.
    """
    found: dict[str, str] = {}
    for part in _parts(text):
        if is_nerve(part, context):
            key, value = "nerve", part
        elif side := side_word(part):
            key, value = "side", side
        elif kind := kind_word(part):
            key, value = "kind", kind
        elif "nerve" in found and _is_target(part, (*_RECORDINGS, *_SKIN), context):
            key, value = "recording", part
        else:
            inner = _within(part, context)
            if inner is None or found.keys() & inner.keys():
                return None
            found |= inner
            continue
        if key in found:
            return None
        found[key] = value
    return Named(**found) if "nerve" in found else None


def kind_of_title(text: str) -> str:
    """Return the kind of study that a title names, else an empty text.

    >>> kind_of_title("Motor Nerve Conduction Studies"), kind_of_title("Sensory Summary"), kind_of_title("Page 1")
    ('motor', 'sensory', '')
    """
    short = text.strip()
    while short:
        if kind := kind_word(short):
            return kind
        cut = _TITLE_END.sub("", short)
        if cut == short:
            return ""
        short = cut
    return ""


def kind_of_recording(recording: str, nerve: str, context: Context) -> str:
    """Return ``motor`` where a muscle was recorded, ``sensory`` where skin was or the nerve has no muscles, else "".

    Parameters
    ----------
    recording, nerve : str
        As written; empty where not said.
    context : Context
    """
    if recording:
        if _is_target(recording, _RECORDINGS, context):
            return "motor"
        if _is_target(recording, _SKIN, context):
            return "sensory"
    if nerve and is_nerve(nerve, context):
        id_ = context.graph.resolve(spelt_out(nerve), ("nerve",))[1]
        if not context.graph.is_group("muscle_group", f"muscles_of_{id_}"):
            return "sensory"
    return ""


def is_nerve(text: str, context: Context) -> bool:
    """Tell whether a text names a nerve or a region of a summary."""
    return meaning_or_none("ncs_region", text) is not None or _is_target(text, ("nerve",), context)


def _parts(text: str) -> Iterator[str]:
    """Yield the parts of a cell: what stands outside of brackets, cut at dashes and commas, then what is in them."""
    outside = _BRACKETS.sub(" ", text)
    inside = _BRACKETS.findall(text)
    for part in (*_BREAK.split(outside), *inside):
        if part.strip():
            yield part.strip()


def _within(part: str, context: Context) -> dict[str, str] | None:
    """Return nerve, side and kind of words that stand beside one another, None if a word of them is not known."""
    words, found = part.split(), {}
    while words and not is_nerve(" ".join(words), context):
        for at, rest in ((0, words[1:]), (-1, words[:-1])):
            if (side := side_word(words[at])) and "side" not in found:
                found["side"], words = side, rest
                break
            if (kind := kind_word(words[at])) and "kind" not in found:
                found["kind"], words = kind, rest
                break
        else:
            last = " ".join(words[-2:])
            if len(words) > 2 and (kind := kind_word(last)) and "kind" not in found:
                found["kind"], words = kind, words[:-2]
                continue
            return None
    if words:
        found["nerve"] = " ".join(words)
    return found


def _is_target(text: str, kinds: tuple[str, ...], context: Context) -> bool:
    try:
        context.graph.resolve(spelt_out(text), kinds)
    except UnknownNameError:
        return False
    return True
