"""bandit: security findings, in process through its manager. Optional: ``pip install 'auditor[security]'``.

Each file gets its own manager, so nothing of one program reaches the next. Only bandit's own tests run, whatever
plug-ins are installed; it parses code of candidates but does not run it.
"""

from __future__ import annotations

import functools
import importlib.util
import logging
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import ClassVar, Protocol

from auditor.records import LinterName
from auditor.style.linters.interface import (
    MAX_MESSAGE,
    MAX_REMARKS,
    Linter,
    Measure,
    Number,
    Probe,
    ProgramFile,
    Remark,
    RuleGroup,
    ToolReport,
    Workspace,
    findings_number,
)

_OWN = "bandit."
"""Module of bandit's own tests; those of installed plug-ins are elsewhere."""


class Bandit(Linter):
    """bandit, by its Python API."""

    name = LinterName("bandit")
    probe = Probe("exec(input())\n", frozenset({"B102"}), {"bandit_findings": 1.0, "bandit_medium": 1.0})
    measures: ClassVar[Mapping[str, Number]] = {
        "findings": findings_number("bandit"),
        "high": Number("bandit_high", "findings of bandit of high severity"),
        "medium": Number("bandit_medium", "findings of bandit of medium severity"),
        "low": Number("bandit_low", "findings of bandit of low severity"),
    }
    exclusions: ClassVar[Mapping[str, str]] = {"B101": "depends on whether Python runs with -O"}
    pragmas = ("# nosec", "# nosec B102", "#nosec")
    optional = True

    def unavailable(self) -> str:
        """Say that bandit is missing and how to install it, if so."""
        if importlib.util.find_spec("bandit") is None:
            return "needs bandit, which is not installed — pip install 'auditor[security]'"
        return ""

    def versions(self) -> dict[str, str]:
        """Return bandit's version."""
        return {"bandit": metadata.version("bandit")}

    def rules(self) -> Mapping[str, str]:
        """Return bandit's tests that run, id → name; none if it is not installed."""
        return {} if self.unavailable() else _rules()

    def groups(self) -> Sequence[RuleGroup]:
        """Return bandit's own grouping of its ids."""
        return (
            RuleGroup("B1", "misuse of the language, passwords in the code, open files and hosts"),
            RuleGroup("B2", "misconfigured frameworks"),
            RuleGroup("B3", "dangerous calls"),
            RuleGroup("B4", "imports of dangerous modules"),
            RuleGroup("B5", "broken cryptography and unverified connections"),
            RuleGroup("B6", "injection into shells and databases"),
            RuleGroup("B7", "cross-site scripting"),
        )

    def in_group(self, rule: str, selector: str) -> bool:
        """Return whether ``B6``, ``B60`` … covers an id."""
        return len(selector) > 1 and rule.startswith(selector)

    def same_as(self, rule: str) -> frozenset[str]:
        """Return ruff's port of the test, which has the same number."""
        return frozenset({f"ruff:S{rule[1:]}"})

    def start(self, workspace: Workspace) -> BanditSession:
        """Load bandit in this process."""
        return BanditSession(workspace)


@functools.cache
def _rules() -> dict[str, str]:
    from bandit.core.extension_loader import MANAGER

    tests = {test.plugin._test_id: test.name for test in MANAGER.plugins if test.plugin.__module__.startswith(_OWN)}  # noqa: SLF001 - bandit's id of a test
    lists = [found.plugin() for found in MANAGER.blacklists_mgr if found.plugin.__module__.startswith(_OWN)]
    listed = {item["id"]: item["name"].replace("-", "_") for one in lists for items in one.values() for item in items}
    return {rule: name for rule, name in sorted((tests | listed).items()) if rule not in Bandit.exclusions}


class BanditSession:
    """Runs bandit on one file after another."""

    def __init__(self, workspace: Workspace) -> None:
        """Load bandit and keep its error messages off stderr."""
        from bandit.core.config import BanditConfig

        self._announce = workspace.announce
        self._config = BanditConfig()
        self._errors = _Errors()
        log = logging.getLogger("bandit")
        log.propagate = False
        log.handlers = [self._errors]

    def check(self, files: Sequence[ProgramFile]) -> dict[str, ToolReport]:
        """Check each file separately."""
        reports = {}
        for file in files:
            self._announce(file.program)
            reports[file.program] = self._check(file)
        return reports

    def _check(self, file: ProgramFile) -> ToolReport:
        from bandit.core.manager import BanditManager

        self._errors.messages.clear()
        profile = {"include": set(_rules()), "exclude": set(Bandit.exclusions)}
        manager = BanditManager(self._config, "file", profile=profile, ignore_nosec=True)
        manager.files_list = [str(file.path)]
        manager.run_tests()
        problems = [reason for _, reason in manager.skipped] or self._errors.messages
        severities = [issue.severity.lower() for issue in manager.results]
        remarks = sorted(
            (_remark(issue, file.path.stem) for issue in manager.results), key=lambda r: (r.line, r.column, r.rule)
        )
        measures = {"bandit_findings": Measure(float(len(remarks)))}
        measures |= {f"bandit_{level}": Measure(float(severities.count(level))) for level in ("high", "medium", "low")}
        failed = f"bandit failed ({problems[0][:MAX_MESSAGE]})" if problems else ""
        return ToolReport(remarks[:MAX_REMARKS], failed, measures={} if failed else measures)


class _Issue(Protocol):
    """An issue found by bandit."""

    text: str
    severity: str
    """``HIGH``, ``MEDIUM``, ``LOW`` or ``UNDEFINED``."""
    confidence: str
    test_id: str
    lineno: int
    col_offset: int


class _Errors(logging.Handler):
    """Handler that collects what bandit logs as errors, the only report of its failed tests."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Store the message up to the name of the file."""
        self.messages.append(record.getMessage().partition(" on file ")[0])


def _remark(issue: _Issue, stem: str) -> Remark:
    """Turn an issue into a remark whose message ends in severity and confidence."""
    from bandit.core.docs_utils import get_url

    text = issue.text.replace(stem, "program")[:MAX_MESSAGE]
    message = f"{text} ({issue.severity.lower()} severity, {issue.confidence.lower()} confidence)"
    name = _rules()[issue.test_id]
    return Remark(
        issue.test_id, name, message, max(1, issue.lineno), max(0, issue.col_offset) + 1, get_url(issue.test_id)
    )
