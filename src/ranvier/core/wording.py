"""Words for places and numbers, the same in the findings of every modality."""

from ranvier.core.place import Place, Side


def side_in_words(text: str, side: Side) -> str:
    """Return a structure together with its side.

    >>> side_in_words("median nerve", Side.LEFT), side_in_words("soleus", Side.BOTH)
    ('left median nerve', 'soleus on both sides')
    """
    if side in (Side.LEFT, Side.RIGHT):
        return f"{side.value} {text}"
    if side is Side.BOTH:
        return f"{text} on both sides"
    return f"{text} (side not stated)" if side is Side.UNKNOWN else text


def in_words(place: Place) -> str:
    """Return a place in words, with its side."""
    return side_in_words(place.label or ", ".join(id_.replace("_", " ") for id_ in place.ids), place.side)


def number_in_words(value: float) -> str:
    """Return a number as short as it is exact.

    >>> number_in_words(4.50), number_in_words(12.0)
    ('4.5', '12')
    """
    return f"{value:.6g}"


def lower_first(text: str) -> str:
    """Return a text that can stand inside a sentence: the first letter small, unless it starts a short form.

    >>> lower_first("Common fibular nerve"), lower_first("L5 root"), lower_first("ALS")
    ('common fibular nerve', 'L5 root', 'ALS')
    """
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
