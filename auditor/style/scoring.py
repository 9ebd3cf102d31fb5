"""Combine the linters' reports: whose line a finding is on, duplicates, criteria met, the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditor.records import Finding, LinterName, StyleResult
from auditor.style.linters import registry
from auditor.style.linters.interface import MAX_MESSAGE, MAX_REMARKS, Measure, Remark, ToolReport
from auditor.style.linters.registry import defects
from auditor.style.overlap import repeated
from auditor.style.rubric import Criterion, Rubric
from auditor.style.source import StyledSource, Unparsable

_POSITION = {name: position for position, name in enumerate(registry.names())}


def unparsable(program: str, rubric: Rubric, error: Unparsable) -> StyleResult:
    """Return the result of a program that cannot be parsed: no score, one finding that says why."""
    reason = error.reason.encode("utf-8", "backslashreplace").decode()
    finding = Finding(registry.OWN, "unparsable", "unparsable", reason, error.line, 1, in_prompt=False)
    return StyleResult(program, rubric.hash, False, None, {}, {}, (finding,))


def unjudged(program: str, rubric: Rubric, why: str) -> StyleResult:
    """Return the result of a program whose reports could not be combined: it parses but has no score."""
    return StyleResult(program, rubric.hash, True, None, {}, {}, (_failure("scoring", why),))


def judge(program: str, source: StyledSource, rubric: Rubric, reports: Mapping[LinterName, ToolReport]) -> StyleResult:
    """Combine one program's reports, by linter, under a rubric.

    If a linter gave no answer, a finding says why, and there is no score if that leaves a criterion undecided.
    """
    if reason := next((report.unparsable for report in reports.values() if report.unparsable), ""):
        return unparsable(program, rubric, Unparsable(reason))
    findings = _findings(source, rubric, reports)
    failed = {name: report.failed for name, report in reports.items() if report.failed}
    metrics = {key: measure.value for report in reports.values() for key, measure in report.measures.items()}
    metrics |= _of_whole_program(rubric, reports)
    metrics["model_lines"] = float(len(source.model_lines))
    adherence, offences = _adherence(rubric, findings, reports)
    notes = [_failure(name, why) for name, why in failed.items()]
    return StyleResult(
        program, rubric.hash, True, _score(rubric, adherence, frozenset(failed)), adherence, metrics,
        (*notes, *findings, *offences), source.pragmas,
    )  # fmt: skip


def _failure(step: str, why: str) -> Finding:
    return Finding(registry.OWN, "no-answer", "no-answer", f"{step}: {why}", 1, 1, in_prompt=False)


def _findings(source: StyledSource, rubric: Rubric, reports: Mapping[LinterName, ToolReport]) -> list[Finding]:
    """Turn remarks into findings, by line.

    Of those that report the same defect, the first that the rubric asks about counts.
    """
    remarks = [(name, remark) for name, report in reports.items() for remark in report.remarks]
    remarks.sort(key=lambda r: (r[1].line, _POSITION[r[0]], r[1].column, r[1].rule, r[1].message))
    asked = [rubric.asking_about(name, remark.rule) for name, remark in remarks]
    by_claim = sorted(range(len(remarks)), key=lambda index: asked[index] is None)
    marks = repeated((remarks[index][0], remarks[index][1].rule, remarks[index][1].line) for index in by_claim)
    repeats = {index for index, mark in zip(by_claim, marks, strict=True) if mark}
    return [
        Finding(
            name, remark.rule, remark.name, remark.message, remark.line, remark.column,
            in_prompt=_in_prompt(source, name, remark), duplicate=index in repeats, url=remark.url,
            criterion=asked[index],
        )
        for index, (name, remark) in enumerate(remarks)
    ]  # fmt: skip


def _in_prompt(source: StyledSource, name: LinterName, remark: Remark) -> bool:
    """Return whether a remark is about the prompt's own text."""
    if remark.line not in source.prompt_lines:
        return False
    if remark.rule not in registry.linter(name).body_rules:
        return True
    definition = source.definition_at(remark.line)
    return definition is None or not source.written_by_model(definition)


def _adherence(
    rubric: Rubric, findings: Sequence[Finding], reports: Mapping[LinterName, ToolReport]
) -> tuple[dict[str, bool | None], list[Finding]]:
    """Judge every criterion; return adherence and findings for the places charged for missed numbers."""
    adherence: dict[str, bool | None] = {}
    offences: list[Finding] = []
    charged: set[tuple[int, str]] = set()
    failed = frozenset(name for name, report in reports.items() if report.failed)
    for criterion in rubric.criteria:
        if criterion.metric is not None:
            measure = _measure(criterion, criterion.metric, reports)
            adherence[criterion.id] = None if measure is None else criterion.holds(measure.value)
            if measure and not adherence[criterion.id]:
                offences += _offences(criterion, criterion.metric, measure)
        elif criterion.linters & failed:
            adherence[criterion.id] = None
        else:
            adherence[criterion.id] = criterion.holds(len(charge(criterion, findings, charged)))
    return adherence, offences


def _of_whole_program(rubric: Rubric, reports: Mapping[LinterName, ToolReport]) -> dict[str, float]:
    """Return the numbers that a rubric needs for the whole program, if they differ from those of the model's part."""
    return {
        whole_program_key(key): measure.value
        for report in reports.values()
        for key, measure in (report.whole or {}).items()
        if key in rubric.whole_program and measure != report.measures.get(key)
    }


def whole_program_key(key: str) -> str:
    """Return the key in a result's metrics of a number about the whole program, including the prompt's lines."""
    return f"{key}:program"


def _measure(criterion: Criterion, key: str, reports: Mapping[LinterName, ToolReport]) -> Measure | None:
    """Return the number that a criterion judges; ``None`` if it does not apply or its linter did not give it."""
    report = reports[criterion.linter.name]
    whole = report.measures if report.whole is None else report.whole
    return (whole if criterion.applies_to == "program" else report.measures).get(key)


def charge(criterion: Criterion, findings: Sequence[Finding], charged: set[tuple[int, str]]) -> list[Finding]:
    """Return the findings charged to a criterion, and record them in ``charged``.

    Each defect is charged once per rubric, to the first criterion that names it.
    """
    own: set[tuple[int, str]] = set()
    counted = []
    for finding in findings:
        rule = f"{finding.tool}:{finding.rule}"
        if rule not in criterion.rules or (finding.in_prompt and criterion.applies_to == "model"):
            continue
        keys = {(finding.line, defect) for defect in defects(finding.tool, finding.rule)}
        if keys & charged or (finding.duplicate and keys & own):
            continue
        own |= keys
        counted.append(finding)
    charged |= own
    return counted


def _offences(criterion: Criterion, key: str, measure: Measure) -> list[Finding]:
    wrong = [
        offence
        for offence in measure.offences
        if offence.size is None or criterion.maximum is None or offence.size > criterion.maximum
    ]
    tool = criterion.linter.name
    return [
        Finding(
            tool, key, criterion.id, offence.message[:MAX_MESSAGE], offence.line, offence.column, in_prompt=False,
            criterion=criterion.id,
        )
        for offence in wrong[:MAX_REMARKS]
    ]  # fmt: skip


def _score(rubric: Rubric, adherence: Mapping[str, bool | None], failed: frozenset[str]) -> float | None:
    """Return the weighted share of criteria met among those that apply.

    ``None`` if none applies or a linter's failure left one undecided: such a score would not be comparable.
    """
    if any(adherence[c.id] is None and c.linters & failed and c.weight > 0 for c in rubric.criteria):
        return None
    applying = [c for c in rubric.criteria if adherence[c.id] is not None and c.weight > 0]
    whole = sum(criterion.weight for criterion in applying)
    return sum(c.weight for c in applying if adherence[c.id]) / whole if whole else None
