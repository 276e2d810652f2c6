"""Read the packaged tables of the nerve graph; what they mean is for `build_graph` to say."""

from collections.abc import Mapping
from dataclasses import dataclass

from ranvier.core import read_table

PACKAGE = "ranvier.anatomy"

Row = Mapping[str, str]
Rows = tuple[Row, ...]

_COLUMNS = {
    "segments": (
        "from_node,to_node,kind,nerve,length_cm,calibre_mm2,tunnel,mri_station,roots_carried,fascicle,share,"
        "status,length_status,calibre_status"
    ),
    "nerves": "id,name,parent,kind,status",
    "muscles": "id,name,nerve,entry,roots_primary,roots_minor,movements,region,body_quad,emg,status",
    "areas": "id,name,entry,roots,region,body_quad,status",
    "organs": "id,name,entry,roots,carriers,status",
    "movements": "id,name,muscles,status",
    "groups": "id,kind,name,members,status",
    "reflexes": "id,name,kind,afferent_kind,afferent,afferent_fibre,muscles,roots,status",
    "tunnels": "id,name,nerve,segment,structure,signature,distinguishes_from,spares,status",
    "synonyms": "name,id,kind",
    "codes": "kind,id,code,label,status,source",
    "weights": "id,weight",
    "stature": "id,height_cm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The rows of all tables, as read: every cell is text."""

    segments: Rows
    nerves: Rows
    muscles: Rows
    areas: Rows
    organs: Rows
    movements: Rows
    groups: Rows
    reflexes: Rows
    tunnels: Rows
    synonyms: Rows
    codes: Rows
    weights: Rows
    stature: Rows


def read_tables() -> Tables:
    """Return the packaged tables.

    Raises
    ------
    DataFileError
        If a column is missing or a row has the wrong number of cells.
    """

    def rows(name: str) -> Rows:
        return tuple(read_table(PACKAGE, f"{name}.csv", tuple(_COLUMNS[name].split(","))))

    return Tables(
        segments=rows("segments"),
        nerves=rows("nerves"),
        muscles=rows("muscles"),
        areas=rows("areas"),
        organs=rows("organs"),
        movements=rows("movements"),
        groups=rows("groups"),
        reflexes=rows("reflexes"),
        tunnels=rows("tunnels"),
        synonyms=rows("synonyms"),
        codes=rows("codes"),
        weights=rows("weights"),
        stature=rows("stature"),
    )
