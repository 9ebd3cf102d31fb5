#!/usr/bin/env python3
"""Set up and run the project with nothing but Python 3.11, pip and venv.

    python3 make.py demo     install, then audit three simulated models and write a report
    python3 make.py test     install, then run the everyday tests: all but those marked slow
    python3 make.py test --all  every test that can run here, properties on more examples, as CI does
    python3 make.py check    install, then lint, format, types and import contracts
    python3 make.py docs     install, then build the documentation site into build/site
    python3 make.py dist     install, then build wheel and sdist into dist/
    python3 make.py sbom     install, then write an inventory of the installed packages to build/sbom.json (CycloneDX)
    python3 make.py install  only install, into .venv

Arguments after the first go to the command: ``python3 make.py test tests/unit -k sandbox`` runs a part, slow tests
among them. Whole suites run in two processes a core.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMP = VENV / ".installed"


def call(*command: str | Path) -> int:
    """Run a command in the project's folder and return its exit code; sums use one thread, so they agree everywhere.

    Bytecode is kept even where the surroundings say otherwise: a command compiles 300 modules without it.
    """
    environment = {
        **os.environ, "OPENBLAS_NUM_THREADS": "1", "NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": ""
    }  # fmt: skip
    with subprocess.Popen([str(part) for part in command], cwd=ROOT, env=environment) as process:  # noqa: S603 - our own
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the command gets Ctrl-C too: it ends in its own way and says so
                continue


def install() -> None:
    """Install the project and its tools into .venv, unless what is there is up to date."""
    wanted = hashlib.sha256(
        (ROOT / "pyproject.toml").read_bytes() + (ROOT / "constraints.txt").read_bytes()
    ).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    print("installing into .venv (some minutes the first time)", file=sys.stderr)
    steps: list[Sequence[str | Path]] = []
    if not (BIN / "python").exists():
        steps.append((sys.executable, "-m", "venv", VENV))
    steps.append((BIN / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", "constraints.txt",
                  "-e", ".[dev]"))  # fmt: skip
    for step in steps:
        if code := call(*step):
            sys.exit(code)
    STAMP.write_text(wanted)


def check() -> int:
    """Lint, formatting, types, import contracts; all run, the first failure's code is returned."""
    codes = [
        call(BIN / "ruff", "check", "."),
        call(BIN / "ruff", "format", "--check", "."),
        call(BIN / "mypy"),
        call(BIN / "lint-imports"),
    ]
    return next((code for code in codes if code), 0)


def suite(arguments: Sequence[str]) -> Sequence[str]:
    """Return pytest's options: those given, or for a whole suite two processes per core, since tests often wait.

    A file's tests stay in one process, so that they share its fixtures.
    """
    if arguments and list(arguments) != ["--all"]:
        return arguments
    processes = min(2 * (os.cpu_count() or 1), 8)  # a container may show more cores than it may use
    chosen = ("--hypothesis-profile", "full") if arguments else ("-m", "not slow")
    return ("-n", str(processes), "--dist", "loadscope", "--no-loadscope-reorder", *chosen)


def sbom() -> int:
    """Write which packages the wheel needs, with versions, licences and dependencies; no address of a registry."""
    bare, tool = ROOT / "build" / "bare", ROOT / "build" / "sbom-tool"
    output = ROOT / "build" / "sbom.json"
    pip: Sequence[str] = ("-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", "constraints.txt")
    steps: list[Sequence[str | Path]] = [
        (sys.executable, "-m", "venv", "--clear", bare),
        (bare / BIN.name / "python", *pip, "."),
        (sys.executable, "-m", "venv", "--clear", tool),  # of its own: what it brings along slows every other import
        (tool / BIN.name / "python", *pip, "cyclonedx-bom"),
        (tool / BIN.name / "cyclonedx-py", "environment", "--output-reproducible", "-o", output,
         bare / BIN.name / "python"),
    ]  # fmt: skip
    if code := next((code for step in steps if (code := call(*step))), 0):
        return code
    content = json.loads(output.read_text(encoding="utf-8"))
    for component in (*content["components"], content["metadata"].get("component", {})):
        component.pop("externalReferences", None)  # addresses, also of this machine's folders
    content["metadata"].pop("tools", None)
    output.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 0


def main() -> int:
    """Carry out the command named on the command line."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what runs before pip could refuse
        print(f"Python 3.11 or later is needed; this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    name, *rest = sys.argv[1:] or ["help"]
    commands = {
        "demo": lambda: call(BIN / "auditor", "demo", *rest),
        "test": lambda: call(BIN / "python", "-m", "pytest", *suite(rest)),
        "check": check,
        "docs": lambda: call(BIN / "mkdocs", "build", "--quiet", *rest),
        "dist": lambda: call(BIN / "python", "-m", "build", "--outdir", "dist", *rest),
        "sbom": sbom,
        "install": lambda: 0,
    }
    if name not in commands:
        print(__doc__)
        return 0 if name in ("help", "-h", "--help") else 2
    install()
    return commands[name]()


if __name__ == "__main__":
    sys.exit(main())
