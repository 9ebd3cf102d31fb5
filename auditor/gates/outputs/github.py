"""Gate results as GitHub's workflow commands: annotations on the run."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.gates.outputs.text import summary
from auditor.gates.wording import asked
from auditor.results import GateResult, Judgement, Severity
from auditor.text import one_line


def to_github(results: Sequence[GateResult]) -> str:
    """Write an error or a warning for each result that does not pass, and a summary notice."""
    lines = [
        f"::{_level(result)} title={_property(f'{result.verdict.value}: {asked(result)}')}::"
        + _message(f"{result.model}: {result.sentence}")
        for result in results
        if result.verdict is not Judgement.PASS
    ]
    return "\n".join([*lines, f"::notice title=auditor gate::{_message(summary(results))}"]) + "\n"


def _level(result: GateResult) -> str:
    return "error" if result.severity is Severity.ERROR else "warning"


def _message(text: str) -> str:
    return one_line(text).replace("%", "%25")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
