"""Which function inside the sandbox does which job: a new kind of task adds its jobs here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from auditor.verify.inside import calls, holding, program, scripting, testing
from auditor.verify.protocol import (
    CalibrateJob,
    CallJob,
    CheckJob,
    HoldJob,
    Job,
    ProgramJob,
    ScriptJob,
    ServeJob,
    UnittestJob,
    WholeScriptJob,
)

_HANDLERS: dict[type[Job], Callable[[Any, str, list[Any], int], None]] = {
    CallJob: calls.run_calls,
    CalibrateJob: calls.calibrate,
    ServeJob: scripting.serve_calls,
    ScriptJob: scripting.run_script,
    WholeScriptJob: scripting.run_whole_script,
    ProgramJob: program.run_program,
    CheckJob: program.run_checker,
    HoldJob: holding.hold,
    UnittestJob: testing.run_tests,
}


def perform(job: Job, source: str, inputs: list[Any], descriptor: int) -> None:
    """Do a job on a program's source, with the decoded inputs of its suite, and answer through ``descriptor``."""
    _HANDLERS[type(job)](job, source, inputs, descriptor)
