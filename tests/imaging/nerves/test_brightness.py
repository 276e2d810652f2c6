"""What a bright stretch means depends on the weighting of its series, and is looked for on further series."""

from dataclasses import replace

import numpy as np
import pytest

from ranvier.core import Side
from ranvier.imaging.nerves import LabelName, Level, MeasuredNerve, add_brightness, measure_labels, on_voxels_of
from ranvier.imaging.reading import Contrast, SequenceFacts, Series
from ranvier.imaging.simulation.phantom import PhantomSpec, draw_phantom
from ranvier.imaging.volume import Volume

SPEC = PhantomSpec(kind="bright", slices=20, voxel_mm=0.6, calibre_mm=7.0, vessel=False)


def outlined(contrast: str, kind: str = "bright") -> tuple[MeasuredNerve, Series]:
    """Return a phantom nerve in its true outline, and the image."""
    phantom = draw_phantom(replace(SPEC, contrast=contrast, kind=kind), seed=12)  # type: ignore[arg-type]
    labels = Volume(values=(phantom.share >= 0.5).astype(np.float32), affine=phantom.volume.affine)
    (nerve,) = measure_labels(phantom.volume, labels, {1: LabelName(nerve="sciatic", side=Side.LEFT)}, Level())
    return nerve, Series(volume=phantom.volume, facts=SequenceFacts(contrast=Contrast(contrast)))


@pytest.mark.parametrize(
    ("contrast", "is_sign", "said"),
    [
        (Contrast.STIR, True, ""),
        (Contrast.T2, True, ""),
        (Contrast.T1, False, "may be fat"),
        (None, False, "the weighting is not stated"),
    ],
)
def test_a_bright_stretch_is_a_sign_only_where_water_is_bright(
    contrast: Contrast | None, is_sign: bool, said: str
) -> None:
    nerve, _ = outlined("stir")
    assert [c.kind for c in nerve.changes] == ["bright_stretch"]
    (told,) = add_brightness([nerve], SequenceFacts(contrast=contrast))
    assert told.changes[0].is_sign is is_sign
    assert said in told.changes[0].text


def test_a_nerve_outlined_on_t1_is_bright_on_stir() -> None:
    nerve, t1 = outlined("t1")
    assert nerve.changes == ()
    _, stir = outlined("stir")
    (told,) = add_brightness([nerve], t1.facts, on_voxels_of(t1.volume, [stir]))
    (change,) = told.changes
    assert (change.kind, change.is_sign) == ("bright_stretch", True)
    assert change.text.endswith("on series 2 (stir)")
    middle = len(nerve.report.sections) // 2
    assert change.first_slice <= middle <= change.last_slice


@pytest.mark.parametrize(("kind", "contrast"), [("plain", Contrast.STIR), ("bright", Contrast.T1), ("bright", None)])
def test_a_plain_nerve_or_a_series_without_water_weighting_adds_nothing(kind: str, contrast: Contrast | None) -> None:
    nerve, t1 = outlined("t1")
    _, stir = outlined("stir", kind)
    other = replace(stir, facts=SequenceFacts(contrast=contrast))
    (told,) = add_brightness([nerve], t1.facts, on_voxels_of(t1.volume, [other]))
    assert told.changes == ()


def test_a_series_that_does_not_reach_the_nerve_adds_nothing() -> None:
    nerve, t1 = outlined("t1")
    _, stir = outlined("stir")
    values = stir.volume.values.copy()
    values[:, :, 2:] = np.nan
    other = replace(stir, volume=replace(stir.volume, values=values))
    (told,) = add_brightness([nerve], t1.facts, on_voxels_of(t1.volume, [other]))
    assert told.changes == ()
