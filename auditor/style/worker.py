"""The process that lints: batches of programs come in on stdin as JSON lines, results go out on stdout.

It is a process of its own because pylint's state is global and grows, because a hostile program may
make a linter run for ever, eat memory or overflow the stack, and because findings must not depend on
the caller's folder or environment. Before each step it says which program it turns to and arms a CPU
timer whose signal ends the process, so that the caller knows whom to blame and leaves that out.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import shutil
import signal
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from auditor.errors import AuditorError
from auditor.style.messages import read_rubric, result_row
from auditor.style.pylint import Pylint
from auditor.style.radon import run_radon
from auditor.style.remarks import ToolReport
from auditor.style.rubric import Rubric
from auditor.style.ruff import run_ruff
from auditor.style.scoring import judge, unjudged, unparsable
from auditor.style.source import Source, Unparsable, read_source

COLLECT_EVERY = 5
"""Batches between two collections of garbage."""
MEMORY_BYTES = 2 << 30
"""Address space of a worker, so that a bomb ends in a MemoryError and not in swap."""


class Worker:
    """Lints batches under one rubric."""

    def __init__(self, rubric: Rubric, seconds: float, folder: Path, out: IO[str]) -> None:
        """Set up in ``folder``; ``seconds`` is the CPU time that one step on one program may take."""
        self._rubric = rubric
        self._seconds = seconds
        self._folder = folder
        self._out = out
        self._arm("", "start")
        self._pylint = Pylint(folder, lambda stem: self._arm(stem[1:], "pylint"))
        self._probe()

    def _probe(self) -> None:
        """Lint a known-bad program: a tool that is silent on it would make every program look clean."""
        path = self._folder / "p1.py"
        path.write_text("import os\n")
        reports = [run_ruff(self._folder, [path.stem], seconds=self._seconds), self._pylint.check([path])]
        found = {remark.rule for report in reports for remark in report[path.stem].remarks}
        if missing := {"F401", "W0611"} - found:
            raise AuditorError(f"the linters do not see an unused import ({', '.join(sorted(missing))} is missing)")

    def run(self, batch: list[dict[str, Any]]) -> None:
        """Lint one batch and write its results in order, one line."""
        results: dict[str, Any] = {}
        sources: dict[str, Source] = {}
        reports: dict[str, dict[str, ToolReport]] = {}
        for row in batch:
            program, skip = row["program"], row["skip"]
            reports[program] = {tool: ToolReport([], failed=why) for tool, why in skip.items()}
            if "parser" in skip:
                results[program] = unparsable(program, self._rubric, Unparsable(skip["parser"]))
                continue
            try:
                self._arm(program, "parser")
                sources[program] = read_source(row["solution"], row["prompt"])
            except Unparsable as error:
                results[program] = unparsable(program, self._rubric, error)
        self._lint(sources, reports)
        for program, source in sources.items():
            self._arm(program, "radon")
            if "radon" not in reports[program]:
                reports[program]["radon"] = run_radon(source)
            if "rubric" in reports[program]:
                results[program] = unjudged(program, self._rubric, reports[program]["rubric"].failed)
                continue
            self._arm(program, "rubric")
            results[program] = judge(program, source, self._rubric, reports[program])
        self._rest()
        self._write({"results": [result_row(results[row["program"]]) for row in batch]})

    def _lint(self, sources: dict[str, Source], reports: dict[str, dict[str, ToolReport]]) -> None:
        """Run ruff and pylint over the readable programs of a batch."""
        paths = {f"p{program}": self._folder / f"p{program}.py" for program in sources}
        for program, source in sources.items():
            paths[f"p{program}"].write_text(source.text, encoding="utf-8", newline="")
        self._rest()
        linters: dict[str, Callable[[list[str]], dict[str, ToolReport]]] = {
            "ruff": lambda stems: run_ruff(self._folder, stems, seconds=self._seconds),
            "pylint": lambda stems: self._pylint.check([paths[stem] for stem in stems]),
        }
        for tool, check in linters.items():
            wanted = [stem for stem in paths if tool not in reports[stem[1:]]]
            for stem, report in check(wanted).items():
                reports[stem[1:]][tool] = report
        self._rest()
        for path in paths.values():
            path.unlink()

    def _arm(self, program: str, step: str) -> None:
        """Say what comes next and give it its CPU time; the signal's default action ends the process."""
        self._write({"at": [program, step]})
        signal.setitimer(signal.ITIMER_PROF, self._seconds)

    def _rest(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _write(self, row: dict[str, Any]) -> None:
        self._out.write(json.dumps(row) + "\n")
        self._out.flush()


def _see_only_the_standard_library() -> None:
    """Take every other folder off the path: what is installed here must not change a finding."""
    import radon.complexity
    import radon.metrics
    import radon.raw  # noqa: F401 - later there is no finding them

    home = sysconfig.get_paths()
    roots = (home["stdlib"], home["platstdlib"])
    sys.path[:] = [
        entry
        for entry in sys.path
        if entry.startswith(roots) and not entry.endswith(("site-packages", "dist-packages"))
    ]


def main() -> None:
    """Serve batches until stdin ends; the folder named in the setup is the worker's own, and goes with it."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever prints from here on cannot speak for us
    setup = json.loads(sys.stdin.readline())
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    folder = Path(setup["folder"])
    try:
        worker = Worker(read_rubric(setup["rubric"]), setup["seconds"], folder, out)
        _see_only_the_standard_library()
        gc.freeze()  # what is there now stays; collecting it again and again costs a tenth of the time
        gc.disable()
        for number, line in enumerate(sys.stdin, 1):
            try:
                worker.run(json.loads(line))
            except OSError as error:  # a full disk is no candidate's fault
                out.write(json.dumps({"error": str(error)}) + "\n")
                out.flush()
                return
            if number % COLLECT_EVERY == 0:
                gc.collect()
                gc.freeze()  # what is left is the standard library's trees, which stay
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # the caller does it too, unless it was killed
