"""The example report in ``reports/example``: regenerated with ``python -m tests.e2e.example``, compared by a test.

What differs between machines and releases without any finding being different is scrubbed before the
comparison: versions, digests that cover them, the platform, and charts, whose coordinates depend on
the fonts at hand (their figures are in report.json).
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.e2e.command import ROOT, auditor

EXAMPLE = ROOT / "reports" / "example"
REPORT = EXAMPLE / "report"

PICTURES = ("model-wide-light.png", "index-wide-light.png", "index-phone-dark.png")
"""Those that the README shows."""
ADVICE = "if the change is meant: python -m tests.e2e.example"

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


def make() -> None:
    """Run the demonstration and put its report in the example's place, with its pictures."""
    from tests.e2e.screenshots import take

    with tempfile.TemporaryDirectory() as folder:
        auditor("demo", "--out", "run", cwd=Path(folder))
        shutil.rmtree(REPORT, ignore_errors=True)
        shutil.copytree(Path(folder) / "run" / "report", REPORT)
    for picture in take(REPORT, EXAMPLE):
        if picture.name not in PICTURES:
            picture.unlink()
    sys.stdout.write(f"{REPORT}\n")


if __name__ == "__main__":
    make()
