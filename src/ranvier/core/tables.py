"""Read the CSV tables that ship inside the package.

Every table is UTF-8, comma separated, with a header row; an empty cell reads as ``""``.
A data folder has a ``sources.csv`` (``id,citation,doi,url``) that its tables refer to.
"""

import csv
from importlib.resources import files

from ranvier.core.errors import DataFileError
from ranvier.core.source import Source


def read_table(package: str, name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the rows of a packaged CSV table.

    Parameters
    ----------
    package : str
        Dotted name of the package that owns the ``data`` folder.
    name : str
        File name inside ``data``.
    columns : tuple of str
        Columns that must be there; a table may have more.

    Raises
    ------
    DataFileError
        If a column is missing or a row has the wrong number of cells.
    """
    text = files(package).joinpath("data", name).read_text(encoding="utf-8")
    reader = csv.reader(text.splitlines(), strict=True)
    header = next(reader, [])
    missing = [c for c in columns if c not in header]
    if missing:
        raise DataFileError(f"{package}/data/{name} lacks the columns {missing}")
    rows: list[dict[str, str]] = []
    for cells in reader:
        if not cells:
            continue
        if len(cells) != len(header):
            raise DataFileError(f"{package}/data/{name} line {reader.line_num}: wrong number of cells")
        rows.append(dict(zip(header, cells, strict=True)))
    return rows


def read_sources(package: str) -> dict[str, Source]:
    """Return the citations of a data folder by id."""
    rows = read_table(package, "sources.csv", ("id", "citation", "doi", "url"))
    return {
        row["id"]: Source(id=row["id"], citation=row["citation"], doi=row["doi"] or None, url=row["url"] or None)
        for row in rows
    }
