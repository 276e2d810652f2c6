"""Waveforms of conduction studies as one self-contained HTML page and one CSV: no script, no network."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from ranvier.case.csvtext import known_columns
from ranvier.electrodiagnosis.waveforms import MeasuredSet
from ranvier.electrodiagnosis.waveforms.case_rows import MeasuredFolder
from ranvier.electrodiagnosis.waveforms.study import rows_of_set
from ranvier.electrodiagnosis.waveforms.wording import scan_lines, set_lines
from ranvier.report.environment import page_environment
from ranvier.report.ncs_pictures import (
    blink_picture,
    late_picture,
    responses_picture,
    scan_picture,
    train_picture,
)
from ranvier.report.page import style


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    title: str
    lines: tuple[str, ...]
    picture: Markup
    doubts: tuple[str, ...]
    comment: str


def render_ncs_page(measured: MeasuredFolder) -> str:
    """Return the page as HTML text."""
    environment = page_environment()
    sections = [_of_set(item) for item in measured.sets]
    for scan in measured.scans:
        lines = [line.strip() for line in scan_lines(scan) if "doubtful:" not in line]
        picture = Markup(scan_picture(scan))
        sections.append(
            _Section(title=lines[0], lines=tuple(lines[1:]), picture=picture, doubts=scan.estimate.doubts, comment="")
        )
    return environment.get_template("ncs.html.j2").render(style=style(), sections=sections, unused=measured.unused)


def _of_set(item: MeasuredSet) -> _Section:
    lines = [line.strip() for line in set_lines(item)]
    return _Section(
        title=lines[0],
        lines=tuple(lines[1:]),
        picture=Markup(_picture(item)),
        doubts=item.doubts,
        comment=item.set.comment,
    )


def _picture(item: MeasuredSet) -> str:
    if item.f_waves is not None:
        return late_picture(item.f_waves.waves, "F waves")
    if item.h_reflex is not None:
        return late_picture(item.h_reflex.waves, "H reflex")
    if item.blink is not None:
        return blink_picture(item)
    return train_picture(item) if item.train is not None else responses_picture(item)


def write_ncs_page(measured: MeasuredFolder, folder: Path) -> tuple[Path, ...]:
    """Write page and tables into a folder, made if it is not there, and return their paths.

    ``ncs.csv`` holds the columns that a case has; ``measures.csv`` holds duration, area and distance as well.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "ncs.html": render_ncs_page(measured),
        "ncs.csv": measured_csv(measured.sets, known_columns("ncs.csv")),
        "measures.csv": measured_csv(measured.sets),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(folder / name for name in texts)


def measured_csv(sets: Sequence[MeasuredSet], only: Sequence[str] | None = None) -> str:
    """Return the measured rows as a table of conduction studies, of all columns or only of some."""
    rows = [row for item in sets for row in rows_of_set(item)]
    columns = [name for name in dict.fromkeys(n for row in rows for n in row) if only is None or name in only]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns or ["nerve", "kind"], lineterminator="\n", restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
