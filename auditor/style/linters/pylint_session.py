"""pylint in process: one linter for many batches of files.

A process per file costs 1.3 s, a file in a warm process some 10 ms. This is safe because

- every file has a unique stem that no program can guess, so no two contents share a path or a module name (pylint
caches both), and no program can import another;
- pylint reads no configuration except an empty file, loads no plug-in and runs no code of a candidate: it imports
  only compiled modules of the standard library, and the worker first takes third-party folders off its path,
  so findings do not depend on what is installed;
- what a program assigns to another module's names is known only while that program is analysed;
- inline pragmas never match, neither in comments nor in strings. This also saves most of the time on programs
  with hundreds of ``#``, on which pylint's pragma expression backtracks;
- its memory grows, so its caches are emptied after each batch and the worker is replaced after many.
"""

from __future__ import annotations

import contextlib
import importlib
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.style.linters.interface import (
    MAX_MESSAGE,
    MAX_REMARKS,
    Measure,
    ProgramFile,
    Remark,
    ToolReport,
    Workspace,
)
from auditor.style.linters.pylint_isolation import ForeignAttributes

if TYPE_CHECKING:
    from astroid import nodes
    from pylint.checkers.unicode import UnicodeChecker
    from pylint.message import Message
    from pylint.reporters import BaseReporter
    from pylint.utils.linterstats import ModuleStats

_NEVER = re.compile(r"(?!)")
_PLAIN = re.compile(rb"[\t\n -~]*")
"""ASCII text without control characters, on which pylint's check of characters reports nothing."""
_CATEGORIES = {"C": "convention", "R": "refactor", "W": "warning", "E": "error", "F": "fatal", "I": "information"}
_SYNTAX = "syntax-error"


def arguments(rcfile: Path, disabled: Sequence[str]) -> list[str]:
    """Return pylint's arguments except the files; ``rcfile`` must be empty."""
    return [
        f"--rcfile={rcfile}", "--load-plugins=", "--persistent=n", "--jobs=1", "--score=n", "--reports=n",
        "--unsafe-load-any-extension=n", "--extension-pkg-allow-list=", f"--disable={','.join(disabled)}",
    ]  # fmt: skip


def message_url(msgid: str, symbol: str) -> str:
    """Return the page of pylint's manual on a message."""
    return f"https://pylint.readthedocs.io/en/stable/user_guide/messages/{_CATEGORIES[msgid[0]]}/{symbol}.html"


class PylintSession:
    """A warm pylint. One per process: pylint's state is global."""

    def __init__(self, workspace: Workspace, disabled: Sequence[str]) -> None:
        """Set pylint up in the workspace's folder, without the messages ``disabled``."""
        from pylint.lint import Run

        for module in ("pylint.lint.message_state_handler", "pylint.checkers.format"):
            vars(importlib.import_module(module))["OPTION_PO"] = _NEVER
        rcfile = workspace.folder / "pylintrc"
        rcfile.write_text("")
        first = workspace.folder / "empty.py"
        first.write_text("")
        _spare_plain_text()
        self._programs: dict[str, str] = {}
        self._announce = workspace.announce
        self._foreign = ForeignAttributes(_empty_caches)
        self._reporter = _reporter(self._turn_to)
        with contextlib.redirect_stdout(sys.stderr):
            linter = Run([*arguments(rcfile, disabled), str(first)], reporter=self._reporter, exit=False).linter
        self._linter = linter
        _forget(["empty"])

    def _turn_to(self, stem: str) -> None:
        """Prepare for the next file that pylint reads or checks."""
        self._announce(self._programs.get(stem, ""))
        self._foreign.turn_to(stem)

    def check(self, files: Sequence[ProgramFile]) -> dict[str, ToolReport]:
        """Check files; their stems must be new to this process."""
        from pylint.utils import LinterStats

        self._programs = {file.path.stem: file.program for file in files}
        self._reporter.messages = []
        self._linter.stats = LinterStats()
        if files:
            with contextlib.redirect_stdout(sys.stderr):
                self._linter.check([str(file.path) for file in files])
        by_stem: dict[str, list[Message]] = {stem: [] for stem in self._programs}
        for message in self._reporter.messages:
            by_stem[Path(message.abspath).stem].append(message)
        reports = {
            self._programs[stem]: _report(stem, messages, self._linter.stats.by_module.get(stem))
            for stem, messages in by_stem.items()
        }
        self._foreign.clear()
        _forget(by_stem)
        for checker in self._linter.get_checkers():
            if hasattr(checker, "_accessed"):  # by class, for every class so far
                checker._accessed = type(checker._accessed)()  # noqa: SLF001 - there is no public way
        return reports


def _spare_plain_text() -> None:
    """Skip pylint's slow search for unusual characters in text that has none."""
    from pylint.checkers import unicode

    search = unicode.UnicodeChecker.process_module

    def search_odd_text(checker: UnicodeChecker, node: nodes.Module) -> None:
        with node.stream() as stream:
            plain = _PLAIN.fullmatch(stream.read())
        if not plain:
            search(checker, node)

    unicode.UnicodeChecker.process_module = search_odd_text  # type: ignore[method-assign, assignment]


def _reporter(on_file: Callable[[str], None]) -> BaseReporter:
    """Create a reporter that collects messages and passes on the stem of the next file."""
    from pylint.reporters import BaseReporter

    class Keeper(BaseReporter):
        name = "keeper"

        def on_set_current_module(self, module: str, filepath: str | None) -> None:  # noqa: ARG002 - pylint calls it
            if filepath:
                on_file(Path(filepath).stem)

        def _display(self, layout: object) -> None:
            """Show nothing."""

    return Keeper()


def _report(stem: str, messages: list[Message], stats: ModuleStats | None) -> ToolReport:
    failed = next((m.symbol for m in messages if m.msg_id[0] == "F"), "")
    unparsable = next((f"line {m.line}: {m.msg}"[:MAX_MESSAGE] for m in messages if m.symbol == _SYNTAX), "")
    remarks = [_remark(m, stem) for m in messages if m.msg_id[0] != "F" and m.symbol != _SYNTAX]
    measures = {"pylint_findings": Measure(float(len(remarks)))}
    if stats and stats["statement"] and not failed:
        faults = 5 * stats["error"] + stats["warning"] + stats["refactor"] + stats["convention"]
        measures["pylint_score"] = Measure(max(0.0, 10.0 - 10.0 * faults / stats["statement"]))
    remarks.sort(key=lambda r: (r.line, r.column, r.rule))
    reason = f"pylint could not analyse it ({failed})" if failed else ""
    return ToolReport(remarks[:MAX_REMARKS], reason, unparsable, measures)


def _remark(message: Message, stem: str) -> Remark:
    """Turn a message into a remark, without the file's stem, which differs between runs."""
    text = message.msg.replace(stem, "program")[:MAX_MESSAGE]
    url = message_url(message.msg_id, message.symbol)
    return Remark(message.msg_id, message.symbol, text, message.line, message.column + 1, url)


def _forget(stems: Iterable[str]) -> None:
    """Release the candidates' syntax trees; those of the standard library stay.

    The caches also reference them, as do remembered import failures, whose frames reference whole batches.
    """
    from astroid import MANAGER

    for stem in stems:
        MANAGER.astroid_cache.pop(stem, None)
    _empty_caches()
    _forget_frames(MANAGER._mod_file_cache.values())  # noqa: SLF001 - only a full, costly restart is public


def _empty_caches() -> None:
    """Clear the inference caches."""
    from astroid.context import _invalidate_cache
    from astroid.inference_tip import clear_inference_tip_cache
    from astroid.interpreter.objectmodel import ObjectModel
    from astroid.nodes import ClassDef
    from astroid.nodes._base_nodes import LookupMixIn
    from pylint.checkers.clear_lru_cache import clear_lru_caches

    clear_lru_caches()
    clear_inference_tip_cache()
    _invalidate_cache()
    metaclasses = ClassDef._metaclass_lookup_attribute  # noqa: SLF001 - only a full, costly restart is public
    for cached in (LookupMixIn.lookup, ObjectModel.attributes, metaclasses):
        cached.cache_clear()


def _forget_frames(errors: Iterable[object]) -> None:
    """Drop the tracebacks of exceptions and of their causes."""
    left = [error for error in errors if isinstance(error, BaseException)]
    seen: set[int] = set()
    while left:
        error = left.pop()
        if id(error) not in seen:
            seen.add(id(error))
            error.__traceback__ = None
            came_from = (error.__context__, error.__cause__, *vars(error).values())
            left += [one for one in came_from if isinstance(one, BaseException)]
