"""The kind of task whose solution is a program: standard input in, standard output out, a process per test."""

from __future__ import annotations

from auditor.verify.kinds.program.judge import PreparedProgram
from auditor.verify.kinds.program.prepare import prepare

__all__ = ["PreparedProgram", "prepare"]
