"""What comes of a rule: pass, fail or inconclusive, with the numbers and the sentence that say why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from auditor.errors import ExitCode
from auditor.gates.statistic import finite


class Judgement(StrEnum):
    """What comes of a rule."""

    PASS = "pass"  # noqa: S105 - a judgement, not a password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class GateResult:
    """One rule on one model, or over the models."""

    rule: str
    """The rule's name."""
    metric: str
    parameters: dict[str, Any]
    """The keys that shape the metric."""
    model: str
    """The model's name, or ``all models`` or ``any model``."""
    verdict: Judgement
    value: float | None
    low: float | None
    """``None`` also where the data cannot bound it."""
    high: float | None
    min: float | None
    max: float | None
    confidence: float
    """Of the interval here; rules over models divide the rule's own doubt among them."""
    severity: str
    reason: str
    """Why the rule is there, in its author's words."""
    sentence: str
    """What came out and why."""
    kind: str = "threshold"
    """``threshold``, or ``baseline`` where value and interval are differences from a blessed run."""
    tasks: int = 0
    """Tasks behind the number."""
    samples: int = 0
    """Scored samples of the model."""
    members: tuple[str, ...] = field(default=())
    """The models behind a rule over models."""

    def to_dict(self) -> dict[str, Any]:
        """Render as plain JSON values; infinities become ``None``."""
        plain: dict[str, Any] = finite(asdict(self) | {"verdict": self.verdict.value})
        return plain

    @property
    def warns(self) -> bool:
        """Whether it is no pass and yet never changes the exit code."""
        return self.severity == "warning" and self.verdict is not Judgement.PASS

    @property
    def blocks(self) -> bool:
        """Whether it may change the exit code."""
        return self.severity == "error" and self.verdict is not Judgement.PASS


def exit_code(results: Iterable[GateResult]) -> ExitCode:
    """Sum up: failed wins over inconclusive, warnings never count."""
    verdicts = {result.verdict for result in results if result.blocks}
    if Judgement.FAIL in verdicts:
        return ExitCode.GATE_FAILED
    return ExitCode.GATE_INCONCLUSIVE if verdicts else ExitCode.PASSED


def overall(results: Iterable[GateResult]) -> Judgement:
    """Sum up in one word, as :func:`exit_code` does."""
    code = exit_code(results)
    return {
        ExitCode.GATE_FAILED: Judgement.FAIL,
        ExitCode.GATE_INCONCLUSIVE: Judgement.INCONCLUSIVE,
    }.get(code, Judgement.PASS)
