"""What was done: the methods of a report, as its own settings had it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from auditor.report.sentences import names
from auditor.report.sentences.evidence import Evidence, say
from auditor.report.sentences.figures import one_sample
from auditor.report.sentences.measured import LEAST, MOST, STUDIED, ReportPart, cautions, line_caution, size_like
from auditor.report.text import count, number, percent, plural
from auditor.results import AnalysisOptions, Level, ReportDocument

Terms = list[tuple[str, str]]


def intervals(options: AnalysisOptions) -> str:
    """Say how the intervals were made."""
    level = percent(options.confidence, 0 if round(100 * options.confidence, 6).is_integer() else 1)
    if not options.resamples:
        return f"{level}; no resamples were made, so only figures with a closed interval have one"
    match options.level:
        case Level.TASKS:
            drawn = "tasks are resampled, each with all its samples"
        case Level.SAMPLES:
            drawn = "samples are resampled within each task"
        case Level.BOTH:
            drawn = "tasks are resampled, and samples within each"
        case _:
            assert_never(options.level)
    return f"{level}, bootstrap: {drawn}; {count(options.resamples)} resamples, seed {options.seed}"


@dataclass(frozen=True, slots=True)
class IntervalCheck:
    """How the coverage probability of the intervals was measured, and where it is not as it should be."""

    about: str
    """What was studied, and the coverage probability of most intervals."""
    rows: Sequence[tuple[str, str, str]]
    """Figure, coverage probability in per cent, and whether it is above or below that of the others."""


def interval_check(document: ReportDocument) -> IntervalCheck | None:
    """Say how often intervals hold with about as many tasks, with exceptions; nothing where that was not studied."""
    options = document.options
    if options.confidence != STUDIED or options.level is not Level.TASKS or not options.resamples:
        return None
    tasks = min((model.tasks for model in document.models), default=0)
    shown = [part for part in ReportPart if _shows(document, part)]
    line = document.across.line
    of_line = None if line is None else line_caution(line.models)
    all_found = [*cautions(tasks, shown), *([] if of_line is None else [of_line])]
    found = sorted(all_found, key=lambda one: (one.wide, one.held))
    exceptions = say(", except for the {figures} named below", figures=plural(len(found), "figure")) if found else ""
    about = say(
        "The coverage probability of an interval is how often it contains the true value. In simulated audits of "
        "{size} tasks, the size studied that is nearest to {tasks}, that of {level} intervals was between {least} and "
        "{most} %, as a mean over strong, middle and weak models{exceptions}.",
        size=count(size_like(tasks)), tasks=count(tasks), level=percent(STUDIED, 0), least=number(LEAST, 0),
        most=number(MOST, 1), exceptions=exceptions,
    )  # fmt: skip
    wide, tight = (sum(one.wide is side for one in found) for side in (True, False))
    if wide:
        about += say(
            " The intervals of {wide} are wider than necessary, which is the safe side: what they exclude stays "
            "excluded; what they leave open, further tasks may settle.", wide=plural(wide, "figure"),
        )  # fmt: skip
    if tight:
        about += say(
            " Those of {tight} contained the true value less often; the difference from {level} may be due to chance.",
            Evidence.CERTAIN,
            tight=plural(tight, "figure"),
            level=percent(STUDIED, 0),
        )
    rows = [
        (one.words, f"{number(one.held, 1)} %", "wider than necessary" if one.wide else "may be due to chance")
        for one in found
    ]
    return IntervalCheck(about, rows)


def _shows(document: ReportDocument, part: ReportPart) -> bool:
    """Whether a document has figures of a part."""
    models = document.models
    match part:
        case ReportPart.MODEL:
            return True
        case ReportPart.SLICES:
            return any(model.slices for model in models)
        case ReportPart.STYLE:
            return any(model.style for model in models)
        case ReportPart.BASE_TESTS:
            return any(model.base_tests for model in models)
        case ReportPart.PREDICTION:
            return any(model.extrapolation for model in models)
        case ReportPart.SELECTION:
            return any(model.selection for model in models)
        case ReportPart.SUITES:
            return document.suites is not None
        case ReportPart.SECOND_SUITE:
            return document.second_suite is not None or any(model.suite_error for model in models)
        case ReportPart.CANARIES:
            return any(model.canaries for model in models)
        case ReportPart.GATES:
            return bool(document.gates) or document.history is not None
        case ReportPart.CHOICE:
            return bool(document.choices)
        case _:
            assert_never(part)


def _term(term: str, text: str) -> tuple[str, str]:
    """Pair a term with its explanation, whose line breaks do not count."""
    return term, " ".join(text.split())


_GLOSSARY: Terms = [
    _term(
        "Base, plus",
        """
        The two suites of tests of each task. Base decides whether an answer is accepted. Plus is stronger and is taken
        as the truth.
        """,
    ),
    _term(
        "Correct, accepted, false positive",
        """
        An answer is accepted if its program passes base, and correct if it passes base and plus. One that is accepted
        but not correct is a false positive.
        """,
    ),
    _term("Sample", "One answer of the model to one task."),
    _term(
        "Attempt, K",
        "A sample in the resampling loop: the model is sampled until an answer is accepted, at most K times.",
    ),
    _term(
        f"{names.SINGLE.capitalize()}, pass@1",
        "Single-sample accuracy: the share of samples that are correct, a mean over tasks.",
    ),
    _term(
        f"{names.CORRECT.capitalize()}, CA(K)",
        """
        Conditional accuracy at K attempts: the share of tasks that end with a correct answer, divided by the share that
        end with an accepted one. K is the same for all models, so the figure does not depend on the number of samples.
        The share that unlimited attempts would answer correctly is only known within bounds, because a task without an
        accepted sample may still get one.
        """,
    ),
    _term(f"{names.WRONG.capitalize()}, FDR", "The false discovery rate: 1 − CA(K)."),
    _term(
        f"{names.WRONG_ACCEPTED.capitalize()}, FPR",
        "The false-positive rate of base: the share of wrong answers that it accepts, a mean over tasks.",
    ),
    _term(
        f"{names.CORRECT.capitalize()}, same tasks",
        """
        For two models: the share of accepted samples that are correct, a mean over the tasks in which both have some.
        """,
    ),
    _term("Mean over tasks, pooled", "In a mean over tasks every task counts once; pooled, every sample does."),
    _term(
        "Curves",
        "Exact means over all orders in which the samples could have come, without replacement; nothing is simulated.",
    ),
    _term(
        "r, utility",
        """
        A correct answer counts 1, a wrong one that is accepted −r, no answer 0, minus what the attempts cost. r is the
        number of correct answers that one wrong answer cancels out.
        """,
    ),
    _term("Net gain per 100 tasks", "Mean utility times 100."),
    _term(
        "Attempts to allow",
        """
        The fewest attempts with a mean utility above 0 and at most 0.01 below the best, which is 1 in net gain per 100
        tasks; 0: use no model.
        """,
    ),
    _term(
        "Best number of attempts, K*",
        """
        The number with the best mean utility. Its interval contains the numbers that are not shown to be worse,
        and 0 unless the gain over using no model is clear.
        """,
    ),
    _term(
        "Gates",
        """
        A gate passes or fails if its whole deciding interval is on one side of the threshold, and is inconclusive if
        that includes the threshold. The figure’s own interval is that of the report, or one at the rule’s own
        confidence.
        """,
    ),
    _term(
        "Deciding interval",
        """
        A more cautious interval for verdicts, at least as wide as the figure’s own: the smallest that holds that and a
        stricter one, which is made for few tasks and, for gates, at the level that Holm’s correction leaves to one of
        those judged together. For the gain over using no model, the error that is allowed is divided by the number of
        models, as the best of them is used. A verdict is clear only if it excludes the threshold, or zero.
        """,
    ),
    _term(
        "Clear",
        """
        Said of a difference if its interval excludes zero, and where several are tested together, p after Holm’s
        correction is below 0.05. Between models, runs and choices, the deciding interval must exclude zero.
        """,
    ),
]
_PREDICTION = _term(
    "Prediction",
    "A beta-binomial model of the tasks, fitted to the samples; its interval comes from refits to resamples.",
)
_TWO_TYPE = _term(
    "Two-type model",
    """
    A simplification in which each task is either easy (at least half of its samples are correct) or hard, all easy
    tasks are alike, and so are all hard ones. Its K* has no limit on attempts; it is computed from first principles and
    by the formula as printed in arXiv 2411.17501.
    """,
)
_STYLE = _term(
    "Style",
    """
    The score of a program is the weighted share of the rubric’s criteria that it meets, times 100. Wrong and correct
    accepted programs are compared within the tasks that have both, because wrong ones come from tasks on which fewer
    samples are correct.
    """,
)


def glossary(document: ReportDocument) -> Terms:
    """Explain each term and symbol of the pages that this document uses."""
    own = [("Intervals", f"{intervals(document.options)}.")]
    return [*_GLOSSARY, *own, *([_STYLE] if any(model.style for model in document.models) else [])]


def technical(document: ReportDocument, model: str | None = None) -> Terms:
    """Explain the models of the tasks that the document's pages, or only the page of ``model``, tell of.

    Nothing is told of them with one sample per task.
    """
    models = [one for one in document.models if model in (None, one.model) and not one_sample(one)]
    used = [
        (_PREDICTION, any(one.extrapolation for one in models)),
        (_TWO_TYPE, any(one.two_type.optimal_attempts for one in models)),
    ]
    return [term for term, is_used in used if is_used]
