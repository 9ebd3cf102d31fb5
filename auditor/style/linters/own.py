"""Our own checks as a linter: names, lengths, comments and docstrings, each a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from auditor.records import LinterName
from auditor.style.linters.checks import CHECKS, VERSION
from auditor.style.linters.interface import Linter, Measure, Number, Probe, ProgramFile, ToolReport, Workspace
from auditor.style.source import StyledSource


class OwnChecks(Linter):
    """The checks of :mod:`auditor.style.linters.checks`."""

    name = LinterName("auditor")
    probe = Probe("def first():\n    pass\n", values={"docstrings": 0.0, "line_length": 12.0})
    measures: ClassVar[Mapping[str, Number]] = {name: Number(name, check.meaning) for name, check in CHECKS.items()}

    def versions(self) -> dict[str, str]:
        """Return the version of the checks and of scoring."""
        return {"auditor-checks": str(VERSION)}

    def start(self, workspace: Workspace) -> OwnSession:
        """Return a session; there is nothing to start."""
        return OwnSession(workspace)


class OwnSession:
    """Runs the checks on the parsed program."""

    def __init__(self, workspace: Workspace) -> None:
        """Read from ``workspace`` which numbers are needed for the whole program."""
        self._workspace = workspace

    def check(self, files: Sequence[ProgramFile]) -> dict[str, ToolReport]:
        """Measure the model's part of each program and, if a rubric needs it, the whole program."""
        reports = {}
        for file in files:
            self._workspace.announce(file.program)
            whole = self._workspace.whole_program & CHECKS.keys()
            reports[file.program] = ToolReport(
                measures=_measure(file.source, sorted(CHECKS)),
                whole=_measure(file.source.all_model(), sorted(whole)) if whole else {},
            )
        return reports


def _measure(source: StyledSource, names: Sequence[str]) -> dict[str, Measure]:
    found = {name: CHECKS[name].run(source) for name in names}
    return {name: measure for name, measure in found.items() if measure is not None}
