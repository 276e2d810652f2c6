"""Collect what cannot be used while a case is read, so that the rest still runs."""

from ranvier.case.records import Unused
from ranvier.core import Origin, UnknownNameError


class Problems:
    """Gathers `Unused` records in the order they are met."""

    def __init__(self) -> None:
        self._items: list[Unused] = []

    def error(self, origin: Origin, problem: str, remedy: str) -> None:
        """Note something that was left out."""
        self._items.append(Unused(severity="error", origin=origin, problem=problem, remedy=remedy))

    def question(self, origin: Origin, problem: str, remedy: str) -> None:
        """Note a value that looks impossible and was not used."""
        self._items.append(Unused(severity="question", origin=origin, problem=problem, remedy=remedy))

    def unknown(self, origin: Origin, error: UnknownNameError) -> None:
        """Note a name that no table has."""
        near = " or ".join(repr(n) for n in error.nearest)
        remedy = f"Did you mean {near}?" if near else f"See the names of a {error.what} in the tables."
        self._items.append(
            Unused(
                severity="error",
                origin=origin,
                problem=f"There is no {error.what} named {error.name!r}.",
                remedy=remedy,
            )
        )

    def all(self) -> tuple[Unused, ...]:
        """Return everything that was noted."""
        return tuple(self._items)
