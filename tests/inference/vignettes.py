"""The bedside riddles of ``vignettes.csv`` as case folders, and the place of the right answer among those given.

A cell of findings holds ids with an optional side (``ankle@both``), right where none is written. An answer holds parts
of the nerve map joined by ``&``; ``!part`` asks that a part is not named. `within` lists parts that may stand above the
answer without being wrong: those that contain it, or that are ill as well.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ranvier.case import Case, read_case
from ranvier.inference import LikelyPlace

_FILE = Path(__file__).parent / "vignettes.csv"
_SIDES = ("left", "right", "both")
WEAK = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Vignette:
    """One riddle: what is found, and the place that a clinician would name."""

    id: str
    riddle: str
    cells: dict[str, str]

    def parts(self, column: str) -> tuple[tuple[str, str], ...]:
        """Return the parts of the map in `answer` or `within`, each with its side."""
        return tuple(_sided(text) for text in self.cells[column].replace("&", ";").split(";") if text)


def vignettes() -> tuple[Vignette, ...]:
    """Return the riddles in the order of the table."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(Vignette(id=r["id"], riddle=r["riddle"], cells=r) for r in csv.DictReader(file, strict=True))


def write_case(vignette: Vignette, folder: Path) -> Case:
    """Write a riddle as a case folder and read it back."""
    cells = vignette.cells
    strength = [
        {"name": name, "side": side, "grade": grade}
        for column, grade in (("weak", WEAK), ("strong", 5))
        for name, side in _items(cells[column])
    ]
    sensation = [
        {"area": name, "side": side, "modality": "any", "result": result}
        for column, result in (("numb", "reduced"), ("felt", "normal"))
        for name, side in _items(cells[column])
    ]
    reflexes = []
    for text in filter(None, cells["reflexes"].split(";")):
        place, _, grade = text.partition(":")
        name, side = _sided(place)
        reflexes.append({"name": name, "side": side, "grade": grade})
    examination = {"strength": strength, "sensation": sensation, "reflexes": reflexes}
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"schema": 1, "history": list(_said(cells["said"])), "examination": examination})
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return read_case(folder)


def rank(vignette: Vignette, places: tuple[LikelyPlace, ...]) -> int | None:
    """Return where the answer stands among the places, 1 for first; None where it is not named.

    Wrong places above the answer are counted; for an answer in several parts, those above its last part.
    """
    named = [(p.part, p.side.value) for p in places]
    wanted = vignette.parts("answer")
    if wanted[0][0].startswith("!"):
        forbidden = wanted[0][0][1:]
        return None if forbidden in [part for part, _ in named[:3]] else 1
    if not set(wanted) <= set(named):
        return None
    last = max(named.index(part) for part in wanted)
    allowed = {*wanted, *vignette.parts("within")}
    return 1 + sum(part not in allowed for part in named[:last])


def _items(cell: str) -> list[tuple[str, str]]:
    return [_sided(text) for text in cell.split(";") if text]


def _sided(text: str) -> tuple[str, str]:
    name, _, side = text.partition("@")
    return name, side or "right"


def _said(cell: str) -> Iterator[dict[str, str]]:
    for text in filter(None, cell.split(";")):
        item, _, place = text.removeprefix("!").partition("@")
        row = {"item": item, "status": "absent" if text.startswith("!") else "present"}
        yield {**row, "at": place, "side": "right"} if place else row
