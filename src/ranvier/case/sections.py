"""Read the sections of case.yaml into records; what cannot be used is noted and left out."""

from collections.abc import Callable, Iterator
from typing import Literal, TypeVar

from ranvier.anatomy import NerveGraph
from ranvier.case import records as rec
from ranvier.case.lined import Lined
from ranvier.case.names import AREAS, MUSCLES, REFLEXES, STRUCTURES, read_place, read_side
from ranvier.case.problems import Problems
from ranvier.case.scales import read_mrc, read_number, read_presence, read_reflex
from ranvier.case.vocabulary import Vocabulary
from ranvier.core import Origin, Place, Side, UnknownNameError

_FILE = "case.yaml"
_R = TypeVar("_R")
_MODALITIES: tuple[rec.SensoryModality, ...] = ("light_touch", "pain", "temperature", "vibration", "position", "any")
_RESULTS: tuple[rec.SensoryResult, ...] = ("normal", "reduced", "absent", "altered")


class SectionReader:
    """Reads the sections of one case.yaml.

    Parameters
    ----------
    graph, vocabulary
        Where names are looked up.
    problems : Problems
        Where problems are noted.
    """

    def __init__(self, graph: NerveGraph, vocabulary: Vocabulary, problems: Problems) -> None:
        self._graph = graph
        self._vocabulary = vocabulary
        self._problems = problems

    def each(self, parent: Lined, key: str, read: Callable[[Lined, Origin], _R | None]) -> tuple[_R, ...]:
        """Read every entry of a list; an entry that fails is noted and the others are kept."""
        out = []
        for entry, origin in self._entries(parent, key):
            try:
                record = read(entry, origin)
            except UnknownNameError as error:
                self._problems.unknown(origin, error)
                continue
            if record is not None:
                out.append(record)
        return tuple(out)

    def _entries(self, parent: Lined, key: str) -> Iterator[tuple[Lined, Origin]]:
        items = parent.get(key)
        if items is None:
            return
        line = parent.lines[key]
        if not isinstance(items, list):
            self._problems.error(
                Origin(file=_FILE, row=line, column=key), f"{key} must be a list.", "Start each entry with a dash."
            )
            return
        for item in items:
            if isinstance(item, Lined):
                yield item, Origin(file=_FILE, row=item.line, column=key, text=str(item.get("text") or ""))
            else:
                origin = Origin(file=_FILE, row=line, column=key, text=str(item))
                self._problems.error(
                    origin, f"{item!r} is not an entry of {key}.", "Write it as {item: ..., status: ...}."
                )

    def statement(self, entry: Lined, origin: Origin) -> rec.FeatureStatement | None:
        """Read a feature that was looked for."""
        feature = self._vocabulary.resolve("feature", str(entry.get("item") or ""))
        present = read_presence(entry.get("status") if entry.get("status") is not None else "present")
        if present is None:
            self._wrong(origin, "status", entry.get("status"), "present or absent")
            return None
        return rec.FeatureStatement(
            feature=feature, present=present, place=self._place(entry, "at", "area"), origin=origin
        )

    def strength(self, entry: Lined, origin: Origin) -> rec.Strength | None:
        """Read the strength of a muscle, movement or group."""
        place = self._named(entry, "name", MUSCLES)
        grade = read_mrc(entry.get("grade"))
        if grade is None or not 0 <= grade[0] <= grade[1] <= 5.3:
            self._wrong(origin, "grade", entry.get("grade"), "an MRC grade 0 to 5, a range or a word such as weak")
            return None
        return rec.Strength(place=place, mrc_lowest=grade[0], mrc_highest=grade[1], origin=origin)

    def reflex(self, entry: Lined, origin: Origin) -> rec.ReflexStatement | None:
        """Read a reflex or a group of reflexes."""
        place = self._named(entry, "name", REFLEXES)
        grade = read_reflex(entry.get("grade"))
        if grade is None or not 0 <= grade[0] <= grade[1] <= 4:
            self._wrong(
                origin, "grade", entry.get("grade"), "a NINDS grade 0 to 4 or a word such as absent, trace, brisk"
            )
            return None
        return rec.ReflexStatement(place=place, lowest=grade[0], highest=grade[1], origin=origin)

    def sensation(self, entry: Lined, origin: Origin) -> rec.Sensation | None:
        """Read the sensation of an area."""
        place = self._named(entry, "area", AREAS)
        modality = next((m for m in _MODALITIES if m == str(entry.get("modality") or "any")), None)
        symptom = entry.get("symptom") is True
        result = next((r for r in _RESULTS if r == str(entry.get("result") or ("altered" if symptom else ""))), None)
        if modality is None:
            self._wrong(origin, "modality", entry.get("modality"), ", ".join(_MODALITIES))
            return None
        if result is None:
            self._wrong(origin, "result", entry.get("result"), ", ".join(_RESULTS))
            return None
        return rec.Sensation(place=place, modality=modality, result=result, symptom=symptom, origin=origin)

    def wasting(self, entry: Lined, origin: Origin) -> rec.Wasting | None:
        """Read wasting of a muscle or group."""
        place = self._named(entry, "name", MUSCLES)
        present = read_presence(entry.get("status") if entry.get("status") is not None else "present")
        if present is None:
            self._wrong(origin, "status", entry.get("status"), "present or absent")
            return None
        return rec.Wasting(place=place, present=present, origin=origin)

    def biopsy(self, entry: Lined, origin: Origin) -> rec.BiopsyResult:
        """Read a biopsy with its findings."""
        density = read_number(entry.get("ienfd_per_mm"))
        return rec.BiopsyResult(
            tissue=str(entry.get("tissue") or "other"),
            place=None,
            statements=self.each(entry, "findings", self.statement),
            fibre_density_per_mm=density,
            origin=origin,
        )

    def imaging(self, entry: Lined, origin: Origin) -> rec.ImagingStudy | None:
        """Read an imaging study with its findings."""
        modality = _one_of(entry.get("modality"), _IMAGING)
        if modality is None:
            self._wrong(origin, "modality", entry.get("modality"), ", ".join(_IMAGING))
            return None
        region = self._vocabulary.resolve("imaging region", str(entry.get("region") or ""))
        findings = self.each(entry, "findings", self._image)
        result = _one_of(entry.get("result"), _READ) or ("abnormal" if findings else "normal")
        contrast = entry.get("contrast")
        return rec.ImagingStudy(
            modality=modality,
            region=region,
            side=read_side(str(entry.get("side") or "")),
            result=result,
            sequences=_texts(entry.get("sequences")),
            contrast=contrast if isinstance(contrast, bool) else None,
            voxel_mm=_voxel(entry.get("voxel_mm")),
            findings=findings,
            origin=origin,
        )

    def _image(self, entry: Lined, origin: Origin) -> rec.ImagingFinding:
        kind = self._vocabulary.resolve("image kind", str(entry.get("kind") or ""))
        place = self._place(entry, "at", "level")
        return rec.ImagingFinding(kind=kind, place=place, note=str(entry.get("text") or ""), origin=origin)

    def _named(self, entry: Lined, key: str, kinds: tuple[str, ...]) -> Place:
        return read_place(self._graph, _texts(entry.get(key)), _side(entry), kinds)

    def _place(self, entry: Lined, *keys: str) -> Place | None:
        for key in keys:
            names = _texts(entry.get(key))
            if names:
                kinds = AREAS if key == "area" else STRUCTURES
                return read_place(self._graph, names, _side(entry), kinds)
        return None

    def _wrong(self, origin: Origin, column: str, value: object, expected: str) -> None:
        where = Origin(file=origin.file, row=origin.row, column=f"{origin.column}.{column}", text=str(value))
        self._problems.error(where, f"{column} is {value!r}.", f"Expected {expected}.")


_IMAGING: tuple[rec.ImagingModality, ...] = ("mri", "ultrasound", "ct", "xray", "pet", "other")
_READ: tuple[Literal["normal", "abnormal", "not_done"], ...] = ("normal", "abnormal", "not_done")
_L = TypeVar("_L", bound=str)


def _one_of(value: object, allowed: tuple[_L, ...]) -> _L | None:
    text = str(value or "").strip().lower().replace(" ", "_")
    return next((a for a in allowed if a == text), None)


def _side(entry: Lined) -> Side:
    return read_side(str(entry.get("side") or ""))


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    items = value if isinstance(value, list) else [value]
    return tuple(str(i) for i in items if str(i).strip())


def _voxel(value: object) -> tuple[float, float, float] | None:
    numbers = [read_number(v) for v in value] if isinstance(value, list) else []
    if len(numbers) != 3 or any(n is None or n <= 0 for n in numbers):
        return None
    x, y, z = (float(n) for n in numbers if n is not None)
    return x, y, z
