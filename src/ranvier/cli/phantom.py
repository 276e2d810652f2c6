"""``ranvier phantom``: write a simulated nerve with its truth."""

from pathlib import Path
from typing import Annotated, Literal

import typer

_Kind = Literal[
    "plain",
    "swelling",
    "narrowing",
    "hourglass",
    "entrapment",
    "bright",
    "cyst",
    "pushing_cyst",
    "intraneural_cyst",
    "target_mass",
    "solid_mass",
    "grey_mass",
    "dark_mass",
    "lipoma",
]


def phantom(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for volume, seeds and truth.")],
    kind: Annotated[_Kind, typer.Option("--kind", help="What happens.")] = "plain",
    contrast: Annotated[Literal["t1", "t2", "stir"], typer.Option("--contrast", help="Protocol.")] = "t2",
    calibre_mm: Annotated[float, typer.Option("--calibre-mm", min=0.5, max=20, help="Diameter of the nerve.")] = 6.0,
    voxel_mm: Annotated[float, typer.Option("--voxel-mm", min=0.1, max=3, help="Voxel in the plane.")] = 0.5,
    slice_mm: Annotated[float, typer.Option("--slice-mm", min=0.1, max=20, help="Thickness of slices.")] = 3.0,
    snr: Annotated[float, typer.Option("--snr", min=1, help="Muscle over noise.")] = 20.0,
    mass_mm: Annotated[float, typer.Option("--mass-mm", min=1, max=60, help="Diameter of a cyst or mass.")] = 14.0,
    bright_vessel: Annotated[bool, typer.Option("--bright-vessel", help="Blood in the vessel is bright.")] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same phantom.")] = 0,
) -> None:
    """Write a simulated nerve: volume.nii.gz, seeds.csv, truth.nii.gz and truth.tsv, to test and to teach."""
    from ranvier.imaging.simulation.phantom import PhantomSpec, draw_phantom
    from ranvier.imaging.simulation.phantom_files import write_phantom

    spec = PhantomSpec(
        kind=kind,
        contrast=contrast,
        calibre_mm=calibre_mm,
        voxel_mm=voxel_mm,
        slice_mm=slice_mm,
        snr=snr,
        mass_mm=mass_mm,
        bright_vessel=bright_vessel,
    )
    written = write_phantom(draw_phantom(spec, seed), out)
    typer.echo(f"Wrote {', '.join(str(p) for p in written)}")
    typer.echo(
        f"Measure it with: ranvier mri {out / 'volume.nii.gz'} --seeds {out / 'seeds.csv'} -o {out / 'measured'}"
    )
