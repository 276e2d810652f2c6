"""How often a biopsy shows what is looked for in people who have the disease (``data/biopsy_yields.csv``)."""

from dataclasses import dataclass
from functools import cache

from ranvier.core import Status, read_table

PACKAGE = "ranvier.histology"
COLUMNS = ("feature", "tissue", "disease", "found", "of", "percent", "status", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class BiopsyYield:
    """A feature was seen in `percent` of `of` biopsies of a tissue in people with a disease."""

    feature: str
    tissue: str
    disease: str
    percent: float
    of: int
    status: Status
    source: str


@cache
def biopsy_yields() -> tuple[BiopsyYield, ...]:
    """Return every yield that could be read."""
    return tuple(
        BiopsyYield(
            feature=row["feature"],
            tissue=row["tissue"],
            disease=row["disease"],
            percent=float(row["percent"]),
            of=int(row["of"]),
            status=Status(row["status"]),
            source=row["source"],
        )
        for row in read_table(PACKAGE, "biopsy_yields.csv", COLUMNS)
    )


def yields_of(feature: str, tissue: str) -> tuple[BiopsyYield, ...]:
    """Return the yields of one feature in one kind of tissue.

    Examples
    --------
    >>> [y.percent for y in yields_of("biopsy_bacilli", "nerve")]
    [34.5]
    """
    return tuple(y for y in biopsy_yields() if (y.feature, y.tissue) == (feature, tissue))
