"""The section of a model's page on the style of its wrong and correct programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.report import style_tables
from auditor.report.charts import forest, verifier
from auditor.report.charts.frame import Figure
from auditor.report.reading import net_gain
from auditor.report.sentences import style
from auditor.report.sentences.differences import ONLY_INTERVAL, rule
from auditor.report.text import count, number, percent
from auditor.results import LEAST_TASKS, BeforeAfter, ModelAnalysis, RubricFacts, SecondVerifier


@dataclass(frozen=True, slots=True)
class StyleAsVerifier:
    """Style as a second verifier: what rejecting does and, only where it clearly gains, its chart and figures."""

    figure: Figure | None
    sentence: str
    """What rejecting does."""
    ranking: str
    """How often the score tells a correct program from a wrong one of the same task."""
    effects: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class StyleSection:
    """What is known of a model's style; what is not is said in one sentence."""

    judged: str
    """When a difference is clear."""
    criteria: Figure | None
    not_compared: str
    """Why nothing is compared; empty where a criterion is."""
    rules: style_tables.RuleTable | None
    second: StyleAsVerifier | None


def section(model: ModelAnalysis, rubric: RubricFacts | None, level: str) -> StyleSection | None:
    """Compare a model's wrong and correct programs; ``None`` where style was not scored."""
    if model.style is None:
        return None
    criteria, found = model.style.criteria, model.second_verifier
    compared = any(row.compared for row in criteria)
    rejecting = found is not None and not found.judged
    return StyleSection(
        f"{rule('in colour', 'criteria', level)} {ONLY_INTERVAL}",
        forest.criteria(criteria, level),
        "" if compared else style.not_compared(model.style.score, rejecting=rejecting),
        style_tables.rules(model, rubric, level),
        second(found) if found is not None and found.judged else None,
    )


def second(found: SecondVerifier) -> StyleAsVerifier:
    """Read the second verifier's result."""
    return StyleAsVerifier(
        verifier.roc(found) if found.chosen.gains else None,
        style.rejecting(found),
        style.ranking(found.auc_within_task) if found.tasks >= LEAST_TASKS else "",
        _effects(found) if found.chosen.gains else [],
    )


def _effects(found: SecondVerifier) -> list[tuple[str, str]]:
    """Return what the chosen threshold does, on tasks that it was not chosen on."""
    chosen, utility, coverage = found.chosen, found.chosen.utility, found.chosen.coverage
    return [
        ("Minimum style score", f"{number(100 * (chosen.threshold or 0.0), 0)} of 100"),
        ("Accepted programs kept", percent(coverage.after)),
        ("Tasks with an accepted program", f"{count(coverage.tasks_before)} → {count(coverage.tasks_after)}"),
        ("Of these programs, correct", _change(chosen.conditional_accuracy)),
        ("Net gain per 100 tasks", f"{net_gain(utility.before)} → {net_gain(utility.after)}"),
    ]


def _change(shares: BeforeAfter) -> str:
    return f"{percent(shares.before)} → {percent(shares.after)}"
