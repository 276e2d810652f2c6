"""Look-ups in a DICOM header that never trust it: what is absent, empty or of the wrong type is None.

The header of an enhanced frame is spread over functional groups; a `Header` is a pile of data sets, asked from the top.
"""

import math
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Dataset = Any  # pydicom.Dataset; pydicom is optional


@dataclass(frozen=True, slots=True)
class Header:
    """Data sets asked in order; the first that has an attribute answers."""

    layers: tuple[Dataset, ...]

    def value(self, keyword: str) -> Any:
        """Return what the attribute holds as the library gives it, or None where it is absent or empty."""
        for layer in self.layers:
            found = layer.get(keyword)
            if found is not None and not (hasattr(found, "__len__") and len(found) == 0):
                return found
        return None

    def numbers(self, keyword: str) -> tuple[float, ...]:
        """Return the finite numbers of an attribute; empty unless every value of it is one."""
        return _as_numbers(self.value(keyword))

    def number(self, keyword: str) -> float | None:
        """Return the first number of an attribute, or None."""
        found = self.numbers(keyword)
        return found[0] if found else None

    def integer(self, keyword: str) -> int | None:
        """Return an attribute as a whole number, or None."""
        found = self.number(keyword)
        return int(found) if found is not None and found == int(found) else None

    def words(self, keyword: str) -> tuple[str, ...]:
        """Return the values of a text attribute in upper case, trimmed."""
        found = self.value(keyword)
        if found is None:
            return ()
        values = [found] if isinstance(found, str) else found
        return tuple(str(value).strip().upper() for value in values) if isinstance(values, Iterable) else ()

    def word(self, keyword: str) -> str | None:
        """Return the first value of a text attribute in upper case, or None."""
        found = self.words(keyword)
        return found[0] if found and found[0] else None

    def private(self, group: int, creator: str, element: int) -> Any:
        """Return a private attribute, or None.

        Parameters
        ----------
        group : int
            Group number.
        creator : str
            Name of the block's owner.
        element : int
            Last two hexadecimal digits of the element.
        """
        for layer in self.layers:
            block = None if isinstance(layer, dict) else _block(layer, group, creator)
            if block is not None and (tag := (group << 16) + (block << 8) + element) in layer:
                return layer[tag].value
        return None

    def private_numbers(self, group: int, creator: str, element: int, code: str = "d") -> tuple[float, ...]:
        """Return the numbers of a private attribute; raw bytes are unpacked by a `struct` code or read as text."""
        found = self.private(group, creator, element)
        return _from_bytes(found, code) if isinstance(found, bytes) else _as_numbers(found)


def functional_groups(item: Dataset) -> Iterator[Dataset]:
    """Yield the first item of each standard sequence in a functional group, two levels deep."""
    for element in item:
        if element.VR != "SQ" or element.tag.is_private or not len(element.value):
            continue
        if element.keyword.startswith(("Referenced", "SourceImage", "DerivationImage")):
            continue
        inner = element.value[0]
        yield inner
        if element.keyword == "MRDiffusionSequence":
            yield from functional_groups(inner)


def _block(layer: Dataset, group: int, creator: str) -> int | None:
    """Return the number of a private block (PS3.5 7.8.1), or None; pydicom's own look-up copies the group."""
    for tag in layer.keys():  # noqa: SIM118 (a data set iterates over its elements)
        if tag >> 16 == group and 0x10 <= tag & 0xFFFF <= 0xFF and layer[tag].value == creator:
            return int(tag & 0xFF)
    return None


def _as_numbers(found: Any) -> tuple[float, ...]:
    if found is None or isinstance(found, bytes | bytearray):
        return ()
    many = hasattr(found, "__iter__") and not isinstance(found, str)
    try:
        numbers = tuple(float(value) for value in (found if many else [found]))
    except (TypeError, ValueError):
        return ()
    return numbers if all(math.isfinite(n) for n in numbers) else ()


def _from_bytes(raw: bytes, code: str) -> tuple[float, ...]:
    text = raw.rstrip(b"\0 ")
    if text and all(32 <= byte < 127 for byte in text):
        return _as_numbers(text.decode("ascii").split("\\"))
    size = struct.calcsize(code)
    if not raw or len(raw) % size:
        return ()
    return _as_numbers(struct.unpack(f"<{len(raw) // size}{code}", raw))
