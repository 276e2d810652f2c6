"""Hold ``case.yaml`` against its form: what breaks the form is noted and cut out, the rest is kept."""

from typing import TypedDict, cast

from pydantic import ValidationError

from ranvier.case.problems import Problems, shown
from ranvier.case.schema import CaseForm, case_form_schema
from ranvier.case.yamltext import CASE_FILE, LINE_KEY, WHERE_KEY, LinedList, LinedMap, LinedText, line_of
from ranvier.core import Origin, UnknownNameError

_ALONE = frozenset({"text", "variant", "sequences", "contrast", "voxel_mm", "coverage_mm", "findings", "ienfd_per_mm"})
_REMEDIES = {
    "string_type": "write one word, number or sentence there",
    "list_type": "write a list, each entry on its own line after a dash",
    "model_type": "write keys with values there, such as {item: diabetes, status: present}",
    "too_short": "write three numbers, such as [0.5, 0.5, 3]",
    "too_long": "write three numbers, such as [0.5, 0.5, 3]",
}
Path = tuple[str | int, ...]


class _Details(TypedDict):
    type: str
    loc: Path
    msg: str


def validated(tree: LinedMap, problems: Problems) -> CaseForm:
    """Return the case in its form; `tree` loses what breaks it.

    Parameters
    ----------
    tree : LinedMap
        The whole of ``case.yaml``. Changed in place.
    problems : Problems
        Where each cut is noted, with the path of keys to it.
    """
    while True:
        try:
            return CaseForm.model_validate(tree)
        except ValidationError as error:
            found = cast("list[_Details]", error.errors(include_url=False, include_context=False, include_input=False))
            cuts = [_judge(details, tree, problems) for details in found]
            removed = [_cut(tree, path) for path in sorted(set(cuts), key=_order, reverse=True)]
            if not any(removed):
                _cut(tree, cuts[0][:1])


def _order(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((part, "") if isinstance(part, int) else (0, part) for part in path)


def _judge(details: _Details, tree: LinedMap, problems: Problems) -> Path:
    """Note one breach of the form and return the path of what has to go."""
    path, kind = details["loc"], details["type"]
    if kind == "extra_forbidden":
        _note_key(path, tree, problems)
        return path
    cut = _what_goes(path, kind, tree)
    value = _at(tree, path)
    line = line_of(value, line_of(_at(tree, cut), tree.line))
    text = str(value) if isinstance(value, LinedText) else ""
    origin = Origin(file=CASE_FILE, row=line, column=_written(path), text=text)
    what = f"{shown(str(path[-1]))} is missing" if kind == "missing" else f"{_written(path)} has not the right form"
    remedy = f"add {path[-1]}" if kind == "missing" else _REMEDIES.get(kind, "see the template")
    problems.error(origin, f"{what}; {_written(cut)} was not used", remedy)
    return cut


def _note_key(path: Path, tree: LinedMap, problems: Problems) -> None:
    key = str(path[-1])
    parent = _at(tree, path[:-1])
    known = _known_keys(path[:-1])
    line = line_of(_at(tree, path), line_of(parent, tree.line))
    origin = Origin(file=CASE_FILE, row=line, column=_written(path))
    error = UnknownNameError(f"key of {_written(path[:-1]) or CASE_FILE}", key, known)
    if error.nearest:
        problems.unknown(origin, error, "it")
    else:
        problems.error(origin, f"{error}; it was not used", f"known keys are {', '.join(known)}")


def _known_keys(path: Path) -> tuple[str, ...]:
    """Return the keys that the form has at a path."""
    schema = case_form_schema()
    node = schema
    for part in path:
        node = _below(node, schema)
        node = node["items"] if isinstance(part, int) else node["properties"][part]
    return tuple(_below(node, schema).get("properties", {}))


def _below(node: dict[str, object], schema: dict[str, object]) -> dict[str, dict[str, dict[str, object]]]:
    """Follow references and options down to an object or a list."""
    options = cast("list[dict[str, object]]", node.get("anyOf", [node]))
    inner = next((o for o in options if o.get("type") != "null"), node)
    if "$ref" in inner:
        name = str(inner["$ref"]).rpartition("/")[2]
        inner = cast("dict[str, dict[str, object]]", schema["$defs"])[name]
    return cast("dict[str, dict[str, dict[str, object]]]", inner)


def _what_goes(path: Path, kind: str, tree: LinedMap) -> Path:
    """Return the smallest part without which the rest has its meaning: a field, an entry of a list, a section."""
    if kind == "missing":
        path = path[:-1]
    elif path[-1] in _ALONE or any(part in _ALONE - {"findings"} for part in path):
        first = next(n for n, part in enumerate(path) if part in _ALONE and (part != "findings" or n == len(path) - 1))
        return path[: first + 1]
    for length in range(len(path), 0, -1):
        if isinstance(path[length - 1], int) and isinstance(_at(tree, path[:length]), LinedMap):
            return path[:length]
    return path


def _at(tree: LinedMap, path: Path) -> object:
    value: object = tree
    for part in path:
        if isinstance(value, LinedList) and isinstance(part, int) and part < len(value):
            value = value[part]
        elif isinstance(value, LinedMap) and isinstance(part, str):
            value = value.get(part)
        else:
            return None
    return value


def _cut(tree: LinedMap, path: Path) -> bool:
    """Remove what stands at a path and tell whether it was there."""
    parent, last = _at(tree, path[:-1]), path[-1]
    if isinstance(parent, LinedList) and isinstance(last, int) and last < len(parent):
        del parent[last]
        return True
    if isinstance(parent, LinedMap) and isinstance(last, str) and last not in (LINE_KEY, WHERE_KEY):
        return parent.pop(last, None) is not None
    return False


def _written(path: Path) -> str:
    """Return a path as it is written in the file.

    >>> _written(("examination", "strength", 0, "grade"))
    'examination.strength[1].grade'
    """
    out = ""
    for part in path:
        out += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if out else part
    return out
