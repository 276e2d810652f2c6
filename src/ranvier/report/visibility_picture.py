"""The disorders x tests picture: which test would show which of the likely causes."""

from textwrap import wrap

from ranvier.inference import Assessment, TestVisibility
from ranvier.report.svg import ink, picture, rect, shade, text

_WIDTH, _LEFT, _RIGHT, _CELL_H, _LINE = 930.0, 268.0, 72.0, 36.0, 11.5
_NAME, _TEST = 40, 22
_SLANT = -38


def visibility_picture(assessment: Assessment, rows: int = 8) -> str:
    """Return the picture as SVG text; a dash marks a test that cannot bear on the disorder."""
    candidates = assessment.candidates[:rows]
    cells = {(v.disorder, v.test): v for v in assessment.visibility}
    cell_w = (_WIDTH - _LEFT - _RIGHT) / max(len(assessment.tests), 1)
    top = 106.0
    body = []
    for column, test in enumerate(assessment.tests):
        x = _LEFT + cell_w * (column + 0.5)
        body.append(_lines(test.name, x, top - 12, width=_TEST, slant=True))
    for row, candidate in enumerate(candidates):
        y = top + _CELL_H * row
        body.append(_lines(candidate.name, _LEFT - 10, y + _CELL_H / 2 + 3.5, width=_NAME))
        for column, test in enumerate(assessment.tests):
            body.append(_cell(cells[candidate.disorder, test.id], _LEFT + cell_w * column, y, cell_w))
    height = top + _CELL_H * len(candidates) + 6
    words = "Chance in percent that each test is abnormal under each likely cause; the table below repeats it."
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
