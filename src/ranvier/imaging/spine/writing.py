"""Write a measured spine: a table of levels, one of sides, one of canal sections, and a JSON with reasons.

Nothing of the patient's identity is written: it is never read.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ranvier.imaging.spine.canal import CanalSection, cord_levels
from ranvier.imaging.spine.measurements import LevelMeasurement, SideMeasurement
from ranvier.imaging.spine.study import LevelVerdict, SpineReport

Cell = str | float | None
_DIGITS = 2


def write_spine(report: SpineReport, out: Path) -> tuple[Path, ...]:
    """Write ``levels.tsv``, ``sides.tsv``, ``canal.tsv`` and ``spine.json`` into a folder; return their paths."""
    levels = [level_row(one) for one in report.measured.levels]
    sides = [side_row(one, side) for one in report.measured.levels for side in one.sides]
    sections = [_section_row(s) for s in report.measured.sections]
    paths = tuple(out / name for name in ("levels.tsv", "sides.tsv", "canal.tsv", "spine.json"))
    for path, rows in zip(paths, (levels, sides, sections), strict=False):
        _table(path, rows)
    content = {
        "voxel_mm": round(report.measured.voxel_mm, _DIGITS),
        "notes": list(report.measured.notes),
        "names_doubted": report.measured.names_doubted,
        "levels": [{k: _rounded(v) for k, v in row.items()} for row in levels],
        "sides": [{k: _rounded(v) for k, v in row.items()} for row in sides],
        "cord_levels": [
            {"level": c.level, "cord_area_mm2": _rounded(c.area_mm2), "cord_ap_mm": _rounded(c.ap_mm)}
            for c in cord_levels(report.measured.sections)
        ],
        "verdicts": [_verdict(v) for v in report.verdicts],
        "standouts": [
            {"kind": s.kind, "level": s.level, "side": s.side.value, "zone": s.zone, "text": s.text}
            for s in report.standouts
        ],
        "roots": [
            {
                "root": r.root,
                "side": r.side.value,
                "level": r.level,
                "course": r.course,
                "state": r.state,
                "text": r.text,
            }
            for r in report.roots
        ],
    }
    paths[3].write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return paths


def level_row(one: LevelMeasurement) -> dict[str, Cell]:
    """Return the measures of a level by column name."""
    size, canal, above = one.size, one.canal, one.canal_above
    return {
        "level": one.level.level,
        "exiting_root": one.level.exiting_root,
        "traversing_root": one.level.traversing_root,
        "disc_height_anterior_mm": one.heights.anterior_mm,
        "disc_height_middle_mm": one.heights.middle_mm,
        "disc_height_posterior_mm": one.heights.posterior_mm,
        "disc_depth_mm": one.heights.depth_mm,
        "disc_width_mm": one.heights.width_mm,
        "displaced_mm": size.depth_mm if size else None,
        "displaced_at_right_mm": size.at_right_mm if size else None,
        "displaced_zone": one.zone or None,
        "displaced_side": one.zone_side.value if one.zone else None,
        "displaced_shape": (size.shape or None) if size else None,
        "displaced_base_mm": size.base_mm if size else None,
        "displaced_axial_area_mm2": size.area_mm2 if size else None,
        "displaced_sagittal_area_mm2": size.profile_mm2 if size else None,
        "displaced_central_mm": one.central_mm,
        "canal_area_mm2": canal.area_mm2 if canal else None,
        "canal_ap_mm": canal.ap_mm if canal else None,
        "canal_width_mm": canal.width_mm if canal else None,
        "cord_area_mm2": canal.cord_area_mm2 if canal else None,
        "cord_ap_mm": canal.cord_ap_mm if canal else None,
        "canal_area_at_upper_body_mm2": above.area_mm2 if above else None,
        "note": "; ".join(one.notes) or None,
    }


def side_row(one: LevelMeasurement, side: SideMeasurement) -> dict[str, Cell]:
    """Return the measures of a side of a level by column name."""
    return {
        "level": one.level.level,
        "side": side.side.value,
        "displaced_subarticular_mm": side.subarticular_mm,
        "displaced_foraminal_mm": side.foraminal_mm,
        "displaced_extraforaminal_mm": side.extraforaminal_mm,
        "disc_to_canal_mm": side.canal_gap_mm,
        "canal_half_mm2": side.canal_half_mm2,
        "recess_mm": side.recess_mm,
        "foramen_area_mm2": side.foramen.area_mm2,
        "foramen_height_mm": side.foramen.height_mm,
        "foramen_depth_mm": side.foramen.depth_mm,
        "traversing_root_to_disc_mm": side.traversing.gap_mm if side.traversing else None,
        "exiting_root_to_disc_mm": side.exiting.gap_mm if side.exiting else None,
        "note": side.foramen.note or None,
    }


def _section_row(section: CanalSection) -> dict[str, Cell]:
    x, y, z = (float(v) for v in section.frame.origin)
    return {
        "position_mm": section.position_mm,
        "x_mm": x,
        "y_mm": y,
        "z_mm": z,
        "canal_area_mm2": section.area_mm2,
        "canal_ap_mm": section.ap_mm,
        "canal_width_mm": section.width_mm,
        "cord_area_mm2": section.cord_area_mm2,
        "cord_ap_mm": section.cord_ap_mm,
        "vertebral_level": section.level or None,
        "cut_off": "yes" if section.cut_off else "no",
    }


def _verdict(verdict: LevelVerdict) -> dict[str, object]:
    limit = verdict.limit
    return {
        "level": verdict.level,
        "measure": verdict.measure,
        "side": verdict.side.value,
        "value": _rounded(verdict.value),
        "narrow": verdict.narrow,
        "text": verdict.text,
        "limit": {"below": limit.below, "unit": limit.unit, "source": limit.source, "status": limit.status.value}
        if limit
        else None,
    }


def _rounded(value: Cell) -> Cell:
    return round(value, _DIGITS) if isinstance(value, float) else value


def _table(path: Path, rows: Sequence[Mapping[str, Cell]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerows(_lines(rows))


def _lines(rows: Sequence[Mapping[str, Cell]]) -> Iterator[list[str]]:
    if rows:
        yield list(rows[0])
    for row in rows:
        yield ["n/a" if v is None else f"{v:.{_DIGITS}f}" if isinstance(v, float) else str(v) for v in row.values()]
