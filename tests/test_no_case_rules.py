"""No rule, row or word of the package is made for one published case."""

import csv
from collections import defaultdict
from pathlib import Path

import yaml

import ranvier

PACKAGE = Path(ranvier.__file__).parent
PUBLISHED = Path(__file__).parents[1] / "examples" / "published"
TEXTS = {
    str(path.relative_to(PACKAGE)): path.read_text(encoding="utf-8").lower()
    for path in sorted(PACKAGE.rglob("*"))
    if path.suffix in (".py", ".csv", ".toml", ".j2", ".yaml", ".md", ".json")
}
CASES = {folder.name: folder for folder in sorted(PUBLISHED.iterdir()) if folder.is_dir()}


def _disorder_names() -> set[str]:
    """Return the names of disorders and variants: a truth that is worded like one of them names no case."""
    files = [*(PACKAGE / "disorders" / "data").glob("*/disorders.csv")]
    rows = [row for path in files for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]
    return {row["name"].lower() for row in rows}


def _marks(folder: Path) -> set[str]:
    """Return what would betray a case: its id, where it was published, and the wording of its truth."""
    case = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
    truth = yaml.safe_load((folder / "truth.yaml").read_text(encoding="utf-8"))
    cited = case.get("citation") or {}
    marks = {folder.name, *(str(cited[key]) for key in ("doi", "pmid", "title") if cited.get(key))}
    return {mark.lower() for mark in (*marks, str(truth["text"])) if len(mark) > 6} - _disorder_names()


def test_no_text_of_the_package_names_a_published_case() -> None:
    marks = {mark: name for name, folder in CASES.items() for mark in _marks(folder)}
    assert len(marks) > 3 * len(CASES) / 2
    found = [(mark, file) for file, text in TEXTS.items() for mark in marks if mark in text]
    assert found == []


def test_every_feature_that_speaks_of_a_disorder_has_a_rate_beyond_it() -> None:
    """A feature that only one disorder has, and no one else at any rate, would be a rule."""
    told: dict[str, set[str]] = defaultdict(set)
    for path in sorted((PACKAGE / "disorders" / "data").glob("*/*associations.csv")):
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
            told[row["feature"]].add(row["disorder"])
    alone = sorted(feature for feature, disorders in told.items() if len(disorders) < 2 and disorders != {"*"})
    assert alone == []
