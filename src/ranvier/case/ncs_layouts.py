"""Conduction tables in the layouts of laboratories, turned into rows of ``ncs.csv``.

Understood are lines above the header, headers of two lines, merged cells, several tables in one file, headings of
several languages and units, sections ("R Median - APB" above its stimulating points, "Motor studies" above a table),
both sides in one row, motor and sensory measures in one row, and the side, the kind and the recording within the name
of the nerve. What a row does not say is not supposed: the kind follows from a word, from a heading, or from whether a
muscle or skin was recorded, else the row is not used. Numbers and names are judged where all rows of ``ncs.csv`` are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ranvier.case.context import Context
from ranvier.case.csvtext import Row, Sheet, note_open_quote, note_unknown_column, read_grid
from ranvier.case.ncs_grids import one_line_headers, without_gaps
from ranvier.case.ncs_headings import FILE, Heading, kind_word, read_heading, side_word
from ranvier.case.ncs_names import Named, is_nerve, kind_of_recording, kind_of_title, read_named
from ranvier.case.numbers import AmbiguousNumberError, NumberReader, read_number
from ranvier.case.problems import Problems
from ranvier.core import Origin

_FEWEST = 2
_MEASURES = frozenset({
    *("latency_ms", "amplitude", "amplitude_mv", "amplitude_uv", "area", "area_mv_ms", "area_uv_ms", "duration_ms"),
    *("duration_total_ms", "velocity_m_s", "distance_mm", "f_latency_ms", "result"),
})  # fmt: skip
_OF_MOTOR = frozenset(("f_latency_ms",))
_NAMES = ("nerve", "side", "kind", "stimulation", "recording")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """What the columns of one table hold, by position; None where nothing is known."""

    headings: tuple[Heading | None, ...]

    @property
    def columns(self) -> set[str]:
        return {h.column for h in self.headings if h is not None}

    def place(self, column: str) -> str:
        """Return the number of a column, empty where there is none."""
        return next((str(n) for n, h in enumerate(self.headings) if h is not None and h.column == column), "")

    @property
    def foreign(self) -> bool:
        return any(h is not None and h.foreign for h in self.headings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """What the lines above say about the rows that follow."""

    header: _Header | None = None
    nerve: Named | None = None
    kind: str = ""


def read_layout(path: Path, context: Context) -> Sheet | None:
    """Return a table in the layout of a laboratory as rows of ``ncs.csv``; None where the table is one already.

    Parameters
    ----------
    path : Path
    context : Context
        Problems are noted in it.
    """
    grid = read_grid(path, FILE, Problems(), lambda cell: read_heading(cell) is not None)
    lines = one_line_headers(grid.rows, lambda row: _header(row) is not None)
    headers = {n: found for n, row in enumerate(lines) if (found := _header(row)) is not None}
    if not headers:
        return None
    first = next(iter(headers.values()))
    at, also = first.place("nerve"), [n for column in ("side", "kind") if (n := first.place(column))]
    whole = without_gaps(lines, at, also) if len(headers) == 1 else lines
    usual = list(headers) == [0] and not first.foreign and {"nerve", "kind"} <= first.columns
    usual = usual and len(lines) == len(grid.rows) and whole == lines
    if usual and not _names_hold_more(lines[1:], at, context):
        return None
    for number in grid.broken:
        note_open_quote(path.name, number, context.problems)
    numbers = NumberReader(file=FILE, problems=context.problems, decimal_comma=grid.separator == ";")
    reader = _Reader(context=context, decimal_comma=numbers.decimal_comma)
    return Sheet(rows=tuple(reader.rows(whole, headers)), numbers=numbers)


def _header(row: Row) -> _Header | None:
    """Return the headings of a line if it names the nerve and at least two other columns."""
    headings = tuple(read_heading(cell) if cell else None for cell in row.cells.values())
    columns = [h.column for h in headings if h is not None and h.column]
    return _Header(headings=headings) if "nerve" in columns and len(columns) > _FEWEST else None


def _names_hold_more(rows: Sequence[Row], at: str, context: Context) -> bool:
    """Tell whether the nerve's cell of a row holds a side, a kind or a recording as well."""
    names = {row.text(at) for row in rows} - {""}
    return any(not is_nerve(name, context) and read_named(name, context) is not None for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Walks through the lines of one file."""

    context: Context
    decimal_comma: bool

    def rows(self, lines: Sequence[Row], headers: Mapping[int, _Header]) -> Iterator[Row]:
        section = _Section()
        for number, line in enumerate(lines):
            filled = [cell for cell in line.cells.values() if cell]
            if number in headers:
                section = replace(section, header=headers[number], nerve=None)
                self._note_columns(line, headers[number])
            elif len(filled) == 1:
                section = self._titled(section, filled[0], line)
            elif filled and section.header is not None:
                yield from self._studies(line, section)

    def _note_columns(self, line: Row, header: _Header) -> None:
        for cell, heading in zip(line.cells.values(), header.headings, strict=True):
            if cell and heading is None:
                note_unknown_column(cell, FILE, line.number, self.context.problems)
            elif heading is not None and not heading.column:
                origin = Origin(file=line.file, row=line.number, column=cell, text=cell)
                remedy = heading.remedy or "nothing has to be done, unless it says what no other column says"
                self.context.problems.question(origin, f"the column {cell!r} was not used", remedy)

    def _titled(self, section: _Section, title: str, line: Row) -> _Section:
        """Return the section after a line with a single cell: a kind of study or a nerve."""
        named = read_named(title, self.context)
        if named is not None:
            return replace(section, nerve=named)
        if kind := kind_of_title(title):
            return replace(section, kind=kind, nerve=None)
        if section.header is not None:
            problem = "a line with one cell that is neither a nerve nor a kind of study; it was not used"
            self.context.problems.error(line.origin(), problem, "write a nerve such as 'R median', or take it out")
        return section

    def _studies(self, line: Row, section: _Section) -> Iterator[Row]:
        """Yield the studies of one line: one a side, and one a kind where its headings name several."""
        assert section.header is not None
        cells = [(h, c) for h, c in zip(section.header.headings, line.cells.values(), strict=False) if h and h.column]
        common = {h.column: c for h, c in reversed(cells) if c and h.column in _NAMES and not h.side}
        stated = _stated(common, section, self.context)
        if self._contradict(stated, common, line):
            return
        common |= {n: text for n, text in stated.items() if n == "nerve" or n not in common}
        measured = [(h, c) for h, c in cells if c and h.column not in common]
        if not any(h.column in _MEASURES for h, _ in measured):
            return
        sides = list(dict.fromkeys(h.side for h, _ in measured if h.side)) or [""]
        for side in sides:
            own = [(h, c) for h, c in measured if h.side in ("", side)]
            self._note_unclear(line, own, common)
            for kind, part in self._by_kind(own, common):
                named = {"side": side} if side else {}
                row = {**common, **self._values(part), **named, "kind": kind}
                if kind:
                    yield Row(file=line.file, number=line.number, cells=row)
                else:
                    self._note_no_kind(line)

    def _by_kind(
        self, own: Sequence[tuple[Heading, str]], common: Mapping[str, str]
    ) -> Iterator[tuple[str, list[tuple[Heading, str]]]]:
        """Yield the kinds of study in one line, each with its cells."""
        stated = common.get("kind", "")
        kinds = list(dict.fromkeys(h.kind for h, _ in own if h.kind and h.column in _MEASURES))
        if stated:
            yield stated, [(h, c) for h, c in own if h.kind in ("", kind_word(stated))]
        elif not kinds:
            recording, nerve = common.get("recording", ""), common.get("nerve", "")
            yield kind_of_recording(recording, nerve, self.context), list(own)
        elif len(kinds) == 1:
            yield kinds[0], list(own)
        else:
            for kind in kinds:
                yield kind, [(h, c) for h, c in own if h.kind == kind or (not h.kind and _fits(h.column, kind))]

    def _note_unclear(self, line: Row, own: Sequence[tuple[Heading, str]], common: Mapping[str, str]) -> None:
        """Note the measures of a line with several kinds of study of which it is not said whose they are."""
        kinds = {h.kind for h, _ in own if h.kind and h.column in _MEASURES}
        if "kind" in common or len(kinds) == 1 or not kinds:
            return
        for heading, _ in own:
            if not heading.kind and not any(_fits(heading.column, kind) for kind in kinds):
                problem = f"it is not said of which kind of study the {heading.column} is; it was not used"
                remedy = f"name it in the header ({' or '.join(sorted(kinds))}), or write a row a kind"
                self.context.problems.error(line.origin(), problem, remedy)

    def _values(self, part: Sequence[tuple[Heading, str]]) -> dict[str, str]:
        """Return the cells by column, in the units of ``ncs.csv``; the onset counts where the peak is given too."""
        out: dict[str, str] = {}
        ordered = sorted(part, key=lambda item: item[0].latency_kind == "peak")
        for heading, cell in ordered:
            if heading.column in out:
                continue
            out[heading.column] = self._scaled(cell, heading.factor)
            if heading.column == "latency_ms" and heading.latency_kind:
                out.setdefault("latency_kind", heading.latency_kind)
        return out

    def _scaled(self, cell: str, factor: float) -> str:
        if factor == 1:
            return cell
        try:
            number = read_number(cell, decimal_comma=self.decimal_comma)
        except AmbiguousNumberError:
            return cell
        return cell if number is None else f"{number * factor:.10g}"

    def _contradict(self, stated: Mapping[str, str], common: Mapping[str, str], line: Row) -> bool:
        """Tell whether the nerve's cell names another side or kind than the column for it, and note it."""
        for name, word in (("side", side_word), ("kind", kind_word)):
            beside, own = stated.get(name, ""), common.get(name, "")
            if beside and own and word(own) and word(own) != beside:
                problem = f"the nerve says {beside} and the column {name} {own!r}; the row was not used"
                self.context.problems.error(line.origin(), problem, "write the one that is right in both places")
                return True
        return False

    def _note_no_kind(self, line: Row) -> None:
        problem = "it is not said which kind of study this is; the row was not used"
        remedy = "add a column kind with motor, sensory, mixed or f_wave, or name the muscle or skin in recording"
        self.context.problems.error(line.origin(), problem, remedy)


def _fits(column: str, kind: str) -> bool:
    """Tell whether a column that names no kind belongs to a kind where a line has several."""
    return column not in _MEASURES or (kind == "motor" and column in _OF_MOTOR)


def _stated(common: Mapping[str, str], section: _Section, context: Context) -> dict[str, str]:
    """Return nerve, side, kind, stimulation and recording as far as the nerve's cell or the lines above say them."""
    text = common.get("nerve", "")
    named = read_named(text, context) if text else section.nerve
    out: dict[str, str] = {}
    if named is None and section.nerve is not None and "stimulation" not in common:
        named, out["stimulation"] = section.nerve, text
    if named is not None:
        out |= {"nerve": named.nerve}
        out |= {n: v for n in ("side", "kind", "recording") if (v := getattr(named, n))}
    if section.kind and "kind" not in {*common, *out}:
        out["kind"] = section.kind
    return out
