"""Marks at figures whose interval covers the true value more or less often than it says, and what follows from them.

† stands at an interval that is wider than necessary, ‡ at one that is too narrow, by the coverage measured in simulated
audits of about as many tasks; see :mod:`auditor.report.measured`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.report.measured import STUDIED, Caution, caution_of, size_like
from auditor.report.sentences.evidence import say
from auditor.report.text import count, number, percent
from auditor.results import Level, ModelAnalysis, ReportDocument

WIDE, TIGHT = "†", "‡"
"""Set behind a figure or the head of its column."""

CONDITIONAL = "conditional accuracy at K"
"""Also of the false discovery rate, which is one minus it."""
GATE_WRONG = "gate: false discovery rate"
GATE_CHANGE = "gate: change of accuracy, paired"
BEST_ATTEMPTS = "K*, set, cost 2"
"""The set of K* was studied at costs of 2 and 8 and covers alike at both."""
BEST_UTILITY = "best utility, cost 2"
ADHERES_ACCEPTED = "P(adheres given accepted)"
ADHERES_CORRECT = "P(adheres given right)"
CRITERION = "difference within tasks"
SCORE = "difference of score within tasks"
AUC = "style score, AUC within tasks"
FEW_BASE_TESTS = "false discovery rate with 1 of 6 base tests"
SLICES = ("accuracy of a slice", "false discovery rate of a slice")
SLICE_DIFFERENCES = ("difference of a slice, accuracy", "difference of a slice, false discovery rate")
REJECTING = "change of utility by rejecting on style"


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a page's figures."""

    tasks: int | None
    """Tasks behind the figures; ``None`` where such intervals were not studied, so that nothing is marked."""

    @classmethod
    def of(cls, document: ReportDocument, models: Sequence[ModelAnalysis]) -> Marks:
        """Return the marks of models' figures: those of the model with the fewest tasks."""
        options = document.options
        if options.confidence != STUDIED or options.level is not Level.TASKS or not options.resamples:
            return cls(None)
        return cls(min((model.tasks for model in models), default=0))

    def caution(self, figure: str) -> Caution | None:
        """Return what the study says of a figure's interval; ``None`` where it covers as it should."""
        return None if self.tasks is None else caution_of(figure, self.tasks)

    def at(self, figure: str) -> str:
        """Return the mark of a figure, behind a narrow space, or nothing."""
        found = self.caution(figure)
        return "" if found is None else f"\N{NARROW NO-BREAK SPACE}{WIDE if found.wide else TIGHT}"

    def note(self, *figures: str) -> str:
        """Explain the marks that these figures have; empty where they have none."""
        found = [one for figure in figures if (one := self.caution(figure)) is not None]
        wide = [one.held for one in found if one.wide]
        tight = [one.held for one in found if not one.wide]
        size, level = count(size_like(self.tasks or 0)), percent(STUDIED, 0)
        parts = []
        if wide:
            parts.append(
                say("{mark} The interval is wider than necessary, so it errs on the safe side: in simulated audits of "
                    "{size} tasks such intervals contained the true value in {held}, not {level}. What it excludes "
                    "stays excluded; what it leaves open, further tasks may settle.",
                    mark=WIDE, size=size, held=_span(wide), level=level)
            )  # fmt: skip
        if tight:
            parts.append(
                say("{mark} The interval is too narrow: in simulated audits of {size} tasks such intervals contained "
                    "the true value in {held}, not {level}. Take the figure as a hint.",
                    mark=TIGHT, size=size, held=_span(tight), level=level)
            )  # fmt: skip
        return " ".join(parts)


def _span(held: Sequence[float]) -> str:
    low, high = number(min(held), 0), number(max(held), 0)
    return (low if low == high else f"{low} to {high}") + "\N{NARROW NO-BREAK SPACE}%"
