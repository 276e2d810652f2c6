"""How simulated shares agree with published ones: a bar for each interval, a mark for the model."""

from collections.abc import Sequence
from dataclasses import dataclass

from ranvier.report.svg import picture, rect, text

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 900.0, 420.0, 20.0, 18.0, 34.0
_SCALE = _WIDTH - _LEFT - _RIGHT
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementBar:
    """One published share with its interval, the simulated one, and the group it is shown in."""

    label: str
    group: str
    model: float
    published: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        """Tell whether the simulated share lies in the interval."""
        return self.low <= self.model <= self.high


def agreement_picture(bars: Sequence[AgreementBar]) -> str:
    """Return the picture as SVG text: grey interval, tick at the published value, dot (inside) or cross (outside)."""
    body = [text(_x(t), _TOP - 12, f"{100 * t:.0f} %", size=11, anchor="middle") for t in _TICKS]
    y, group = _TOP, ""
    for bar in bars:
        if bar.group != group:
            group = bar.group
            body.append(text(8, y + 12, f"{group} half", size=12, extra='font-weight="bold"'))
            y += _ROW
        body.extend(_bar(bar, y))
        y += _ROW
    inside = sum(bar.inside for bar in bars)
    words = f"{inside} of {len(bars)} simulated shares lie in the published interval."
    return picture((0, 0, _WIDTH, y + 10), "Agreement with published test results", words, body)


def _x(share: float) -> float:
    return _LEFT + _SCALE * share


def _bar(bar: AgreementBar, y: float) -> list[str]:
    middle = y + _ROW / 2
    span = rect(_x(bar.low), middle - 4, max(_x(bar.high) - _x(bar.low), 2), 8, fill="#c9ced6")
    tick = rect(_x(bar.published) - 1, middle - 6, 2, 12, fill="#4a4f57")
    if bar.inside:
        mark = f'<circle cx="{_x(bar.model):.1f}" cy="{middle:.1f}" r="4.5" fill="#0b3c6f"/>'
    else:
        mark = text(_x(bar.model), middle + 5, "×", size=16, anchor="middle", extra='fill="#a02020" font-weight="bold"')
    return [text(_LEFT - 8, middle + 4, bar.label[:70], size=10.5, anchor="end"), span, tick, mark]
