"""Measures of a spine from label maps: simulated spines of known truth, and a real label map where it is found.

Run with ``python bench/spine.py``; writes ``bench/results/spine.json``. The real map is read from the folder named
by ``RANVIER_DATA``; its levels are named by a table of our own, because the numbers of that crop do not say which.
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from ranvier.imaging.simulation.spine import SimulatedBulge, SpineSpec, draw_spine
from ranvier.imaging.spine import SpineLabel, find_label_table, measure_levels, measure_spine, spine_maps, write_spine
from ranvier.imaging.spine.study import find_standouts

TABLE = find_label_table("totalspineseg")
OUT = Path(__file__).parent / "results" / "spine.json"
VOXELS = {"1 mm": (1.0, 1.0, 1.0), "sagittal 4 x 0.7 x 0.7": (4.0, 0.7, 0.7), "axial 0.6 x 0.6 x 4": (0.6, 0.6, 4.0)}
DRAWS = 12


def _draw(rng: np.random.Generator, voxel_mm: tuple[float, float, float]) -> SpineSpec:
    """Return a random lumbar spine with a paracentral bulge at L3/L4."""
    turn = tuple(float(a) for a in rng.uniform([-20, -8, -8], [20, 8, 8]))
    bulge = SimulatedBulge(
        depth_mm=float(rng.uniform(2, 8)), at_right_mm=float(rng.uniform(-7, 7)), base_mm=float(rng.uniform(10, 18))
    )
    return SpineSpec(
        vertebrae=("L1", "L2", "L3", "L4", "L5"),
        canal_ap_mm=float(rng.uniform(10, 18)),
        canal_width_mm=float(rng.uniform(16, 24)),
        disc_mm=float(rng.uniform(5, 12)),
        pedicle_length_mm=float(rng.uniform(6, 11)),
        bulges={"L3/L4": bulge},
        voxel_mm=voxel_mm,
        turn_deg=(turn[0], turn[1], turn[2]),
    )


def _errors(spec: SpineSpec) -> Mapping[str, list[float]]:
    measured = measure_levels(spine_maps(draw_spine(spec, TABLE), TABLE))
    out: dict[str, list[float]] = {}
    for one in measured.levels:
        bulge = spec.bulges.get(one.level.level)
        out.setdefault("disc_height_mm", []).append(one.heights.middle_mm - spec.disc_mm)
        if bulge is not None and one.size is not None:
            out.setdefault("displaced_mm", []).append(one.size.depth_mm - bulge.depth_mm)
            continue
        if one.size is not None:
            out.setdefault("displaced_where_none_mm", []).append(one.size.depth_mm)
        if one.canal is not None:
            out.setdefault("canal_area_share", []).append(one.canal.area_mm2 / spec.canal_area_mm2 - 1)
            out.setdefault("canal_ap_mm", []).append(one.canal.ap_mm - spec.canal_ap_mm)
        areas = [s.foramen.area_mm2 for s in one.sides]
        out.setdefault("foramen_area_share", []).extend(a / spec.foramen_area_mm2 - 1 for a in areas if a is not None)
        out.setdefault("foramen_missing", []).extend(float(a is None) for a in areas)
    return out


def _simulated() -> dict[str, object]:
    result: dict[str, object] = {}
    for name, voxel_mm in VOXELS.items():
        rng = np.random.default_rng(1)
        found: dict[str, list[float]] = {}
        for _ in range(DRAWS):
            for measure, values in _errors(_draw(rng, voxel_mm)).items():
                found.setdefault(measure, []).extend(values)
        result[name] = {
            measure: {
                "n": len(values),
                "median": round(float(np.median(values)), 3),
                "median_absolute": round(float(np.median(np.abs(values))), 3),
                "worst": round(float(np.max(np.abs(values))), 3),
            }
            for measure, values in found.items()
        }
    return result


def _detection() -> dict[str, object]:
    """Return how often a bulge of a depth stands out at its level, and how often another level does, at 1 mm."""
    result = {}
    for depth in (1.0, 2.0, 3.0, 4.0, 6.0):
        rng = np.random.default_rng(2)
        hits = alarms = 0
        for _ in range(DRAWS):
            spec = _draw(rng, (1.0, 1.0, 1.0))
            spec = replace(spec, bulges={"L3/L4": replace(spec.bulges["L3/L4"], depth_mm=depth)})
            kinds = find_standouts(measure_levels(spine_maps(draw_spine(spec, TABLE), TABLE)))
            displaced = {s.level for s in kinds if s.kind == "disc_displaced"}
            hits += "L3/L4" in displaced
            alarms += bool(displaced - {"L3/L4"})
        result[f"{depth:g} mm"] = {"found": hits / DRAWS, "other_level": alarms / DRAWS}
    return result


def _real() -> dict[str, object] | None:
    folder = Path(os.environ.get("RANVIER_DATA", "")) / "mri" / "spine_t2_labels"
    if not folder.is_dir():
        return None
    from ranvier.imaging.reading import read_series

    levels = {5: "L1", 6: "L2", 7: "L3"}
    table = {n: SpineLabel(value=n, name=v, structure="vertebra", level=v) for n, v in levels.items()}
    for n, level in ((105, "L1/L2"), (106, "L2/L3")):
        table[n] = SpineLabel(value=n, name=level, structure="disc", level=level)
    maps = spine_maps(
        read_series(folder / "sub-mri_seg-vert_label-6_msk.nii.gz").volume,
        table,
        parts=read_series(folder / "sub-mri_seg-subreg_label-6_msk.nii.gz").volume,
        parts_table=find_label_table("spineps_subregions"),
    )
    started = time.perf_counter()
    report = measure_spine(maps)
    seconds = time.perf_counter() - started
    content = json.loads(write_spine(report, _scratch())[3].read_text())
    return {"seconds": round(seconds, 2), "levels": content["levels"], "sides": content["sides"]}


def _scratch() -> Path:
    import tempfile

    return Path(tempfile.mkdtemp())


def _speed() -> dict[str, float]:
    spec = SpineSpec(
        vertebrae=("T12", "L1", "L2", "L3", "L4", "L5"), voxel_mm=(4.0, 0.6, 0.6), turn_deg=(10.0, 0.0, 0.0)
    )
    maps = spine_maps(draw_spine(spec, TABLE), TABLE)
    started = time.perf_counter()
    measure_spine(maps)
    return {"voxels": float(maps.values.size), "seconds": round(time.perf_counter() - started, 2)}


def main() -> None:
    """Measure, print and write."""
    result = {
        "simulated": _simulated(),
        "detection_at_1_mm": _detection(),
        "real_spine_t2_labels": _real(),
        "speed_five_levels": _speed(),
    }
    OUT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
