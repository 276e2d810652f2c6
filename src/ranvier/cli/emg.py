"""The command ``ranvier emg``: one needle EMG recording to its class, with the reasons."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def emg(
    recording: Annotated[
        str, typer.Argument(help="Recording: .edf, .bdf, .hea, .csv (mV), .npy (mV); FILE::NAME picks a channel.")
    ],
    muscle: Annotated[str | None, typer.Option("--muscle", help="Muscle, such as 'tibialis anterior'.")] = None,
    side: Annotated[Literal["left", "right"] | None, typer.Option("--side", help="Side of the body.")] = None,
    age_y: Annotated[float | None, typer.Option("--age", help="Age in years, for norms that depend on it.")] = None,
    rate_hz: Annotated[
        float | None, typer.Option("--rate-hz", help="Samples a second, for .npy and plain .csv.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write class and measures as JSON.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for a page with pictures.")] = None,
) -> None:
    """Class a needle EMG recording (normal, myopathic, neurogenic, uncertain), with motor units and reasons."""
    from ranvier.anatomy import load_graph
    from ranvier.electrodiagnosis.emg import analyse_recording, analysis_to_json, compare_with_norms, read_recording
    from ranvier.report.emg_page import write_emg_page

    muscle_id = load_graph().resolve(muscle, ("muscle",))[1] if muscle else None
    file, _, channel = recording.partition("::")
    analysis = analyse_recording(read_recording(Path(file), channel=channel or None, rate_hz=rate_hz))
    study, result = analysis.study, analysis.result
    shares = ", ".join(f"{name} {share:.0%}" for name, share in result.probabilities.items())
    typer.echo(f"{result.name} ({shares})")
    for reason in result.reasons:
        typer.echo(f"  {reason}")
    norms = compare_with_norms(study.units, muscle_id, age_y)
    for norm in norms:
        typer.echo(f"  {norm.sentence}")
    if muscle and all(n.measure == "fastest_rate" for n in norms):
        typer.echo(
            f"  No norm of motor units for {muscle}{'' if age_y else ' without an age'}: no verdict on their size."
        )
    typer.echo(f"{len(study.units)} motor units measured; {len(study.spontaneous)} kinds of potentials at rest.")
    for train in study.spontaneous:
        typer.echo(f"  {train.kind.replace('_', ' ')}: {len(train.fired_s)} discharges, {train.amplitude_mv:.2f} mV")
    for note in study.checked.notes:
        typer.echo(f"Quality: {note.text}")
    if json_file is not None:
        json_file.write_text(
            analysis_to_json(analysis, muscle=muscle_id, side=side, norms=norms) + "\n", encoding="utf-8"
        )
    if out is not None:
        place = " ".join(word for word in (side, muscle) if word)
        typer.echo(f"Wrote {write_emg_page(analysis, out, place=place, norms=norms)}")
