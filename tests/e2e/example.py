"""The example report in ``reports/example``: regenerated with ``python -m tests.e2e.example``, compared by a test.

What differs between machines and releases without any finding being different is scrubbed before the
comparison: versions, digests that cover them, the platform, and charts, whose coordinates depend on
the fonts at hand (their figures are in report.json).
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import sys
import tempfile
import zlib
from base64 import b64decode
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.e2e.command import ROOT, auditor

EXAMPLE = ROOT / "reports" / "example"
REPORT = EXAMPLE / "report"

PICTURES = ("model-wide-light.png", "index-wide-light.png", "index-phone-dark.png")
"""Those that the README shows."""
ADVICE = "if the change is meant: python -m tests.e2e.example"

WAIT, PACE = 0.2, 0.004
"""Seconds before the first token of an answer in the example, and seconds a token."""

_MACHINE = {"auditor", "python", "platform", "tools", "sandbox", "environment"}


def scrub_document(text: str) -> Any:
    """Parse report.json and take out what depends on the machine."""
    document = json.loads(text)
    for key in _MACHINE:
        document["provenance"][key] = None
    document["provenance"]["rubric"]["hash"] = None
    return _rounded(document)


def _rounded(value: Any) -> Any:
    """Keep nine digits of every float: sums may differ in the last ones between processors."""
    match value:
        case float():
            return float(f"{value:.9g}")
        case dict():
            return {key: _rounded(inner) for key, inner in value.items()}
        case list():
            return [_rounded(inner) for inner in value]
        case _:
            return value


def scrub_text(text: str) -> str:
    """Take charts, versions and digests out of a page."""
    text = re.sub(r"<svg.*?</svg>", "<svg/>", text, flags=re.DOTALL)
    text = re.sub(r"\b[0-9a-f]{12,64}\b", "DIGEST", text)
    text = re.sub(r"sha256-[A-Za-z0-9+/=]+", "sha256-DIGEST", text)
    text = re.sub(r"(landlock\+)?seccomp", "SANDBOX", text)
    text = re.sub(r"(Linux|Darwin) \w+", "PLATFORM", text)
    return re.sub(r"\b\d+\.\d+(\.\d+)+\b", "VERSION", text)


def settle(run: Path) -> None:
    """Replace the latencies that a demonstration has measured by some that follow from its answers.

    A report written after that depends on the code and the demonstration alone: nothing else in it is measured.
    """
    with closing(sqlite3.connect(run / "audit.db")) as connection, connection:
        connection.execute(
            "UPDATE sample SET latency = :wait + completion_tokens * :pace", {"wait": WAIT, "pace": PACE}
        )


def sample_data(report: Path) -> dict[str, Any]:
    """Map the files of sample data of a report, by their place in it, to what they hold, unpacked."""
    return {
        path.relative_to(report).as_posix(): json.loads(zlib.decompress(b64decode(path.read_text().split('"')[3])))
        for path in (report / "samples").rglob("*.js")
    }


def make() -> None:
    """Run the demonstration and put its report in the example's place, with its pictures."""
    from tests.e2e.screenshots import take

    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        auditor("sample", ROOT / "auditor" / "pipeline" / "demo.toml", "--out", run, cwd=Path(folder))
        settle(run)
        auditor("demo", "--out", run, cwd=Path(folder))
        shutil.rmtree(REPORT, ignore_errors=True)
        shutil.copytree(run / "report", REPORT)
    for picture in take(REPORT, EXAMPLE):
        if picture.name not in PICTURES:
            picture.unlink()
    sys.stdout.write(f"{REPORT}\n")


if __name__ == "__main__":
    make()
