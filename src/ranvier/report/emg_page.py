"""A needle EMG as one self-contained HTML page: no script, no network."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from ranvier.electrodiagnosis.emg import EmgAnalysis, NormComparison
from ranvier.electrodiagnosis.emg.cloud import normal_cloud
from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.report.emg_pictures import trace_picture, turns_picture, unit_gallery
from ranvier.report.environment import page_environment
from ranvier.report.sources import source_text


def render_emg_page(analysis: EmgAnalysis, *, place: str = "", norms: Sequence[NormComparison] = ()) -> str:
    """Return the page as HTML text.

    Parameters
    ----------
    analysis : EmgAnalysis
        From `ranvier.electrodiagnosis.emg.analyse_recording`.
    place : str
        Muscle and side in words, for the heading.
    norms : sequence of NormComparison
        From `ranvier.electrodiagnosis.emg.compare_with_norms`.
    """
    study = analysis.study
    before_ms = emg_parameters()["average_before_ms"]
    gallery = unit_gallery(study.units, study.rate_hz, before_ms) if study.units else ""
    environment = page_environment()
    return environment.get_template("emg.html.j2").render(
        style=Markup(files("ranvier.report").joinpath("assets", "style.css").read_text(encoding="utf-8")),
        study=study,
        result=analysis.result,
        place=place,
        norms=norms,
        sources={n.source: source_text(n.source) for n in norms},
        trace=Markup(trace_picture(study)) if len(study.signal_mv) else "",
        gallery=Markup(gallery),
        turns=Markup(turns_picture(study, normal_cloud())),
        rest_s=sum(s.stop - s.start for s in study.rest) / study.rate_hz,
    )


def write_emg_page(
    analysis: EmgAnalysis, folder: Path, *, place: str = "", norms: Sequence[NormComparison] = ()
) -> Path:
    """Write ``emg.html`` into a folder, which is made if it is not there, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "emg.html"
    path.write_text(render_emg_page(analysis, place=place, norms=norms), encoding="utf-8", newline="\n")
    return path
