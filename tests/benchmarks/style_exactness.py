"""Compare our findings with those of the tools' own command lines, rule by rule and line by line.

python -m tests.benchmarks.style_exactness [PROGRAMS] [SEED]

Each program is linted by us in its batch, and by ruff and pylint in a process of its own; radon's four
commands run over the folder. The command lines get the same text (pragmas neutralised) and leave out
the documented exclusions.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from auditor.records import Program, StyleResult
from auditor.style import load_rubric, score_programs
from auditor.style.linters import ruff
from auditor.style.linters.pylint import Pylint
from auditor.style.source import Unparsable, read_source
from tests.conftest import data_folder
from tests.real_data import CODET, programs, prompts

Finding = tuple[str, str, int, int, str]
RADON = {"cc": "complexity_total", "mi": "maintainability_index", "raw": "sloc", "hal": "halstead_effort"}


def by_ruff(folder: Path, stem: str) -> list[Finding]:
    """Run ruff's command line on one file."""
    done = subprocess.run([ruff.ruff_command(), *ruff.arguments(), f"{stem}.py"], cwd=folder, capture_output=True)
    return [
        ("ruff", r["code"], r["location"]["row"], r["location"]["column"], r["message"])
        for r in json.loads(done.stdout)
        if r["code"] not in (None, ruff.INVALID)
    ]


def by_pylint(folder: Path, stem: str) -> list[Finding]:
    """Run pylint's command line on one file."""
    done = subprocess.run(
        [sys.executable, "-m", "pylint", "--rcfile=rc", "--persistent=n", "--output-format=json2",
         f"--disable={','.join(Pylint.exclusions)}", f"{stem}.py"],
        cwd=folder, capture_output=True, env={**os.environ, "PYLINTHOME": str(folder)},
    )  # fmt: skip
    return [
        ("pylint", r["messageId"], r["line"], r["column"] + 1, r["message"].replace(stem, "program")[:300])
        for r in json.loads(done.stdout)["messages"]
        if r["symbol"] != "syntax-error"
    ]


def by_radon(folder: Path) -> dict[str, dict[str, float]]:
    """Run radon's four commands over the folder; metric by stem."""
    found: dict[str, dict[str, float]] = {}
    for command in RADON:
        done = subprocess.run([sys.executable, "-m", "radon", command, "-j", "."], cwd=folder, capture_output=True)
        for name, row in json.loads(done.stdout).items():
            found.setdefault(Path(name).stem, {})[command] = row
    return found


def differences(folder: Path, program: Program, ours: StyleResult, radon: dict[str, dict[str, float]]) -> list[str]:
    """Say where we and the command lines part on one program; syntax errors are no program to either."""
    stem = f"p{program.program}"
    theirs = Counter(by_ruff(folder, stem) + by_pylint(folder, stem))
    if not ours.parses:
        return []
    mine = Counter((f.tool, f.rule, f.line, f.column, f.message) for f in ours.findings if f.tool in ("ruff", "pylint"))
    found = [f"only {who}: {item}" for who, rest in (("we", mine - theirs), ("they", theirs - mine)) for item in rest]
    numbers = {
        "maintainability_index": radon[stem]["mi"]["mi"], "sloc": radon[stem]["raw"]["sloc"],
        "lloc": radon[stem]["raw"]["lloc"], "comments": radon[stem]["raw"]["comments"],
        "halstead_effort": radon[stem]["hal"]["total"]["effort"],
        "halstead_volume": radon[stem]["hal"]["total"]["volume"],
    }  # fmt: skip
    return found + [f"{k}: {ours.metrics[k]} not {v}" for k, v in numbers.items() if abs(ours.metrics[k] - v) > 1e-9]


def main(count: int = 300, seed: int = 0) -> int:
    """Print what differs and how much was compared; 1 if anything differs."""
    data = data_folder()
    assert data is not None, "set AUDITOR_DATA"
    chosen = random.Random(seed).sample(programs(data, CODET), count)
    given = prompts(data)
    ours = {r.program: r for r in score_programs(chosen, given, load_rubric("pep8"))}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rc").write_text("")
        readable = []
        for program in chosen:
            try:
                text = read_source(program.solution, given[program.task_id]).text
            except Unparsable:
                assert not ours[program.program].parses
                continue
            (folder / f"p{program.program}.py").write_text(text, encoding="utf-8", newline="")
            readable.append(program)
        radon = by_radon(folder)
        with ThreadPoolExecutor(2) as pool:
            parted = list(pool.map(lambda p: differences(folder, p, ours[p.program], radon), readable))
    findings = sum(len(ours[p.program].findings) for p in readable)
    for program, lines in zip(readable, parted, strict=True):
        for line in lines:
            print(f"{program.program}: {line}")
    wrong = sum(map(bool, parted))
    print(
        f"{count} programs, {count - len(readable)} unparsable, {findings} findings compared; {wrong} programs differ"
    )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
