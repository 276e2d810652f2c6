"""The private "CSA" header of older Siemens images: a table of named text values inside one attribute.

Layout as described by nibabel's documentation of the Siemens CSA header: version 2 starts with ``SV10``, version 1 with
the number of tags; each tag has a name of 64 bytes and a list of items.
"""

import struct

_TAG = struct.Struct("<64si4s3i")
_ITEM = struct.Struct("<4i")
_MOST = 128


def csa_numbers(raw: object, name: str) -> tuple[float, ...]:
    """Return the numbers of one tag, empty where the header or the tag is absent or damaged.

    Parameters
    ----------
    raw : object
        Value of the attribute; anything but bytes gives an empty tuple.
    name : str
        Name of the tag, such as ``"NumberOfImagesInMosaic"``.
    """
    if not isinstance(raw, bytes):
        return ()
    try:
        words = _tag(raw, name)
        return tuple(float(word) for word in words)
    except (struct.error, ValueError, UnicodeDecodeError):
        return ()


def _tag(raw: bytes, wanted: str) -> list[str]:
    second = raw[:4] == b"SV10"
    at = 8 if second else 0
    (count,) = struct.unpack_from("<i", raw, at)
    at += 8
    if not 0 < count <= _MOST:
        return []
    first_items: int | None = None
    for _ in range(count):
        label, _, _, _, items, _ = _TAG.unpack_from(raw, at)
        at += _TAG.size
        first_items = items if first_items is None else first_items
        words: list[str] = []
        for _ in range(items):
            sizes = _ITEM.unpack_from(raw, at)
            at += _ITEM.size
            length = sizes[1] if second else sizes[0] - first_items
            if length < 0 or at + length > len(raw):
                return []
            words.append(raw[at : at + length].split(b"\0")[0].decode("ascii").strip())
            at += (length + 3) // 4 * 4
        if label.split(b"\0")[0] == wanted.encode():
            return [word for word in words if word]
    return []
