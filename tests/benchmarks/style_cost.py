"""CPU time of scoring style, beside the two naive ways, in one run on the same programs.

python -m tests.benchmarks.style_cost [PROGRAMS] [uncut]

folder way: one `pylint -j2`, one `ruff check` and radon's four commands over a folder of all programs.
process way: the same six commands for each program alone, measured on a few and scaled.
"uncut" leaves the completions as long as they were published, past the function asked for.
Each is measured with and without the programs that hold a run of 50 or more `#`, on which pylint's
pragma expression backtracks. Ours yields more: rubric, our own checks, whose line each finding is.
"""

from __future__ import annotations

import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from auditor.records import Program
from auditor.style import load_rubric, ruff, score_programs
from auditor.style.exclusions import PYLINT_EXCLUDED
from tests.conftest import data_folder
from tests.real_data import CODET, programs, prompts

ALONE = 15
"""Programs on which the process way is measured."""
HASHES = re.compile("#{50}")


def cpu(work: Callable[[], object]) -> tuple[float, float]:
    """Return CPU seconds, ours and the children's, and wall seconds of some work."""

    def now() -> float:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(one.ru_utime + one.ru_stime for one in used)

    start, clock = now(), time.monotonic()
    work()
    return now() - start, time.monotonic() - clock


def commands(names: Sequence[str], jobs: int) -> list[list[str]]:
    """List the command lines of the three tools over files or folders."""
    python = [sys.executable, "-m"]
    return [
        [*python, "pylint", "--rcfile=rc", "--persistent=n", f"-j{jobs}", "--output-format=json2",
         f"--disable={','.join(PYLINT_EXCLUDED)}", *names],
        [ruff.ruff_command(), *ruff.arguments(), *names],
        *([*python, "radon", command, "-j", *names] for command in ("cc", "mi", "raw", "hal")),
    ]  # fmt: skip


def run(folder: Path, command: Sequence[str]) -> None:
    """Run one command line and drop what it says."""
    environment = {**os.environ, "PYLINTHOME": str(folder)}
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def write(folder: Path, chosen: Sequence[Program]) -> list[str]:
    """Write programs as files; return their names."""
    (folder / "rc").write_text("")
    for program in chosen:
        (folder / f"p{program.program}.py").write_text(program.solution, encoding="utf-8", newline="")
    return [f"p{program.program}.py" for program in chosen]


def measure(title: str, chosen: Sequence[Program], given: dict[str, str]) -> None:
    """Measure the three ways on some programs and print the ratios."""
    print(f"\n{title}: {len(chosen)} programs")
    ours, wall = cpu(lambda: sum(1 for _ in score_programs(chosen, given, load_rubric("pep8"))))
    print(f"  ours            {ours:8.1f} CPU-s {wall:7.1f} s wall   {1000 * ours / len(chosen):6.1f} ms a program")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = write(folder, chosen)
        parts = [cpu(lambda command=command: run(folder, command)) for command in commands(files, 2)]
        whole = sum(part for part, _ in parts)
        each = ", ".join(f"{tool} {part:.1f}" for tool, (part, _) in zip(("pylint", "ruff"), parts, strict=False))
        radon = sum(part for part, _ in parts[2:])
        print(
            f"  folder way      {whole:8.1f} CPU-s {sum(w for _, w in parts):7.1f} s wall   ({each}, radon {radon:.1f})"
        )
        few = random.Random(1).sample(files, min(ALONE, len(files)))
        alone, _ = cpu(lambda: [run(folder, command) for file in few for command in commands([file], 1)])
        alone *= len(files) / len(few)
        print(f"  process way     {alone:8.1f} CPU-s   (measured on {len(few)}, scaled)")
    print(f"  ratios: folder way {whole / ours:.1f}, process way {alone / ours:.0f} times ours")


def main(count: str = "1640", cut: str = "cut") -> None:
    """Measure on ``count`` random distinct programs, with and without the runs of hashes."""
    data = data_folder()
    assert data is not None, "set AUDITOR_DATA"
    given = prompts(data)
    chosen = random.Random(0).sample(programs(data, CODET, cut=cut == "cut"), int(count))
    measure("all", chosen, given)
    measure("without runs of 50 hashes", [p for p in chosen if not HASHES.search(p.solution)], given)


if __name__ == "__main__":
    main(*sys.argv[1:])
