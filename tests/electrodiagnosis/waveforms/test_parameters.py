"""The numbers of the waveform parts: units, sources, and limits that keep their order."""

import pytest

from ranvier.core import Status, read_sources, read_table
from ranvier.electrodiagnosis.waveforms.parameters import PACKAGE, simulation_parameters, waveform_parameters

COLUMNS = ("name", "value", "unit", "status", "source", "meaning")
UNITS = {"1", "ms", "mV", "Hz", "m/s"}


@pytest.mark.parametrize("table", ["waveform_parameters.csv", "waveform_simulation.csv"])
def test_each_row_has_a_unit_a_status_and_a_source(table: str) -> None:
    rows, sources = read_table(PACKAGE, table, COLUMNS), read_sources(PACKAGE)
    for row in rows:
        assert row["unit"] in UNITS, row
        assert row["source"] in sources, row
        assert (row["status"] == Status.ASSUMED) == (row["source"] == "estimate"), row
        assert row["meaning"], row
    assert len({row["name"] for row in rows}) == len(rows)


def test_values_that_were_compared_with_their_source() -> None:
    assert waveform_parameters()["relative_spread"] == 0.0165  # Sleutjes 2021, abstract: 1.65 % on average
    assert waveform_parameters()["dispersion_rise"] == 0.3  # EFNS/PNS 2010 (f): more than 30 %


def test_windows_and_limits_are_in_order() -> None:
    p = waveform_parameters()
    for limb in ("arm", "leg"):
        assert p[f"f_window_{limb}_from_ms"] < p[f"f_window_{limb}_to_ms"]
    assert p["blink_r1_to_ms"] <= p["blink_r2_from_ms"]
    assert p["block_area_drop"] < p["block_area_drop_dispersed"]
    assert p["dispersion_rise"] < p["dispersion_rise_tibial"]
    assert 0 < p["takeoff_share"] < p["takeoff_top"] < 1


def test_every_parameter_of_the_simulator_is_positive() -> None:
    assert all(value > 0 for value in simulation_parameters().values())
