"""CPU time of scoring style, next to the two naive ways, in one run on the same samples.

python -m tests.benchmarks.style_cost [SAMPLES] [uncut] [distinct]

The set is the first samples of every task as they were drawn (1,640 are ten a task), equal ones included.
folder way: a file for each sample, one `pylint -j2`, one `ruff check` and radon's four commands over the
folder. process way: the same six commands for each file alone, measured on a few and scaled. Ours gets
the same samples and scores each distinct program once.
"uncut" leaves the completions as they were published, past the function asked for; "distinct" takes
that many random distinct programs instead, so that nothing is gained by knowing them equal.
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

from auditor.records import Program, program_id
from auditor.style import load_rubric, score_programs
from auditor.style.linters import ruff
from auditor.style.linters.pylint import Pylint
from tests.conftest import data_folder
from tests.real_data import CODET, programs, prompts, rows, solution

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
         f"--disable={','.join(Pylint.exclusions)}", *names],
        [ruff.ruff_command(), *ruff.arguments(), *names],
        *([*python, "radon", command, "-j", *names] for command in ("cc", "mi", "raw", "hal")),
    ]  # fmt: skip


def run(folder: Path, command: Sequence[str]) -> None:
    """Run one command line and drop what it says."""
    environment = {**os.environ, "PYLINTHOME": str(folder)}
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def write(folder: Path, chosen: Sequence[Program]) -> list[str]:
    """Write samples as files; return their names."""
    (folder / "rc").write_text("")
    names = [f"s{number}.py" for number in range(len(chosen))]
    for name, program in zip(names, chosen, strict=True):
        (folder / name).write_text(program.solution, encoding="utf-8", newline="")
    return names


def ours(chosen: Sequence[Program], given: dict[str, str]) -> None:
    """Score the distinct programs among some samples."""
    distinct = {program.program: program for program in chosen}
    assert sum(1 for _ in score_programs(distinct.values(), given, load_rubric("pep8"))) == len(distinct)


def measure(title: str, chosen: Sequence[Program], given: dict[str, str]) -> None:
    """Measure the three ways on some samples and print the ratios."""
    distinct = len({program.program for program in chosen})
    print(f"\n{title}: {len(chosen)} files, {distinct} distinct programs; load {os.getloadavg()[0]:.1f}")
    own, wall = cpu(lambda: ours(chosen, given))
    print(f"  ours            {own:8.1f} CPU-s {wall:7.1f} s wall   {1000 * own / distinct:6.1f} ms per program")
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
    print(f"  ratios: folder way {whole / own:.1f}, process way {alone / own:.0f} times ours", flush=True)


def first_samples(data: Path, count: int, given: dict[str, str], *, cut: bool) -> list[Program]:
    """Return the first samples of every task, as many a task as make ``count``."""
    found = []
    for row in rows(data / "samples" / CODET):
        task, index = str(row["task_id"]), int(str(row["sample_index"]))
        if index < count / len(given):
            text = solution(row, given[task], cut=cut)
            found.append(Program(program_id(task, text), task, text))
    return found


def main(count: str = "1640", *words: str) -> None:
    """Measure on ``count`` samples or programs, with and without the runs of hashes."""
    data = data_folder()
    assert data is not None, "set AUDITOR_DATA"
    given, cut = prompts(data), "uncut" not in words
    if "distinct" in words:
        chosen = random.Random(0).sample(programs(data, CODET, cut=cut), int(count))
    else:
        chosen = first_samples(data, int(count), given, cut=cut)
    measure("all", chosen, given)
    measure("without runs of 50 hashes", [p for p in chosen if not HASHES.search(p.solution)], given)


if __name__ == "__main__":
    main(*sys.argv[1:])
