"""The tests that can be asked for, and what each costs the patient: tables that a hospital can replace."""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ranvier.core import DataFileError, Modality, Side, Status, UnknownNameError, read_table
from ranvier.inference.items import Item, parse_item
from ranvier.inference.parameters import load_parameters

_PACKAGE = "ranvier.inference"
_OWN_COLUMNS = ("test", "cost", "pain", "risk", "delay_days")
_BURDEN_COLUMNS = ("test", "cost", "pain", "risk", "delay_days", "status", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """What a test costs: money, pain and risk in points from 0 to 10, and days until the result."""

    cost: float
    pain: float
    risk: float
    delay_days: float
    status: Status

    @property
    def points(self) -> float:
        """Return the burden as one number, never zero."""
        p = load_parameters()
        return p["plan_burden_floor"] + self.cost + self.pain + self.risk + p["plan_delay_points"] * self.delay_days


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailableTest:
    """A test or a sensible panel.

    Attributes
    ----------
    id, name : str
    modality : Modality or None
        Of imaging tests: mri or ultrasound.
    regions : tuple of str
        What an imaging test shows.
    looks : tuple of (Item, Side)
        What any other test reads.
    done_with : tuple of (Modality, str) or None
        A set that counts as done once any study of that modality and limb (arm, leg, face) is reported, or a
        summary of all: the rest was looked at, though it is not written down. For a biopsy the tissue.
    after : tuple of (Modality, str) or None
        A set that comes first: a test of further nerves is not offered before the usual ones.
    seen : frozenset of str
        Of imaging tests: regions that a study of this modality has shown already, and so not anew.
    invasive : bool
    why : str
        What justifies an invasive test, in words.
    """

    id: str
    name: str
    modality: Modality | None
    regions: tuple[str, ...]
    looks: tuple[tuple[Item, Side], ...]
    done_with: tuple[Modality, str] | None
    invasive: bool
    why: str
    after: tuple[Modality, str] | None = None
    seen: frozenset[str] = frozenset()


@cache
def available_tests() -> tuple[AvailableTest, ...]:
    """Return every test that can be asked for, in the order of the table."""
    columns = ("id", "name", "modality", "region", "items", "sides", "done_with", "after", "invasive", "why")
    return tuple(_test(row) for row in read_table(_PACKAGE, "next_tests.csv", columns))


def _test(row: Mapping[str, str]) -> AvailableTest:
    sides = (Side.LEFT, Side.RIGHT) if row["sides"] == "both" else (Side.UNKNOWN,)
    items = [parse_item(text) for text in row["items"].split("|") if text]
    return AvailableTest(
        id=row["id"],
        name=row["name"],
        modality=Modality(row["modality"]) if row["modality"] else None,
        regions=tuple(row["region"].split(";")) if row["region"] else (),
        looks=tuple((i, s) for i in items for s in (sides if i.kind is not None else (Side.UNKNOWN,))),
        done_with=_done_with(row["done_with"]),
        invasive=row["invasive"] == "yes",
        why=row["why"],
        after=_done_with(row["after"]),
    )


def _done_with(cell: str) -> tuple[Modality, str] | None:
    modality, _, limb = cell.partition(":")
    return (Modality(modality), limb) if cell else None


@cache
def packaged_burdens() -> Mapping[str, Burden]:
    """Return the burden of each test by id."""
    return {row["test"]: _burden(row) for row in read_table(_PACKAGE, "burdens.csv", _BURDEN_COLUMNS)}


def read_burdens(path: Path) -> Mapping[str, Burden]:
    """Return the burdens of a hospital's own table: the packaged ones with its rows in their place.

    A test that its table gives ``unavailable`` as cost is not offered.

    Parameters
    ----------
    path : Path
        CSV with the columns test, cost, pain, risk, delay_days.

    Raises
    ------
    DataFileError
        If a row names no known test or holds no numbers.
    """
    out = dict(packaged_burdens())
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error):
        wanted = f"a CSV file in UTF-8 with the columns {', '.join(_OWN_COLUMNS)}"
        raise DataFileError(f"{path.name} cannot be read as text; give {wanted}") from None
    for number, row in enumerate(rows, 2):
        test = (row.get("test") or "").strip()
        if test not in packaged_burdens():
            raise DataFileError(f"{path.name}, line {number}: {UnknownNameError('test', test, packaged_burdens())}")
        if (row.get("cost") or "").strip() == "unavailable":
            out.pop(test, None)
        else:
            out[test] = _own_burden(row, f"{path.name}, line {number}: {test}")
    return out


def _own_burden(row: Mapping[str, str], where: str) -> Burden:
    """Return the burden of a row that a hospital wrote; every number must be there, finite and not negative."""
    try:
        found = _burden({"status": Status.ASSUMED.value, **row})
    except (KeyError, TypeError, ValueError):
        raise DataFileError(f"{where} needs numbers in {', '.join(_OWN_COLUMNS[1:])}") from None
    if not all(math.isfinite(v) and v >= 0 for v in (found.cost, found.pain, found.risk, found.delay_days)):
        raise DataFileError(f"{where} has a number that is negative or not finite; write 0 or more")
    return found


def _burden(row: Mapping[str, str]) -> Burden:
    return Burden(
        cost=float(row["cost"]),
        pain=float(row["pain"]),
        risk=float(row["risk"]),
        delay_days=float(row["delay_days"]),
        status=Status(row["status"] or "assumed"),
    )
