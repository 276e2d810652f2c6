"""Where a number comes from, and how well that is known."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a number was established, best first."""

    CHECKED = "checked"
    SECONDARY = "secondary"
    RECALLED = "recalled"
    ASSUMED = "assumed"


_ORDER = tuple(Status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A citation: one row of a ``sources.csv`` beside the data that uses it."""

    id: str
    citation: str
    doi: str | None = None
    url: str | None = None


def weakest(statuses: Iterable[Status]) -> Status:
    """Return the weakest of several statuses, `Status.CHECKED` when there are none.

    >>> weakest([Status.SECONDARY, Status.ASSUMED, Status.CHECKED])
    <Status.ASSUMED: 'assumed'>
    """
    return max(statuses, key=_ORDER.index, default=Status.CHECKED)
