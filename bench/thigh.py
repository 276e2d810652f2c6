"""Area of the left sciatic nerve on real thigh images, tracked from two seeds that are moved as a hand moves them.

Run: ``RANVIER_DATA=... python bench/thigh.py [--moves 50]`` (needs the extra ``mri``). Data: three-point Dixon of both
thighs (MIT, SWastling/musclemap), slices 3 and 4, areas by eye 44.9 and 41.0 mm2 (not by an expert). The seeds are
moved by up to 2 voxels. No image of it was used in training; how the outline is asked again was designed with these
images in view and its settings were chosen on simulated slices, so the figures are not those of unseen data.
Prints JSON and writes ``bench/results/thigh.json``.
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np

from ranvier.anatomy import load_graph
from ranvier.imaging.nerves.seeds import expected_calibre
from ranvier.imaging.nerves.tracking import track_nerve
from ranvier.imaging.reading import read_series

ROOT = Path(__file__).parents[1]
SEEDS = np.array([[120.5, 101.0, 3.0], [118.0, 97.5, 4.0]])
BY_EYE = {3: 44.9, 4: 41.0}
ECHOES = {
    "3.45": "0006-Dixon_TE_345_th.nii.gz",
    "4.60": "0008-Dixon_TE_460_th.nii.gz",
    "5.75": "0010-Dixon_TE_575_th.nii.gz",
}


def main() -> None:
    """Measure every echo and slice."""
    options = argparse.ArgumentParser()
    options.add_argument("--moves", type=int, default=50)
    moves = options.parse_args().moves
    data = Path(os.environ.get("RANVIER_DATA", str(ROOT.parent / "shared" / "data")))
    calibre = expected_calibre(load_graph(), "sciatic")
    rows = []
    for te, name in ECHOES.items():
        volume = read_series(data / "mri" / "thigh_dixon_siemens" / "input" / name).volume
        rng = np.random.default_rng(0)
        areas: dict[int, list[float]] = {3: [], 4: []}
        for _ in range(moves):
            angle, reach = rng.uniform(0, 2 * np.pi, 2), 2 * np.sqrt(rng.random(2))
            moved = SEEDS.copy()
            moved[:, 0] += reach * np.cos(angle)
            moved[:, 1] += reach * np.sin(angle)
            for section in track_nerve(volume, moved, expected_area_mm2=calibre).sections:
                areas[section.slice_index].append(section.area_mm2)
        for index, found in areas.items():
            mean, sd = float(np.mean(found)), float(np.std(found))
            rows.append(
                {
                    "te_ms": te,
                    "slice": index,
                    "by_eye_mm2": BY_EYE[index],
                    "mean_mm2": round(mean, 2),
                    "sd_share": round(sd / mean, 4),
                    "to_by_eye": round(mean / BY_EYE[index], 3),
                }
            )
            print(json.dumps(rows[-1]), flush=True)
    result = {"moves": moves, "start_mm2": calibre, "rows": rows}
    (ROOT / "bench" / "results" / "thigh.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
