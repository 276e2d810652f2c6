"""The replay of published test results: tables that fit together, counting that is right, an honest split."""

import json

import pytest

from ranvier.cohort.published_tests import population, populations, published_tests, replayed_tests
from ranvier.cohort.replay import Comparison, replay_published, replay_table, replay_to_json
from ranvier.core import DataFileError
from ranvier.disorders import load_catalogue
from ranvier.inference.items import parse_item
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
        for term in (*how.terms, *how.reference):
            parse_item(term.item)
        for name in (how.cases, how.controls):
            if name:
                population(name)
    with pytest.raises(DataFileError, match="nobody"):
        population("nobody")


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
