"""What is said along a tracked nerve: found and false, over noise, voxel and slice, and where nothing is seen.

Run: ``python bench/detection.py [--minutes 20] [--seeds 3]`` (needs the extra ``mri``). Simulated data: a nerve of 4 mm
(12.6 mm2, that of the tibial or median nerve) in STIR over 60 mm, tracked from three seeds with its true usual calibre
told, of six kinds. Each phantom is kept as it is done, in ``bench/results/detection.json``; a later run does what is
missing, seed by seed, and a run that is out of time leaves the rest. Only what is weighed counts (a change in a single
section without sure ones on both sides is told and not weighed). ``seen`` is the share of sections that are sure
and whose area is within 25 %. Pictures: ``bench/results/detection.svg``. The largest voxel at which a swelling, a
bright stretch and an hourglass were found in every phantom is in ``inference/data/protocol.csv``.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from curves import Chart, Count, draw_charts

from ranvier.core import Side
from ranvier.imaging.nerves import changes_along, measure_nerve
from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.tracking import track_nerve
from ranvier.imaging.simulation.phantom import PhantomSpec, draw_phantom

RESULTS = Path(__file__).parent / "results"
BASE = PhantomSpec(contrast="stir", calibre_mm=4.0, voxel_mm=0.5, slice_mm=3.0, snr=20.0, tissue_spread=0.1)
LENGTH_MM = 60.0
VOXELS_MM = (0.3, 0.5, 0.8, 1.2, 1.6, 2.2, 3.0)
SNRS = (5.0, 10.0, 20.0, 50.0)
SLICES_MM = (3.0, 6.0)
SIGN = {
    "swelling": "focal_swelling",
    "narrowing": "focal_narrowing",
    "hourglass": "hourglass",
    "entrapment": "entrapment_pattern",
    "bright": "bright_stretch",
}
KINDS = ("plain", *SIGN)
NEAR = 0.25


@dataclass(frozen=True)
class Tried:
    """One phantom and what was said along it."""

    kind: str
    voxel_mm: float
    slice_mm: float
    snr: float
    seed: int
    said: tuple[str, ...]
    sections: int
    sure: int
    seen: int
    area_error: float

    @property
    def key(self) -> tuple[object, ...]:
        """What was asked for."""
        return self.kind, self.voxel_mm, self.slice_mm, self.snr, self.seed


def settings() -> tuple[PhantomSpec, ...]:
    """Return the settings, one thing changed at a time."""
    voxels = [replace(BASE, voxel_mm=v) for v in VOXELS_MM]
    noise = [replace(BASE, snr=s) for s in SNRS if s != BASE.snr]
    thick = [replace(BASE, slice_mm=s) for s in SLICES_MM if s != BASE.slice_mm]
    return tuple(replace(s, slices=round(LENGTH_MM / s.slice_mm)) for s in (*voxels, *noise, *thick))


def tried(spec: PhantomSpec, seed: int) -> Tried:
    """Return what is said of one phantom."""
    phantom = draw_phantom(spec, seed)
    last = spec.slices - 1
    usual = float(np.pi * spec.calibre_mm**2 / 4)
    tracked = track_nerve(phantom.volume, phantom.centre[[0, last // 2, last]], expected_area_mm2=usual)
    report = measure_nerve(phantom.volume, tracked.sections, tracked.slice_axis, "tibial", Side.LEFT)
    true = phantom.share.sum(axis=(0, 1)) * spec.voxel_mm**2
    error = np.array([s.area_mm2 for s in tracked.sections]) / true - 1
    sure = np.array([s.confidence >= nerve_parameters()["unsure_below"] for s in tracked.sections])
    return Tried(
        kind=spec.kind,
        voxel_mm=spec.voxel_mm,
        slice_mm=spec.slice_mm,
        snr=spec.snr,
        seed=seed,
        said=tuple(sorted({c.kind for c in changes_along(report) if c.is_sign})),
        sections=len(error),
        sure=int(sure.sum()),
        seen=int((sure & (np.abs(error) <= NEAR)).sum()),
        area_error=round(float(np.median(np.abs(error))), 4),
    )


def charts(done: Sequence[Tried]) -> list[Chart]:
    """Return the curves: of each change, of false ones, and of what is seen of the nerve, over each setting."""
    usual = {"voxel_mm": BASE.voxel_mm, "slice_mm": BASE.slice_mm, "snr": BASE.snr}
    axes = {
        "voxel_mm": f"voxel in the plane, mm (nerve of {BASE.calibre_mm:g} mm, SNR {BASE.snr:g})",
        "snr": f"SNR of muscle (voxel {BASE.voxel_mm:g} mm)",
        "slice_mm": f"slice, mm (voxel {BASE.voxel_mm:g} mm)",
    }
    out = []
    for name, axis in axes.items():
        held = [t for t in done if all(getattr(t, k) == v for k, v in usual.items() if k != name)]
        values = sorted({getattr(t, name) for t in held})
        lines: dict[str, list[Count]] = {}
        for kind, sign in SIGN.items():
            mine = [[t for t in held if getattr(t, name) == v and t.kind == kind] for v in values]
            lines[f"{kind} found"] = [
                Count(v, sum(sign in t.said for t in some), len(some)) for v, some in zip(values, mine, strict=True)
            ]
        plain = [[t for t in held if getattr(t, name) == v and t.kind == "plain"] for v in values]
        lines["plain: any said"] = [
            Count(v, sum(bool(t.said) for t in some), len(some)) for v, some in zip(values, plain, strict=True)
        ]
        out.append(Chart("Changes along a tracked nerve", axis, lines))
        every = [[t for t in held if getattr(t, name) == v] for v in values]
        out.append(
            Chart(
                "Sections of the nerve",
                axis,
                {
                    "sure": _sections(values, every, "sure"),
                    "sure, within 25 %": _sections(values, every, "seen"),
                },
            )
        )
    return out


def _sections(values: Sequence[float], every: Sequence[Sequence[Tried]], what: str) -> list[Count]:
    return [
        Count(v, sum(getattr(t, what) for t in some), sum(t.sections for t in some))
        for v, some in zip(values, every, strict=True)
    ]


def curve(done: Sequence[Tried]) -> list[dict[str, object]]:
    """Return the curves as rows."""
    return [
        {"chart": c.title, "axis": c.axis, "line": name, "at": n.at, "hits": n.hits, "of": n.of}
        for c in charts(done)
        for name, line in c.lines.items()
        for n in line
    ]


def main() -> None:
    """Do what is missing, keep it, draw."""
    options = argparse.ArgumentParser()
    options.add_argument("--minutes", type=float, default=20.0)
    options.add_argument("--seeds", type=int, default=3)
    given = options.parse_args()
    path, until = RESULTS / "detection.json", time.monotonic() + 60 * given.minutes
    kept = json.loads(path.read_text(encoding="utf-8"))["phantoms"] if path.exists() else []
    done = [Tried(**(row | {"said": tuple(row["said"])})) for row in kept]
    seen = {t.key for t in done}
    for seed in range(300, 300 + given.seeds):
        for spec in settings():
            for kind in KINDS:
                if (kind, spec.voxel_mm, spec.slice_mm, spec.snr, seed) in seen or time.monotonic() > until:
                    continue
                done.append(tried(replace(spec, kind=kind), seed))
                result = {"base": asdict(BASE), "curves": curve(done), "phantoms": [asdict(t) for t in done]}
                path.write_text(json.dumps(result) + "\n", encoding="utf-8")
    note = f"{len(done)} simulated phantoms, tracked from three seeds; bars: 95 % (sections of one nerve are alike)"
    draw_charts(charts(done), RESULTS / "detection.svg", note)
    print(f"{len(done)} phantoms of {len(settings()) * len(KINDS) * given.seeds}")


if __name__ == "__main__":
    main()
