"""What may be drawn in a simulated patch: ranges from ``data/patch_simulation.csv`` and ``data/patch_tissues.csv``.

All of it is assumed: wide on purpose, so that real images lie somewhere inside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.core import DataFileError, read_table

_PACKAGE = "ranvier.imaging"
_COLUMNS = ("name", "value", "unit", "status", "source", "meaning")
TISSUES = ("fat", "muscle", "epineurium", "fascicle", "lumen", "dark")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchSettings:
    """Ranges and probabilities of a simulated patch; the meaning of each is in the table of the same name."""

    area_low_mm2: float
    area_high_mm2: float
    voxel_low_mm: float
    voxel_high_mm: float
    voxels_across_low: float
    voxels_across_high: float
    voxel_aspect_log_sd: float
    interpolated_probability: float
    interpolated_high: float
    snr_low: float
    snr_high: float
    bias_log_sd: float
    slant_high: float
    slant_probability: float
    contrast_low: float
    faint_kept_probability: float
    pixel_low_mm: float
    pixel_high_mm: float
    pixels_across: float
    pixel_log_sd: float
    pixel_chosen_probability: float
    calibre_known_probability: float
    calibre_log_sd: float
    pathology_probability: float
    swelling_high: float
    atrophy_low: float
    mass_probability: float
    mass_high: float
    seed_sd_mm: float
    seed_voxels_high: float
    seed_calibre_share: float
    flattening_high: float
    wobble_high: float
    fascicles_high: float
    fascicle_share_low: float
    fascicle_share_high: float
    single_fascicle_share: float
    fascicle_share_fall: float
    rim_low: float
    rim_high: float
    epineurial_fat_probability: float
    fat_pad_probability: float
    fat_pad_high: float
    muscle_low_mm: float
    muscle_high_mm: float
    septum_low_mm: float
    septum_high_mm: float
    fatty_muscle_probability: float
    fatty_muscle_high: float
    vessels_high: float
    vessel_touches_probability: float
    vessel_radius_low_mm: float
    vessel_radius_high_mm: float
    tendons_probability: float
    other_nerve_probability: float
    bone_probability: float
    layer_probability: float
    lines_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One family of image contrasts: how often it is drawn, and the range of each tissue's level.

    Attributes
    ----------
    name : str
        Name of the family.
    weight : float
        Share of the patches.
    low, high : tuple of float
        Signal range of each of `TISSUES`; a negative level is fat in phase opposition.
    """

    name: str
    weight: float
    low: tuple[float, ...]
    high: tuple[float, ...]


@cache
def load_patch_settings() -> PatchSettings:
    """Return the packaged ranges.

    Raises
    ------
    DataFileError
        If the table lacks a setting or has one that is not known.
    """
    values = {row["name"]: float(row["value"]) for row in read_table(_PACKAGE, "patch_simulation.csv", _COLUMNS)}
    wrong = set(values) ^ set(PatchSettings.__slots__)
    if wrong:
        raise DataFileError(f"patch_simulation.csv and PatchSettings differ in {sorted(wrong)}")
    return PatchSettings(**values)


@cache
def load_contrasts() -> tuple[Contrast, ...]:
    """Return the families of image contrast, weights summing to 1."""
    rows = read_table(_PACKAGE, "patch_tissues.csv", ("contrast", "weight", *TISSUES, "status", "source", "meaning"))
    return tuple(_contrast(row) for row in rows)


def _contrast(row: Mapping[str, str]) -> Contrast:
    ranges = [tuple(float(x) for x in row[tissue].split(":")) for tissue in TISSUES]
    return Contrast(
        name=row["contrast"],
        weight=float(row["weight"]),
        low=tuple(r[0] for r in ranges),
        high=tuple(r[1] for r in ranges),
    )
