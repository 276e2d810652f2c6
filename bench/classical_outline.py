"""A classical outline to compare with: the closed contour of strongest radial gradient, by dynamic programming.

Nothing here is learnt and nothing is set by looking at the images of the comparison.
"""

import numpy as np
from scipy import ndimage

N_ANGLES = 72
STEP_MM = 0.2
REACH_MM = 9.0
SMOOTHING_MM = 0.5


def classical_area_mm2(
    values: np.ndarray, spacing_mm: tuple[float, float], seed_ij: tuple[float, float], passes: int = 3
) -> float:
    """Return the area within the contour of strongest radial gradient, the centre moved to it twice."""
    spacing = np.asarray(spacing_mm)
    smooth = ndimage.gaussian_filter(np.asarray(values, dtype=np.float64), SMOOTHING_MM / spacing)
    centre = np.asarray(seed_ij, dtype=np.float64)
    angles = np.arange(N_ANGLES) * 2 * np.pi / N_ANGLES
    ways = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    radii = np.arange(1, int(REACH_MM / STEP_MM)) * STEP_MM
    best = radii[np.zeros(N_ANGLES, dtype=int)]
    for _ in range(passes):
        at = centre + radii[None, :, None] * ways[:, None, :] / spacing
        rays = ndimage.map_coordinates(smooth, at.transpose(2, 0, 1), order=1, mode="nearest")
        edge = np.abs(np.gradient(rays, axis=1))
        best = radii[closed_path(-edge / edge.max())]
        points = best[:, None] * ways
        cross = points[:, 0] * np.roll(points[:, 1], -1) - np.roll(points[:, 0], -1) * points[:, 1]
        middle = ((points + np.roll(points, -1, axis=0)) * cross[:, None]).sum(axis=0) / (3 * cross.sum())
        centre = centre + middle / spacing
    return float(0.5 * cross.sum())


def closed_path(cost: np.ndarray) -> np.ndarray:
    """Return the cheapest radius index at each angle; neighbours differ by one at most, also last and first."""
    paths = [_path_from(cost, start) for start in range(0, cost.shape[1], 2)]
    return min(paths, key=lambda found: found[0])[1]


def _path_from(cost: np.ndarray, start: int) -> tuple[float, np.ndarray]:
    n_angles, n_radii = cost.shape
    total = np.full(n_radii, np.inf)
    total[start] = cost[0, start]
    came = np.zeros((n_angles, n_radii), dtype=int)
    index = np.arange(n_radii)
    for k in range(1, n_angles):
        padded = np.pad(total, 1, constant_values=np.inf)
        options = np.stack([padded[:-2], padded[1:-1], padded[2:]])
        pick = options.argmin(axis=0)
        came[k] = index + pick - 1
        total = options[pick, index] + cost[k]
    near = index[max(0, start - 1) : start + 2]
    end = int(near[np.argmin(total[near])])
    path = np.empty(n_angles, dtype=int)
    path[-1] = end
    for k in range(n_angles - 1, 0, -1):
        path[k - 1] = came[k, path[k]]
    return float(total[end]), path
