"""The process that runs the linters: batches of programs arrive on stdin as JSON lines, results leave on stdout.

It is a separate process because linters keep growing global state, because a hostile program can make a linter loop,
exhaust memory or overflow the stack, and because findings must not depend on the caller's folder or environment. Before
each step the worker reports which program comes next and sets a CPU timer whose signal ends the process, so that the
caller knows which program and step to skip.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import json
import os
import resource
import secrets
import shutil
import signal
import sys
import sysconfig
from pathlib import Path
from typing import IO

from auditor.errors import AuditorError
from auditor.records import LinterName, StyleResult
from auditor.style.linters.interface import Linter, LinterSession, ProgramFile, ToolReport, Workspace
from auditor.style.messages import ProgramMessage, ReplyRow, SetupRow, read_rubric, result_row
from auditor.style.rubric import Rubric
from auditor.style.scoring import judge, unjudged, unparsable
from auditor.style.source import StyledSource, Unparsable, read_source

COLLECT_EVERY = 5
"""Batches between garbage collections."""
PARSING = "parser"
SCORING = "scoring"
"""Steps other than the linters, each with its own CPU clock."""
MEMORY_BYTES = 2 << 30
"""Address space of a worker: a memory bomb ends in a MemoryError rather than in swap."""


class LintingWorker:
    """Linting of batches under one rubric."""

    def __init__(self, rubric: Rubric, seconds: float, folder: Path, out: IO[str]) -> None:
        """Start the rubric's linters in ``folder``; one step on one program may take ``seconds`` of CPU time.

        Raises :class:`~auditor.errors.AuditorError` if a linter fails its self-test.
        """
        self._rubric = rubric
        self._seconds = seconds
        self._out = out
        self._programs = folder / "programs"
        self._programs.mkdir()
        self._sessions: dict[LinterName, LinterSession] = {}
        for linter in rubric.linters:
            self._arm("", f"the start of {linter.name}")
            announce = functools.partial(self._arm, step=linter.name)
            session = linter.start(Workspace(folder, seconds, announce, rubric.whole_program))
            self._sessions[linter.name] = session
            self._probe(linter, session)

    def _probe(self, linter: Linter, session: LinterSession) -> None:
        """Run a linter's self-test."""
        probe = linter.probe
        file = self._write_file("", read_source(probe.text))
        report = session.check([file])[""]
        file.path.unlink()
        if missing := probe.rules - {remark.rule for remark in report.remarks}:
            raise AuditorError(f"{linter.name} fails its self-test: it does not report {', '.join(sorted(missing))}")
        for key, value in probe.values.items():
            found = report.measures[key].value if key in report.measures else None
            if found != value:
                raise AuditorError(f"{linter.name} fails its self-test: {key} is {found}, not {value}")

    def run(self, batch: list[ProgramMessage]) -> None:
        """Lint one batch and write its results in order, one line."""
        results: dict[str, StyleResult] = {}
        sources: dict[str, StyledSource] = {}
        skips: dict[str, dict[str, str]] = {row["program"]: row["skip"] for row in batch}
        for row in batch:
            program, skip = row["program"], row["skip"]
            if PARSING in skip:
                results[program] = unparsable(program, self._rubric, Unparsable(skip[PARSING]))
                continue
            try:
                self._arm(program, PARSING)
                sources[program] = read_source(row["solution"], row["prompt"])
            except Unparsable as error:
                results[program] = unparsable(program, self._rubric, error)
        reports = self._lint(sources, skips)
        for program, source in sources.items():
            if SCORING in skips[program]:
                results[program] = unjudged(program, self._rubric, skips[program][SCORING])
                continue
            self._arm(program, SCORING)
            results[program] = judge(program, source, self._rubric, reports[program])
        self._rest()
        self._write({"results": [result_row(results[row["program"]]) for row in batch]})

    def _lint(
        self, sources: dict[str, StyledSource], skips: dict[str, dict[str, str]]
    ) -> dict[str, dict[LinterName, ToolReport]]:
        """Run every linter over the readable programs of a batch, unless it is to be skipped."""
        self._rest()
        files = [self._write_file(program, source) for program, source in sources.items()]
        reports: dict[str, dict[LinterName, ToolReport]] = {program: {} for program in sources}
        for name, session in self._sessions.items():
            found = session.check([file for file in files if name not in skips[file.program]])
            self._rest()
            for program in sources:
                skipped = ToolReport(failed=skips[program].get(name, ""))
                reports[program][name] = found.get(program, skipped)
        for file in files:
            file.path.unlink()
        return reports

    def _write_file(self, program: str, source: StyledSource) -> ProgramFile:
        """Write a program to a file with an unguessable name, so that programs of a batch cannot import each other."""
        path = self._programs / f"p{secrets.token_hex(16)}.py"
        path.write_text(source.text, encoding="utf-8", newline="")
        return ProgramFile(program, path, source)

    def _arm(self, program: str, step: str) -> None:
        """Report the next step and start its CPU timer; the signal's default action ends the process."""
        self._write({"at": (program, step)})
        signal.setitimer(signal.ITIMER_PROF, self._seconds)

    def _rest(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _write(self, row: ReplyRow) -> None:
        self._out.write(json.dumps(row) + "\n")
        self._out.flush()


def _hide_third_party_modules() -> None:
    """Remove every other folder from the path: installed packages must not change findings.

    By now the linters are imported, since their self-tests have run.
    """
    home = sysconfig.get_paths()
    roots = (home["stdlib"], home["platstdlib"])
    sys.path[:] = [
        entry
        for entry in sys.path
        if entry.startswith(roots) and not entry.endswith(("site-packages", "dist-packages"))
    ]


def main() -> None:
    """Serve batches until stdin ends, then delete the folder named in the setup, which is the worker's own."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what prints from here on goes to stderr, not into the results
    setup: SetupRow = json.loads(sys.stdin.readline())
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    folder = Path(setup["folder"])
    try:
        worker = LintingWorker(read_rubric(setup["rubric"]), setup["seconds"], folder, out)
        _hide_third_party_modules()
        gc.freeze()  # these objects stay; collecting them repeatedly costs a tenth of the time
        gc.disable()
        for number, line in enumerate(sys.stdin, 1):
            try:
                worker.run(json.loads(line))
            except OSError as error:  # a full disk, for which no candidate is to blame
                out.write(json.dumps({"error": str(error)}) + "\n")
                out.flush()
                return
            if number % COLLECT_EVERY == 0:
                gc.collect()
                gc.freeze()  # the rest are the standard library's trees, which stay
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # the caller deletes it too, unless it was killed
