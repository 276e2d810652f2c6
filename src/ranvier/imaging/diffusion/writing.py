"""Write a measured diffusion series: measures, shifts of each volume, reasons, maps."""

import csv
import json
from pathlib import Path

import numpy as np

from ranvier.imaging.diffusion.measurements import write_diffusion
from ranvier.imaging.diffusion.motion import MotionReport
from ranvier.imaging.diffusion.study import TO_UNIT, DiffusionReport, region_sentence, region_sides

MOTION_COLUMNS = ("volume", "b_s_mm2", "shift_i_mm", "shift_j_mm", "shift_k_mm", "flagged")


def write_diffusion_report(report: DiffusionReport, out: Path) -> tuple[Path, ...]:
    """Write ``diffusion.tsv``, ``motion.tsv``, ``diffusion.json`` and the four maps into a folder; return their paths.

    Raises
    ------
    MissingExtraError
        If nibabel is not installed.
    """
    labels = [r.whole for r in report.regions if r.whole is not None]
    sections = [s for r in report.regions for s in r.sections]
    table, *maps = write_diffusion(report.series.maps, labels, sections, out)
    motion, summary = out / "motion.tsv", out / "diffusion.json"
    with motion.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(MOTION_COLUMNS)
        writer.writerows(motion_rows(report.after or report.shifts, report))
    weighted = report.series.gradients.b_values[~report.series.gradients.unweighted]
    content = {
        "volumes": len(report.series.gradients.b_values),
        "b_values_s_mm2": sorted({round(float(b)) for b in weighted}),
        "shifts": report.shifts.text,
        "shifts_after_registration": report.after.text if report.after is not None else None,
        "signal_to_noise": round(report.snr, 1) if report.snr is not None else None,
        "regions": [
            {
                "name": r.name,
                "nerve": r.nerve or None,
                "side": r.side.value,
                "fa": _known(r.median("fa"), 1.0),
                "md_1e3mm2_s": _known(r.median("md"), TO_UNIT),
                "text": region_sentence(r),
            }
            for r in report.regions
        ],
        "sides": list(region_sides(report.regions)),
        "notes": list(report.notes),
    }
    summary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return (table, motion, summary, *maps)


def motion_rows(motion: MotionReport, report: DiffusionReport) -> list[list[str]]:
    """Return one row a volume: its number, b-value, shifts along the index axes in mm, and whether it is flagged."""
    b_values = report.series.gradients.b_values
    return [
        [str(n), f"{b:.0f}", *(f"{v:.2f}" for v in shift), "yes" if n in motion.flagged else "no"]
        for n, (b, shift) in enumerate(zip(b_values, motion.shifts_mm, strict=True))
    ]


def _known(value: float, factor: float) -> float | None:
    return round(value * factor, 4) if np.isfinite(value) else None
