"""The disorders x tests picture: which test would show which of the likely causes."""

from ranvier.inference import Assessment, TestVisibility
from ranvier.report.svg import ink, picture, rect, shade, text

_LEFT, _TOP, _CELL_W, _CELL_H = 250.0, 96.0, 54.0, 26.0
_NAME = 40


def visibility_picture(assessment: Assessment, rows: int = 8) -> str:
    """Return the picture as SVG text; a dash marks a test that cannot bear on the disorder."""
    candidates = assessment.candidates[:rows]
    cells = {(v.disorder, v.test): v for v in assessment.visibility}
    width = _LEFT + _CELL_W * len(assessment.tests) + 70
    body = []
    for column, test in enumerate(assessment.tests):
        x = _LEFT + _CELL_W * (column + 0.5)
        body.append(text(x, _TOP - 8, test.name, size=11, extra=f'transform="rotate(-32 {x:.0f} {_TOP - 8:.0f})"'))
    for row, candidate in enumerate(candidates):
        y = _TOP + _CELL_H * row
        name = candidate.name if len(candidate.name) <= _NAME else candidate.name[: _NAME - 1] + "…"
        body.append(text(_LEFT - 8, y + 17, name, size=11, anchor="end"))
        for column, test in enumerate(assessment.tests):
            body.append(_cell(cells[candidate.disorder, test.id], _LEFT + _CELL_W * column, y))
    height = _TOP + _CELL_H * len(candidates) + 8
    words = "Chance in percent that each test is abnormal under each likely cause; the table below repeats it."
    return picture(width, height, "Which test would show it", words, body)


def _cell(cell: TestVisibility, x: float, y: float) -> str:
    p = cell.probability
    fill = "#f3f3f3" if p is None else shade(p)
    words = "–" if p is None else f"{100 * p:.0f}"
    colour = "#777" if p is None else ink(p)
    box = rect(x + 1, y + 1, _CELL_W - 2, _CELL_H - 2, fill=fill, extra='stroke="#aaa" stroke-width="0.5"')
    return box + text(x + _CELL_W / 2, y + 17, words, size=11, anchor="middle", extra=f'fill="{colour}"')
