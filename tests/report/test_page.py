"""The page as HTML text: self-contained, escaped, complete, usable without sight or colour."""

import csv
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ranvier.case import read_case
from ranvier.inference import Assessment, assessment_from_json, assessment_to_json, work_up
from ranvier.report import render_page, render_patient_page, write_report
from ranvier.report.body_map import patches
from ranvier.report.svg import ink, shade


@pytest.fixture(scope="module")
def assessment(schwannoma: Path) -> Assessment:
    return work_up(read_case(schwannoma))


class _Balance(HTMLParser):
    """Counts open tags, headings and pictures."""

    VOID = frozenset({"meta", "br", "hr", "img", "input", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.headings: list[int] = []
        self.pictures: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag == "a" and str(values.get("href", "")).startswith("#"):
            self.targets.append(str(values["href"])[1:])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "svg":
            self.pictures.append(values)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag, attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def parsed(html: str) -> _Balance:
    parser = _Balance()
    parser.feed(html)
    parser.close()
    return parser


def test_tags_are_balanced_and_links_lead_somewhere(assessment: Assessment) -> None:
    page = parsed(render_page(assessment))
    assert page.open == []
    assert set(page.targets) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_headings_never_skip_a_level(assessment: Assessment) -> None:
    headings = parsed(render_page(assessment)).headings
    assert headings[0] == 1
    assert all(b - a <= 1 for a, b in zip(headings, headings[1:], strict=False))


def test_every_picture_has_a_role_for_screen_readers(assessment: Assessment) -> None:
    pictures = parsed(render_page(assessment)).pictures
    assert len(pictures) == 4
    assert all(p.get("role") == "img" for p in pictures)


def test_the_page_needs_no_network_and_no_script(assessment: Assessment) -> None:
    html = render_page(assessment)
    assert "<script" not in html
    assert not re.search(r'(src|href)="(https?:)?//', html)
    assert "@import" not in html
    assert "url(http" not in html


def test_the_page_answers_the_mri_question_in_three_parts(assessment: Assessment) -> None:
    html = render_page(assessment)
    for heading in ("What MRI can show", "What it showed", "What a normal MRI leaves open"):
        assert heading in html


def test_what_a_case_says_cannot_break_out_of_the_page(assessment: Assessment) -> None:
    nasty = replace(assessment, remarks=("<script>alert(1)</script>",), case="<img src=x>")
    html = render_page(nasty)
    assert "<script" not in html
    assert "<img" not in html


def test_every_finding_and_every_unused_entry_is_listed(assessment: Assessment) -> None:
    html = render_page(replace(assessment, remarks=("a remark of its own",)))
    assert "a remark of its own" in html
    assert html.count("<tr><td") >= len(assessment.findings)


def test_the_patient_page_uses_no_trade_words(assessment: Assessment) -> None:
    html = render_patient_page(assessment)
    assert parsed(html).open == []
    for word in ("decibans", "posterior", "CMAP", "likelihood"):
        assert word not in html


def test_an_assessment_survives_json(assessment: Assessment) -> None:
    text = assessment_to_json(assessment)
    assert assessment_to_json(assessment_from_json(text)) == text


def test_findings_csv_has_one_row_a_finding(assessment: Assessment, tmp_path: Path) -> None:
    write_report(assessment, tmp_path)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "findings.csv").read_text(encoding="utf-8"))))
    assert [r["id"] for r in rows] == [f.id for f in assessment.findings]


def test_two_runs_give_the_same_bytes(schwannoma: Path) -> None:
    assert render_page(work_up(read_case(schwannoma))) == render_page(work_up(read_case(schwannoma)))


def test_shades_keep_their_order_in_black_and_white() -> None:
    def grey(colour: str) -> float:
        r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.299 * r + 0.587 * g + 0.114 * b

    greys = [grey(shade(i / 10)) for i in range(11)]
    assert greys == sorted(greys, reverse=True)
    assert all(abs(grey(shade(i / 10)) - grey(ink(i / 10))) > 70 for i in range(11))


def test_every_patch_of_the_body_map_lies_inside_its_quad() -> None:
    assert all(0 <= p.u0 < p.u1 <= 1 and 0 <= p.v0 < p.v1 <= 1 for p in patches())
