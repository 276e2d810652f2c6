"""Whatever is done to a good folder: only one error is ever raised, and no good row is lost."""

import copy
import tempfile
from collections.abc import Mapping
from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ranvier.case import Case, read_case
from ranvier.core import UnreadableCaseError

CASE: dict[str, object] = {
    "schema": 1,
    "id": "x",
    "citation": {"title": "t", "year": 2020},
    "patient": {"age_y": 50, "sex": "female", "height_cm": 165},
    "onset": {"duration_days": 30, "tempo": "subacute", "course": "progressive"},
    "history": [{"item": "diabetes", "status": "present"}, {"item": "obesity", "status": "absent"}],
    "examination": {
        "strength": [{"name": ["deltoid", "biceps"], "side": "left", "grade": "4-"}],
        "reflexes": [{"name": "ankle", "side": "both", "grade": "absent"}],
        "sensation": [{"area": ["sole"], "side": "left", "modality": "pain", "result": "reduced"}],
        "wasting": [{"name": "thenar", "side": "left", "status": "present"}],
        "signs": [{"item": "tinel", "at": "fibular head", "side": "left", "status": "positive"}],
    },
    "imaging": [
        {
            "modality": "mri",
            "region": "knee",
            "side": "left",
            "voxel_mm": [0.5, 0.5, 3],
            "findings": [{"kind": "nerve_enlarged", "at": "tibial", "text": "thick"}],
        }
    ],
    "biopsy": [{"tissue": "sural", "findings": [{"item": "biopsy_amyloid", "status": "absent"}]}],
    "genetics": [{"item": "gene_ttr", "status": "absent"}],
    "remarks": ["one", "two"],
}
NCS = [
    "nerve,side,kind,stimulation,recording,latency_ms,latency_kind,amplitude,amplitude_unit,velocity_m_s,comment",
    "median,left,motor,wrist,APB,4.1,,7,mV,52,a",
    "ulnar,left,motor,wrist,ADM,3.1,,8,mV,55,b",
    "tibial,left,motor,ankle,AH,4.6,,9,mV,45,c",
    "sural,left,sensory,calf,ankle,3.4,peak,12,uV,45,d",
]
EMG = [
    "muscle,side,fibrillations,fasciculations,motor_units,recruitment,other,comment",
    "deltoid,left,0,absent,normal,normal,,",
    "tibialis anterior,left,2,absent,neurogenic,reduced,,",
    "FDI,right,present,present,neurogenic,reduced,,",
]
LABS = [
    "test,value,unit,flag,ref_low,ref_high,day,comment",
    "b12,310,pg/mL,normal,200,900,,",
    "hba1c,6.9,%,high,,,,",
    "lyme,negative,,negative,,,,",
]
ODD_TEXT = st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=30)
LINE = st.one_of(
    ODD_TEXT.map(lambda text: "".join(text.splitlines()).replace("\n", "")),
    st.text(alphabet='",;|\t# 0123456789.-+abmMuVµ', max_size=40),
    st.sampled_from(['"', '""', '"""', "median,left", ",,,,,,,,,,,,,,,,,,,,", '"a","b', "NR", "\ufeff", "#", "sep=,"]),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), ODD_TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(ODD_TEXT, inner, max_size=3)),
    max_leaves=6,
)


def read(case: bytes, **tables: bytes) -> Case:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "case.yaml").write_bytes(case)
        for table, content in tables.items():
            (folder / f"{table}.csv").write_bytes(content)
        return read_case(folder)


def read_or_refusal(case: bytes, **tables: bytes) -> Case | str:
    """Return the case, or the text of the one error that may be raised."""
    try:
        return read(case, **tables)
    except UnreadableCaseError as error:
        return str(error)


def good(lines: list[str]) -> bytes:
    return "\n".join(lines).encode()


def dumped(case: Mapping[str, object]) -> bytes:
    return yaml.safe_dump(dict(case), allow_unicode=True).encode()


WHOLE = read(dumped(CASE), ncs=good(NCS), emg=good(EMG), labs=good(LABS))


def test_the_folder_is_good_before_it_is_broken() -> None:
    assert WHOLE.unused == ()
    sizes = [len(x) for x in (WHOLE.statements, WHOLE.conduction, WHOLE.needle, WHOLE.laboratory, WHOLE.imaging)]
    assert sizes == [4, 4, 3, 3, 1]


def names(case: Case) -> tuple[set[str], set[str], set[str]]:
    return (
        {study.comment for study in case.conduction},
        {study.place.ids[0] for study in case.needle},
        {result.test for result in case.laboratory},
    )


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_broken_row_costs_no_other_row(data: st.DataObject) -> None:
    tables = {"ncs": list(NCS), "emg": list(EMG), "labs": list(LABS)}
    chosen = data.draw(st.sampled_from(sorted(tables)))
    number = data.draw(st.integers(1, len(tables[chosen]) - 1))
    tables[chosen][number] = data.draw(LINE)
    case = read(dumped(CASE), **{name: good(lines) for name, lines in tables.items()})
    kept_studies, kept_muscles, kept_tests = names(case)
    comments = [line.rpartition(",")[2] for line in tables["ncs"][1:] if line in NCS]
    assert set(comments) <= kept_studies
    assert len(kept_muscles) >= sum(line in EMG[1:] for line in tables["emg"])
    assert {line.partition(",")[0] for line in tables["labs"][1:] if line in LABS} <= kept_tests
    assert case.statements == WHOLE.statements


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_an_inserted_row_costs_no_other_row(data: st.DataObject) -> None:
    lines = list(NCS)
    lines.insert(data.draw(st.integers(1, len(lines))), data.draw(LINE))
    case = read(dumped(CASE), ncs=good(lines))
    assert {"a", "b", "c", "d"} <= {study.comment for study in case.conduction}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_broken_bytes_raise_nothing_but_the_one_error(data: st.DataObject) -> None:
    files = {"case": dumped(CASE), "ncs": good(NCS), "emg": good(EMG), "labs": good(LABS)}
    chosen = data.draw(st.sampled_from(sorted(files)))
    raw = bytearray(files[chosen])
    for _ in range(data.draw(st.integers(1, 5))):
        position = data.draw(st.integers(0, len(raw) - 1))
        raw[position : position + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    files[chosen] = bytes(raw)
    result = read_or_refusal(files.pop("case"), **files)
    if isinstance(result, str):
        assert chosen == "case"
        assert "\n" not in result
    elif chosen != "case":
        assert result.statements == WHOLE.statements


def places_in(value: object) -> list[tuple[object, ...]]:
    """Return the path of every value in a document."""
    if isinstance(value, dict):
        return [(key, *path) for key, inner in value.items() for path in [(), *places_in(inner)]]
    if isinstance(value, list):
        return [(number, *path) for number, inner in enumerate(value) for path in [(), *places_in(inner)]]
    return []


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(places_in(CASE)), JSON)
def test_any_value_put_anywhere_is_noted_at_most(path: tuple[str | int, ...], odd: object) -> None:
    broken: object = copy.deepcopy(CASE)
    inner = broken
    for part in path[:-1]:
        inner = inner[part]  # type: ignore[index]
    inner[path[-1]] = odd  # type: ignore[index]
    case = read_or_refusal(yaml.safe_dump(broken, allow_unicode=True).encode())
    if isinstance(case, str):
        assert "not YAML" in case
        return
    if path[0] != "history":
        assert {s.feature for s in case.statements} >= {"diabetes", "obesity"}
    if path[:2] != ("examination", "strength") and path != ("examination",):
        assert len(case.strength) == 1
    if path[0] != "imaging":
        assert case.imaging == () or case.imaging[0].region == "knee"
        assert len(case.imaging) == 1


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_any_document_reads_or_is_refused(odd: object) -> None:
    result = read_or_refusal(yaml.safe_dump(odd, allow_unicode=True).encode())
    if isinstance(result, str):
        assert "case.yaml" in result
    else:
        assert result.statements == ()
