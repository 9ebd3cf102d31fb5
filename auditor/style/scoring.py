"""From what the tools said to one result: whose line, which repeats, which criteria are met, the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditor.records import Finding, StyleResult
from auditor.style.checks import CHECKS, Measure
from auditor.style.exclusions import OF_THE_BODY
from auditor.style.overlap import defects, repeated
from auditor.style.remarks import MAX_REMARKS, Remark, ToolReport
from auditor.style.rubric import Criterion, Rubric
from auditor.style.source import Source, Unparsable

_ORDER = {"ruff": 0, "pylint": 1}


def unparsable(program: str, rubric: Rubric, error: Unparsable) -> StyleResult:
    """Return the result of a program that cannot be read: no score, one finding that says why."""
    reason = error.reason.encode("utf-8", "backslashreplace").decode()
    finding = Finding("auditor", "unparsable", "unparsable", reason, error.line, 1, in_prompt=False)
    return StyleResult(program, rubric.hash, False, None, {}, {}, (finding,))


def unjudged(program: str, rubric: Rubric, why: str) -> StyleResult:
    """Return the result of a program that our own checks could not judge: it parses and has no score."""
    return StyleResult(program, rubric.hash, True, None, {}, {}, (_failure("auditor", why),))


def judge(program: str, source: Source, rubric: Rubric, reports: Mapping[str, ToolReport]) -> StyleResult:
    """Put one program's reports, by tool, together under a rubric.

    Where a tool gave no answer a finding says why, and there is no score if that leaves a criterion open.
    """
    if reason := next((report.unparsable for report in reports.values() if report.unparsable), ""):
        return unparsable(program, rubric, Unparsable(reason))
    findings = _findings(source, reports)
    failed = {tool: report.failed for tool, report in reports.items() if report.failed}
    metrics = {name: value for report in reports.values() for name, value in report.metrics.items()}
    measures = _measures(source, rubric)
    metrics |= {name: measure.value for (name, whose), measure in measures.items() if measure and whose == "model"}
    metrics["model_lines"] = float(len(source.model_lines))
    adherence, ours = _adherence(rubric, findings, metrics, measures, frozenset(failed))
    notes = [_failure(tool, why) for tool, why in failed.items()]
    return StyleResult(
        program, rubric.hash, True, _score(rubric, adherence, frozenset(failed)), adherence, metrics,
        (*notes, *findings, *ours), source.pragmas,
    )  # fmt: skip


def _failure(tool: str, why: str) -> Finding:
    return Finding("auditor", "no-answer", "no-answer", f"{tool}: {why}", 1, 1, in_prompt=False)


def _findings(source: Source, reports: Mapping[str, ToolReport]) -> list[Finding]:
    remarks = [remark for report in reports.values() for remark in report.remarks]
    remarks.sort(key=lambda r: (r.line, _ORDER[r.tool], r.column, r.rule, r.message))
    marks = repeated((remark.tool, remark.rule, remark.line) for remark in remarks)
    return [
        Finding(*remark[:6], in_prompt=_in_prompt(source, remark), duplicate=duplicate, url=remark.url)
        for remark, duplicate in zip(remarks, marks, strict=True)
    ]


def _in_prompt(source: Source, remark: Remark) -> bool:
    """Tell whether a remark is about the prompt's own text."""
    if remark.line not in source.prompt_lines:
        return False
    if f"{remark.tool}:{remark.rule}" not in OF_THE_BODY:
        return True
    function = source.function_at(remark.line)
    return function is None or not source.written_by_model(function)


def _measures(source: Source, rubric: Rubric) -> dict[tuple[str, str], Measure | None]:
    """Run our checks: all on the model's part, and on the whole program those a rubric asks for so."""
    found = {(name, "model"): check.run(source) for name, check in CHECKS.items()}
    for criterion in rubric.criteria:
        if criterion.applies_to == "program" and criterion.metric in CHECKS:
            found[criterion.metric, "program"] = CHECKS[criterion.metric].run(source.all_model())
    return found


def _adherence(
    rubric: Rubric,
    findings: Sequence[Finding],
    metrics: Mapping[str, float],
    measures: Mapping[tuple[str, str], Measure | None],
    failed: frozenset[str],
) -> tuple[dict[str, bool | None], list[Finding]]:
    """Judge every criterion; return that and findings for what our own checks object to."""
    adherence: dict[str, bool | None] = {}
    ours: list[Finding] = []
    charged: set[tuple[int, str]] = set()
    for criterion in rubric.criteria:
        if _unanswered(criterion, metrics, failed):
            adherence[criterion.id] = None
        elif criterion.metric is None:
            adherence[criterion.id] = criterion.holds(len(charge(criterion, findings, charged)))
        elif criterion.tool == "auditor":
            measure = measures[criterion.metric, criterion.applies_to]
            adherence[criterion.id] = None if measure is None else criterion.holds(measure.value)
            if measure and not adherence[criterion.id]:
                ours += _offences(criterion, measure)
        else:
            value = metrics.get(criterion.metric)
            adherence[criterion.id] = None if value is None else criterion.holds(value)
    return adherence, ours


def _unanswered(criterion: Criterion, metrics: Mapping[str, float], failed: frozenset[str]) -> bool:
    """Tell whether a tool's failure leaves a criterion open; a number it gave all the same still counts."""
    return bool(criterion.tools & failed) and criterion.metric not in metrics


def charge(criterion: Criterion, findings: Sequence[Finding], charged: set[tuple[int, str]]) -> list[Finding]:
    """Return the findings that a criterion is charged with, and note them in ``charged``.

    Each defect is charged once in the whole rubric, to the first criterion that names it.
    """
    own: set[tuple[int, str]] = set()
    counted = []
    for finding in findings:
        rule = f"{finding.tool}:{finding.rule}"
        if rule not in criterion.rules or (finding.in_prompt and criterion.applies_to == "model"):
            continue
        keys = {(finding.line, defect) for defect in defects(finding.tool, finding.rule) or {rule}}
        if keys & charged or (finding.duplicate and keys & own):
            continue
        own |= keys
        counted.append(finding)
    charged |= own
    return counted


def _offences(criterion: Criterion, measure: Measure) -> list[Finding]:
    wrong = [
        offence
        for offence in measure.offences
        if offence.size is None or criterion.maximum is None or offence.size > criterion.maximum
    ]
    rule = str(criterion.metric)
    return [
        Finding("auditor", rule, criterion.id, offence.message[:300], offence.line, offence.column, in_prompt=False)
        for offence in wrong[:MAX_REMARKS]
    ]


def _score(rubric: Rubric, adherence: Mapping[str, bool | None], failed: frozenset[str]) -> float | None:
    """Return the weighted share of criteria met among those that apply.

    ``None`` where none applies, or where a tool's failure left one open: such a score compares with no other.
    """
    if any(adherence[c.id] is None and c.tools & failed and c.weight > 0 for c in rubric.criteria):
        return None
    applying = [c for c in rubric.criteria if adherence[c.id] is not None and c.weight > 0]
    whole = sum(criterion.weight for criterion in applying)
    return sum(c.weight for c in applying if adherence[c.id]) / whole if whole else None
