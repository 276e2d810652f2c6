"""The page of a measured series: a mass is drawn, told with its reasons and doubts, and marked on the profile."""

from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from ranvier.core import Side
from ranvier.imaging.nerves import LabelName, Level, add_masses, measure_labels
from ranvier.imaging.reading import Contrast, SequenceFacts, Series
from ranvier.imaging.simulation.phantom import PhantomSpec, draw_phantom, phantom_timings
from ranvier.imaging.volume import Volume
from ranvier.report.mri_page import render_mri_page


@pytest.mark.parametrize("kind", ["target_mass", "plain"])
def test_a_mass_is_drawn_in_its_slices_and_told_with_its_reasons(kind: str) -> None:
    phantom = draw_phantom(PhantomSpec(kind=kind, slices=16, voxel_mm=0.8), seed=41)  # type: ignore[arg-type]
    labels = Volume(values=(phantom.share >= 0.5).astype(np.float32), affine=phantom.volume.affine)
    timing = phantom_timings()["t2"]
    facts = SequenceFacts(contrast=Contrast.T2, te_ms=(timing.te_ms,), tr_ms=timing.tr_ms)
    series = Series(volume=phantom.volume, facts=facts)
    nerves = measure_labels(phantom.volume, labels, {1: LabelName(nerve="sciatic", side=Side.LEFT)}, Level())
    nerves = tuple(replace(n, to_tissues=(("left gracilis", 2.1),)) for n in add_masses(nerves, series))
    page = unescape(render_mri_page(series, nerves))
    masses = nerves[0].masses
    assert page.count('<polygon class="mass-line"') == sum(len(m.contours) for m in masses) + len(masses)
    assert "2.10 times left gracilis" in page
    assert (">mass</text>" in page) is bool(masses) is (kind == "target_mass")
    for mass in masses:
        assert "target sign" in page
        assert all(reason.split(",")[0] in page for reason in mass.reasons)
        assert page.count(", mass") >= len(mass.contours)


def test_a_long_nerve_shows_what_tells_at_once_and_folds_the_rest() -> None:
    phantom = draw_phantom(PhantomSpec(kind="entrapment", slices=32, voxel_mm=0.5, contrast="stir"), seed=4)
    labels = Volume(values=(phantom.share >= 0.5).astype(np.float32), affine=phantom.volume.affine)
    series = Series(volume=phantom.volume, facts=SequenceFacts(contrast=Contrast.STIR))
    (nerve,) = measure_labels(phantom.volume, labels, {1: LabelName(nerve="sciatic", side=Side.LEFT)}, Level())
    assert nerve.changes
    page = unescape(render_mri_page(series, [nerve]))
    at_once, folded = page.split("<summary>")
    area = {m.slice: m.area_mm2 for m in nerve.report.measurements}
    assert at_once.count('class="nerve"') < 20
    assert f"Slice {max(area, key=lambda s: area[s])}:" in at_once
    assert f"Slice {min(area, key=lambda s: area[s])}:" in at_once
    assert all(f"Slice {s}:" in at_once + folded for s in area)
    assert "swollen</text>" in page
    assert nerve.changes[0].text.capitalize() in page


def test_nothing_is_called_quiet_where_too_few_sections_are_sure() -> None:
    phantom = draw_phantom(PhantomSpec(slices=4, voxel_mm=0.8), seed=41)
    labels = Volume(values=(phantom.share >= 0.5).astype(np.float32), affine=phantom.volume.affine)
    nerves = measure_labels(phantom.volume, labels, {1: LabelName(nerve="sciatic", side=Side.LEFT)}, Level())
    page = unescape(render_mri_page(Series(volume=phantom.volume, facts=SequenceFacts()), nerves))
    assert "Nothing stands out" not in page
    assert "were not judged: 4 of 4 sections are sure" in page


def test_a_nerve_on_the_wrong_side_is_flagged_at_the_top() -> None:
    phantom = draw_phantom(PhantomSpec(slices=6, voxel_mm=0.8), seed=41)
    labels = Volume(values=(phantom.share >= 0.5).astype(np.float32), affine=phantom.volume.affine)
    wide = np.pad(labels.values, ((0, 200), (0, 0), (0, 0)))
    both = wide + 2 * np.roll(wide, 200, axis=0)
    image = np.pad(phantom.volume.values, ((0, 200), (0, 0), (0, 0)), constant_values=50.0)
    toward_right = phantom.volume.affine[0, 0] > 0
    first, second = (Side.LEFT, Side.RIGHT) if not toward_right else (Side.RIGHT, Side.LEFT)
    names = {1: LabelName(nerve="sciatic", side=first), 2: LabelName(nerve="sciatic", side=second)}
    volume = replace(phantom.volume, values=image)
    nerves = measure_labels(volume, replace(labels, values=both), names, Level())
    page = unescape(render_mri_page(Series(volume=volume, facts=SequenceFacts()), nerves))
    assert page.index("sides exchanged?") < page.index("At a glance")
