"""Look up the citation behind a source id of any data folder."""

from collections.abc import Mapping
from functools import cache

from ranvier.core import Source, read_sources
from ranvier.disorders import load_catalogue

_PACKAGES = (
    "ranvier.anatomy",
    "ranvier.electrodiagnosis",
    "ranvier.reference",
    "ranvier.inference",
    "ranvier.examination.scores",
)


@cache
def all_sources() -> Mapping[str, Source]:
    """Return every citation of the packaged tables by id."""
    found: dict[str, Source] = dict(load_catalogue().sources)
    for package in _PACKAGES:
        found.update(read_sources(package))
    return found


def source_text(source_id: str) -> str:
    """Return the citation of a source id, with its DOI when there is one; the id itself when unknown."""
    source = all_sources().get(source_id)
    if source is None:
        return source_id
    return f"{source.citation}, doi:{source.doi}" if source.doi else source.citation
