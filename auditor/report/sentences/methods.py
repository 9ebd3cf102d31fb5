"""What was done: the methods of a report, as its own settings had it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from auditor.report.measured import LEAST, MOST, Caution, cautions, size_like
from auditor.report.sentences.evidence import say
from auditor.report.text import count, number, percent
from auditor.results import AnalysisOptions, Level, ReportDocument

Terms = list[tuple[str, str]]


def intervals(options: AnalysisOptions) -> str:
    """Say how the intervals were made."""
    level = percent(options.confidence, 0 if round(100 * options.confidence, 6).is_integer() else 1)
    if not options.resamples:
        return f"{level}; no resamples were drawn, so only figures with a closed interval have one"
    match options.level:
        case Level.TASKS:
            drawn = "tasks are drawn, each with all its samples"
        case Level.SAMPLES:
            drawn = "samples are drawn within each task"
        case Level.BOTH:
            drawn = "tasks are drawn, and samples within each"
        case _:
            assert_never(options.level)
    return f"{level}, bootstrap: {drawn}; {count(options.resamples)} resamples, seed {options.seed}"


def coverage(document: ReportDocument) -> str:
    """Say which intervals cover more or less often than they say with about as many tasks; empty where not studied."""
    options = document.options
    if options.confidence != STUDIED or options.level is not Level.TASKS or not options.resamples:
        return ""
    tasks = min((model.tasks for model in document.models), default=0)
    found = cautions(tasks)
    size = say("In simulated audits of {size} tasks, the number studied that is nearest to {tasks},",
               size=count(size_like(tasks)), tasks=count(tasks))  # fmt: skip
    wide, narrow = ([one for one in found if one.wide is side] for side in (True, False))
    parts = [say("{size} intervals held the truth in {least} to {most} % of cases, on average over strong, middle and "
                 "weak models", size=size, least=number(LEAST, 0), most=number(MOST, 1))]  # fmt: skip
    if wide:
        parts.append(say("wider than they need be: {figures}", figures=_held(wide)))
    if narrow:
        parts.append(say("too narrow: {figures}", figures=_held(narrow)))
    return f"{'; '.join(parts)}."


def _held(found: Sequence[Caution]) -> str:
    return ", ".join(f"{one.words} ({number(one.held, 1)} %)" for one in found)


STUDIED = 0.95
"""The confidence whose coverage was studied."""


def _term(term: str, *says: str) -> tuple[str, str]:
    return term, " ".join(says)


_GLOSSARY: Terms = [
    _term(
        "Right, accepted, false positive",
        "An answer is right if its program passes the base and the plus suite, accepted if it passes base;",
        "accepted and not right is a false positive.",
    ),
    _term("Single answer right, pass@1", "Single-sample accuracy: how often one answer is right, a mean over tasks."),
    _term(
        "Accepted and right, CA(K)",
        "Conditional accuracy at K attempts: the share of tasks that end with a right answer, divided by the share",
        "that end with an accepted one. K is the same for all models, and the figure does not depend on how many",
        "samples were drawn. What unlimited attempts would solve is only known within bounds, because a task "
        "without an",
        "accepted sample may still get one.",
    ),
    _term(
        "Accepted but wrong, FDR",
        "The false discovery rate: one minus CA(K), counted among accepted answers.",
    ),
    _term(
        "Wrong answers that pass base, FPR",
        "The false-positive rate of the base tests, counted among wrong answers.",
    ),
    _term(
        "Accepted and right, same tasks",
        "For two models: how often accepted answers are right, a mean over the tasks that both have accepted "
        "answers to.",
    ),
    _term("K, attempts", "An answer is drawn until one passes the base tests, at most K times."),
    _term("Curves", "Closed forms over all orders of the samples drawn, without replacement; nothing is simulated."),
    _term(
        "r, utility",
        "A right answer counts 1, a wrong one that was accepted −r, no answer 0. r is the cost of a wrong answer.",
    ),
    _term(
        "K*",
        "The number of attempts with the best mean utility; 0: do not sample. Its interval spans the numbers that "
        "are not",
        "shown to be worse. A plus sign: it is the most analysed, and the best may be larger.",
    ),
    _term(
        "Gain per 100 tasks",
        "Mean utility times 100, minus what draws cost: right answers net of wrong ones and of draws.",
    ),
    _term(
        "Gates",
        "A gate passes or fails if its whole interval is on one side of the threshold, and is inconclusive if the "
        "interval",
        "includes the threshold. The interval is that of the report, or one at the rule’s own confidence. The verdict",
        "also has to be clear by a stricter interval, which holds with few tasks, and after Holm’s correction for the",
        "number of gates.",
    ),
]
_PREDICTION = _term(
    "Prediction",
    "A beta-binomial model of the tasks, fitted to the samples; its interval comes from refits to resamples.",
)
_TWO_TYPE = _term(
    "Two-type model",
    "What K* would be if each task were either easy or hard, with rates fitted to this model and no limit on",
    "attempts: from first principles, and by the formula as printed in arXiv 2411.17501.",
)
_STYLE = _term(
    "Style",
    "Compared within tasks that have both kinds of program, because false positives come from harder tasks. In colour:",
    "the interval excludes zero, and p, after Holm’s correction, is below 0.05.",
)


def glossary(document: ReportDocument) -> Terms:
    """Explain each term and symbol of the pages, and the methods that this document used."""
    models = document.models
    used = [
        (_PREDICTION, any(model.extrapolation for model in models)),
        (_TWO_TYPE, any(model.two_type.optimal_attempts for model in models)),
        (_STYLE, any(model.style for model in models)),
    ]
    held = coverage(document)
    own = [("Intervals", f"{intervals(document.options)}."), *([("How often intervals hold", held)] if held else [])]
    return [*_GLOSSARY, *own, *(term for term, is_used in used if is_used)]
