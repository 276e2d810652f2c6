"""Units: every test in two of them and back, our algebra against pint and ucumvert, formulas against printed values.

HbA1c: https://information.ifcchba1c.org/sustainable-implementation/master-equations.aspx
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranvier.core import MissingExtraError, UnknownNameError, read_table
from ranvier.reference import from_base_unit, lab_quantity, lab_units, to_base_unit, ucum
from ranvier.reference.lab_units import lab_unit
from ranvier.reference.unit_algebra import scale_of

QUANTITIES = read_table("ranvier.reference", "lab_quantities.csv", ("test", "unit", "common_units", "formula"))
PAIRS = [(row["test"], unit) for row in QUANTITIES for unit in row["common_units"].split("|")]
WEIGHTS = {
    "H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "P": 30.974, "S": 32.06, "Co": 58.933, "I": 126.904,
    "Cu": 63.546, "Zn": 65.38, "Pb": 207.2, "Hg": 200.592, "As": 74.922, "Tl": 204.38, "Ca": 40.078, "K": 39.098,
    "Na": 22.990, "Li": 6.94,
}  # fmt: skip


@pytest.mark.parametrize(("test", "unit"), PAIRS)
def test_every_common_unit_goes_to_the_base_unit_and_back(test: str, unit: str) -> None:
    for value in (0.7, 12.0, 340.0):
        assert from_base_unit(test, to_base_unit(test, value, unit), unit) == pytest.approx(value, rel=1e-9)


@given(value=st.floats(1e-3, 1e6), pair=st.sampled_from(PAIRS))
def test_conversion_keeps_the_order_of_values(value: float, pair: tuple[str, str]) -> None:
    assert to_base_unit(pair[0], value * 1.01, pair[1]) > to_base_unit(pair[0], value, pair[1])


@pytest.mark.parametrize("row", [r for r in QUANTITIES if r["formula"]], ids=lambda r: r["test"])
def test_molar_masses_follow_from_the_formula(row: dict[str, str]) -> None:
    parts = re.findall(r"([A-Z][a-z]?)(\d*)", row["formula"])
    mass = sum(WEIGHTS[element] * int(count or 1) for element, count in parts)
    assert float(row["molar_mass_g_mol"]) == pytest.approx(mass, abs=2e-3)


@pytest.mark.parametrize(
    ("test", "value", "unit", "base"),
    [
        ("glucose_fasting", 5.55, "mmol/L", 100.0),
        ("glucose_fasting", 1.0, "g/L", 100.0),
        ("b12", 0.148, "nmol/L", 200.6),
        ("b12", 20, "ng/dL", 200),
        ("creatinine", 88.4, "µmol / L", 1.0),
        ("vitamin_d", 50, "nmol/l", 20.0),
        ("ft4", 12.87, "pmol/L", 1.0),
        ("calcium", 5.0, "mEq/L", 10.02),
        ("potassium", 4.1, "mval/L", 4.1),
        ("tsh", 2.0, "µIU/mL", 2.0),
        ("wbc", 7200, "/mm³", 7.2),
        ("wbc", 7.2, "K/uL", 7.2),
        ("wbc", 7.2, "10*3/uL", 7.2),
        ("wbc", 7.2, "G/L", 7.2),
        ("platelets", 250, "thou/uL", 250),
        ("csf_wbc", 4, "10*6/L", 4),
        ("csf_protein", 450, "mg/L", 0.45),
        ("ck", 2.0, "ukat/L", 120),
        ("ck", 120, "[IU]/L", 120),
        ("copper", 11.0, "umol/L", 69.9),
        ("urea", 5.0, "mmol/L", 14.0),
        ("hb", 8.0, "mmol/L", 12.89),
        ("hcy", 1.352, "mg/L", 10.0),
    ],
)
def test_worked_conversions(test: str, value: float, unit: str, base: float) -> None:
    """Factors of common tables of SI conversion, to three digits."""
    assert to_base_unit(test, value, unit) == pytest.approx(base, rel=2e-3)


@pytest.mark.parametrize(("mmol_mol", "percent"),
    [(20, 4.0), (31, 5.0), (42, 6.0), (48, 6.5), (53, 7.0), (64, 8.0), (75, 9.0), (86, 10.0),
     (97, 11.0), (108, 12.0)],
)  # fmt: skip
def test_hba1c_agrees_with_the_printed_table_of_both_units(mmol_mol: int, percent: float) -> None:
    assert to_base_unit("hba1c", mmol_mol, "mmol/mol") == pytest.approx(percent, abs=0.05)
    assert round(from_base_unit("hba1c", percent, "mmol/mol")) == mmol_mol
    assert from_base_unit("hba1c", percent, "mmol/mol") == pytest.approx(10.93 * percent - 23.5, abs=0.1)


def test_a_unit_of_another_dimension_is_refused() -> None:
    for test, unit in (("csf_protein", "mmol/L"), ("b12", "U/L"), ("wbc", "mg/dL"), ("ck", "furlong"), ("igg", "g")):
        with pytest.raises(UnknownNameError):
            to_base_unit(test, 1.0, unit)


def test_decimal_factors_leave_no_noise() -> None:
    assert (to_base_unit("csf_protein", 85, "mg/dL"), lab_unit("crp", "mg/dL").factor) == (0.85, 10.0)


UCUM_PAIRS = [
    ("mg/dL", "g/L", None), ("ug/dL", "umol/L", 63.546), ("mmol/L", "mg/dL", 180.156), ("10*3/uL", "10*9/L", None),
    ("ukat/L", "U/L", None), ("pmol/L", "pg/mL", 1355.388), ("m[IU]/L", "u[IU]/mL", None), ("fL", "um3", None),
]  # fmt: skip


@pytest.mark.parametrize(("unit", "to_unit", "mass"), UCUM_PAIRS)
def test_our_algebra_agrees_with_the_library(unit: str, to_unit: str, mass: float | None) -> None:
    pytest.importorskip("ucumvert")
    given, end = scale_of(unit), scale_of(to_unit)
    assert given is not None
    assert end is not None
    bridge = 1.0 if mass is None else mass if "mol" in unit else 1 / mass
    assert ucum.ucum_factor(unit, to_unit, mass) == pytest.approx(given.factor * bridge / end.factor, rel=1e-9)


def test_unusual_units_are_read_by_the_library() -> None:
    pytest.importorskip("ucumvert")
    assert to_base_unit("csf_protein", 450, "g/m3") == 0.45
    assert to_base_unit("glucose_fasting", 5.0, "mol/m3") == pytest.approx(90.08, abs=0.01)


def test_without_the_library_an_unusual_unit_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise MissingExtraError("reading unusual units", "labs")

    monkeypatch.setattr(ucum, "_registry", missing)
    for cached in (ucum.ucum_factor, lab_units._factor):
        cached.cache_clear()
    assert not ucum.ucum_installed()
    with pytest.raises(UnknownNameError):
        to_base_unit("glucose_fasting", 5.0, "mol/m3")
    assert to_base_unit("glucose_fasting", 5.0, "mmol/L") == pytest.approx(90.08, abs=0.01)


def test_qualitative_tests_have_no_unit() -> None:
    assert lab_quantity("hiv") is None
