"""What each available test would find under each leading hypothesis, before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranvier.case import Patient, load_vocabulary
from ranvier.core import Modality, Side
from ranvier.inference.channels import Channels, Timing
from ranvier.inference.features import feature_mask, feature_ratios
from ranvier.inference.images import AT_LESION, ImageModel, detection, region_parts, segment_regions
from ranvier.inference.items import Item
from ranvier.inference.missing import missing_share
from ranvier.inference.mixing import gathered
from ranvier.inference.nerves import Nerves
from ranvier.inference.observations import IMAGE_PREFIX
from ranvier.inference.parameters import load_parameters, reading_model
from ranvier.inference.planning.available import AvailableTest
from ranvier.inference.readings import graded_probability, probes_of, sides_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One result of a test with the chance of each outcome under each hypothesis.

    Attributes
    ----------
    label : str
        What is read, in words.
    group : str
        Variables of one group share part of their error; empty for none.
    chance : (n_hypotheses, n_outcomes) float
        Outcome 0 is the normal one.
    base : (n_outcomes,) float or None
        The same in somebody with none of the causes that it marks; None for readings.
    """

    label: str
    group: str
    rho: float
    chance: FloatArray
    base: FloatArray | None = None


class Outcomes:
    """Chances of all results of the available tests under some hypotheses.

    Parameters
    ----------
    nerves : Nerves
        Library and forward models.
    states : sequence of int
        States of the library.
    rows : sequence of int arrays
        For each of them the rows that add up to its nerves, with the units that are probable.
    when : Timing
        How far slow consequences have come.
    patient : Patient
        Stature and age count.
    day : float or None
        Days since the first symptom.
    """

    def __init__(
        self, nerves: Nerves, states: IntArray, rows: Sequence[IntArray], when: Timing,
        patient: Patient, day: float | None,
    ) -> None:  # fmt: skip
        self._nerves = nerves
        self._library = nerves.library
        self._states = states
        self._mix = gathered(rows)
        self._when = when
        self._height = patient.height_cm
        self._age = patient.age_y
        self._day = day
        self._images = ImageModel(nerves.library, patient.age_y)
        self._rows = rows
        self._known: dict[tuple[Item, Side], Variable] = {}

    def prepare(self, looks: Sequence[tuple[Item, Side]]) -> None:
        """Compute all readings among some looks together.

        The same looks from case to case share one kept forward model.
        """
        readings = [(i, s) for i, s in dict.fromkeys(looks) if i.is_reading]
        if not readings:
            return
        observations = [item.observation(side, 0) for item, side in readings]
        probes = tuple(dict.fromkeys(p for o in observations for p in probes_of(o)))
        channels = Channels(self._nerves.model(probes, self._height), self._mix, self._when)
        columns = {probe: number for number, probe in enumerate(probes)}
        shared = load_parameters()["plan_rho"]
        for (item, side), observation in zip(readings, observations, strict=True):
            model = reading_model(item.observable)
            x = np.maximum.reduce(sides_of(observation, channels, columns))
            missing = missing_share(observation.finding, self._age)
            chance = np.stack([graded_probability(x, model, g, g) for g in range(len(model.cuts) + 1)], axis=1)
            chance = chance * (1 - missing)
            chance[:, -1] += missing
            self._known[item, side] = Variable(
                label=_words(item, side),
                group=model.family,
                rho=max(model.rho, shared),
                chance=_proper(np.asarray(chance, dtype=np.float64)),
            )

    def of(self, test: AvailableTest) -> tuple[Variable, ...]:
        """Return the results of a test."""
        if test.modality is not None:
            return self._imaging(test, test.modality)
        return tuple(self._look(item, side) for item, side in test.looks)

    def _look(self, item: Item, side: Side) -> Variable:
        if (item, side) not in self._known:
            self._known[item, side] = self._feature(item, side)
        return self._known[item, side]

    def _feature(self, item: Item, side: Side) -> Variable:
        library = self._library
        known = feature_ratios(library, item.observable, self._day)
        variant = library.variant_row[self._states]
        base = library.catalogue.base_rates[item.observable].probability
        ratio = known.present[variant]
        mask = feature_mask(item.finding(side, 1))
        if mask is not None:
            hit = library.hit(mask)
            there = np.array([hit[rows].any() for rows in self._rows])
            ratio = np.where(known.at_lesion[variant] & ~there, 0.0, ratio)
        present = np.minimum(base * np.exp(ratio), load_parameters()["feature_certainty"])
        feature = load_vocabulary().features[item.observable]
        return Variable(
            label=feature.name,
            group=feature.correlation_group,
            rho=load_parameters()["group_rho"],
            chance=_proper(np.stack([1 - present, present], axis=1)),
            base=np.array([1 - base, base]),
        )

    def _imaging(self, test: AvailableTest, modality: Modality) -> tuple[Variable, ...]:
        """Return for each kind of change whether it would be seen in any of the regions that are new."""
        shown = frozenset(part for region in test.regions for part in region_parts(region)) - test.seen
        inside = self._inside(shown)
        chance: dict[str, FloatArray] = {}
        variant = self._library.variant_row[self._states]
        for number, sign in self._images.signs:
            p = detection(sign, modality)
            mine = variant == number
            if p <= 0 or not mine.any():
                continue
            local = sign.regions == (AT_LESION,) or (sign.where == AT_LESION and not sign.regions)
            seen = mine & inside if local else mine & bool(shown & set(sign.regions))
            kind = sign.kinds[0]
            chance.setdefault(kind, np.zeros(len(self._states)))
            chance[kind] = np.maximum(chance[kind], np.where(seen, p, 0.0))
        names = load_vocabulary().image_kinds
        out = []
        for kind, p_seen in chance.items():
            base = self._images.incidental(kind, test.regions[0])
            seen = 1 - (1 - base) * (1 - p_seen)
            table = _proper(np.stack([1 - seen, seen], axis=1))
            rho = load_parameters()["plan_image_rho"]
            row = np.array([1 - base, base])
            out.append(Variable(label=names[kind].name, group=IMAGE_PREFIX, rho=rho, chance=table, base=row))
        return tuple(out)

    def _inside(self, shown: frozenset[str]) -> NDArray[np.bool_]:
        visible = np.array([region in shown for region in segment_regions()])
        hit = self._library.hit(np.concatenate([visible, visible]))
        return np.array([hit[rows].any() for rows in self._rows])


def _proper(chance: FloatArray) -> FloatArray:
    out = np.maximum(chance, 1e-9)
    return np.asarray(out / out.sum(axis=1, keepdims=True))


def _words(item: Item, side: Side) -> str:
    what = item.observable.replace("_", " ")
    where = ", ".join(i.replace("_", " ") for i in item.ids)
    return f"{what}, {side.value} {where}"
