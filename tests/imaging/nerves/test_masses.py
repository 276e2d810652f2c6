"""Masses and cysts at a nerve, on phantoms whose truth is known; tuned on phantoms with seeds 100 to 103 only."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ranvier.anatomy import load_graph
from ranvier.core import Side, UnreadableImageError
from ranvier.imaging.nerves import (
    Level,
    Mass,
    MeasuredNerve,
    add_masses,
    find_masses,
    measure_labels,
    read_references,
    write_masses,
)
from ranvier.imaging.nerves.contrasts import on_voxels_of
from ranvier.imaging.nerves.labels import LabelName
from ranvier.imaging.nerves.masses.weighting import weighting_of
from ranvier.imaging.reading import Contrast, SequenceFacts, Series
from ranvier.imaging.simulation.phantom import Phantom, PhantomSpec, draw_phantom, phantom_timings, tissue_signal
from ranvier.imaging.simulation.tissues import spin_echo_signal
from ranvier.imaging.volume import Volume

GRAPH = load_graph()
NAME = LabelName(nerve="sciatic", side=Side.LEFT)
SPEC = PhantomSpec(slices=20, voxel_mm=0.8)
MASSES = {
    "cyst": ("mass_cystic", "beside"),
    "pushing_cyst": ("mass_cystic", "beside"),
    "solid_mass": ("mass_extrinsic", "beside"),
    "intraneural_cyst": ("intraneural_cyst", "inside"),
    "target_mass": ("mass_nerve_sheath", "inside"),
}


def facts(contrast: str) -> SequenceFacts:
    timing = phantom_timings()[contrast]
    return SequenceFacts(contrast=Contrast(contrast), te_ms=(timing.te_ms,), tr_ms=timing.tr_ms, ti_ms=timing.ti_ms)


def measured(phantom: Phantom) -> MeasuredNerve:
    labels = Volume(values=(phantom.share >= 0.5).astype(np.float32), affine=phantom.volume.affine)
    (nerve,) = measure_labels(phantom.volume, labels, {1: NAME}, Level())
    return nerve


def masses(phantom: Phantom) -> tuple[Mass, ...]:
    return find_masses(phantom.volume, measured(phantom).report, facts(phantom.contrast))


@pytest.mark.parametrize("contrast", ["t2", "stir"])
@pytest.mark.parametrize("kind", MASSES)
def test_a_mass_is_found_where_it_is_with_its_size_and_its_place_against_the_nerve(kind: str, contrast: str) -> None:
    phantom = draw_phantom(replace(SPEC, kind=kind, contrast=contrast), seed=11)  # type: ignore[arg-type]
    (mass,) = masses(phantom)
    lesion = phantom.lesion
    assert lesion is not None
    assert mass.likely
    assert (mass.kind, mass.relation) == MASSES[kind]
    true_volume = float(phantom.lesion_share.sum() * np.prod(phantom.volume.spacing_mm))
    assert mass.volume_mm3 == pytest.approx(true_volume, rel=0.15)
    assert mass.shortest_mm == pytest.approx(2 * lesion.radius_mm, rel=0.1)
    assert mass.longest_mm == pytest.approx(2 * lesion.half_length_mm, rel=0.15)
    where = np.argwhere(phantom.lesion_share > 0.5).mean(axis=0)
    assert [mass.x_mm, mass.y_mm, mass.z_mm] == pytest.approx(list(phantom.volume.to_world(where)), abs=1.5)
    assert mass.target_sign is (kind == "target_mass")
    assert mass.reasons
    contours = dict(mass.contours)
    assert set(contours) == set(range(mass.first_slice, mass.last_slice + 1))


@pytest.mark.parametrize("kind", ["plain", "swelling", "narrowing", "hourglass", "entrapment", "bright"])
@pytest.mark.parametrize("bright_vessel", [False, True])
def test_a_nerve_without_a_mass_has_none(kind: str, bright_vessel: bool) -> None:
    for contrast in ("t1", "t2", "stir"):
        spec = replace(SPEC, kind=kind, contrast=contrast, bright_vessel=bright_vessel)  # type: ignore[arg-type]
        assert not [m for m in masses(draw_phantom(spec, seed=12)) if m.likely]


def test_a_nerve_pushed_by_a_cyst_is_said_to_lie_off_its_course() -> None:
    phantom = draw_phantom(replace(SPEC, kind="pushing_cyst"), seed=13)
    (mass,) = masses(phantom)
    assert phantom.lesion is not None
    assert mass.pushes_mm == pytest.approx(phantom.lesion.push_mm, rel=0.25)
    assert any("off its undisturbed course" in r for r in mass.reasons)
    (still,) = masses(draw_phantom(replace(SPEC, kind="cyst"), seed=13))
    assert still.pushes_mm < 1


def test_an_eccentric_mass_is_called_so_and_a_central_one_is_not() -> None:
    (beside,) = masses(draw_phantom(replace(SPEC, kind="cyst"), seed=14))
    (within,) = masses(draw_phantom(replace(SPEC, kind="target_mass"), seed=14))
    assert beside.eccentricity > 1
    assert any("eccentric" in r for r in beside.reasons)
    assert within.eccentricity < 0.2
    assert not any("eccentric" in r for r in within.reasons)


def test_without_the_weighting_nothing_is_called_fluid_and_the_doubt_says_why() -> None:
    phantom = draw_phantom(replace(SPEC, kind="cyst"), seed=15)
    (mass,) = find_masses(phantom.volume, measured(phantom).report)
    assert mass.fluid_like is None
    assert mass.target_sign is None
    assert mass.kind == "mass_extrinsic"
    assert any("weighting" in d for d in mass.doubts)
    no_times = SequenceFacts(contrast=Contrast.T2)
    (other,) = find_masses(phantom.volume, measured(phantom).report, no_times)
    assert other.fluid_like is None
    assert any("time is not known" in d for d in other.doubts)


def test_the_cut_between_solid_and_fluid_lies_between_the_two_of_the_table() -> None:
    for contrast in ("t2", "stir"):
        timing = phantom_timings()[contrast]
        nerve = np.mean([spin_echo_signal(t, timing) for t in ("fascicle", "epineurium")])
        cut = weighting_of(facts(contrast)).fluid_from
        assert cut is not None
        assert spin_echo_signal("tumour", timing) / nerve < cut < spin_echo_signal("fluid", timing) / nerve
    assert weighting_of(facts("t1")).fluid_from is None


def test_a_region_that_runs_to_the_end_of_the_slices_is_no_mass() -> None:
    phantom = draw_phantom(replace(SPEC, kind="cyst"), seed=16)
    values = phantom.volume.values.copy()
    i, j, _ = np.argwhere(phantom.lesion_share > 0.5).mean(axis=0).astype(int)
    values[i - 3 : i + 4, j - 3 : j + 4] = values.max()
    tube = replace(phantom, volume=replace(phantom.volume, values=values))
    assert not [m for m in masses(tube) if m.likely]


def test_a_mass_in_thick_slices_is_only_possible() -> None:
    phantom = draw_phantom(replace(SPEC, kind="cyst", slice_mm=20.0, slices=9, tilt_deg=2.0), seed=17)
    (mass,) = masses(phantom)
    assert not mass.likely
    assert any("true to about a slice" in d for d in mass.doubts)
    assert mass.text.startswith("possible ")


def test_a_nerve_that_swells_like_a_mass_without_another_signal_is_possible_and_never_likely() -> None:
    phantom = draw_phantom(replace(SPEC, kind="target_mass", bright_vessel=True), seed=18)
    flat = np.where(phantom.lesion_share > 0.5, tissue_signal("fascicle", "t2"), phantom.volume.values)
    (mass,) = masses(replace(phantom, volume=replace(phantom.volume, values=flat.astype(np.float32))))
    assert (mass.found_by, mass.likely, mass.relation) == ("calibre", False, "inside")
    assert any("outline alone" in d for d in mass.doubts)


def both(kind: str, contrast: str, seed: int = 21) -> tuple[MeasuredNerve, Series, Series]:
    """Return a nerve on T2, that series, and a second one of the same anatomy with noise of its own."""
    spec = replace(SPEC, kind=kind, mass_mm=12.0)  # type: ignore[arg-type]
    first = draw_phantom(spec, seed)
    other = draw_phantom(replace(spec, contrast=contrast, noise=1), seed)  # type: ignore[arg-type]
    second = Series(volume=other.volume, facts=facts(contrast))
    return measured(first), Series(volume=first.volume, facts=facts("t2")), second


@pytest.mark.parametrize(("contrast", "said"), [("stir", "series 2"), ("t1", "the difference of")])
def test_a_mass_as_bright_as_fat_is_likely_only_with_a_second_contrast(contrast: str, said: str) -> None:
    nerve, first, second = both("grey_mass", contrast)
    (alone,) = add_masses([nerve], first)
    assert not any(m.likely for m in alone.masses)
    assert "no brighter than fat" in alone.hidden
    (found,) = add_masses([nerve], first, (), on_voxels_of(first.volume, [second]))
    (mass,) = found.masses
    assert (mass.likely, mass.kind, mass.relation) == (True, "mass_extrinsic", "beside")
    assert mass.series.startswith(said)
    assert mass.shortest_mm == pytest.approx(12.0, rel=0.15)
    assert found.hidden == ""


@pytest.mark.parametrize("contrast", ["stir", "t1"])
def test_a_nerve_without_a_mass_has_none_on_two_contrasts(contrast: str) -> None:
    for kind in ("plain", "swelling", "bright"):
        nerve, first, second = both(kind, contrast)
        (found,) = add_masses([nerve], first, (), on_voxels_of(first.volume, [second]))
        assert not [m for m in found.masses if m.likely]


def test_fat_that_displaces_the_nerve_is_possible_and_a_mass_like_muscle_cannot_be_told() -> None:
    nerve, first, _ = both("lipoma", "t1")
    (fatty,) = add_masses([nerve], first)
    (mass,) = fatty.masses
    assert (mass.found_by, mass.likely, mass.relation) == ("displacement", False, "beside")
    assert any("lump of fat" in d for d in mass.doubts)
    nerve, first, second = both("dark_mass", "stir")
    (dark,) = add_masses([nerve], first, (), on_voxels_of(first.volume, [second]))
    assert not [m for m in dark.masses if m.likely]
    phantom = draw_phantom(replace(SPEC, kind="dark_mass", mass_mm=12.0), seed=21)
    even = np.where(phantom.share >= 0.5, phantom.volume.values, tissue_signal("muscle", "t2")).astype(np.float32)
    hidden = replace(phantom.volume, values=even)
    (none,) = add_masses([measured(replace(phantom, volume=hidden))], Series(volume=hidden, facts=facts("t2")))
    assert not none.masses
    (change,) = [c for c in none.changes if c.kind == "nerve_displaced"]
    assert "a mass like muscle cannot be told" in change.text


def test_too_few_or_missing_slices_give_no_mass() -> None:
    phantom = draw_phantom(replace(SPEC, kind="cyst"), seed=19)
    report = measured(phantom).report
    some = replace(report, sections=report.sections[:4], measurements=report.measurements[:4])
    assert find_masses(phantom.volume, some, facts("t2")) == ()
    gap = replace(report, sections=report.sections[::2], measurements=report.measurements[::2])
    assert find_masses(phantom.volume, gap, facts("t2")) == ()


def test_named_tissues_give_ratios_and_the_table_holds_all(tmp_path: Path) -> None:
    phantom = draw_phantom(replace(SPEC, kind="target_mass", snr=100.0), seed=20)
    edge = phantom.volume.values.shape[0] - 8
    (tmp_path / "references.csv").write_text(
        f"tissue,side,i,j,k\nsemitendinosus,left,8,{edge},8\nsemitendinosus,left,{edge},8,8\nvessel,,8,8,8\n"
    )
    tissues = read_references(tmp_path / "references.csv", phantom.volume, GRAPH)
    assert [t.name for t in tissues] == ["left semitendinosus", "vessel"]
    series = Series(volume=phantom.volume, facts=facts("t2"))
    (nerve,) = add_masses([measured(phantom)], series, tissues)
    expected = tissue_signal("tumour", "t2") / tissue_signal("muscle", "t2")
    assert dict(nerve.masses[0].references)["left semitendinosus"] == pytest.approx(expected, rel=0.1)
    nerve_signal = np.mean([tissue_signal(t, "t2") for t in ("fascicle", "epineurium")])
    expected = nerve_signal / tissue_signal("muscle", "t2")
    assert dict(nerve.to_tissues)["left semitendinosus"] == pytest.approx(expected, rel=0.1)
    with write_masses([nerve], tmp_path / "masses.tsv").open() as file:
        (row,) = csv.DictReader(file, delimiter="\t")
    assert (row["nerve"], row["kind"], row["target_sign"]) == ("sciatic", "mass_nerve_sheath", "True")
    assert "left semitendinosus" in row["references"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tissue,side,i,j,k\nmusclezz,left,1,1,1\n", "line 2: .*musclezz"),
        ("nerve,side,i,j,k\nvessel,left,1,1,1\n", "lacks tissue"),
        ("tissue,side,i,j,k\nfat,,99,1,1\n", "outside the volume"),
    ],
)
def test_wrong_references_are_named_with_their_line(tmp_path: Path, text: str, said: str) -> None:
    volume = Volume(values=np.zeros((10, 10, 10), dtype=np.float32), affine=np.eye(4))
    (tmp_path / "references.csv").write_text(text)
    with pytest.raises(UnreadableImageError, match=said):
        read_references(tmp_path / "references.csv", volume, GRAPH)
