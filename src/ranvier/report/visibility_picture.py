"""The disorders x tests picture: which test would show which of the likely causes."""

from collections.abc import Sequence
from textwrap import wrap

from ranvier.inference import Assessment, DiagnosticTest, TestVisibility
from ranvier.report.svg import ink, picture, rect, shade, text

_WIDTH, _LEFT, _RIGHT, _CELL_H, _LINE = 930.0, 268.0, 72.0, 36.0, 11.5
_NAME, _TEST = 40, 22
_SLANT = -38


def visibility_picture(assessment: Assessment, rows: int = 8) -> str:
    """Return the picture of one case as SVG text, for its leading causes."""
    named = [(c.disorder, c.name) for c in assessment.candidates[:rows]]
    words = "Chance in percent that each test is abnormal under each likely cause; the table below repeats it."
    return matrix_picture(named, assessment.tests, assessment.visibility, words)


def matrix_picture(
    disorders: Sequence[tuple[str, str]],
    tests: Sequence[DiagnosticTest],
    visibility: Sequence[TestVisibility],
    words: str,
) -> str:
    """Return the picture as SVG text; a dash marks a test that cannot bear on the disorder.

    Parameters
    ----------
    disorders : sequence of (id, name)
        The rows.
    tests : sequence of DiagnosticTest
        The columns.
    visibility : sequence of TestVisibility
        The cells, in any order.
    words : str
        What the picture shows, for screen readers.
    """
    cells = {(v.disorder, v.test): v for v in visibility}
    cell_w = (_WIDTH - _LEFT - _RIGHT) / max(len(tests), 1)
    top = 106.0
    body = []
    for column, test in enumerate(tests):
        x = _LEFT + cell_w * (column + 0.5)
        body.append(_lines(test.name, x, top - 12, width=_TEST, slant=True))
    for row, (disorder, name) in enumerate(disorders):
        y = top + _CELL_H * row
        body.append(_lines(name, _LEFT - 10, y + _CELL_H / 2 + 3.5, width=_NAME))
        for column, test in enumerate(tests):
            body.append(_cell(cells[disorder, test.id], _LEFT + cell_w * column, y, cell_w))
    height = top + _CELL_H * len(disorders) + 6
    return picture((0, 0, _WIDTH, height), "Which test would show it", words, body)


def _lines(words: str, x: float, y: float, *, width: int, slant: bool = False) -> str:
    """Return a label of up to a few lines: ending at x and centred on y, or slanted up from there."""
    lines = wrap(words, width)
    if slant:
        turn = f'transform="rotate({_SLANT} {x:.0f} {y:.0f})"'
        start = y - _LINE * (len(lines) - 1) / 2
        return "".join(text(x, start + _LINE * i, line, size=11, extra=turn) for i, line in enumerate(lines))
    start = y - _LINE * (len(lines) - 1) / 2
    return "".join(text(x, start + _LINE * i, line, size=10.5, anchor="end") for i, line in enumerate(lines))


def _cell(cell: TestVisibility, x: float, y: float, width: float) -> str:
    p = cell.probability
    fill = "#f3f3f3" if p is None else shade(p)
    words = "–" if p is None else f"{100 * p:.0f}"
    colour = "#595959" if p is None else ink(p)
    box = rect(x + 1, y + 1, width - 2, _CELL_H - 2, fill=fill, extra='stroke="#8a8f98" stroke-width="0.6"')
    return box + text(x + width / 2, y + 22, words, size=12, anchor="middle", extra=f'fill="{colour}"')
