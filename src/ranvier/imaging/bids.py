"""Outputs under the names of BIDS derivatives: data set, file names, sidecars and look-up tables.

The Brain Imaging Data Structure has names for segmentations, T2 maps and diffusion maps, but none for tables of
measures, fat fractions or pages: these keep the pattern and stand in ``.bidsignore``. Nothing of a header is copied.

References
----------
BIDS specification, derivatives: https://bids-specification.readthedocs.io (imaging derivatives; file name rules of its
schema). Gorgolewski KJ et al. Sci Data 2016;3:160044. doi:10.1038/sdata.2016.44
"""

import csv
import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ranvier import __version__
from ranvier.core import UnreadableImageError, optional, read_table
from ranvier.imaging.volume import Volume

BIDS_VERSION = "1.10.0"
_ENTITIES = ("sub", "ses", "acq", "ce", "rec", "dir", "run")
_ONLY = {"ce": "anat", "dir": "dwi"}
_PAIR = re.compile(r"([a-z]+)-([a-zA-Z0-9]+)")
_IGNORED = ("*_measurements.tsv", "*_measurements.json", "*_findings.json", "*_report.html", "*_PDFFmap.*", "*.dcm")
_UNITS = (
    ("_1e3mm2_s", "1e-3 mm^2/s"),
    ("_mm2", "mm^2"),
    ("_mm", "mm"),
    ("_ms", "ms"),
    ("_deg", "deg"),
    ("_ml", "mL"),
)
_DESCRIPTION, _LINK = "dataset_description.json", "source"
Sidecar = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BidsName:
    """Whose outputs they are.

    Attributes
    ----------
    entities : tuple of (str, str)
        Key and label in the order of the standard; the first is ``sub``.
    datatype : str
        ``anat`` or ``dwi``.
    root : Path or None
        The data set that the series lies in; None where it lies in none.
    series : str
        Its path within.
    """

    entities: tuple[tuple[str, str], ...]
    datatype: str
    root: Path | None = None
    series: str = ""

    @property
    def stem(self) -> str:
        """The beginning of every file name."""
        return "_".join(f"{key}-{label}" for key, label in self.entities)

    @property
    def folder(self) -> Path:
        """Where the files lie in the data set."""
        levels = [f"{key}-{label}" for key, label in self.entities if key in ("sub", "ses")]
        return Path(*levels, self.datatype)


@dataclass(frozen=True, slots=True, kw_only=True)
class BidsExtras:
    """What a command knows beside its files.

    Attributes
    ----------
    labels : Volume or None
        The label map that was given, to be kept as ``labels.nii.gz``.
    lookup : sequence of mapping
        One row a number of the segmentation: ``index``, ``name`` and what else is known.
    fields : mapping
        More fields of the sidecar of a file, by its plain name.
    """

    labels: Volume | None = None
    lookup: Sequence[Mapping[str, str]] = ()
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """How one plain file is called in a data set."""

    datatype: str
    desc: str
    suffix: str
    scale: float | None
    units: str
    description: str


@cache
def _rules(command: str) -> Mapping[str, _Rule]:
    columns = ("command", "file", "datatype", "desc", "suffix", "scale", "units", "description")
    return {
        row["file"]: _Rule(
            datatype=row["datatype"],
            desc=row["desc"],
            suffix=row["suffix"],
            scale=float(row["scale"]) if row["scale"] else None,
            units=row["units"],
            description=row["description"],
        )
        for row in read_table("ranvier.imaging", "bids_outputs.csv", columns)
        if row["command"] == command
    }


def read_bids_name(text: str, series: Path, datatype: str) -> BidsName:
    """Return the name that a user states, or that of a series that has one.

    Parameters
    ----------
    text : str
        Such as ``sub-01`` or ``sub-01_ses-2_acq-stir``; ``same`` takes it from the series.
    series : Path
    datatype : str
        ``anat`` or ``dwi``.

    Raises
    ------
    UnreadableImageError
        If it is no such name; the text says what is.

    Examples
    --------
    >>> read_bids_name("sub-01_run-2_ses-a", Path("x.nii.gz"), "anat").stem
    'sub-01_ses-a_run-2'
    """
    same = text == "same"
    parts = series.name.split(".")[0].split("_") if same else text.split("_")
    found: dict[str, str] = {}
    for part in parts:
        match = _PAIR.fullmatch(part)
        known = match is not None and match[1] in _ENTITIES and _ONLY.get(match[1], datatype) == datatype
        if match is not None and known and match[1] not in found:
            found[match[1]] = match[2]
        elif not same:
            keys = ", ".join(k for k in _ENTITIES if _ONLY.get(k, datatype) == datatype)
            raise UnreadableImageError(
                f"--bids: {part!r} is no part of a BIDS name; give sub-LABEL, then if wanted others of {keys}, "
                "each once, joined by _, labels of letters and digits, such as sub-01_ses-2_acq-stir"
            )
    if "sub" not in found:
        why = "the series has no BIDS name; give one" if same else "a BIDS name begins with its subject"
        raise UnreadableImageError(f"--bids: {why}, such as sub-01")
    root = next((p for p in series.resolve().parents if (p / _DESCRIPTION).is_file()), None)
    named = root is not None and series.name.startswith("sub-")
    return BidsName(
        entities=tuple((key, found[key]) for key in _ENTITIES if key in found),
        datatype=datatype,
        root=root if named else None,
        series=series.resolve().relative_to(root).as_posix() if named and root is not None else "",
    )


def write_bids(command: str, folder: Path, name: BidsName, root: Path, extras: BidsExtras) -> tuple[Path, ...]:
    """Put the files that a command wrote into a data set of derivatives; return their paths there.

    Parameters
    ----------
    command : str
        ``mri``, ``spine``, ``muscles`` or ``diffusion``.
    folder : Path
        The files under their plain names; those without a rule keep theirs behind the stem.
    name : BidsName
    root : Path
        The data set; made where it is not there.
    extras : BidsExtras

    Raises
    ------
    UnreadableImageError
        If `root` is a data set of other making.
    MissingExtraError
        If nibabel is not installed.
    """
    sources = _open_dataset(root, name)
    if extras.labels is not None:
        _save(_numbers(extras.labels), extras.labels.affine, folder / "labels.nii.gz")
    rules, place = _rules(command), root / name.folder
    place.mkdir(parents=True, exist_ok=True)
    segmentation = next((f for f in sorted(folder.iterdir()) if _suffix(rules, f) == "dseg"), None)
    written: list[Path] = []
    for file in sorted(folder.iterdir(), key=lambda f: f != segmentation):
        rule = rules.get(file.name)
        if rule is None:
            written.append(Path(shutil.copy(file, place / f"{name.stem}_{file.name}")))
            continue
        start = place / f"{name.stem}_desc-{rule.desc}_{rule.suffix}"
        fields = {"Description": rule.description, **extras.fields.get(file.name, {})}
        own = [*sources, *_within(written[:1], root)] if rule.suffix != "dseg" else sources
        if rule.suffix == "dseg" and extras.lookup:
            words = {key: {"Description": _LOOKUP_WORDS[key]} for key in extras.lookup[0] if key in _LOOKUP_WORDS}
            fields = {**fields, **words}
        written.extend(_placed(file, start, rule, {**fields, **({"Sources": own} if own else {})}))
        if rule.suffix == "dseg":
            written.append(_lookup(start.with_name(f"{start.name}.tsv"), extras.lookup))
    return tuple(written)


def _suffix(rules: Mapping[str, _Rule], file: Path) -> str:
    return rules[file.name].suffix if file.name in rules else ""


def _within(paths: Sequence[Path], root: Path) -> list[str]:
    return [f"bids::{p.relative_to(root).as_posix()}" for p in paths]


def _placed(file: Path, start: Path, rule: _Rule, fields: Sidecar) -> list[Path]:
    """Put one file under its name, with its sidecar where it is an image or a table."""
    ending = "".join(file.suffixes)
    target = start.with_name(f"{start.name}{ending}")
    if ending == ".nii.gz":
        image = optional("nibabel", "writing NIfTI", "mri").load(file)
        values = np.asarray(image.dataobj)
        _save(values * np.float32(rule.scale) if rule.scale not in (None, 1.0) else values, image.affine, target)
        return [target, _sidecar(start, {**fields, **_image_fields(rule)})]
    shutil.copy(file, target)
    return [target, _sidecar(start, {**fields, **_columns(file)})] if ending == ".tsv" else [target]


def _image_fields(rule: _Rule) -> Sidecar:
    if rule.suffix == "dseg":
        return {"SpatialReference": "orig"}
    return {"Units": rule.units, "SkullStripped": False}


_LOOKUP_WORDS = {
    "nerve": "Nerve, an id of the nerve graph of Ranvier",
    "side": "Side of the body",
    "structure": "Kind of structure of the spine",
    "level": "Vertebra or motion segment",
    "muscles": "Muscles, ids of the nerve graph of Ranvier",
}


def _columns(table: Path) -> Sidecar:
    """Return the units of the columns of a table, which are in their names."""
    with table.open(encoding="utf-8", newline="") as file:
        head = next(csv.reader(file, delimiter="\t"), [])
    units = {column: next((unit for end, unit in _UNITS if end in f"_{column}"), "") for column in head}
    return {column: {"Units": unit} for column, unit in units.items() if unit}


def _sidecar(start: Path, fields: Sidecar) -> Path:
    path = start.with_name(f"{start.name}.json")
    path.write_text(json.dumps(fields, indent=2) + "\n", encoding="utf-8")
    return path


def _lookup(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    columns = list(rows[0]) if rows else ["index", "name"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter="\t", lineterminator="\n", restval="n/a")
        writer.writeheader()
        writer.writerows({k: v or "n/a" for k, v in row.items()} for row in rows)
    return path


def _numbers(labels: Volume) -> np.ndarray[Any, np.dtype[np.uint16]]:
    return np.round(labels.values.reshape(labels.values.shape[:3])).astype(np.uint16)


def _save(values: np.ndarray[Any, Any], affine: np.ndarray[Any, Any], path: Path) -> None:
    nibabel = optional("nibabel", "writing NIfTI", "mri")
    image = nibabel.Nifti1Image(values, affine)
    image.header.set_xyzt_units("mm")
    nibabel.save(image, path)


def _open_dataset(root: Path, name: BidsName) -> list[str]:
    """Make the data set or add to it; return the address of the series, if it has one."""
    path = root / _DESCRIPTION
    content = _description(path)
    sources = []
    if name.root is not None:
        links = content.setdefault("DatasetLinks", {})
        where = Path(os.path.relpath(name.root, root.resolve())).as_posix()
        link = next((key for key, value in links.items() if value == where), "")
        link = link or (f"{_LINK}{len(links) + 1}" if links else _LINK)
        links[link] = where
        sources = [f"bids:{link}:{name.series}"]
    root.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    ignored = root / ".bidsignore"
    before = ignored.read_text(encoding="utf-8").splitlines() if ignored.is_file() else []
    ignored.write_text("\n".join(dict.fromkeys((*before, *_IGNORED))) + "\n", encoding="utf-8")
    if not (root / "README.md").is_file():
        (root / "README.md").write_text(_README, encoding="utf-8")
    return sources


_README = """# Ranvier outputs

Nerves, muscles, spine and diffusion measured on MRI by Ranvier; for research and teaching, not a medical device.
BIDS has no names for tables of measures, findings, fat fractions and pages: they keep the pattern of the names and
stand in `.bidsignore`.
"""


def _description(path: Path) -> Sidecar:
    if not path.is_file():
        return {
            "Name": "Ranvier outputs",
            "BIDSVersion": BIDS_VERSION,
            "DatasetType": "derivative",
            "GeneratedBy": [{"Name": "Ranvier", "Version": __version__}],
        }
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        makers = [maker["Name"] for maker in content["GeneratedBy"]] if content["DatasetType"] == "derivative" else []
    except (OSError, UnicodeDecodeError, ValueError, LookupError, TypeError):
        content, makers = {}, []
    if "Ranvier" not in makers:
        raise UnreadableImageError(
            f"the folder {path.parent.name} is a BIDS data set that Ranvier did not make; give another one, such as "
            "derivatives/ranvier in it"
        )
    return dict(content)
