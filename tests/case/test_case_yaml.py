"""case.yaml to records: what is read, what is noted, what is never guessed."""

import pytest
from tests.case.conftest import ReadTexts

from ranvier.case import Course, Sensation, Setting, Tempo, Unused
from ranvier.core import Place, PlaceKind, Side


def only(unused: tuple[Unused, ...]) -> Unused:
    assert len(unused) == 1, unused
    return unused[0]


def test_the_person_the_onset_and_the_setting(read_texts: ReadTexts) -> None:
    case = read_texts(
        "id: 010-a\nsetting: EMG laboratory\n"
        "citation: {title: 'A case', pmid: 123, year: 2020, language: en}\n"
        "patient: {age_y: 32, sex: M, height_cm: '178,5', weight_kg: 80}\n"
        "onset: {duration_days: 21, tempo: sub-acute, course: worsening}\n"
    )
    assert case.unused == ()
    assert (case.id, case.setting) == ("010-a", Setting.ELECTRODIAGNOSTIC_LABORATORY)
    assert (case.patient.age_y, case.patient.sex, case.patient.height_cm, case.patient.weight_kg) == (
        32,
        "male",
        178.5,
        80,
    )
    assert (case.onset.duration_days, case.onset.tempo, case.onset.course) == (21, Tempo.SUBACUTE, Course.PROGRESSIVE)
    assert case.citation is not None
    assert (case.citation.title, case.citation.pmid, case.citation.year) == ("A case", "123", 2020)


def test_the_folder_gives_the_id_and_what_is_not_said_stays_unknown(read_texts: ReadTexts) -> None:
    case = read_texts("")
    assert case.id == "patient-7"
    assert case.patient.age_y is None
    assert case.onset.tempo is None
    assert (case.statements, case.strength, case.conduction, case.laboratory, case.unused) == ((), (), (), (), ())


def test_an_id_keeps_its_zeros_and_no_is_not_false(read_texts: ReadTexts) -> None:
    case = read_texts("id: 010\nhistory:\n  - {item: diabetes, status: no}\n")
    assert case.id == "010"
    assert case.statements[0].present is False


def test_a_statement_remembers_its_line_and_words(read_texts: ReadTexts) -> None:
    case = read_texts("history:\n\n  - {item: back_pain, status: absent, text: no back pain}\n")
    statement = case.statements[0]
    assert (statement.feature, statement.present, statement.place) == ("back_pain", False, None)
    assert (statement.origin.file, statement.origin.row, statement.origin.column) == ("case.yaml", 3, "history[1]")
    assert statement.origin.text == "no back pain"


def test_what_was_not_looked_for_says_nothing(read_texts: ReadTexts) -> None:
    case = read_texts("history:\n  - {item: diabetes, status: not tested}\n")
    assert (case.statements, case.unused) == ((), ())


def test_statements_of_all_sections_with_hpo_and_genes(read_texts: ReadTexts) -> None:
    case = read_texts(
        "history: [{item: 'HP:0000819', status: present}]\n"
        "examination: {signs: [{item: Romberg, status: positive}]}\n"
        "tests: [{item: high CSF protein, status: present}]\n"
        "genetics: [{item: TTR, status: present, variant: p.Val50Met}]\n"
    )
    assert [s.feature for s in case.statements] == ["diabetes", "romberg", "csf_protein_high", "gene_ttr"]
    assert case.statements[3].origin.text == "p.Val50Met"


@pytest.mark.parametrize(
    ("entry", "kind", "ids"),
    [
        ("item: tinel, at: fibular head", PlaceKind.TUNNEL, ("fibular_head",)),
        ("item: tinel, at: n. medianus", PlaceKind.NERVE, ("median",)),
        ("item: tinel, at: 'tunnel:carpal_tunnel'", PlaceKind.TUNNEL, ("carpal_tunnel",)),
        ("item: phalen", PlaceKind.TUNNEL, ("carpal_tunnel",)),
        ("item: spurling, at: C6", PlaceKind.ROOT, ("C6",)),
        ("item: fasciculations_in_muscle, at: FDI", PlaceKind.MUSCLE, ("first_dorsal_interosseous",)),
        ("item: zoster_rash, area: dermatome_T4", PlaceKind.AREA, None),
    ],
)
def test_a_sign_has_its_place(read_texts: ReadTexts, entry: str, kind: PlaceKind, ids: tuple[str, ...] | None) -> None:
    case = read_texts(f"examination: {{signs: [{{{entry}, side: left, status: positive}}]}}\n")
    assert case.unused == ()
    place = case.statements[0].place
    assert place is not None
    assert (place.kind, place.side) == (kind, Side.LEFT)
    assert ids is None or place.ids == ids


def test_paraesthesia_with_an_area_is_a_symptom_of_that_area(read_texts: ReadTexts) -> None:
    case = read_texts(
        "history:\n"
        "  - {item: paraesthesia_in_area, area: [thumb, index], side: left, status: present}\n"
        "  - {item: paraesthesia_in_area, area: sole, side: both, status: absent}\n"
        "  - {item: paraesthesia_in_area, status: present}\n"
    )
    assert [(s.result, s.symptom, s.place.side) for s in case.sensation] == [
        ("altered", True, Side.LEFT),
        ("normal", True, Side.BOTH),
    ]
    assert {"thumb_palmar", "index_palmar"} <= set(case.sensation[0].place.ids)
    assert [s.feature for s in case.statements] == ["paraesthesia_in_area"]


def test_a_movement_and_a_list_become_muscles_under_the_written_label(read_texts: ReadTexts) -> None:
    case = read_texts(
        "examination:\n  strength:\n"
        "    - {name: ankle_dorsiflexion, side: R, grade: 1}\n"
        "    - {name: [supraspinatus, deltoid], side: right, grade: weak}\n"
    )
    movement, pair = case.strength
    assert "tibialis_anterior" in movement.place.ids
    assert movement.place.label == "ankle dorsiflexion"
    assert (movement.mrc_lowest, movement.mrc_highest) == (1, 1)
    assert pair.place == Place(
        kind=PlaceKind.MUSCLE, ids=("supraspinatus", "deltoid"), side=Side.RIGHT, label="supraspinatus, deltoid"
    )
    assert (pair.mrc_lowest, pair.mrc_highest) == (1, 4)


def test_an_unknown_name_in_a_list_costs_only_itself(read_texts: ReadTexts) -> None:
    case = read_texts("examination: {strength: [{name: [deltoid, tibialis anteror], side: left, grade: 3}]}\n")
    assert case.strength[0].place.ids == ("deltoid",)
    problem = only(case.unused)
    assert "tibialis anteror" in problem.problem
    assert "tibialis anterior" in problem.remedy


def test_reflexes_sensation_and_wasting(read_texts: ReadTexts) -> None:
    case = read_texts(
        "examination:\n"
        "  reflexes: [{name: Achilles, side: left, grade: trace}, {name: all, side: both, grade: 3}]\n"
        "  sensation:\n"
        "    - {area: [posterior_leg, lateral_leg], side: left, modality: pinprick, result: diminished}\n"
        "    - {area: median, side: right, symptom: yes}\n"
        "  wasting: [{name: thenar, side: left, status: absent}]\n"
    )
    assert case.unused == ()
    assert (case.reflexes[0].place.ids, case.reflexes[0].lowest) == (("ankle",), 1)
    assert {"biceps", "knee", "ankle"} <= set(case.reflexes[1].place.ids)
    measured, felt = case.sensation
    assert (measured.modality, measured.result, measured.symptom) == ("pain", "reduced", False)
    assert (felt.modality, felt.result, felt.symptom) == ("any", "altered", True)
    assert "index_palmar" in felt.place.ids
    assert case.wasting[0].present is False


def test_sensation_without_a_result_is_not_taken_as_normal(read_texts: ReadTexts) -> None:
    case = read_texts("examination: {sensation: [{area: sole, side: left}]}\n")
    assert case.sensation == ()
    assert "result" in only(case.unused).problem


@pytest.mark.parametrize(
    ("section", "entry"),
    [
        ("strength", "{name: deltoid, side: left, grade: 7}"),
        ("strength", "{name: deltoid, side: left, grade: -1}"),
        ("reflexes", "{name: knee, side: left, grade: 5}"),
    ],
)
def test_an_impossible_grade_is_questioned(read_texts: ReadTexts, section: str, entry: str) -> None:
    case = read_texts(f"examination:\n  {section}:\n    - {entry}\n    - {entry.replace('left', 'right')[:-2]}2}}\n")
    problem = case.unused[0]
    assert (problem.severity, problem.origin.row) == ("question", 3)
    assert "not possible" in problem.problem
    assert "expected 0 to" in problem.remedy


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("age_y", "-3"),
        ("age_y", "400"),
        ("height_cm", "1.78"),
        ("weight_kg", "0"),
    ],
)
def test_an_impossible_number_of_the_person_is_questioned(read_texts: ReadTexts, part: str, value: str) -> None:
    case = read_texts(f"patient:\n  {part}: {value}\n  sex: f\n")
    assert getattr(case.patient, part) is None
    assert case.patient.sex == "female"
    problem = only(case.unused)
    assert (problem.severity, problem.origin.text) == ("question", value)


@pytest.mark.parametrize(
    ("yaml", "words"),
    [
        ("histroy: []\n", "history"),
        ("patient: {aeg_y: 3}\n", "age_y"),
        ("examination:\n  strength:\n    - {name: deltoid, sied: left, grade: 3}\n", "side"),
        ("imaging:\n  - {modality: mri, region: knee, resutl: normal, result: normal}\n", "result"),
    ],
)
def test_an_unknown_key_names_the_near_one(read_texts: ReadTexts, yaml: str, words: str) -> None:
    problem = only(read_texts(yaml).unused)
    assert f"'{words}'" in problem.remedy
    assert problem.severity == "error"


def test_a_key_that_tells_who_the_patient_is_is_refused_without_its_value(read_texts: ReadTexts) -> None:
    problem = only(read_texts("patient: {name: Jane Roe, age_y: 40}\n").unused)
    assert "'name'" in problem.problem
    assert "Jane" not in f"{problem}"


@pytest.mark.parametrize(
    "yaml",
    [
        "history:\n  - {item: diabetes}\n  - {item: obesity, status: present}\n",
        "history:\n  - {item: diabtes, status: present}\n  - {item: obesity, status: present}\n",
        "history:\n  - {item: diabetes, status: perhaps}\n  - {item: obesity, status: present}\n",
        "history:\n  - diabetes\n  - {item: obesity, status: present}\n",
        "history:\n  - [diabetes]\n  - {item: obesity, status: present}\n",
        "history:\n  - {item: [diabetes], status: present}\n  - {item: obesity, status: present}\n",
        "history:\n  - {item: tinel, at: nowhere, status: present}\n  - {item: obesity, status: present}\n",
        "history:\n  - {item: babinski, side: lefft, status: present}\n  - {item: obesity, status: present}\n",
    ],
)
def test_a_bad_entry_costs_no_other_entry(read_texts: ReadTexts, yaml: str) -> None:
    case = read_texts(yaml)
    assert [s.feature for s in case.statements] == ["obesity"]
    assert only(case.unused).origin.row == 2


def test_a_section_of_the_wrong_form_costs_no_other_section(read_texts: ReadTexts) -> None:
    case = read_texts("history: plenty\npatient: {age_y: 40}\nremarks: one remark\n")
    assert case.patient.age_y == 40
    assert case.remarks == ("one remark",)
    assert only(case.unused).origin.column == "history"


def test_a_sentence_with_a_colon_is_still_a_remark(read_texts: ReadTexts) -> None:
    case = read_texts("remarks:\n  - Note: seen twice\nnot_done:\n  - MRI\n")
    assert (case.remarks, case.not_done, case.unused) == (("Note: seen twice",), ("MRI",), ())


def test_a_key_that_stands_twice_and_a_reference_are_noted(read_texts: ReadTexts) -> None:
    case = read_texts("patient: &p {age_y: 40}\npatient: {age_y: 50}\nonset: *p\n")
    assert case.patient.age_y == 40
    assert [u.origin.row for u in case.unused] == [2, 1]


def test_another_schema_version_is_questioned(read_texts: ReadTexts) -> None:
    assert only(read_texts("schema: 2\n").unused).severity == "question"


def test_imaging(read_texts: ReadTexts) -> None:
    case = read_texts(
        "imaging:\n"
        "  - modality: MR neurography\n"
        "    region: C-spine\n"
        "    side: right\n"
        "    sequences: [T2, STIR]\n"
        "    contrast: no\n"
        "    voxel_mm: [0.5, '0,5', 3]\n"
        "    findings:\n"
        "      - {kind: disc prolapse, level: C5/6, text: soft disc}\n"
        "      - {kind: cord_signal_central, level: C7-D2}\n"
        "      - {kind: nerve_enlarged, at: upper trunk, side: left}\n"
        "      - {kind: muscle_oedema, at: deltoid}\n"
        "  - {modality: ct, region: chest, result: unremarkable}\n"
    )
    assert case.unused == ()
    spine, chest = case.imaging
    assert (spine.modality, spine.region, spine.side, spine.result) == ("mri", "cervical_spine", Side.RIGHT, "abnormal")
    assert (spine.sequences, spine.contrast, spine.voxel_mm) == (("T2", "STIR"), False, (0.5, 0.5, 3))
    places = [f.place for f in spine.findings if f.place is not None]
    assert [(p.kind.value, p.ids, p.side) for p in places] == [
        ("root", ("C5", "C6"), Side.RIGHT),
        ("root", ("C7", "C8", "T1", "T2"), Side.RIGHT),
        ("node", ("upper_trunk",), Side.LEFT),
        ("muscle", ("deltoid",), Side.RIGHT),
    ]
    assert spine.findings[0].note == "soft disc"
    assert (chest.modality, chest.result, chest.findings) == ("ct", "normal", ())


@pytest.mark.parametrize(
    ("entry", "result"),
    [
        ("modality: mri, region: knee", "not_done"),
        ("modality: mri, region: knee, result: normal, findings: [{kind: haematoma, at: tibial}]", "abnormal"),
    ],
)
def test_an_unclear_study_is_questioned_and_never_normal(read_texts: ReadTexts, entry: str, result: str) -> None:
    case = read_texts(f"imaging: [{{{entry}}}]\n")
    assert case.imaging[0].result == result
    assert only(case.unused).severity == "question"


def test_a_bad_finding_or_voxel_costs_not_the_study(read_texts: ReadTexts) -> None:
    case = read_texts(
        "imaging:\n  - modality: mri\n    region: knee\n    result: abnormal\n    voxel_mm: [0.5, 3]\n    findings:\n"
        "      - {kind: nerve enlargd, at: tibial}\n"
        "      - {kind: haematoma, at: tibial}\n"
        "      - {kind: haematoma, at: tibbial}\n"
    )
    assert [f.kind for f in case.imaging[0].findings] == ["haematoma"]
    assert case.imaging[0].voxel_mm is None
    assert sorted(u.origin.row or 0 for u in case.unused) == [5, 7, 9]


def test_biopsies(read_texts: ReadTexts) -> None:
    case = read_texts(
        "biopsy:\n"
        "  - {tissue: sural nerve, side: left, findings: [{item: amyloid, status: absent}]}\n"
        "  - {tissue: lip, findings: [{item: biopsy_salivary_focus, status: present}]}\n"
        "  - {tissue: skin punch, ienfd_per_mm: 3.1}\n"
        "  - {tissue: vastus lateralis, side: right}\n"
        "  - {tissue: spleeen}\n"
        "  - {tissue: skin, ienfd_per_mm: 400}\n"
    )
    sural, lip, skin, vastus, other = case.biopsies
    assert (sural.tissue, sural.place and sural.place.ids, sural.statements[0].present) == ("sural", ("sural",), False)
    assert (lip.tissue, lip.place) == ("salivary_gland", None)
    assert (skin.tissue, skin.fibre_density_per_mm) == ("skin", 3.1)
    assert (vastus.tissue, vastus.place and vastus.place.side) == ("muscle", Side.RIGHT)
    assert other.fibre_density_per_mm is None
    assert [u.severity for u in case.unused] == ["error", "question"]


def test_records_are_what_the_modalities_expect(read_texts: ReadTexts) -> None:
    case = read_texts("examination: {sensation: [{area: sole, side: left, result: normal}]}\n")
    assert isinstance(case.sensation[0], Sensation)
    assert case.sensation[0].origin.column == "examination.sensation[1]"


def test_a_misspelt_region_does_not_hide_the_errors_inside_the_study(read_texts: ReadTexts) -> None:
    case = read_texts(
        "imaging: [{modality: mri, region: lumbr spine, findings: [{kind: herniatd disc, level: L4/5}]}]\n"
    )
    assert case.imaging == ()
    assert {"lumbr spine", "herniatd disc"} == {u.origin.text for u in case.unused}


def test_a_word_of_a_closed_list_is_answered_with_the_list(read_texts: ReadTexts) -> None:
    case = read_texts("onset: {tempo: zzz}\n")
    assert "subacute" in only(case.unused).remedy
