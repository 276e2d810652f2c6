"""Parts of a benchmark that are done: a run that was stopped goes on, and every figure names the code that made it.

A part is redone when the code it measures or the benchmark itself changed. CPU seconds are kept beside each part,
because wall time says little on a machine that others use.
"""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

_HASHED = {".py", ".csv", ".json"}


def state_of(paths: Sequence[Path]) -> str:
    """Return a short hash over the contents of files and of all ``.py``, ``.csv`` and ``.json`` files of folders."""
    found = [f for path in paths for f in ([path] if path.is_file() else path.rglob("*"))]
    files = sorted(f for f in found if f.suffix in _HASHED and f.is_file())
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.name.encode() + file.read_bytes())
    return whole.hexdigest()[:12]


class Ledger:
    """Results by part in a JSON file, written after each part.

    Parameters
    ----------
    path : Path
        Where they are kept.
    state : str
        From `state_of`; parts of another state count as not done.
    """

    def __init__(self, path: Path, state: str) -> None:
        self.path, self.state = path, state
        self.parts: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    def run(self, name: str, job: Callable[[], object]) -> Any:
        """Return the result of a part, made now unless it was made in this state."""
        kept = self.parts.get(name)
        if kept is None or kept["state"] != self.state:
            start = time.process_time()
            result = job()
            seconds = round(time.process_time() - start, 1)
            self.parts[name] = {"state": self.state, "cpu_seconds": seconds, "result": result}
            self.path.write_text(json.dumps(self.parts, indent=1) + "\n", encoding="utf-8")
            print(name, seconds, "CPU s", flush=True)
        return json.loads(json.dumps(self.parts[name]["result"]))

    def cpu_seconds(self) -> float:
        """Return the CPU seconds of all parts of this state."""
        return round(sum(p["cpu_seconds"] for p in self.parts.values() if p["state"] == self.state), 1)
