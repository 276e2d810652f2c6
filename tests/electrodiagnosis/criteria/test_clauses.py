"""Each clause: a case that meets it, one that just misses it, and one that lacks the reading.

Thresholds here are written by hand from the publications; limits are round numbers, so that the
share of the limit can be read off.
"""

import pytest

from ranvier.core import Side
from ranvier.electrodiagnosis.criteria import Number, Setting, Unit, evaluate, load_criteria

NAMES = {
    "dml": "distal_latency_ms", "mcv": "motor_velocity_m_s", "f": "f_latency_ms", "noF": "f_absent",
    "amp": "distal_amplitude_mv", "pd": "proximal_ratio", "area": "area_ratio", "dur": "duration_ratio",
    "ddur": "distal_duration_ms", "snap": "snap_amplitude_uv", "scv": "sensory_velocity_m_s",
    "slat": "sensory_latency_ms", "ring": "ring_difference_ms", "palm": "palm_difference_ms",
    "thumb": "thumb_difference_ms", "csi": "combined_index_ms", "across": "across_velocity_m_s",
    "slower": "across_slower_by_m_s", "fall": "across_ratio", "ratio": "amplitude_ratio",
    "tli": "terminal_latency_index", "rl": "residual_latency_ms", "emg": "lmn_emg", "lmn": "lmn", "umn": "umn",
    "both": "umn_and_lmn", "umn_above": "umn_rostral", "lmn_above": "lmn_rostral",
}  # fmt: skip
#: Limits in the units of each measure; a share of the limit is then value over limit.
LIMITS = {"dml": 4.0, "mcv": 50.0, "f": 30.0, "amp": 5.0, "snap": 10.0, "scv": 50.0, "slat": 3.0}


def unit(kind: str, nerve: str, side: Side = Side.LEFT, **values: float) -> Unit:
    """Return a nerve with numbers; ``median@arm`` is a stretch of it."""
    numbers = tuple(Number(measure=NAMES[k], value=v, limit=LIMITS.get(k)) for k, v in values.items())
    name, _, part = nerve.partition("@")
    limb = "leg" if name in ("fibular", "tibial", "sural") else "arm"
    return Unit(kind=kind, nerve=name, side=side, numbers=numbers, limb=limb, part=part)


def both(kind: str, **values: float) -> tuple[Unit, ...]:
    """Return a median and an ulnar nerve with the same numbers."""
    return unit(kind, "median", **values), unit(kind, "ulnar", **values)


def motor(**values: float) -> tuple[Unit, ...]:
    return both("motor", **values)


def one(nerve: str = "median", kind: str = "motor", **values: float) -> tuple[Unit, ...]:
    return (unit(kind, nerve, **values),)


def hand(**values: float) -> tuple[Unit, ...]:
    return one(kind="hand", **values)


def elbow(**values: float) -> tuple[Unit, ...]:
    return one("ulnar", "elbow", **values)


def four(kind: str, fourth: str, third: str, **values: float) -> tuple[Unit, ...]:
    return tuple(unit(kind, n, **values) for n in ("median", "ulnar", third, fourth))


def plus(first: dict[str, float], second: dict[str, float]) -> tuple[Unit, ...]:
    return unit("motor", "median", **first), unit("motor", "ulnar", **second)


def seg(nerve: str = "median@forearm", **values: float) -> tuple[Unit, ...]:
    return (unit("segment", nerve, **values),)


def regions(**values: tuple[float | None, ...]) -> tuple[Unit, ...]:
    """Return the four regions, rostral first; a value that is None is not known."""
    names = ("bulbar", "cervical", "thoracic", "lumbosacral")
    return tuple(
        unit("region", name, Side.UNKNOWN, **{k: v for k, vs in values.items() if (v := vs[i]) is not None})
        for i, name in enumerate(names)
    )


def body(**values: float) -> tuple[Unit, ...]:
    return (unit("body", "the whole body", Side.UNKNOWN, **values),)


OK = {"dml": 4.0, "mcv": 50.0, "f": 30.0, "noF": 0.0, "amp": 5.0, "pd": 1.0, "dur": 1.0, "ddur": 5.0}
EFNS, EAN, SEN, AAN = "efns_pns_2010_cidp", "ean_pns_2021_cidp_motor", "ean_pns_2021_cidp_sensory", "aan_1991_cidp"
HAD, RAJ, UNC, MMN = "hadden_1998_gbs", "rajabally_2015_gbs", "uncini_2017_gbs", "efns_pns_2010_mmn"
BLA, PAD, COM, UNE = "bland_2000_cts", "padua_1997_cts", "cts_comparison", "aanem_1999_une"
SUR, DSP, TOR = "sural_sparing", "england_2005_dsp", "toronto_2010_dspn"
BLO, AWA, GOL = "aanem_1999_block", "awaji_2008_als", "gold_coast_2020_als"
VAR, TLI = "ean_pns_2021_cidp_variants", "terminal_latency"
Given = tuple[Unit, ...] | dict[str, bool]
NONE: tuple[Unit, ...] = ()
THREE_F = {"amp": 5.0, "noF": 1.0}


def absent_f(other_latency_ms: float) -> tuple[Unit, ...]:
    """Return two nerves without F waves and a third with a distal latency."""
    third = {**OK, "dml": other_latency_ms}
    return (*motor(**{**OK, "noF": 1.0}), *one("fibular", **third))


def cidp(name: str, f: float, f_less: float, pd: float, pd_more: float, over: float) -> list[tuple[object, ...]]:
    """Return the rows that both revisions share, with the thresholds that differ given by hand."""
    return [
        (name, "a", motor(dml=6.0), motor(dml=5.99), NONE),
        (name, "b", motor(mcv=35.0), motor(mcv=35.1), NONE),
        (name, "c", motor(f=f, amp=5.0), motor(f=f_less, amp=5.0), motor(f=f)),
        (name, "c", motor(f=45.0, amp=3.9), motor(f=44.9, amp=3.9), motor(amp=3.9)),
        (name, "d", absent_f(6.0), absent_f(5.9), motor(amp=5.0)),
        (name, "e_two", motor(pd=pd, amp=1.0), motor(pd=pd_more, amp=1.0), motor(pd=pd)),
        (name, "e_two", motor(pd=pd, amp=1.0), motor(pd=pd, amp=0.99), motor(amp=1.0)),
        (name, "e_one", plus({**OK, "pd": pd}, {**OK, "dml": 6.0}), plus({**OK, "pd": pd}, OK), NONE),
        (name, "f", motor(dur=1.31), motor(dur=1.3), NONE),
        (name, "g", plus({**OK, "ddur": over}, {**OK, "dml": 6.0}), plus({**OK, "ddur": over}, OK), NONE),
        (name, "a1", one(dml=6.0), one(dml=5.99), NONE),
        (name, "b1", one(mcv=35.0), one(mcv=35.1), NONE),
        (name, "c1", one(f=f, amp=5.0), one(f=f_less, amp=5.0), one(f=f)),
        (name, "d1", one(noF=1.0, amp=1.0), one(noF=1.0, amp=0.99), one(noF=1.0)),
        (name, "e1p", one(pd=pd, amp=5.0), one(pd=pd_more, amp=5.0), one(amp=5.0)),
        (name, "f1", one(dur=1.31), one(dur=1.3), NONE),
    ]


ROWS = [
    *cidp(EFNS, 39.0, 38.9, 0.5, 0.51, 6.6),
    (EFNS, "g1p", one(ddur=6.6), one(ddur=6.5), NONE),
    (EFNS, "g1p", one("ulnar", ddur=6.7), one("ulnar", ddur=6.6), NONE),
    (EFNS, "g1p", one("fibular", ddur=7.6), one("fibular", ddur=7.5), NONE),
    (EFNS, "g1p", one("tibial", ddur=8.8), one("tibial", ddur=8.7), NONE),
    (EFNS, "p_two", motor(pd=0.7, amp=5.0), motor(pd=0.71, amp=5.0), motor(amp=5.0)),
    (EFNS, "p_one", plus({**OK, "pd": 0.7}, {**OK, "mcv": 35.0}), plus({**OK, "pd": 0.7}, OK), NONE),
    *cidp(EAN, 36.0, 35.9, 0.7, 0.71, 8.41),
    (EAN, "g1p", one(ddur=8.41), one(ddur=8.4), NONE),
    (EAN, "g1p", one("ulnar", ddur=9.61), one("ulnar", ddur=9.6), NONE),
    (EAN, "g1p", one("fibular", ddur=8.81), one("fibular", ddur=8.8), NONE),
    (EAN, "g1p", one("tibial", ddur=9.21), one("tibial", ddur=9.2), NONE),
    (EAN, "f1", one("tibial", dur=2.0), one("tibial", dur=1.99), one("tibial", dml=4.0)),
    (SEN, "s_two", both("sensory", snap=9.9), both("sensory", snap=10.0, scv=50.0, slat=3.0), NONE),
    (SEN, "s_one", one(kind="sensory", slat=3.1), one(kind="sensory", snap=10.0, scv=50.0, slat=3.0), NONE),
    (SEN, "demyelinating", both("sensory", scv=39.9, snap=8.1), both("sensory", scv=40.0, snap=8.1), NONE),
    (SEN, "demyelinating", both("sensory", scv=34.9, snap=8.0), both("sensory", scv=35.0, snap=8.0), NONE),
    (SEN, "sural_normal", one("sural", "sensory", snap=10.0), one("sural", "sensory", snap=9.9), NONE),
    (SEN, "arm_small", one("radial", "sensory", snap=9.9), one("radial", "sensory", snap=10.0), NONE),
    (SEN, "sensory_normal", four("sensory", "sural", "radial", snap=10.0),
     four("sensory", "sural", "radial", snap=9.9), both("sensory", snap=10.0)),
    (SEN, "motor_normal", four("motor", "tibial", "fibular", **OK),
     four("motor", "tibial", "fibular", **{**OK, "dml": 4.1}), motor(**OK)),
    (AAN, "velocity", motor(mcv=39.9, amp=4.1), motor(mcv=40.0, amp=4.1), motor(mcv=39.9)),
    (AAN, "velocity", motor(mcv=34.9, amp=4.0), motor(mcv=35.0, amp=4.0), NONE),
    (AAN, "block", seg(ratio=0.79), seg(ratio=0.8, area=0.8), seg("ulnar@across_elbow", ratio=0.5)),
    (AAN, "block", seg("fibular@leg", area=0.79), seg("fibular@leg", ratio=0.8, area=0.8), NONE),
    (AAN, "latency", motor(dml=5.01, amp=4.1), motor(dml=5.0, amp=4.1), NONE),
    (AAN, "latency", motor(dml=6.01, amp=4.0), motor(dml=6.0, amp=4.0), NONE),
    (AAN, "f_wave", motor(f=36.1, amp=4.1, noF=0.0), motor(f=36.0, amp=4.1, noF=0.0), NONE),
    (AAN, "f_wave", motor(f=45.1, amp=4.0, noF=0.0), motor(f=45.0, amp=4.0, noF=0.0), NONE),
    (HAD, "demyelination", motor(**{**OK, "mcv": 44.9}), motor(**{**OK, "mcv": 45.0}), motor(mcv=44.9)),
    (HAD, "demyelination", motor(**{**OK, "mcv": 42.4, "amp": 2.4}), motor(**{**OK, "mcv": 42.5, "amp": 2.4}), NONE),
    (HAD, "demyelination", motor(**{**OK, "dml": 4.41}), motor(**{**OK, "dml": 4.4}), NONE),
    (HAD, "demyelination", motor(**{**OK, "dml": 4.81, "amp": 4.9}), motor(**{**OK, "dml": 4.8, "amp": 4.9}), NONE),
    (HAD, "demyelination", motor(**{**OK, "pd": 0.49}), motor(**{**OK, "pd": 0.5}), NONE),
    (HAD, "demyelination", motor(**{**OK, "f": 36.1}), motor(**{**OK, "f": 36.0}), NONE),
    (HAD, "demyelination_one", one(**{**OK, "mcv": 44.9}), one(**{**OK, "mcv": 45.0}), NONE),
    (HAD, "demyelination_one", one(**{**OK, "dml": 4.81, "amp": 0.5}), one(**{**OK, "dml": 4.81, "amp": 0.49}), NONE),
    (HAD, "demyelination_one", one(**{**OK, "f": 36.1, "amp": 0.5}), one(**{**OK, "f": 36.1, "amp": 0.49}), NONE),
    (HAD, "demyelination_low_two", motor(**{**OK, "mcv": 42.4, "amp": 0.49}),
     motor(**{**OK, "mcv": 42.5, "amp": 0.49}), motor(mcv=42.4)),
    (HAD, "demyelination_low_two", motor(**{**OK, "dml": 4.81, "amp": 0.49}),
     motor(**{**OK, "dml": 4.81, "amp": 0.5}), motor(dml=4.81)),
    (HAD, "demyelination_low_two", motor(**{**OK, "f": 36.1, "amp": 0.49}), motor(**{**OK, "f": 36.0, "amp": 0.49}),
     one(f=36.1)),
    (HAD, "nearly_inexcitable", motor(amp=0.49), plus({"amp": 0.0}, {"amp": 0.5}), one(amp=0.0)),
    (HAD, "excitable_two", motor(amp=0.1), plus({"amp": 0.0}, {"amp": 0.1}), one(amp=0.1)),
    *((s, "cmap_small", motor(amp=3.9), motor(amp=4.0), one(amp=3.9)) for s in (HAD, RAJ, UNC)),
    *((s, "inexcitable", motor(amp=0.0), motor(amp=0.1), one(amp=0.0)) for s in (HAD, RAJ, UNC)),
    *((s, "snap_small", both("sensory", snap=9.9), both("sensory", snap=10.0), NONE) for s in (HAD, UNC)),
    (RAJ, "demyelination", motor(**{**OK, "mcv": 34.9}), motor(**{**OK, "mcv": 35.0}), NONE),
    (RAJ, "demyelination", motor(**{**OK, "dml": 6.01}), motor(**{**OK, "dml": 6.0}), NONE),
    (RAJ, "demyelination", motor(**{**OK, "f": 36.1}), motor(**{**OK, "f": 36.0}), NONE),
    (RAJ, "demyelination", motor(**{**OK, "f": 45.1, "amp": 2.4}), motor(**{**OK, "f": 45.0, "amp": 2.4}), NONE),
    (RAJ, "demyelination_one", one(**{**OK, "dml": 6.01}), one(**{**OK, "dml": 6.0}), NONE),
    (RAJ, "f_absent", motor(noF=1.0, amp=1.0), motor(noF=1.0, amp=0.99), NONE),
    (RAJ, "f_absent_plus", absent_f(6.01), absent_f(6.0), NONE),
    (RAJ, "block", motor(pd=0.69), motor(pd=0.7), NONE),
    (RAJ, "block_plus", (*motor(**{**OK, "pd": 0.69}), *one("tibial", **{**OK, "dml": 6.01})),
     (*motor(**{**OK, "pd": 0.69}), *one("tibial", **OK)), NONE),
    (UNC, "demyelination", motor(**{**OK, "dml": 5.21}), motor(**{**OK, "dml": 5.2}), NONE),
    (UNC, "demyelination", motor(**{**OK, "mcv": 34.9}), motor(**{**OK, "mcv": 35.0}), NONE),
    (UNC, "demyelination", motor(**{**OK, "dur": 1.31}), motor(**{**OK, "dur": 1.3}), NONE),
    (UNC, "demyelination_one", one(**{**OK, "ddur": 9.51}), one(**{**OK, "ddur": 9.5}), NONE),
    (UNC, "fall", one(pd=0.69), one(pd=0.7), NONE),
    (MMN, "definite_block", seg(area=0.5, amp=1.1, dur=1.3), seg(area=0.51, amp=1.1, dur=1.3), seg(amp=1.1)),
    (MMN, "definite_block", seg(area=0.5, amp=1.1, dur=1.3), seg(area=0.5, amp=1.0, dur=1.3), NONE),
    (MMN, "definite_block", seg(area=0.5, amp=1.1, dur=1.3), seg(area=0.5, amp=1.1, dur=1.31), seg(area=0.5, amp=2)),
    (MMN, "probable_block", seg(area=0.7, dur=1.3), seg(area=0.71, dur=1.3), NONE),
    (MMN, "probable_block", seg(area=0.5, dur=1.31, amp=2), seg(area=0.51, dur=1.31, amp=2), seg(area=0.5, amp=2)),
    (MMN, "probable_block_two", (*seg(area=0.7, dur=1.3), *seg("ulnar@arm", area=0.7, dur=1.3)),
     (*seg(area=0.7, dur=1.3), *seg("ulnar@arm", area=0.71, dur=1.3)), seg(area=0.7, dur=1.3)),
    *((MMN, c, {f: v}, {f: not v}, {}) for c, f, v in (
        ("weakness", "focal_weakness_two_nerves", True), ("no_sensory_signs", "sensory_abnormality", False),
        ("no_upper_signs", "umn_signs", False), ("no_bulbar", "marked_bulbar_involvement", False),
        ("no_diffuse_onset", "diffuse_symmetric_weakness", False), ("anti_gm1", "anti_gm1", True),
        ("csf", "csf_protein_mild", True), ("mri", "mri_plexus", True), ("treatment", "ivig_response", True),
    )),
    *((BLO, c, seg(n, ratio=r, area=a, dur=d, amp=1.0), seg(n, ratio=r + 0.01, area=a, dur=d, amp=1.0),
       seg(n, ratio=r, area=a, amp=1.0)) for c, n, r, a, d in (
        ("definite", "median@forearm", 0.5, 0.6, 1.3), ("definite", "ulnar@across_elbow", 0.5, 0.6, 1.3),
        ("definite", "fibular@across_fibular_head", 0.5, 0.6, 1.3), ("definite", "tibial@leg", 0.4, 0.5, 1.3),
        ("definite", "fibular@leg", 0.4, 0.5, 1.3), ("probable", "ulnar@arm", 0.6, 0.7, 1.3),
        ("probable", "fibular@leg", 0.5, 0.6, 1.3), ("probable_dispersed", "median@arm", 0.5, 0.6, 1.6),
        ("probable_dispersed", "tibial@leg", 0.4, 0.5, 1.6),
    )),
    (BLO, "definite", seg(ratio=0.5, area=0.6, dur=1.3, amp=1.0), seg(ratio=0.5, area=0.61, dur=1.3, amp=1.0), NONE),
    (BLO, "definite", seg(ratio=0.5, area=0.6, dur=1.3, amp=1.0), seg(ratio=0.5, area=0.6, dur=1.31, amp=1.0), NONE),
    (BLO, "definite", seg(ratio=0.5, area=0.6, dur=1.3, amp=1.0), seg(ratio=0.5, area=0.6, dur=1.3, amp=0.99), NONE),
    (BLO, "probable_dispersed", seg(ratio=0.5, area=0.6, dur=1.31, amp=1.0),
     seg(ratio=0.5, area=0.6, dur=1.61, amp=1.0), NONE),
    *((s, c, {f: True}, {f: False}, {}) for s in (AWA, GOL) for c, f in (
        ("progression", "progression"), ("excluded", "other_causes_excluded"),
    )),
    (AWA, "emg", regions(emg=(0, 1, None, None)), regions(emg=(0, 0, 0, 0)), regions(emg=(0, None, 0, 0))),
    (AWA, "both_bulbar", regions(both=(1, 0, 0, 0)), regions(both=(0, 1, 1, 1)), regions(both=(None, 1, 1, 1))),
    (AWA, "both_spinal_two", regions(both=(0, 1, 0, 1)), regions(both=(1, 1, 0, 0)), regions(both=(1, 1, None, 0))),
    (AWA, "both_spinal_three", regions(both=(0, 1, 1, 1)), regions(both=(1, 1, 1, 0)), regions(both=(1, 1, 1, None))),
    (AWA, "both_two", regions(both=(1, 1, 0, 0)), regions(both=(1, 0, 0, 0)), regions(both=(1, None, 0, 0))),
    (AWA, "umn_rostral", body(umn_above=1), body(umn_above=0), NONE),
    (AWA, "umn_two", regions(umn=(1, 0, 0, 1)), regions(umn=(1, 0, 0, 0)), regions(umn=(1, 0, 0, None))),
    (AWA, "lmn_rostral", body(lmn_above=1), body(lmn_above=0), NONE),
    *((s, "both_one", regions(both=(0, 1, 0, 0)), regions(both=(0, 0, 0, 0)), regions(both=(0, None, 0, 0)))
      for s in (AWA, GOL)),
    (GOL, "lmn_two", regions(lmn=(1, 0, 0, 1)), regions(lmn=(1, 0, 0, 0)), regions(lmn=(1, 0, None, 0))),
    (VAR, "motor_two", plus({**OK, "dml": 6.0}, {**OK, "mcv": 35.0}), plus({**OK, "dml": 6.0}, OK), NONE),
    (VAR, "motor_one", one(**{**OK, "ddur": 8.41}), one(**{**OK, "ddur": 8.4}), one(dml=5.9)),
    (VAR, "motor_one", one("tibial", **{**OK, "dur": 2.0}), one("tibial", **{**OK, "dur": 1.99, "pd": 0.1}), NONE),
    (VAR, "motor_arms", plus({**OK, "f": 36.0}, {**OK, "pd": 0.7}), plus({**OK, "f": 36.0}, {**OK, "pd": 0.71}),
     one("tibial", **{**OK, "dml": 6.0})),
    (VAR, "motor_legs", (*one("tibial", dml=6.0), *one("fibular", dml=6.0)),
     (*one("tibial", **{**OK, "dml": 6.0}), *one("fibular", **OK), *one("ulnar", dml=6.0)), one("median", dml=6.0)),
    (VAR, "motor_one_limb", plus({**OK, "dml": 6.0}, {**OK, "mcv": 35.0}),
     (*plus({**OK, "dml": 6.0}, OK), *one("tibial", **{**OK, "dml": 6.0})), one(dml=6.0)),
    (VAR, "motor_several_limbs", (*one(dml=6.0), *one("tibial", dml=6.0)),
     (*plus({**OK, "dml": 6.0}, {**OK, "dml": 6.0}), *one("tibial", **OK)), plus({"dml": 6.0}, {"dml": 6.0})),
    (VAR, "arm_response", motor(amp=1.0), motor(amp=0.99), one(amp=1.0)),
    (VAR, "sensory_two", both("sensory", snap=9.9), both("sensory", snap=10.0, scv=50.0, slat=3.0), NONE),
    (VAR, "sensory_one", one(kind="sensory", slat=3.1), one(kind="sensory", snap=10.0, scv=50.0, slat=3.0), NONE),
    (VAR, "sensory_one_limb", both("sensory", snap=9.9),
     (*one(kind="sensory", snap=9.9), *one("ulnar", "sensory", snap=10.0, scv=50.0, slat=3.0),
      *one("sural", "sensory", snap=9.9)), one(kind="sensory", snap=9.9)),
    (VAR, "sensory_normal", four("sensory", "sural", "radial", snap=10.0),
     four("sensory", "sural", "radial", snap=9.9), both("sensory", snap=10.0)),
    (TLI, "median_mag", one(tli=0.26), one(tli=0.261), one(dml=6.0)),
    (TLI, "ulnar_mag", one("ulnar", tli=0.33), one("ulnar", tli=0.331), one("median", tli=0.2)),
    (TLI, "median_low", one(tli=0.259), one(tli=0.26), NONE),
    (TLI, "median_high", one(tli=0.32), one(tli=0.319), NONE),
    (TLI, "marked", one("tibial", tli=0.25), one("tibial", tli=0.251), NONE),
    (TLI, "below_normal", one("fibular", tli=0.339), one("fibular", tli=0.34), NONE),
    (TLI, "residual", one(rl=2.66), one(rl=2.65), one("ulnar", rl=3.0)),
    *((s, c, {f: True}, {f: False}, {}) for s in (TOR, DSP) for c, f in (
        ("symptoms", "neuropathic_symptoms"), ("sensation", "distal_sensation_reduced"),
        ("reflexes", "ankle_reflexes_reduced"),
    )),
    (DSP, "weakness", {"distal_weakness": True}, {"distal_weakness": False}, {}),
    (TOR, "sural", one("sural", "sensory", scv=49.9), one("sural", "sensory", snap=10.0, scv=50.0, slat=3.0), NONE),
    (TOR, "motor", one("fibular", mcv=49.9), one("fibular", **OK), one("median", mcv=40.0)),
    (MMN, "sensory_normal", both("sensory", snap=10.0), both("sensory", snap=9.9), NONE),
    (BLA, "motor_absent", hand(amp=0.19), hand(amp=0.2), hand(dml=4.0)),
    (BLA, "motor_present", hand(amp=0.2), hand(amp=0.19), hand(dml=4.0)),
    (PAD, "motor_absent", hand(amp=0.0), hand(amp=0.1), hand(dml=4.0)),
    (PAD, "motor_present", hand(amp=0.1), hand(amp=0.0), hand(dml=4.0)),
    *(row for s in (BLA, PAD) for row in (
        (s, "sensory_absent", hand(snap=0.0), hand(snap=0.1), hand(dml=4.0)),
        (s, "sensory_present", hand(snap=0.1), hand(snap=0.0), hand(dml=4.0)),
        (s, "latency_long", hand(dml=4.01), hand(dml=4.0), hand(amp=1.0)),
        (s, "latency_normal", hand(dml=4.0), hand(dml=4.01), hand(amp=1.0)),
        (s, "sensory_slow", hand(scv=49.9), hand(scv=50.0, slat=3.0), hand(amp=1.0)),
    )),
    (BLA, "latency_very_long", hand(dml=6.51), hand(dml=6.5), hand(amp=1.0)),
    (BLA, "latency_below", hand(dml=6.5), hand(dml=6.51), hand(amp=1.0)),
    *(row for s in (BLA, PAD, COM) for row in (
        (s, "ring", hand(ring=0.51), hand(ring=0.5), hand(amp=1.0)),
        (s, "palm", hand(palm=0.31), hand(palm=0.3), hand(amp=1.0)),
        (s, "thumb", hand(thumb=0.61), hand(thumb=0.6), hand(amp=1.0)),
        (s, "index", hand(csi=0.91), hand(csi=0.9), hand(amp=1.0)),
    )),
    (UNE, "slow", elbow(across=49.9), elbow(across=50.0), elbow(fall=1.0)),
    (UNE, "slower", elbow(slower=10.1), elbow(slower=10.0), elbow(fall=1.0)),
    (UNE, "fall", elbow(fall=0.79), elbow(fall=0.8), elbow(across=60.0)),
    (SUR, "sural_normal", one("sural", "sensory", snap=10.0), one("sural", "sensory", snap=9.9), NONE),
    (SUR, "arm_small", one("median", "sensory", snap=9.9), one("median", "sensory", snap=10.0), NONE),
    (DSP, "sural", one("sural", "sensory", snap=9.9), one("sural", "sensory", snap=10.0, scv=50.0, slat=3.0), NONE),
    (DSP, "motor", one("tibial", amp=4.9), one("tibial", **OK), NONE),
]  # fmt: skip


def state(name: str, clause: str, given: Given) -> str:
    units, facts = ((), given) if isinstance(given, dict) else (given, {})
    answers = evaluate(load_criteria()[name], units, Setting(low_filter_hz=2.0, facts=facts))
    return next((c.state for a in answers for c in a.clauses if c.clause == clause), "missing")


@pytest.mark.parametrize(
    ("name", "clause", "meets", "misses", "lacks"), ROWS, ids=[f"{r[0]}-{r[1]}-{i}" for i, r in enumerate(ROWS)]
)
def test_clause_is_met_failed_and_missing(name: str, clause: str, meets: Given, misses: Given, lacks: Given) -> None:
    assert state(name, clause, meets) == "met"
    assert state(name, clause, misses) == "failed"
    assert state(name, clause, lacks) == "missing"


def test_every_clause_of_every_set_has_a_row() -> None:
    assert {(r[0], r[1]) for r in ROWS} == {(s.id, c.id) for s in load_criteria().values() for c in s.clauses}


def test_a_nerve_without_a_limit_is_missing_and_never_failed() -> None:
    number = Number(measure="distal_latency_ms", value=9.0, why_no_limit="no limit is known")
    units = tuple(Unit(kind="motor", nerve=n, side=Side.LEFT, numbers=(number,)) for n in ("facial", "axillary"))
    assert state(EFNS, "a", units) == "missing"


def test_a_threshold_that_depends_on_the_filter_is_missing_without_it() -> None:
    answers = evaluate(load_criteria()[EAN], one(ddur=12.0), Setting())
    clause = next(c for c in answers[0].clauses if c.clause == "g1p")
    assert clause.state == "missing"
    assert "filter" in clause.readings[0]


def test_bland_grades_each_hand_alone() -> None:
    left = unit("hand", "median", Side.LEFT, dml=6.6, amp=1.0, snap=0.0)
    right = unit("hand", "median", Side.RIGHT, dml=4.0, amp=6.0, snap=12.0, scv=40.0)
    grades = {a.side: a.met.id for a in evaluate(load_criteria()[BLA], (left, right), Setting()) if a.met}
    assert grades == {Side.LEFT: "grade_5", Side.RIGHT: "grade_2"}


def concluded(name: str, conclusion: str, given: tuple[Unit, ...]) -> str:
    """Return the state of a conclusion."""
    answers = evaluate(load_criteria()[name], given, Setting())
    return next(c.state for a in answers for c in a.conclusions if c.id == conclusion)


SMALL = {**OK, "amp": 3.9}
LOW = {**OK, "amp": 0.49, "dml": 4.81}
THREE = (*motor(**SMALL), unit("sensory", "sural", snap=10.0), unit("sensory", "ulnar", snap=10.0))


@pytest.mark.parametrize(
    ("further", "state"),
    [
        ((unit("motor", "tibial", **LOW),), "met"),
        ((unit("motor", "tibial", **{**LOW, "amp": 0.5}),), "failed"),
        ((unit("motor", "tibial", **LOW), unit("motor", "fibular", **LOW)), "failed"),
    ],
    ids=["one_nerve_below_10_percent", "one_nerve_at_10_percent", "two_nerves_below_10_percent"],
)
def test_hadden_1998_axonal_class_allows_a_feature_in_one_nerve_below_10_percent(
    further: tuple[Unit, ...], state: str
) -> None:
    assert concluded(HAD, "aman", (*THREE, *further)) == state


@pytest.mark.parametrize(
    ("ulnar", "state"), [(0.49, "met"), (0.5, "failed")], ids=["below_10_percent", "at_10_percent"]
)
def test_hadden_1998_inexcitable_but_for_one_nerve(ulnar: float, state: str) -> None:
    assert concluded(HAD, "nearly_inexcitable", plus({"amp": 0.0}, {"amp": ulnar})) == state
    assert concluded(HAD, "nearly_inexcitable", motor(amp=0.3)) == "failed"


def test_padua_1997_extreme_needs_no_sensory_study() -> None:
    assert concluded(PAD, "extreme", hand(amp=0.0)) == "met"
    assert concluded(PAD, "extreme", hand(amp=0.1, snap=0.0)) == "failed"
    assert concluded(PAD, "severe", hand(amp=0.1, snap=0.0, dml=4.01)) == "met"


@pytest.mark.parametrize(
    ("name", "clause", "given", "wanted"),
    [
        (AAN, "latency", motor(dml=6.01), "met"),
        (AAN, "latency", motor(dml=6.0), "missing"),
        (AAN, "latency", motor(dml=5.0), "failed"),
        (AAN, "velocity", motor(mcv=34.9), "met"),
        (EFNS, "c", motor(f=45.0), "met"),
        (HAD, "demyelination_low_two", motor(mcv=30.0), "missing"),
    ],
)
def test_a_threshold_that_holds_whether_the_response_is_small_or_not_needs_no_amplitude(
    name: str, clause: str, given: tuple[Unit, ...], wanted: str
) -> None:
    assert state(name, clause, given) == wanted
