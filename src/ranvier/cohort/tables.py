"""Print an evaluation as a text table."""

from collections.abc import Sequence

from ranvier.cohort.evaluation import Evaluation, Figure, Summary
from ranvier.cohort.hiding import Addition, Early

_HEAD = f"{'cases':<18}{'n':>4}  {'first':<17}{'among three':<17}{'group first':<17}{'site':<17}{'Brier':<18}ECE"


def evaluation_table(evaluation: Evaluation) -> str:
    """Return the figures with their 95 % intervals, and the cases that were missed."""
    lines = [_HEAD, _line("all", evaluation.all), _line("definite", evaluation.definite)]
    if evaluation.clinical is not None:
        lines.append(_line("clinical part", evaluation.clinical))
    strict = f"first {_percent(evaluation.all.strict_top1)}, among three {_percent(evaluation.all.strict_top3)}"
    lines += [f"without diagnoses counted as equally right: {strict}", ""]
    lines += [_line(group, summary) for group, summary in evaluation.by_group.items()]
    missed = [c for c in evaluation.cases if not c.top1]
    if missed:
        lines += ["", "Not right first:"]
    for case in missed:
        rank = "among three" if case.top3 else "missed"
        lines.append(
            f"  {case.case:<42} {rank:<12} true {case.true_disorder} ({100 * case.true_probability:.0f} %), "
            f"first {case.first} ({100 * case.first_probability:.0f} %)"
        )
    return "\n".join(lines)


def _line(name: str, s: Summary) -> str:
    shares = "".join(f"{_percent(f):<17}" for f in (s.top1, s.top3, s.group_top1, s.site))
    return f"{name:<18}{s.n:>4}  {shares}{_number(s.brier):<18}{_number(s.ece)}"


def _percent(figure: Figure | None) -> str:
    return "-" if figure is None else f"{100 * figure.value:.0f} % ({100 * figure.low:.0f}-{100 * figure.high:.0f})"


def _number(figure: Figure) -> str:
    return f"{figure.value:.2f} ({figure.low:.2f}-{figure.high:.2f})"


def additions_table(added: Sequence[Addition]) -> str:
    """Return what each modality adds: the cases that have it, judged with it and without it."""
    lines = [_HEAD]
    for one in added:
        lines.append(_line(f"with {one.modality.value}", one.with_it))
        lines.append(_line("  without", one.without_it))
    return "\n".join(lines)


def early_table(result: Early) -> str:
    """Return the figures with the deciding result hidden, and the cases whose hidden test was not asked for."""
    lines = [
        _HEAD,
        _line("early", result.summary),
        f"hidden test among the first three asked for: {_percent(result.hidden_test)}",
    ]
    for case in result.cases:
        if case.hidden_tests and not case.found:
            wanted = " or ".join(case.hidden_tests)
            lines.append(f"  {case.result.case:<42} wanted {wanted}; asked for {', '.join(case.asked[:3])}")
    return "\n".join(lines)
