"""HL7 v2 results: HL7 v2.5.1 chapter 7 (OBX), table 0078 (flags), table 0085 (status)."""

import random
from pathlib import Path

import pytest

from ranvier.case import Case, read_tables
from ranvier.core import UnreadableCaseError

pytest.importorskip("hl7")

MESSAGE = [
    r"MSH|^~\&|LAB|HOSPITAL|EHR|WARD|20240102||ORU^R01|1|P|2.5.1",
    "PID|1||4711^^^HOSP||Secret^Patient||19500101|F",
    "OBR|1|||24331-1^Panel^LN",
    "OBX|1|NM|4548-4^Hemoglobin A1c^LN||7.4|%|4.0-5.6|H|||F",
    "OBX|2|SN|5048-4^Nuclear Ab^LN|1|^1^:^160||||||F",
    "OBX|3|SN|B12^Vitamin B12^L||<^150|pmol/L|150-600|L|||F",
    "OBX|4|ST|HIV^HIV 1/2^L||non-reactive||||||F",
    "OBX|5|CE|X^Serum immunofixation^L||P^Positive IgM kappa^L||||||F",
    "OBX|6|NM|2880-3^CSF protein^LN||95|mg/dL||H|||F",
    "OBX|7|NM|3016-3^TSH^LN||99|mIU/L||H|||X",
]
TESTS = ["hba1c", "ana", "b12", "hiv", "ife", "csf_protein"]


def read(tmp_path: Path, lines: list[str], end: str = "\r", name: str = "message.hl7") -> Case:
    (tmp_path / name).write_bytes(end.join(lines).encode())
    return read_tables(labs=tmp_path / name)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_numbers_titres_words_flags_ranges_and_withdrawn_results(tmp_path: Path, end: str) -> None:
    case = read(tmp_path, MESSAGE, end)
    assert [r.test for r in case.laboratory] == TESTS
    hba1c, ana, b12, hiv, ife, _ = case.laboratory
    assert (hba1c.value, hba1c.unit, hba1c.word, hba1c.ref_high) == (7.4, "%", "high", 5.6)
    assert (ana.value, ana.unit, ana.word) == (160, "titre", "positive")
    assert (b12.value, b12.comparator, b12.ref_low) == (150, "<", 150)
    assert (hiv.word, ife.word, ife.kinds) == ("negative", "positive", ("igm", "kappa"))


def test_the_identity_of_the_patient_is_never_copied(tmp_path: Path) -> None:
    case = read(tmp_path, MESSAGE)
    assert not [word for word in ("Secret", "4711", "1950") if word in repr(case)]


def test_a_text_that_begins_as_a_message_needs_no_suffix(tmp_path: Path) -> None:
    assert len(read(tmp_path, ["\x0b" + MESSAGE[0], *MESSAGE[1:], "\x1c"], name="out.txt").laboratory) == len(TESTS)


def test_what_is_no_message_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCaseError, match="no line begins with MSH"):
        read(tmp_path, ["hello"])
    with pytest.raises(UnreadableCaseError, match="no OBX"):
        read(tmp_path, MESSAGE[:3])


def test_two_hundred_broken_messages_lose_no_good_row(tmp_path: Path) -> None:
    rng = random.Random(20)
    for _ in range(200):
        lines = list(MESSAGE)
        number = rng.randrange(1, len(lines))
        cut = rng.randrange(len(lines[number]) + 1)
        junk = "".join(rng.choice("|^~&\\\x00ä1<>: ") for _ in range(rng.randrange(8)))
        lines[number] = lines[number][:cut] + junk + lines[number][cut + rng.randrange(6) :]
        kept = {r.test for r in read(tmp_path, lines).laboratory}
        assert {t for n, t in enumerate(TESTS, 3) if n != number} <= kept, lines[number]


@pytest.mark.parametrize(
    ("line", "test", "value", "unit"),
    [
        (r"OBX|1|NM|WBC^Leukocytes^L||7.2|10\S\9/L|4-10|||F", "wbc", 7.2, "10^9/L"),
        (r"OBX|1|NM|X^Vitamin B12 \T\ folate^L~B12^Vitamin B12^L||150|pmol/L||||F", None, None, None),
        (r"OBX|1|NM|B12^Vitamin\X20\B12^L||150|pmol/L||||F", "b12", 150, "pmol/L"),
        (r"OBX|1|ST|B12^Vitamin B12^L||\H\<150\N\|pmol/L||||F", "b12", 150, "pmol/L"),
        (r"OBX|1|NM|CSF protein^CSF protein^L||0.9~0.8|g/L||||F", "csf_protein", 0.9, "g/L"),
    ],
)
def test_escapes_and_repetitions(
    tmp_path: Path, line: str, test: str | None, value: float | None, unit: str | None
) -> None:
    r"""HL7 v2.5.1, 2.7: \F\ \S\ \T\ \R\ \E\ are separators, \X..\ bytes, \H\ \N\ highlighting."""
    case = read(tmp_path, [MESSAGE[0], line])
    found = [(r.test, r.value, r.unit) for r in case.laboratory]
    assert found == ([(test, value, unit)] if test else [])
    assert bool(case.unused) is (test is None)
