"""pylint: its messages, categories and exclusions. ``pylint_session`` runs it."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import TYPE_CHECKING, ClassVar

from auditor.records import LinterName
from auditor.style.linters import reasons
from auditor.style.linters.interface import Linter, Number, Probe, RuleGroup, Workspace, findings_number

if TYPE_CHECKING:
    from auditor.style.linters.pylint_session import PylintSession

_CATEGORIES = {"convention": "C", "refactor": "R", "warning": "W", "error": "E"}
"""Category → first letter of its message ids."""


class Pylint(Linter):
    """pylint with its default messages."""

    name = LinterName("pylint")
    probe = Probe("import os\n", frozenset({"W0611"}), {"pylint_findings": 1.0, "pylint_score": 0.0})
    measures: ClassVar[Mapping[str, Number]] = {
        "findings": findings_number("pylint"),
        "score": Number("pylint_score", "pylint's own score, at most 10"),
    }
    exclusions: ClassVar[Mapping[str, str]] = {
        "missing-module-docstring": reasons.FILE,
        "missing-final-newline": reasons.CUT,
        "trailing-newlines": reasons.CUT,
        "import-error": reasons.MACHINE,
        "no-name-in-module": reasons.MACHINE,
        "duplicate-code": reasons.OTHERS,
        "cyclic-import": reasons.OTHERS,
    }
    body_rules: ClassVar[frozenset[str]] = frozenset(
        {"R0902", "R0904", "R0911", "R0912", "R0914", "R0915", "R1710", "R1711", "W0231", "W0246", "W0613"}
    )
    pragmas = ("# pylint: disable=all", "# pylint: skip-file", "#pylint:disable=unused-import")

    def versions(self) -> dict[str, str]:
        """Return the versions of pylint and of its parser."""
        return {package: metadata.version(package) for package in ("pylint", "astroid")}

    def rules(self) -> Mapping[str, str]:
        """Return the messages that run, id → symbol."""
        return _messages()

    def groups(self) -> Sequence[RuleGroup]:
        """Return pylint's categories."""
        return tuple(RuleGroup(category, "messages of this category") for category in _CATEGORIES)

    def in_group(self, rule: str, selector: str) -> bool:
        """Return whether a category covers a message."""
        return rule[0] == _CATEGORIES.get(selector)

    def start(self, workspace: Workspace) -> PylintSession:
        """Start pylint in this process."""
        from auditor.style.linters.pylint_session import PylintSession

        return PylintSession(workspace, sorted(self.exclusions))


@functools.cache
def _messages() -> dict[str, str]:
    from pylint.lint import PyLinter

    linter = PyLinter()
    linter.load_default_plugins()
    return {
        message.msgid: message.symbol
        for message in linter.msgs_store.messages
        if message.default_enabled and message.msgid[0] in "CRWE" and message.symbol not in Pylint.exclusions
    }
