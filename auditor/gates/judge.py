"""Judge rules on a run: for each rule and model a clear pass, a clear fail, or inconclusive.

A rule at confidence c passes only if the whole two-sided interval is on the right side of its thresholds, and fails
only if it is entirely on a wrong side; so if the truth is on the wrong side it passes with probability at most (1 -
c)/2, and vice versa. The interval shown is the report's, and must agree. All statements of one command are then
corrected for multiple testing, see :mod:`auditor.gates.family`, so picking the luckiest of many models or rules gains
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditor.analysis.task_statistic import TaskStatistic, minus, same
from auditor.config import GateConfig
from auditor.gates.family import Statement, judged_together
from auditor.gates.metrics import Better, Measured, Metric, MetricEvidence, Parameters, Reported, Unavailable
from auditor.gates.metrics.operations import error_share, sample_outcomes, task_shares, unscored_causes, unscored_share
from auditor.gates.metrics.plain_words import plain_words
from auditor.gates.reported import shown, shown_difference
from auditor.gates.rules import check_rules, metric_of, name_of
from auditor.gates.slices import part_of
from auditor.gates.verdict import decide
from auditor.gates.view import ModelView, RunView
from auditor.gates.wording import sentence
from auditor.numerals import share
from auditor.results import (
    CountedEstimate,
    GateKind,
    GateResult,
    Judgement,
    ReportDocument,
    Unit,
)
from auditor.text import noun, plural


def evaluate(
    rules: Sequence[GateConfig],
    run: RunView | ReportDocument,
    baseline: RunView | None = None,
    margin: float | None = None,
) -> list[GateResult]:
    """Judge every rule on a run or on its report document, ordered by rule and then by model.

    With a ``baseline``, every rule that has a margin, and with ``margin`` every rule on a metric that has
    a better direction and can be paired, is also judged against it. Raises
    :class:`~auditor.errors.ConfigError` for rules that :func:`check_rules` rejects.
    """
    check_rules(rules)
    if not isinstance(run, RunView):
        run = RunView.of(run)
    groups: list[tuple[GateConfig, list[Statement]]] = []
    for rule in rules:
        if rule.min is not None or rule.max is not None:
            groups.append((rule, _judge_models(rule, run, None)))
        allowed = rule.margin if rule.margin is not None else margin
        if rule.margin is not None or (
            baseline is not None and allowed is not None and metric_of(rule).against_baseline
        ):
            against = rule.model_copy(update={"margin": allowed, "min": None, "max": None})
            groups.append((against, _judge_models(against, run, baseline, against=True)))
    corrected = iter(judged_together([one for _, statements in groups for one in statements]))
    results: list[GateResult] = []
    for rule, statements in groups:
        judged = [next(corrected) for _ in statements]
        results += [_over(rule, judged)] if rule.over != "each" and judged else judged
    return results


def _judge_models(
    rule: GateConfig, run: RunView, baseline: RunView | None, *, against: bool = False
) -> list[Statement]:
    chosen = [model for model in run.models if not rule.models or model.name in rule.models]
    confidence = 1 - (1 - rule.confidence) / rule.looks if rule.confidence else 0.0
    judged = []
    for model in chosen:
        saved = _partner(model, run, baseline) if against else None
        judged.append(_RuleOnModel(rule, model, confidence, saved, against).judge())
    judged += [Statement(_absent(rule, name, against)) for name in sorted(set(rule.models) - set(run.names))]
    return judged


def _partner(model: ModelView, run: RunView, baseline: RunView | None) -> ModelView | None:
    """Find the counterpart in the baseline: by name, or the only one if each side has one."""
    if baseline is None:
        return None
    if model.name in baseline.names:
        return baseline.model(model.name)
    return baseline.models[0] if len(baseline.models) == len(run.models) == 1 else None


class _RuleOnModel:
    """One rule on one model."""

    def __init__(
        self, rule: GateConfig, model: ModelView, confidence: float, saved: ModelView | None, against: bool
    ) -> None:
        self.rule, self.run_model, self.confidence = rule, model, confidence
        self.part = None if rule.slice is None else part_of(model, rule.slice)
        self.model = model if self.part is None else self.part.view(model)
        self.saved = saved if saved is None or self.part is None else self.part.view(saved)
        self.against = against
        self.metric = metric_of(rule)
        self.unit = Unit.DIFFERENCE if against and self.metric.unit is Unit.SHARE else self.metric.unit
        self.min, self.max = _thresholds(rule, against)
        self.parameters = settled(self.metric, Parameters.of(rule), self.model, self.saved)

    def judge(self) -> Statement:
        """Return the result, or inconclusive with its cause if the run lacks the data."""
        try:
            measured = self._measured()
            estimate = self._at_confidence(measured)
        except Unavailable as missing:
            return Statement(self._result(Judgement.INCONCLUSIVE, CountedEstimate(None), str(missing)))
        strict, estimate = estimate, self._shown(measured, estimate)
        if doubt := self._doubt(estimate):
            return Statement(self._result(Judgement.INCONCLUSIVE, estimate, doubt))
        verdict, basis = decide(estimate, self.min, self.max), strict
        if verdict is Judgement.INCONCLUSIVE:
            basis = estimate
        elif verdict is not decide(strict, self.min, self.max):
            verdict = Judgement.INCONCLUSIVE
        return Statement(
            self._result(verdict, estimate),
            measured if isinstance(measured, TaskStatistic) and self.confidence > 0 else None,
            basis if self.confidence > 0 else None,
        )

    def _measured(self) -> Measured:
        if self.part is not None:
            self.part.refuse_empty()
        if not self.model.samples and self.metric.evidence is not MetricEvidence.EXACT:
            raise Unavailable("the model has no scored sample on an analysed task")
        parameters = self.parameters
        measured = self.metric.measure(self.model, parameters)
        if not self.against:
            return measured.over(self.model.families) if isinstance(measured, TaskStatistic) else measured
        if self.saved is None:
            raise Unavailable("there is no baseline for it: give --baseline with a run that has this model")
        try:
            theirs = self.metric.measure(self.saved, parameters)
        except Unavailable as missing:
            raise Unavailable(f"the baseline lacks it: {missing}") from None
        if not isinstance(measured, TaskStatistic) or not isinstance(theirs, TaskStatistic):
            raise Unavailable("per-task values are missing on one side")
        if same(measured, theirs):
            return CountedEstimate.exact(0.0, measured.behind)
        return minus(measured, theirs).over(self.model.families)

    def _at_confidence(self, measured: Measured) -> CountedEstimate:
        match measured:
            case TaskStatistic():
                return measured.estimate(self.confidence)
            case Reported(estimate, given):
                if self.confidence in (0, given):
                    return estimate if self.confidence else CountedEstimate.exact(estimate.value, estimate.tasks)
                at = "no interval" if given is None else f"its interval only at confidence {given:g}"
                raise Unavailable(f"the report holds {at}: ask for confidence = {given or 0:g}")
            case CountedEstimate():
                return measured

    def _shown(self, measured: Measured, strict: CountedEstimate) -> CountedEstimate:
        """Return the number with the interval shown in reports."""
        if self.against:
            return shown_difference(self.model, measured, strict, self.confidence)
        return shown(self.model, self.metric, self.parameters, measured, strict, self.confidence)

    def _doubt(self, estimate: CountedEstimate) -> str:
        """Say why the number must not be judged, if there is a reason."""
        if estimate.value is None:
            return "there is no data: no task has an answer of the kind that it counts"
        if estimate.tasks < self.rule.min_tasks:
            return f"it is computed from {plural(estimate.tasks, 'task')}, and the rule requires {self.rule.min_tasks}"
        if self.model.samples < self.rule.min_samples:
            return (
                f"the model has {plural(self.model.samples, 'scored sample')}, "
                f"and the rule requires {self.rule.min_samples}"
            )
        if self.metric.counts_missing:
            return ""
        try:
            errors, unscored = error_share(self.run_model), unscored_share(self.run_model)
        except Unavailable:  # nothing was sampled: the interval shows that
            return ""
        if errors > self.rule.max_errors:
            return (
                f"harness errors left {share(errors)} of the samples without a label "
                f"(max_errors {self.rule.max_errors:g})"
            )
        if unscored > self.rule.max_unscored:
            return (
                f"{share(unscored)} of the samples have no label (max_unscored {self.rule.max_unscored:g}): "
                f"{unscored_causes(self.run_model)}; correct the cause, or raise max_unscored to judge all the same"
            )
        return self._uncovered()

    def _uncovered(self) -> str:
        """Say that too many tasks are missing from the number, if so."""
        if self.part is not None and (reached := self.part.uncovered(self.rule.min_coverage)):
            return reached
        try:
            sampled, unscored = task_shares(self.run_model)
        except Unavailable:
            return ""
        table = sample_outcomes(self.run_model)
        if sampled < self.rule.min_coverage:
            reached = (
                f"only {table.tasks_sampled} of {plural(table.tasks, 'task')} "
                f"{noun(table.tasks_sampled, 'has', 'have')} samples"
            )
            return f"{reached} (min_coverage {self.rule.min_coverage:g})"
        if unscored > self.rule.max_unscored:
            reached = (
                f"only {table.tasks_scored} of {plural(table.tasks, 'task')} "
                f"{noun(table.tasks_scored, 'has', 'have')} a sample with a label"
            )
            return f"{reached} (max_unscored {self.rule.max_unscored:g})"
        return ""

    def _asked(self) -> str:
        return plain_words(self.metric, self.parameters, against=self.against, criteria=self.model.criterion_titles)

    def _result(self, verdict: Judgement, estimate: CountedEstimate, doubt: str = "") -> GateResult:
        """Return the result of the rule alone; with a doubt it is final."""
        result = GateResult(
            rule=name_of(self.rule),
            metric=self.metric.name,
            parameters=self.parameters.given(),
            model=self.model.name,
            verdict=verdict,
            value=estimate.value,
            low=estimate.low,
            high=estimate.high,
            deciding_low=None if doubt else estimate.low,
            deciding_high=None if doubt else estimate.high,
            min=self.min,
            max=self.max,
            confidence=self.confidence,
            severity=self.rule.severity,
            reason=self.rule.reason,
            sentence="",
            kind=GateKind.BASELINE if self.against else GateKind.THRESHOLD,
            tasks=estimate.tasks,
            samples=self.model.samples,
            asked=self._asked(),
            unit=self.unit,
        )
        return replace(result, sentence=sentence(result, doubt))


def settled(metric: Metric, parameters: Parameters, model: ModelView, other: ModelView | None = None) -> Parameters:
    """Fill in K if a metric depends on it and the rule has none: the report's, or the smaller of two models'."""
    if parameters.attempts is not None or "attempts" not in metric.takes:
        return parameters
    views = [view for view in (model, other) if view is not None and view.samples]
    return replace(parameters, attempts=min((view.conditional_attempts for view in views), default=None))


def _thresholds(rule: GateConfig, against: bool) -> tuple[float | None, float | None]:
    """Return the rule's lower and upper threshold; one is its margin if a difference from the baseline is judged."""
    if not against:
        return rule.min, rule.max
    margin = rule.margin or 0.0
    return (-margin, None) if metric_of(rule).better is Better.HIGHER else (None, margin)


def _absent(rule: GateConfig, name: str, against: bool) -> GateResult:
    """Return the result for a model that the rule names but the run lacks."""
    lowest, highest = _thresholds(rule, against)
    result = GateResult(
        rule=name_of(rule), metric=metric_of(rule).name, parameters=Parameters.of(rule).given(), model=name,
        verdict=Judgement.INCONCLUSIVE, value=None, low=None, high=None, deciding_low=None, deciding_high=None,
        min=lowest, max=highest, confidence=rule.confidence, severity=rule.severity, reason=rule.reason, sentence="",
        kind=GateKind.BASELINE if against else GateKind.THRESHOLD,
        asked=plain_words(metric_of(rule), Parameters.of(rule), against=against), unit=metric_of(rule).unit,
    )  # fmt: skip
    return replace(result, sentence=sentence(result, f"the run has no model {name!r}"))


def _over(rule: GateConfig, judged: list[GateResult]) -> GateResult:
    """Summarise one rule over its models; the numbers shown are those of the deciding model."""
    ranks = (Judgement.FAIL, Judgement.INCONCLUSIVE, Judgement.PASS)
    order = ranks if rule.over == "all" else ranks[::-1]
    deciding = min(judged, key=lambda result: order.index(result.verdict))
    tally = ", ".join(
        f"{count} {verdict.value}" for verdict in Judgement if (count := sum(r.verdict is verdict for r in judged))
    )
    return replace(
        deciding,
        model=f"{rule.over} model" + ("s" if rule.over == "all" else ""),
        sentence=f"{tally}. {deciding.model}: {deciding.sentence}",
        members=tuple(result.model for result in judged),
    )
