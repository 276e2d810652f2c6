"""The option ``--bids``: outputs of the imaging commands as BIDS derivatives instead of under their plain names."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ranvier.imaging.bids import BidsName

BidsOption = Annotated[
    str | None,
    typer.Option(
        "--bids",
        help="Write BIDS derivatives into the folder: sub-01, sub-01_ses-2_acq-stir ..., or same for the name that the "
        "series has.",
    ),
]


def bids_name(stated: str | None, series: Path, datatype: str) -> "BidsName | None":
    """Return the name that is stated, None where plain names are wanted."""
    from ranvier.imaging.bids import read_bids_name

    return read_bids_name(stated, series, datatype) if stated is not None else None


@contextmanager
def writing_folder(out: Path, name: "BidsName | None") -> Iterator[Path]:
    """Yield the folder for plain names: the one that was asked for, or for BIDS a passing one."""
    if name is None:
        out.mkdir(parents=True, exist_ok=True)
        yield out
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
