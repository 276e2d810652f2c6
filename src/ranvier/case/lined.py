"""YAML with line numbers: every mapping and list remembers where it stood in the file."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from ranvier.core import UnreadableCaseError

Value = "str | int | float | bool | None | Lined | list[Value]"


@dataclass(frozen=True, slots=True)
class Lined:
    """A mapping with the line of each key."""

    values: dict[str, object]
    lines: dict[str, int]
    line: int

    def get(self, key: str) -> object:
        """Return the value of a key, or None."""
        return self.values.get(key)


def load_lined(path: Path) -> Lined:
    """Return the mapping in a YAML file.

    Raises
    ------
    UnreadableCaseError
        If the file is not text, not YAML or not a mapping; the text says in which line.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise UnreadableCaseError(f"{path.name} is not UTF-8 text; save it as UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "cannot be parsed"
        raise UnreadableCaseError(f"{path.name}{where} is not YAML: {problem}") from error
    if not isinstance(node, yaml.MappingNode):
        raise UnreadableCaseError(f"{path.name} must be a mapping such as 'patient: {{age_y: 50}}'")
    built = _build(node)
    if not isinstance(built, Lined):
        raise UnreadableCaseError(f"{path.name} must be a mapping")
    return built


def _build(node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        values: dict[str, object] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value)
            values[name] = _build(value)
            lines[name] = key.start_mark.line + 1
        return Lined(values, lines, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_build(item) for item in node.value]
    return yaml.SafeLoader("").construct_object(node)
