"""The interview that ``ranvier new --intake`` writes: each of its lines is read and leads to a finding."""

import re
from pathlib import Path

from ranvier.case import read_case, write_template
from ranvier.inference import collect_findings, collect_unused


def test_the_interview_as_written_is_an_empty_case(tmp_path: Path) -> None:
    (path,) = write_template(tmp_path / "new", intake=True)
    case = read_case(path.parent)
    assert collect_unused(case) == ()
    assert collect_findings(case) == ()


def test_each_line_that_is_filled_in_leads_to_a_finding(tmp_path: Path) -> None:
    (path,) = write_template(tmp_path / "new", intake=True)
    filled = re.sub(r"(?m)^(\s*)#- ", r"\1- ", path.read_text(encoding="utf-8"))
    path.write_text(filled, encoding="utf-8")
    case = read_case(path.parent)
    assert collect_unused(case) == ()
    lines = {n for n, line in enumerate(filled.splitlines(), 1) if re.match(r"\s*- \{", line)}
    assert len(lines) > 80
    assert lines <= {f.origin.row for f in collect_findings(case)}
