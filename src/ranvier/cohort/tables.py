"""Print an evaluation as a text table."""

from ranvier.cohort.evaluation import Evaluation, Figure, Summary

_HEAD = f"{'cases':<18}{'n':>4}  {'first':<17}{'among three':<17}{'group first':<17}{'site':<17}{'Brier':<18}ECE"


def evaluation_table(evaluation: Evaluation) -> str:
    """Return the figures with their 95 % intervals, and the cases that were missed."""
    lines = [_HEAD, _line("all", evaluation.all), _line("definite", evaluation.definite), ""]
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
