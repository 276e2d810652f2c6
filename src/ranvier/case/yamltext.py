"""YAML with line numbers: every text, list and mapping remembers the line in which it stands.

All scalars stay as they were written ("no", "3+", "010"), because YAML would make a truth value or
another number of some of them. Keys without a value are left out: they say nothing.
"""

from pathlib import Path

import yaml

from ranvier.case.problems import Problems, shown
from ranvier.core import Origin, UnreadableCaseError

LINE_KEY = "__line__"
WHERE_KEY = "__where__"
CASE_FILE = "case.yaml"


class LinedText(str):
    """A scalar."""

    __slots__ = ("line",)
    line: int

    def __new__(cls, text: str, line: int) -> "LinedText":
        new = super().__new__(cls, text)
        new.line = line
        return new


class LinedList(list[object]):
    """A list."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


class LinedMap(dict[str, object]):
    """A mapping; its line is also its entry ``__line__``, and the keys that lead to it its entry ``__where__``."""

    def __init__(self, line: int, where: str = "") -> None:
        super().__init__({LINE_KEY: LinedText(str(line), line), WHERE_KEY: LinedText(where, line)})
        self.line = line


def line_of(value: object, otherwise: int) -> int:
    """Return the line of a value, or another one if it has none."""
    return value.line if isinstance(value, LinedText | LinedList | LinedMap) else otherwise


def load_yaml(path: Path, problems: Problems) -> LinedMap:
    """Return the mapping in a YAML file; an empty file is an empty mapping.

    Raises
    ------
    UnreadableCaseError
        If the file is no text, not YAML, or not a mapping; the text says in which line.
    """
    text = _text(path)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except RecursionError as error:
        raise UnreadableCaseError(f"{path.name} is nested too deeply to be a case") from error
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableCaseError(f"{path.name}{_where(error)} is not YAML: {_why(error)}") from error
    if root is None:
        return LinedMap(1)
    built = _Builder(problems).build(root)
    if not isinstance(built, LinedMap):
        raise UnreadableCaseError(f"{path.name} must hold keys with values, such as 'patient: {{age_y: 50}}'")
    return built


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        return raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except OSError as error:
        raise UnreadableCaseError(f"{path.name} cannot be opened: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UnreadableCaseError(f"{path.name} is not UTF-8 text; save it as UTF-8") from error


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}," if mark is not None else ""


def _why(error: Exception) -> str:
    return str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be parsed")


class _Builder:
    """Turns YAML nodes into lined values; a node is used once, so that references cannot multiply."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._used: set[int] = set()

    def build(self, node: yaml.Node, where: str = "") -> object:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            empty = node.tag == "tag:yaml.org,2002:null"
            return None if empty else LinedText(node.value, line)
        if id(node) in self._used:
            origin = Origin(file=CASE_FILE, row=line)
            self._problems.error(origin, "a reference (*name) was not followed", "write the content out")
            return None
        self._used.add(id(node))
        return self._list(node, line, where) if isinstance(node, yaml.SequenceNode) else self._map(node, line, where)

    def _list(self, node: yaml.SequenceNode, line: int, where: str) -> LinedList:
        out = LinedList(line)
        built = (self.build(item, f"{where}[{number}]") for number, item in enumerate(node.value, 1))
        out.extend(value for value in built if value is not None)
        return out

    def _map(self, node: yaml.Node, line: int, where: str) -> LinedMap:
        out = LinedMap(line, where)
        for key_node, value_node in node.value:
            origin = Origin(file=CASE_FILE, row=key_node.start_mark.line + 1)
            if not isinstance(key_node, yaml.ScalarNode):
                self._problems.error(origin, "a key must be one word; the entry was not used", "write 'key: value'")
                continue
            key = key_node.value
            value = self.build(value_node, f"{where}.{key}" if where else key)
            if key in out:
                remedy = "join the two entries into one"
                self._problems.error(origin, f"the key {shown(key)} stands there twice; the first was used", remedy)
            elif value is not None:
                out[key] = value
        return out
