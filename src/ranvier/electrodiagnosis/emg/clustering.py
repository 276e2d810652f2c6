"""Templates of motor units from spikes that are alike.

Spikes are compared by the energy of their difference over the mean of their energies. The spike with the
most like it gives a template, those are set aside, and so on: the result does not depend on their order.
"""

import numpy as np
import numpy.typing as npt

from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.recording import Floats

Ints = npt.NDArray[np.int64]


def find_templates(snippets: Floats, *, noise_mv: float = 0.0) -> list[Floats]:
    """Return the mean shapes of groups of like spikes, the largest group first.

    Parameters
    ----------
    snippets : (n_spikes, n_samples) float, mV
        Spikes aligned at their peak.
    noise_mv : float
        SD of the noise; what two spikes differ by because of it does not count.
    """
    p = emg_parameters()
    if not len(snippets):
        return []
    some = snippets[:: max(int(np.ceil(len(snippets) / p["seed_spikes"])), 1)]
    least = max(int(np.ceil(p["least_discharges"] * len(some) / len(snippets))), 3)
    alike = _unlikeness(some, noise_mv) < p["alike"]
    left = np.ones(len(some), dtype=bool)
    noise = snippets.shape[1] * noise_mv**2
    templates: list[Floats] = []
    while len(templates) < p["most_units"]:
        counts = (alike & left).sum(axis=1) * left
        seed = int(np.argmax(counts))
        if counts[seed] < least:
            break
        template = np.median(some[alike[seed] & left], axis=0)
        members = left & (_difference(some, template) - noise < p["alike"] * float(template @ template))
        templates.append(np.median(some[members], axis=0) if members.sum() >= least else template)
        left &= ~(members | alike[seed])
    return merge_templates(templates)


def _unlikeness(snippets: Floats, noise_mv: float) -> npt.NDArray[np.float32]:
    single = snippets.astype(np.float32)
    energy = np.einsum("ij,ij->i", single, single)
    mean = (energy[:, None] + energy[None, :]) / 2
    noise = np.float32(2 * snippets.shape[1] * noise_mv**2)
    return np.asarray((2 * (mean - single @ single.T) - noise) / np.maximum(mean, np.float32(1e-12)))


def _difference(snippets: Floats, template: Floats) -> Floats:
    return np.asarray(((snippets - template) ** 2).sum(axis=1))


def merge_templates(templates: list[Floats]) -> list[Floats]:
    """Return the templates without those that are the same as an earlier one but for a small shift."""
    p = emg_parameters()
    kept: list[Floats] = []
    lag = round(p["lag_ms"] / 1000 * p["work_rate_hz"])
    for template in templates:
        if not any(shifted_unlikeness(template, other, lag) < p["merge"] for other in kept):
            kept.append(template)
    return kept


def shifted_unlikeness(a: Floats, b: Floats, most: int) -> float:
    """Return the energy of the difference over the mean energy of two shapes, at the best shift."""
    mean = (float(a @ a) + float(b @ b)) / 2
    return min(float(((np.roll(a, s) - b) ** 2).sum()) / mean for s in range(-most, most + 1))
