"""Likelihood of imaging: a change that was seen, or a study that was read as normal.

A disorder that changes no structure has no row in the structure tables. Its chance of a seen change
is the incidental one and its chance of a normal study is one, so imaging never separates two such
disorders: that is where "a normal MRI does not rule out nerve damage" is kept true.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import load_graph
from ranvier.core import Modality, Place, PlaceKind, read_table
from ranvier.disorders import StructureSign
from ranvier.inference.features import is_present
from ranvier.inference.library import Library
from ranvier.inference.observations import IMAGE_PREFIX, Observation
from ranvier.inference.parameters import load_parameters
from ranvier.inference.protocol import shown_share, sign_share
from ranvier.inference.terms import place_mask, term_mask

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

AT_LESION = "lesion"


@cache
def region_parts(region: str) -> frozenset[str]:
    """Return the regions that a study of `region` also shows, itself included."""
    rows = read_table("ranvier.inference", "region_parts.csv", ("region", "shows"))
    return frozenset({region, *(r["shows"] for r in rows if r["region"] == region)})


@cache
def segment_regions() -> tuple[str, ...]:
    """Return the imaging region in which each segment of the graph lies."""
    return tuple(s.mri_station or "" for s in load_graph().segments)


def detection(sign: StructureSign, modality: Modality) -> float:
    """Return the chance that an adequate study of this modality shows the sign."""
    if modality is Modality.MRI:
        return sign.mri
    return sign.ultrasound if modality is Modality.ULTRASOUND else sign.other


def is_old(age_y: float | None) -> bool:
    """Tell whether the incidental changes of the older half of patients count; unknown ages count as old."""
    return age_y is None or age_y >= load_parameters()["incidental_age"]


class ImageModel:
    """Likelihood of the imaging of one case under every row of the library.

    Parameters
    ----------
    library : Library
        All hypotheses. `signs` lists what imaging shows: the number of the variant and the sign.
    age_y : float or None
        Age in years: incidental changes of the spine rise with it.
    """

    def __init__(self, library: Library, age_y: float | None) -> None:
        self.library = library
        self._old = is_old(age_y)
        variants: dict[str, list[tuple[str, int]]] = {}
        for number, (disorder, variant) in enumerate(library.variant_keys):
            variants.setdefault(disorder, []).append((variant, number))
        signs = [
            (number, sign)
            for disorder, rows in library.catalogue.structure.items()
            for sign in rows
            for variant, number in variants.get(disorder, ())
            if sign.variant in ("*", variant)
        ]
        self.signs: tuple[tuple[int, StructureSign], ...] = tuple(signs)

    def log_likelihood(self, observations: Sequence[Observation], hits: BoolArray) -> FloatArray:
        """Return the log likelihood ratio of each image against a person with no such disorder.

        Parameters
        ----------
        observations : sequence of Observation
            Only those of kind ``image`` or ``image_normal``.
        hits : (n_rows, n_observations) bool
            Whether a lesion of the row lies at the place of the image.

        Returns
        -------
        (n_rows, n_observations) float
        """
        out = np.zeros((self.library.n_rows, len(observations)))
        for number, observation in enumerate(observations):
            if observation.kind == "image_normal":
                out[:, number] = self._normal(observation)
            else:
                out[:, number] = self._seen(observation, hits[:, number])
        return out

    def incidental(self, kind: str, region: str) -> float:
        """Return how often a study of the region shows this kind of change that explains nothing."""
        rows = [r for r in self.library.catalogue.incidental if r.kind == kind and r.region in ("*", region)]
        best = next((r for r in rows if r.region == region), rows[0] if rows else None)
        if best is None:
            return load_parameters()["incidental_default"]
        return best.over_50 if self._old else best.under_50

    def _seen(self, observation: Observation, hits: BoolArray) -> FloatArray:
        base, seen = self.chance(observation, hits)
        cap = load_parameters()["image_cap"]
        if is_present(observation.finding):
            return np.clip(np.log(seen / base), -cap, cap)
        return np.clip(np.log((1 - seen) / (1 - base)), -cap, cap)

    def chance(self, observation: Observation, hits: BoolArray) -> tuple[float, FloatArray]:
        """Return the chance of an incidental change and the chance that one is seen under each row.

        Parameters
        ----------
        observation : Observation
            Of kind ``image``.
        hits : (n_rows,) bool
            Whether a lesion of the row lies at the place of the image.
        """
        finding = observation.finding
        kind = finding.observable.removeprefix(IMAGE_PREFIX)
        base = self.incidental(kind, _region_of(finding.place))
        n = len(self.library.variant_keys)
        anywhere, at_lesion = np.zeros(n), np.zeros(n)
        for number, sign in self.signs:
            if kind not in sign.kinds:
                continue
            p = detection(sign, finding.modality) * shown_share(kind, finding.protocol)
            if sign.where == AT_LESION:
                at_lesion[number] = max(at_lesion[number], p)
            elif _covers(sign, finding.place):
                anywhere[number] = max(anywhere[number], p)
        of_row = self.library.variant_row
        chance = np.where(hits, np.maximum(anywhere, at_lesion)[of_row], anywhere[of_row])
        return base, np.asarray(1 - (1 - base) * (1 - chance))

    def _normal(self, observation: Observation) -> FloatArray:
        """Return the log chance that nothing of a row's structure was seen in the region."""
        finding = observation.finding
        place = finding.place
        if place is None or place.kind is not PlaceKind.REGION:
            return np.zeros(self.library.n_rows)
        shown = region_parts(place.ids[0])
        inside = self._lesion_in(shown, place)
        n = len(self.library.variant_keys)
        always, at_lesion = np.zeros(n), np.zeros(n)
        sure = load_parameters()["image_certainty"]
        for number, sign in self.signs:
            chance = detection(sign, finding.modality) * sign_share(sign, finding.protocol)
            missed = float(np.log1p(-min(chance, sure)))
            if sign.regions == (AT_LESION,) or (sign.where == AT_LESION and not sign.regions):
                at_lesion[number] = min(at_lesion[number], missed)
            elif shown & set(sign.regions):
                always[number] = min(always[number], missed)
        of_row = self.library.variant_row
        return np.asarray(np.where(inside, np.minimum(always, at_lesion)[of_row], always[of_row]))

    def _lesion_in(self, shown: frozenset[str], place: Place) -> BoolArray:
        """Tell for each row whether one of its lesions lies in the region that was imaged."""
        visible = np.array([region in shown for region in segment_regions()])
        sided = term_mask((), place.side)
        n = len(visible)
        sided[:n] = visible & (place.side.value != "right")
        sided[n:] = visible & (place.side.value != "left")
        return self.library.hit(sided)


def _region_of(place: Place | None) -> str:
    if place is None:
        return "*"
    if place.kind is PlaceKind.REGION:
        return place.ids[0]
    mask = place_mask(place)
    if mask is None:
        return "*"
    regions = segment_regions()
    return regions[int(np.flatnonzero(mask)[0]) % len(regions)] or "*"


def _covers(sign: StructureSign, place: Place | None) -> bool:
    """Tell whether a sign with a place or region of its own can be what was seen at `place`."""
    if place is None:
        return True
    if sign.where and place.kind is not PlaceKind.REGION:
        mask = place_mask(place)
        return mask is None or bool((term_mask(tuple(sign.where.split(";")), place.side) & mask).any())
    if place.kind is PlaceKind.REGION and sign.regions:
        return AT_LESION in sign.regions or bool(region_parts(place.ids[0]) & set(sign.regions))
    return True
