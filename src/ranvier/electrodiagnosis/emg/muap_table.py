"""Class of a subject from a table of motor unit measures: a linear discriminant with shrinkage.

For tables as electromyographs export them: one row a subject, means and SDs of amplitude, duration, phases
and so on over about 20 potentials of one muscle. The discriminant is fitted to labelled rows that the
caller brings; nothing is built in, because norms differ between instruments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from ranvier.electrodiagnosis.emg.recording import Floats

Ints = npt.NDArray[np.int64]
SHRINKAGES = (0.0, 0.02, 0.05, 0.1)
_Z = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Discriminant:
    """A fitted linear discriminant: standardisation, class means and inverse covariance in standard units."""

    classes: tuple[str, ...]
    mean: Floats
    sd: Floats
    centres: Floats
    precision: Floats
    log_prior: Floats

    def probabilities(self, rows: Floats) -> Floats:
        """Return the probability of each class, (n_rows, n_classes)."""
        z = (np.atleast_2d(rows) - self.mean) / self.sd
        gaps = z[:, None, :] - self.centres[None, :, :]
        scores = self.log_prior - 0.5 * np.einsum("ijk,kl,ijl->ij", gaps, self.precision, gaps)
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))

    def predict(self, rows: Floats) -> list[str]:
        """Return the likeliest class of each row."""
        return [self.classes[i] for i in self.probabilities(rows).argmax(axis=1)]


def fit_discriminant(rows: Floats, labels: Sequence[str], *, shrinkage: float) -> Discriminant:
    """Return a linear discriminant with the pooled covariance shrunk towards its diagonal.

    Parameters
    ----------
    rows : (n_subjects, n_measures) float
        Any units; each measure is standardised first.
    labels : sequence of str
        Class of each row.
    shrinkage : float
        In [0, 1]; 1 leaves only the diagonal.
    """
    classes = tuple(dict.fromkeys(labels))
    y = np.array([classes.index(c) for c in labels])
    mean, sd = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-12)
    z = (rows - mean) / sd
    centres = np.stack([z[y == k].mean(axis=0) for k in range(len(classes))])
    spread = z - centres[y]
    pooled = spread.T @ spread / max(len(z) - len(classes), 1)
    shrunk = (1 - shrinkage) * pooled + shrinkage * np.diag(np.diag(pooled))
    counts = np.bincount(y, minlength=len(classes))
    return Discriminant(
        classes=classes,
        mean=mean,
        sd=sd,
        centres=centres,
        precision=np.linalg.pinv(shrunk),
        log_prior=np.log(counts / counts.sum()),
    )


def leave_one_out(rows: Floats, labels: Sequence[str], *, shrinkage: float) -> list[str]:
    """Return the class of each row by a discriminant fitted to all the others."""
    everyone = np.arange(len(rows))
    out = []
    for i in everyone:
        others = everyone != i
        model = fit_discriminant(rows[others], [labels[j] for j in everyone[others]], shrinkage=shrinkage)
        out += model.predict(rows[i])
    return out


def nested_leave_one_out(rows: Floats, labels: Sequence[str]) -> list[str]:
    """Return the class of each row, its shrinkage chosen by leaving one out among the others only."""
    everyone = np.arange(len(rows))
    out = []
    for i in everyone:
        others = everyone[everyone != i]
        theirs = [labels[j] for j in others]
        right = [
            sum(a == b for a, b in zip(leave_one_out(rows[others], theirs, shrinkage=s), theirs, strict=True))
            for s in SHRINKAGES
        ]
        best = SHRINKAGES[int(np.argmax(right))]
        out += fit_discriminant(rows[others], theirs, shrinkage=best).predict(rows[i])
    return out


def wilson_interval(right: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927).

    >>> tuple(round(v, 3) for v in wilson_interval(30, 34))
    (0.734, 0.953)
    """
    share = right / count
    middle = share + _Z**2 / (2 * count)
    half = _Z * sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    scale = 1 + _Z**2 / count
    return (middle - half) / scale, (middle + half) / scale
