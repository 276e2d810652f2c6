"""The house rules that no other tool checks."""

import ast
import re
from pathlib import Path

import pytest

from ranvier.cli.main import app

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
FILE_LIMIT = 500
FUNCTION_LIMIT = 60


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= FILE_LIMIT
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            doc = ast.get_docstring(node, clean=False) or ""
            assert (node.end_lineno or 0) - node.lineno - doc.count("\n") <= FUNCTION_LIMIT, node.name


def test_only_the_command_line_prints_or_exits() -> None:
    outside = [p for p in SOURCES if "cli" not in p.parts]
    spoken = re.compile(r"\bprint\(|sys\.exit|typer\.echo")
    assert [str(p) for p in outside if spoken.search(p.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name != "__init__.py"], ids=lambda p: p.stem)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_every_data_table_that_cites_has_its_citations() -> None:
    folders = [p.parent for p in (ROOT / "src").rglob("sources.csv")]
    assert folders
    for folder in folders:
        known = {line.split(",")[0] for line in (folder / "sources.csv").read_text(encoding="utf-8").splitlines()[1:]}
        assert all(known), folder


def test_readme_shows_both_commands_and_every_subcommand() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "<!-- workup-command -->" in readme
    assert "<!-- test-command -->" in readme
    commands = [c.name or c.callback.__name__ for c in app.registered_commands if c.callback is not None]
    assert len(commands) > 10
    assert [c for c in commands if f"ranvier {c}" not in readme] == []
