"""Masses and cysts at a nerve: how often they are found, and claimed where none is, over noise and voxel size.

Run: ``python bench/masses.py [outlined] [tracked]`` (needs the extra ``mri``; each part about 8 minutes on one core).
Simulated data. Prints JSON and writes ``bench/results/masses.json``; a part that is not named keeps its result.
``outlined``: the true outline of the nerve is given, so that only the search for masses is tested. ``tracked``: the
nerve is tracked from three seeds, as a user has it, and what else is said along it is counted too. Tissues vary by 10 %
between phantoms, half of them have a vein instead of an artery. The thresholds (``imaging/data/masses.csv``) were set
with phantoms of the seeds in ``TUNING_SEEDS`` in view; the figures are of ``SEEDS``. Phantoms and the cut between solid
and fluid use one table of tissues: on real images telling them apart will be worse.
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ranvier.core import Side
from ranvier.imaging.nerves import LabelName, Level, Mass, NerveReport, changes_along, measure_labels, measure_nerve
from ranvier.imaging.nerves.masses import find_masses
from ranvier.imaging.nerves.tracking import track_nerve
from ranvier.imaging.reading import Contrast, SequenceFacts
from ranvier.imaging.simulation.phantom import Phantom, PhantomSpec, draw_phantom, phantom_timings
from ranvier.imaging.volume import Volume

ROOT = Path(__file__).parents[1]
TUNING_SEEDS = (100, 101, 102, 103)
SEEDS = (200, 201, 202)
TRUTH = {
    "cyst": "mass_cystic",
    "pushing_cyst": "mass_cystic",
    "solid_mass": "mass_extrinsic",
    "intraneural_cyst": "intraneural_cyst",
    "target_mass": "mass_nerve_sheath",
}
NONE = ("plain", "swelling", "hourglass", "entrapment", "bright")
BASE = PhantomSpec(slices=16, mass_mm=10.0, tissue_spread=0.1)
SETTINGS = {
    "t2": [(20.0, 0.8), (5.0, 0.8), (10.0, 0.8), (20.0, 1.2), (20.0, 2.0), (20.0, 3.0)],
    "stir": [(20.0, 0.8), (5.0, 0.8), (20.0, 2.0)],
}
TRACKED = (20.0, 0.8)
TRACKED_SEEDS = (200,)


@dataclass(frozen=True)
class Tried:
    """One phantom and what was said of it."""

    kind: str
    phantom: Phantom
    masses: tuple[Mass, ...]
    changes: tuple[str, ...]


def outlined_report(phantom: Phantom) -> NerveReport:
    """Return the nerve measured in its true outline."""
    labels = Volume(values=(phantom.share >= 0.5).astype(np.float32), affine=phantom.volume.affine)
    name = LabelName(nerve="sciatic", side=Side.LEFT)
    return measure_labels(phantom.volume, labels, {1: name}, Level())[0].report


def tracked_report(phantom: Phantom) -> NerveReport:
    """Return the nerve tracked from its first, middle and last section."""
    last = len(phantom.centre) - 1
    tracked = track_nerve(phantom.volume, phantom.centre[[0, last // 2, last]])
    return measure_nerve(phantom.volume, tracked.sections, tracked.slice_axis, "sciatic", Side.LEFT)


def tried(kind: str, spec: PhantomSpec, seed: int, *, track: bool) -> Tried:
    """Return what is said of one phantom."""
    timing = phantom_timings()[spec.contrast]
    facts = SequenceFacts(
        contrast=Contrast(spec.contrast), te_ms=(timing.te_ms,), tr_ms=timing.tr_ms, ti_ms=timing.ti_ms
    )
    phantom = draw_phantom(replace(spec, kind=kind, bright_vessel=seed % 2 == 1), seed)
    report = tracked_report(phantom) if track else outlined_report(phantom)
    changes = tuple(sorted({c.kind for c in changes_along(report)}))
    return Tried(kind, phantom, find_masses(phantom.volume, report, facts), changes)


def wilson(hits: int, of: int) -> list[float]:
    """Return the 95 % interval of a share."""
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return [round(max(0.0, float(middle - half)), 3), round(min(1.0, float(middle + half)), 3)]


def summary(found: Sequence[Tried]) -> dict[str, object]:
    """Return shares and errors over the phantoms of one setting."""
    ill = [t for t in found if t.kind in TRUTH]
    well = [t for t in found if t.kind in NONE]
    hits = [(t, m) for t in ill for m in t.masses[:1] if m.likely]
    false = sum(any(m.likely for m in t.masses) for t in well)
    volume, longest = [], []
    for t, m in hits:
        lesion = t.phantom.lesion
        if lesion is not None:
            true = float(t.phantom.lesion_share.sum() * np.prod(t.phantom.volume.spacing_mm))
            volume.append(m.volume_mm3 / true - 1)
            longest.append(m.longest_mm / (2 * lesion.half_length_mm) - 1)
    said = {kind: sum(t.kind == kind for t, _ in hits) for kind in TRUTH}
    target = [m.target_sign is (t.kind == "target_mass") for t, m in hits if m.target_sign is not None]
    return {
        "masses": len(ill),
        "found": len(hits),
        "found_95": wilson(len(hits), len(ill)),
        "found_by_kind": said,
        "only_possible": sum(bool(t.masses) and not any(m.likely for m in t.masses) for t in ill),
        "right_kind_of_found": round(sum(m.kind == TRUTH[t.kind] for t, m in hits) / max(len(hits), 1), 3),
        "target_sign_right": f"{sum(target)} of {len(target)}",
        "volume_error_median": round(float(np.median(np.abs(volume))), 3) if volume else None,
        "longest_error_median": round(float(np.median(np.abs(longest))), 3) if longest else None,
        "without_mass": len(well),
        "false_alarms": false,
        "false_alarms_95": wilson(false, len(well)),
        "false_possible": sum(any(not m.likely for m in t.masses) for t in well),
    }


def outlined() -> list[dict[str, object]]:
    """Return the search for masses in nerves whose outline is given."""
    rows: list[dict[str, object]] = []
    for contrast, settings in SETTINGS.items():
        for snr, voxel in settings:
            spec = replace(BASE, contrast=contrast, snr=snr, voxel_mm=voxel)
            found = [tried(kind, spec, seed, track=False) for kind in (*TRUTH, *NONE) for seed in SEEDS]
            rows.append({"contrast": contrast, "snr": snr, "voxel_mm": voxel} | summary(found))
            print(json.dumps(rows[-1]), flush=True)
            _kept({"outlined": rows})
    return rows


def tracked() -> list[dict[str, object]]:
    """Return the same where the nerve is tracked from seeds, and which changes are said of each kind."""
    spec = replace(BASE, contrast="t2", snr=TRACKED[0], voxel_mm=TRACKED[1])
    found = []
    for kind in (*TRUTH, *NONE):
        for seed in TRACKED_SEEDS:
            found.append(tried(kind, spec, seed, track=True))
            print(kind, seed, found[-1].changes, [m.text for m in found[-1].masses], flush=True)
    said = {k: Counter(c for t in found if t.kind == k for c in t.changes) for k in (*TRUTH, *NONE)}
    row = {"contrast": "t2", "snr": TRACKED[0], "voxel_mm": TRACKED[1]} | summary(found)
    return [row | {"phantoms_a_kind": len(TRACKED_SEEDS), "changes_said": {k: dict(v) for k, v in said.items()}}]


PARTS = {"outlined": outlined, "tracked": tracked}


def _kept(part: dict[str, object]) -> None:
    """Write a part of the results beside the others: a run that is stopped keeps what it has."""
    path = ROOT / "bench" / "results" / "masses.json"
    results = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    results |= {"tuning_seeds": TUNING_SEEDS, "seeds": SEEDS, "mass_mm": BASE.mass_mm} | part
    path.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Measure the parts that are named, or all."""
    options = argparse.ArgumentParser()
    options.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all if none is named")
    named = options.parse_args().parts or list(PARTS)
    for name in named:
        _kept({name: PARTS[name]()})


if __name__ == "__main__":
    main()
