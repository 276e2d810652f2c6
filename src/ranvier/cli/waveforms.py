"""What ``ranvier ncs`` does with waveforms: measures, a page with traces, simulated sets to learn from."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from ranvier.electrodiagnosis.waveforms.case_rows import MeasuredFolder

TABLE_SUFFIXES = frozenset({".csv", ".txt", ".tsv"})


def are_waveforms(path: Path) -> bool:
    """Tell whether a path is taken for waveforms: a folder, or a file that is no table."""
    return path.is_dir() or (path.is_file() and (path.suffix.lower() not in TABLE_SUFFIXES or _is_scan(path)))


def _is_scan(path: Path) -> bool:
    with path.open("rb") as file:
        return b"stimulus_ma" in file.readline()


def show_waveforms(path: Path, out: Path | None) -> None:
    """Print what was measured, one line a response, and write page and tables where they are wanted."""
    from ranvier.anatomy import load_graph
    from ranvier.electrodiagnosis.waveforms.case_rows import measure_folder
    from ranvier.electrodiagnosis.waveforms.wording import scan_lines, set_lines
    from ranvier.report.ncs_page import write_ncs_page

    measured: MeasuredFolder = measure_folder(path, load_graph())
    for item in measured.sets:
        for line in set_lines(item):
            typer.echo(line)
    for scan in measured.scans:
        for line in scan_lines(scan):
            typer.echo(line)
    if out is not None:
        typer.echo(f"Wrote {', '.join(str(p) for p in write_ncs_page(measured, out))}")


def write_simulated(folder: Path, seed: int) -> None:
    """Write simulated waveforms with their truth and say how to read them."""
    from ranvier.electrodiagnosis.waveforms.teaching import write_teaching_sets

    paths = write_teaching_sets(folder, seed)
    typer.echo(f"Wrote {len(paths)} simulated files to {folder}. Measure them with: ranvier ncs {folder} -o out")
