"""Tasks whose solution is a program that reads standard input and writes standard output; one process per test."""

from __future__ import annotations

from auditor.verify.kinds.program.judge import PreparedProgram
from auditor.verify.kinds.program.prepare import prepare

__all__ = ["PreparedProgram", "prepare"]
