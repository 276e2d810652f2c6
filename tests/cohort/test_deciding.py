"""What is hidden with a deciding result: the whole study and what came after it, never what is known at the bedside."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from ranvier.case import BiopsyResult, Case, ImagingStudy, Onset, Patient, load_vocabulary
from ranvier.cohort import case_folders, read_truth
from ranvier.cohort.deciding import deciding_findings, deciding_names, first_line, hidden_with
from ranvier.core import Finding, Modality, Origin, Place, PlaceKind, PresenceReading, Side
from ranvier.inference.parameters import load_reading_models

PUBLISHED = Path(__file__).parents[2] / "examples" / "published"


def _found(observable: str, modality: Modality, *, present: bool = True, entry: str = "tests[1]") -> Finding:
    return Finding(
        id=f"{observable}-{entry}",
        modality=modality,
        observable=observable,
        place=Place(kind=PlaceKind.REGION, ids=("knee",), side=Side.RIGHT, label="knee"),
        reading=PresenceReading(present=present),
        abnormal=None,
        statement=observable,
        limit=None,
        origin=Origin(file="case.yaml", row=1, column=entry),
    )


def _study(modality: str, entry: str, region: str = "knee") -> ImagingStudy:
    origin = Origin(file="case.yaml", row=1, column=entry)
    return ImagingStudy(modality=modality, region=region, side=Side.RIGHT, result="abnormal", origin=origin)


CASE = Case(id="test", patient=Patient(), onset=Onset())
CYST = _found("image:mass_cystic", Modality.MRI, entry="imaging[1].findings[1]")


def test_the_negative_lines_of_a_hidden_study_go_with_it_and_other_studies_stay() -> None:
    same = _found("image:nerve_enlarged", Modality.MRI, present=False, entry="imaging[1].findings[2]")
    other = _found("image_normal", Modality.MRI, entry="imaging[2]")
    case = replace(CASE, imaging=(_study("mri", "imaging[1]"), _study("mri", "imaging[2]", "lumbar_spine")))
    assert set(hidden_with(case, (CYST, same, other), (CYST,))) == {CYST, same}


def test_the_same_change_seen_by_another_device_goes_and_another_change_stays() -> None:
    echo = _found("image:mass_cystic", Modality.ULTRASOUND, entry="imaging[2].findings[1]")
    muscle = _found("image:muscle_oedema", Modality.OTHER_IMAGING, entry="imaging[3].findings[1]")
    case = replace(
        CASE,
        imaging=(_study("mri", "imaging[1]"), _study("ultrasound", "imaging[2]"), _study("ct", "imaging[3]")),
    )
    assert set(hidden_with(case, (CYST, echo, muscle), (CYST,))) == {CYST, echo}


def test_the_tissue_of_a_mass_is_not_known_before_the_image_and_other_tissue_is() -> None:
    tissue = {
        name: BiopsyResult(tissue=name, place=None, statements=(), origin=Origin(file="case.yaml", column=entry))
        for name, entry in (("mass", "biopsy[1]"), ("muscle", "biopsy[2]"))
    }
    mass = _found("biopsy_schwannoma", Modality.BIOPSY, entry="biopsy[1].findings[1]")
    muscle = _found("biopsy_muscle_neurogenic", Modality.BIOPSY, entry="biopsy[2].findings[1]")
    case = replace(CASE, imaging=(_study("mri", "imaging[1]"),), biopsies=tuple(tissue.values()))
    assert set(hidden_with(case, (CYST, mass, muscle), (CYST,))) == {CYST, mass}


@pytest.mark.parametrize("modality", [Modality.NCS, Modality.EMG, Modality.CSF])
def test_a_session_goes_as_a_whole(modality: Modality) -> None:
    bad, good = _found("csf_protein_high", modality), _found("csf_pleocytosis", modality, present=False)
    assert set(hidden_with(CASE, (bad, good), (bad,))) == {bad, good}


def test_history_and_examination_are_always_known() -> None:
    told = (_found("diabetes", Modality.HISTORY), _found("zoster_rash", Modality.EXAMINATION))
    assert deciding_findings(told, ("history", "examination", "zoster_rash")) == ()


def test_first_line_blood_stays_where_a_special_test_decided_and_goes_where_it_decided_itself() -> None:
    special, usual = _found("lab_anti_mag", Modality.LABORATORY), _found("lab_anaemia", Modality.LABORATORY)
    screen = _found("lab_workup_normal", Modality.LABORATORY)
    assert deciding_findings((special, usual, screen), ("laboratory",)) == (special,)
    assert deciding_findings((usual, screen), ("labs",)) == (usual,)


def test_first_line_results_are_features_of_the_vocabulary() -> None:
    assert first_line() <= set(load_vocabulary().features)


def test_every_published_truth_names_what_findings_are_called() -> None:
    vocabulary = load_vocabulary()
    known = {m.value for m in Modality} | set(vocabulary.features) | set(vocabulary.image_kinds)
    known |= set(load_reading_models())
    for folder in case_folders(PUBLISHED):
        names = deciding_names(read_truth(folder).deciding)
        assert names <= known, f"{folder.name}: {sorted(names - known)}"
        assert all(re.fullmatch(r"[a-z0-9_]+", n) for n in names)
