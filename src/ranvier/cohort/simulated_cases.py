"""Write simulated patients as case folders, to teach and to test: a work-up reads them like any other case.

What is examined is the table ``panel.csv`` of the inference. The folders say in their first remark that they
are simulated; ``truth.yaml`` holds what was drawn. Readings are written in the words of a report ("reduced",
"prolonged"), because that is what the simulation draws.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ranvier.anatomy import load_graph
from ranvier.case import Setting
from ranvier.cohort.panel import PanelLook, panel_looks
from ranvier.cohort.panel_words import grade_in_words
from ranvier.core import Side, UnreadableCaseError
from ranvier.electrodiagnosis import load_studies
from ranvier.inference import Library, Nerves, load_library
from ranvier.inference.simulation import Examiner, Population, SimulatedPatient

_NCS = ("nerve", "side", "kind", "recording", "result")
_EMG = ("muscle", "side", "fibrillations", "motor_units")


@dataclass(slots=True)
class _Folder:
    """What goes into the files of one case."""

    history: list[dict[str, Any]] = field(default_factory=list)
    signs: list[dict[str, Any]] = field(default_factory=list)
    tests: list[dict[str, Any]] = field(default_factory=list)
    strength: list[dict[str, Any]] = field(default_factory=list)
    reflexes: list[dict[str, Any]] = field(default_factory=list)
    sensation: list[dict[str, Any]] = field(default_factory=list)
    studies: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    muscles: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)


def write_simulated(
    out: Path, disorder: str, count: int, *, seed: int, setting: Setting = Setting.NEUROLOGY_CLINIC
) -> tuple[Path, ...]:
    """Write simulated patients with one disorder as case folders and return the folders.

    Parameters
    ----------
    out : Path
        Folder for the case folders; made if it does not exist.
    disorder : str
        Id of the disorder.
    count : int
        How many patients.
    seed : int
        The same seed gives the same patients.
    setting : Setting
        Where the patients are seen.

    Raises
    ------
    UnknownNameError
        If there is no such disorder.
    UnreadableCaseError
        If one of the folders is there already; nothing is overwritten.
    """
    nerves = Nerves(load_library(), load_graph())
    rng = np.random.default_rng(seed)
    patients = Population(nerves.library, setting, disorders={disorder: 1.0}).draw(rng, count)
    looks = panel_looks()
    grades = Examiner(nerves, rng).grades(patients, [p.look for p in looks])
    folders = [out / f"simulated-{disorder}-{seed}-{number:04d}" for number in range(1, count + 1)]
    for folder in folders:
        if folder.exists():
            raise UnreadableCaseError(f"{str(folder)!r} is there already; choose another folder or seed")
    for folder, patient, row in zip(folders, patients, grades, strict=True):
        _write(folder, patient, looks, row.tolist(), nerves.library)
    return tuple(folders)


def _write(
    folder: Path, patient: SimulatedPatient, looks: Sequence[PanelLook], grades: Sequence[int], library: Library
) -> None:
    content = _Folder()
    for look, grade in zip(looks, grades, strict=True):
        _add(content, look, grade)
    folder.mkdir(parents=True)
    _dump(folder / "case.yaml", _case(folder.name, patient, content))
    _dump(folder / "truth.yaml", _truth(patient, library))
    _table(folder / "ncs.csv", _NCS, _study_rows(content))
    _table(folder / "emg.csv", _EMG, _muscle_rows(content))


def _add(content: _Folder, panel: PanelLook, grade: int) -> None:
    """Put one result where a case file holds it."""
    item, side = panel.look.item, panel.look.side.value
    if not item.is_reading:
        entry = {"item": item.observable, "status": "present" if grade else "absent"}
        if panel.look.side in (Side.LEFT, Side.RIGHT):
            entry["side"] = side
        {"history": content.history, "examination": content.signs}.get(panel.part, content.tests).append(entry)
        return
    words, name = grade_in_words(item.observable, grade), item.ids[0]
    if item.observable == "strength":
        content.strength.append({"name": name, "side": side, "grade": words})
    elif item.observable == "reflex":
        content.reflexes.append({"name": name, "side": side, "grade": words})
    elif item.observable.startswith("sensation"):
        modality = item.observable.removeprefix("sensation_").replace("touch", "light_touch")
        content.sensation.append({"area": name, "side": side, "modality": modality, "result": words})
    elif item.observable in ("fibrillations", "motor_units"):
        content.muscles.setdefault((name, side), {})[item.observable] = words
    else:
        content.studies.setdefault((name, side), []).append(words)


def _case(name: str, patient: SimulatedPatient, content: _Folder) -> dict[str, Any]:
    onset, who = patient.case.onset, patient.case.patient
    return {
        "schema": 1,
        "id": name,
        "setting": patient.case.setting.value if patient.case.setting else None,
        "patient": {"age_y": who.age_y, "sex": who.sex},
        "onset": {
            "duration_days": onset.duration_days,
            "tempo": onset.tempo.value if onset.tempo else None,
            "course": onset.course.value if onset.course else None,
        },
        "history": content.history,
        "examination": {
            "strength": content.strength,
            "reflexes": content.reflexes,
            "sensation": content.sensation,
            "signs": content.signs,
        },
        "tests": content.tests,
        "remarks": ["Simulated patient: drawn from the tables of the model, no real person."],
    }


def _truth(patient: SimulatedPatient, library: Library) -> dict[str, Any]:
    disorders = patient.disorders(library)
    main = library.catalogue.disorders[disorders[0]]
    state = library.states[patient.states[0]]
    rows = library.catalogue.lesions.get(main.id, ())
    terms = sorted({t for r in rows if not r.unit and r.variant == state.variant for t in r.terms if ":" in t})
    return {
        "disorders": list(disorders),
        "group": main.group,
        "sites": terms,
        "sides": [state.side.value] if terms else [],
        "certainty": "definite",
        "text": f"simulated: {main.name}, variant {state.variant}",
    }


def _study_rows(content: _Folder) -> Iterator[Mapping[str, str]]:
    for (study_id, side), words in content.studies.items():
        study = load_studies()[study_id]
        kinds = {"f_wave": [w for w in words if w.startswith("f:")], study.kind: [w for w in words if w[:2] != "f:"]}
        for kind, said in kinds.items():
            if said:
                result = ";".join(dict.fromkeys(w.removeprefix("f:") for w in said))
                yield {
                    "nerve": study.nerves[0],
                    "side": side,
                    "kind": kind,
                    "recording": study.record_id,
                    "result": result,
                }


def _muscle_rows(content: _Folder) -> Iterator[Mapping[str, str]]:
    for (muscle, side), cells in content.muscles.items():
        yield {"muscle": muscle, "side": side, **cells}


def _dump(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True), encoding="utf-8")


def _table(path: Path, columns: Sequence[str], rows: Iterator[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
