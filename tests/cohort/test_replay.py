"""The replay of published test results: tables that fit together, counting that is right, an honest split."""

import json
from pathlib import Path

import numpy as np
import pytest

from ranvier.case import Setting
from ranvier.cohort.published_tests import population, populations, published_tests, reasons, replayed_tests
from ranvier.cohort.replay import Comparison, at_days, replay_published, replay_table, replay_to_json
from ranvier.core import DataFileError
from ranvier.disorders import load_catalogue
from ranvier.inference import load_library
from ranvier.inference.items import parse_item
from ranvier.inference.simulation import Population
from ranvier.inference.simulation.examiner import any_of
from ranvier.report import agreement_picture


def test_every_published_row_is_replayed_or_says_why_not() -> None:
    assert set(published_tests()) == set(replayed_tests())
    for how in replayed_tests().values():
        assert bool(how.not_represented) != bool(how.terms)


def test_rows_of_one_source_are_in_one_half() -> None:
    halves: dict[str, set[str]] = {}
    for test in published_tests().values():
        halves.setdefault(test.source, set()).add(test.half)
    assert all(len(found) == 1 for found in halves.values())


def test_every_item_and_population_exists() -> None:
    disorders = load_catalogue().disorders
    for shares in populations().values():
        assert set(shares) <= set(disorders)
        assert sum(shares.values()) == pytest.approx(1.0)
    for how in replayed_tests().values():
        for term in (*how.terms, *how.reference, *how.without):
            parse_item(term.item)
        for name in (how.cases, how.controls):
            if name:
                population(name)
    with pytest.raises(DataFileError, match="nobody"):
        population("nobody")


def test_each_miss_of_the_kept_replay_has_a_reason() -> None:
    kept = json.loads((Path(__file__).parents[2] / "bench" / "results" / "replay.json").read_text(encoding="utf-8"))
    missed = [row for row in kept["rows"] if not row["inside"]]
    assert missed
    assert [row["id"] for row in missed if row["id"] not in reasons()] == []
    assert all(row["reason"] == reasons()[row["id"]] for row in missed)
    assert set(reasons()) <= {row["id"] for row in kept["rows"]}


def test_days_and_those_left_out_change_who_is_replayed() -> None:
    assert replayed_tests()["tp045"].days == ((2.0, 0.5), (14.0, 0.5))
    rng = np.random.default_rng(0)
    people = Population(load_library(), Setting.NEUROLOGY_CLINIC).draw(rng, 400)
    days = [p.case.onset.duration_days for p in at_days(people, ((2.0, 0.25), (14.0, 0.75)), rng)]
    assert set(days) == {2.0, 14.0}
    assert 60 < days.count(2.0) < 140
    assert at_days(people, (), rng) == people


def test_any_sign_is_seen_at_least_as_often_as_the_most_visible_one() -> None:
    assert any_of([0.3, 0.5], 0.6) > 0.5
    assert any_of([0.3, 0.5], 0.6) < any_of([0.3, 0.5], 0.0) == pytest.approx(0.65)
    assert any_of([0.5, 0.5], 0.999) == pytest.approx(0.5, abs=0.02)


def test_inside_means_inside() -> None:
    c = Comparison(model=0.5, published=0.6, low=0.5, high=0.7, interval="published")
    assert c.inside
    assert not Comparison(model=0.49, published=0.6, low=0.5, high=0.7, interval="published").inside


def test_the_replay_counts_what_it_lists() -> None:
    result = replay_published(draws=150)
    out = json.loads(replay_to_json(result))
    for half in ("fitting", "judging"):
        rows = [r for r in out["rows"] if r["half"] == half]
        assert out[half] == {"rows": len(rows), "inside": sum(r["inside"] for r in rows)}
    assert len(out["rows"]) + len(out["unrepresented"]) == len(published_tests())
    assert all(r["reason"] for r in out["unrepresented"])
    assert "judging" in replay_table(result)
    picture = agreement_picture(result.bars())
    assert picture.count("<circle") == sum(b.inside for b in result.bars())
