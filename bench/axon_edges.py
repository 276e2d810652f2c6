"""Where the axons of drawn light sections end, by the height at which an edge is called.

Run: ``python bench/axon_edges.py``. For each height between lumen and sheath it prints by how much the radius of the
matched axons is off the drawn one (median, in pixels, by the area of the drawn axon), with the share of axons found
and the overlap. ``edge_height`` of bright field in ``data/segmentation.csv`` is the lowest height whose error stays
within a tenth of a pixel in every size. Seeds are those of no fit.
"""

import json
import statistics
from itertools import pairwise

import numpy as np

from ranvier.histology.lumens import find_lumens
from ranvier.histology.matching import agreement, matched_pairs
from ranvier.histology.parameters import segmentation_settings
from ranvier.histology.plausibility import axon_probability, measure_looks
from ranvier.histology.profiles import cast_rays
from ranvier.histology.segmentation import grey_levels
from ranvier.histology.sheaths import refine_axons
from ranvier.histology.simulation import simulate_section
from ranvier.histology.staining import grey_span, myelin_scale, settled, sharpened

KIND = "bright_field"
HEIGHTS = (0.3, 0.35, 0.4, 0.45, 0.5)
FIRST_SEED, SECTIONS, SIDE_PX = 7000, 20, 320
PIXELS_UM = (0.15, 0.35)
SIZES_PX = (0, 20, 60, 200, 100_000)


def axons_by_height(section):
    """Return the axons of a section for every height."""
    pixel_um = section.pixel_um
    grey = grey_levels(section.image, KIND)
    span = grey_span(grey)
    settings = settled(segmentation_settings(KIND), grey, pixel_um=pixel_um, span=span)
    scale = myelin_scale(grey, pixel_um=pixel_um, settings=settings, span=span)
    smooth_px = settings.smooth_um / pixel_um
    reach = max(3, round(settings.sheath_max_um / pixel_um))
    lumens = find_lumens(scale, pixel_um=pixel_um, settings=settings)
    rays = cast_rays(scale, lumens.labels, lumens.lumen, lumens.step, reach_px=reach)
    looks = measure_looks(lumens, rays, smooth_px=smooth_px, reach_px=reach)
    keep = axon_probability(lumens, rays, looks, KIND) >= settings.probability_min
    labels = np.concatenate([[0], np.where(keep, np.cumsum(keep), 0)]).astype(np.int32)[lumens.labels]
    sharp = sharpened(scale, smooth_px=smooth_px)
    rays = cast_rays(sharp, labels, lumens.lumen[keep], lumens.step[keep], reach_px=reach)
    return {height: refine_axons(sharp, labels, rays, height=height) for height in HEIGHTS}


def main():
    """Measure and print."""
    offsets = {(height, low): [] for height in HEIGHTS for low in SIZES_PX[:-1]}
    scores = {height: [] for height in HEIGHTS}
    for seed in range(FIRST_SEED, FIRST_SEED + SECTIONS):
        pixel_um = float(np.exp(np.random.default_rng(seed).uniform(*np.log(PIXELS_UM))))
        section = simulate_section(KIND, seed=seed, shape=(SIDE_PX, SIDE_PX), pixel_um=pixel_um)
        drawn = np.bincount(section.axons.ravel())
        by_height = axons_by_height(section)
        # the same pairs for every height, so that heights are compared on the same axons
        pairs = matched_pairs(by_height[HEIGHTS[-1]], section.axons)
        for height, axons in by_height.items():
            size = np.bincount(axons.ravel(), minlength=int(pairs[0].max(initial=0)) + 1)
            scores[height].append(agreement(axons, section.axons))
            for a, b in zip(*pairs, strict=True):
                low = max(s for s in SIZES_PX[:-1] if s <= drawn[b])
                offsets[height, low].append(np.sqrt(size[a] / np.pi) - np.sqrt(drawn[b] / np.pi))
    result = {
        str(height): {
            "f1": statistics.mean(s.f1 for s in scores[height]),
            "dice": statistics.mean(s.dice for s in scores[height]),
            "radius_offset_px": {
                f"{low} to {high} px": round(float(np.median(offsets[height, low])), 3)
                for low, high in pairwise(SIZES_PX)
            },
        }
        for height in HEIGHTS
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
