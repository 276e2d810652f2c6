"""The waveforms of a case measured, as rows beside those of its table."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, ConductionStudy, Unused, read_measured_rows
from ranvier.core import Origin, RanvierError, UnknownNameError
from ranvier.electrodiagnosis.waveforms.folder import WaveformTrouble, read_waveforms
from ranvier.electrodiagnosis.waveforms.scan import CmapScan
from ranvier.electrodiagnosis.waveforms.scan_units import UnitEstimate, estimate_units
from ranvier.electrodiagnosis.waveforms.study import MeasuredSet, measure_set, rows_of_set


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredScan:
    """A CMAP scan with its estimate of motor units."""

    scan: CmapScan
    estimate: UnitEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredFolder:
    """All waveforms of a folder or file, measured; `studies` are the rows they make."""

    sets: tuple[MeasuredSet, ...]
    scans: tuple[MeasuredScan, ...]
    studies: tuple[ConductionStudy, ...]
    unused: tuple[Unused, ...]


def with_waveforms(case: Case, graph: NerveGraph) -> Case:
    """Return a case whose conduction studies hold what its waveforms show, and whose problems theirs."""
    if not case.waveforms:
        return case
    measured = [measure_folder(path, graph) for path in case.waveforms]
    studies = tuple(study for folder in measured for study in folder.studies)
    return replace(case, conduction=(*case.conduction, *studies))


def unused_waveforms(case: Case, graph: NerveGraph) -> tuple[Unused, ...]:
    """Return what could not be read or measured, and what is doubtful."""
    return tuple(item for path in case.waveforms for item in measure_folder(path, graph).unused)


def measure_folder(path: Path, graph: NerveGraph) -> MeasuredFolder:
    """Return all waveforms of a folder or of one file, measured once for each state of the files.

    Raises
    ------
    UnreadableWaveformError
        If there is no such path.
    """
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    stamps = tuple((p.name, p.stat().st_mtime_ns) for p in files if p.exists())
    return _measured(path, stamps, graph)


@lru_cache(maxsize=16)
def _measured(path: Path, stamps: tuple[tuple[str, int], ...], graph: NerveGraph) -> MeasuredFolder:
    del stamps
    found = read_waveforms(path)
    prefix = f"{path.name}/" if path.is_dir() else ""
    sets: list[MeasuredSet] = []
    studies: list[ConductionStudy] = []
    unused = [_trouble(prefix, trouble) for trouble in found.troubles]
    for item in found.sets:
        try:
            measured = measure_set(item, nerve_id=_nerve_id(item.nerve, graph))
        except RanvierError as error:
            unused.append(_trouble(prefix, WaveformTrouble(file=item.file, problem=str(error))))
            continue
        read = read_measured_rows(rows_of_set(measured), f"{prefix}{item.file}")
        sets.append(measured)
        studies += read.studies
        unused += [*read.unused, *_doubts(measured, prefix)]
    scans = tuple(MeasuredScan(scan=scan, estimate=estimate_units(scan)) for scan in found.scans)
    return MeasuredFolder(sets=tuple(sets), scans=scans, studies=tuple(studies), unused=tuple(unused))


def _nerve_id(name: str, graph: NerveGraph) -> str | None:
    try:
        return graph.resolve(name, ("nerve",))[1]
    except UnknownNameError:
        return None


def _trouble(prefix: str, trouble: WaveformTrouble) -> Unused:
    return Unused(
        severity="error",
        origin=Origin(file=f"{prefix}{trouble.file}"),
        problem=f"the waveforms were not used: {trouble.problem}{'' if trouble.problem[-1:] in '.?' else '.'}",
        remedy="Mend the file, or take it out of the folder.",
    )


def _doubts(measured: MeasuredSet, prefix: str) -> Iterator[Unused]:
    for doubt in dict.fromkeys(measured.doubts):
        yield Unused(
            severity="question",
            origin=Origin(file=f"{prefix}{measured.set.file}"),
            problem=f"{doubt[:1].upper()}{doubt[1:]}.",
            remedy="Look at the trace, and set the cursor in the set file if it is wrong.",
        )
