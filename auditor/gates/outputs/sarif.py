"""Wrong answers and style findings of accepted programs as SARIF 2.1.0, with a location for each.

The programs are not files of a repository, so each gets its own path (:func:`program_uri`). Each false positive is one
result with the call that it fails. Style findings are only those that a criterion of the run's rubric asks about, on
lines that the model wrote, without duplicates between tools. Code scanning accepts a limited number: wrong answers come
first, then findings on false positives, and omitted ones are counted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.gates.outputs.program_files import database_of, program_uri
from auditor.gates.view import RunView
from auditor.records import Finding, Label
from auditor.results import FalsePositiveExample, GateResult, Judgement
from auditor.store import Store
from auditor.text import json_text, one_line, plural

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_FINDINGS = 5000
"""Code scanning shows this many results of a run and rejects files with 25,000."""

WRONG_ANSWER = "auditor/wrong-answer"
LONGEST_VALUE = 300
"""Characters of a call, an expected or an actual value in a message."""

_GATE_LEVELS = {Judgement.PASS: "none", Judgement.FAIL: "error", Judgement.INCONCLUSIVE: "warning"}


@dataclass(frozen=True, slots=True)
class Located:
    """One result on one accepted program of one model."""

    model: str
    task_id: str
    program: str
    wrong: bool
    """Whether the program is a false positive."""
    rule: str
    """``auditor/wrong-answer``, or the linter and its rule: ``ruff/E501``."""
    level: str
    """``error`` for a wrong answer, ``warning`` or ``note`` for a finding on a false or true positive."""
    message: str
    line: int
    """From 1."""
    column: int
    """From 1."""

    @property
    def uri(self) -> str:
        """Where the program's file is, relative to the SARIF file."""
        return program_uri(self.model, self.task_id, self.program)


def wrong_answers(run: RunView) -> Iterator[Located]:
    """Yield each distinct false positive on an analysed task, those with most samples of a model first."""
    entry_points = {task.task_id: task.entry_point for task in run.document.tasks} if run.document else {}
    for model in run.models:
        found = model.report.false_positives if model.report else ()
        for row in sorted(found, key=lambda one: -one.samples):
            line = _defined_at(row, entry_points.get(row.task_id, ""))
            yield Located(
                model.name, row.task_id, row.program, True, WRONG_ANSWER, "error", _wrong(model.name, row), line, 1
            )


def _wrong(model: str, row: FalsePositiveExample) -> str:
    """Describe the failure: the call, the expected and the actual value."""
    samples = plural(row.samples, "sample")
    if row.failing is None:
        why = f"the stronger tests end with {row.plus}" + (f": {row.detail}" if row.detail else "")
    else:
        call, expected, got = row.failing.call, row.failing.expected, row.failing.got
        why = f"{_value(call)} gives {_value(got)}, expected {_value(expected)}" if expected else _value(got or call)
    return f"Wrong answer that the base tests accept: {one_line(why)} ({samples} of {model} on {row.task_id})"


def _value(text: str) -> str:
    return one_line(text, LONGEST_VALUE)


def _defined_at(row: FalsePositiveExample, entry_point: str) -> int:
    """Return the line on which the program defines its target, else the model's first line."""
    first = row.prompt_lines + 1
    name = entry_point.rpartition(".")[2]
    try:
        tree = ast.parse(row.solution)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return first
    definitions = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name
    ]
    return definitions[-1] if definitions else min(first, max(1, row.solution.count("\n")))


def findings(run: RunView) -> Iterator[tuple[Located, Finding]]:
    """Stream the rubric's findings on accepted programs: false positives first, then by model, task and position."""
    analysed = {model.name: set(model.counts.task_ids) for model in run.models}
    with Store(database_of(run), create=False) as store:
        rubric_hash = store.rubric_in_use() or ""
        for accepted in store.accepted_solutions():
            if accepted.task_id not in analysed.get(accepted.model, ()):
                continue
            wrong = accepted.label is Label.FALSE_POSITIVE
            for finding in store.findings(accepted.program, rubric_hash):
                if finding.criterion and not finding.in_prompt and not finding.duplicate:
                    label = "false positive" if wrong else "true positive"
                    yield (
                        Located(
                            accepted.model, accepted.task_id, accepted.program, wrong,
                            f"{finding.tool}/{finding.rule}", "warning" if wrong else "note",
                            f"{finding.message} ({label} of {accepted.model} on {accepted.task_id})",
                            max(1, finding.line), max(1, finding.column),
                        ),
                        finding,
                    )  # fmt: skip


def to_sarif(results: Sequence[GateResult], run: RunView, *, most: int = MOST_FINDINGS) -> str:
    """Render one SARIF run with at most ``most`` results; its notifications are the gates.

    ``properties`` counts all wrong answers and findings, and the results shown. Raises
    :class:`~auditor.errors.UsageError` if the run's database is missing.
    """
    rules: dict[str, dict[str, object]] = {}
    wrong = list(wrong_answers(run))
    shown = wrong[:most]
    if shown:
        rules[WRONG_ANSWER] = _WRONG_ANSWER
    found = 0
    for located, finding in findings(run):
        found += 1
        if len(shown) < most:
            rules.setdefault(located.rule, _rule(finding))
            shown.append(located)
    place = {name: index for index, name in enumerate(sorted(rules))}
    driver = {
        "name": "auditor",
        "semanticVersion": run.version,
        "rules": [rules[name] for name in place],
        "notifications": [_gate(name, reason) for name, reason in sorted({r.rule: r.reason for r in results}.items())],
    }
    content = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {"executionSuccessful": True, "toolExecutionNotifications": [_notification(r) for r in results]}
                ],
                "artifacts": [{"location": {"uri": uri}} for uri in sorted({located.uri for located in shown})],
                "results": [_result(located, place[located.rule]) for located in shown],
                "properties": {"wrong_answers": len(wrong), "findings": found, "shown": len(shown)},
            }
        ],
    }
    return json_text(content)


def _rule(finding: Finding) -> dict[str, object]:
    name = finding.name or finding.rule
    page = finding.url if finding.url.startswith("https://") else ""
    help_text = f"What {finding.tool} says of {name}." + (f" See {page}" if page else "")
    rule = _descriptor(f"{finding.tool}/{finding.rule}", f"{finding.tool} {finding.rule}: {name}", help_text)
    return rule | {"name": name} | ({"helpUri": page} if page else {})


def _gate(name: str, reason: str) -> dict[str, object]:
    return _descriptor(name, f"gate: {name}", reason or f"A rule of this run's gate: {name}")


def _descriptor(name: str, about: str, help_text: str) -> dict[str, object]:
    """Describe a rule; code scanning requires a full description and a help text in addition to the short one."""
    text = {"text": about}
    return {"id": name, "shortDescription": text, "fullDescription": text, "help": {"text": help_text}}


_WRONG_ANSWER = _descriptor(
    WRONG_ANSWER,
    "A program that passes the base tests and is wrong",
    "Resampling until the base tests pass would have delivered this program. The stronger tests show an input on which "
    "it is wrong.",
) | {"name": "WrongAnswer"}


def _result(located: Located, rule_index: int) -> dict[str, object]:
    label = "false_positive" if located.wrong else "true_positive"
    place = f"{located.line}:{located.column}"
    return {
        "ruleId": located.rule,
        "ruleIndex": rule_index,
        "level": located.level,
        "message": {"text": located.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": located.uri},
                    "region": {"startLine": located.line, "startColumn": located.column},
                }
            }
        ],
        "partialFingerprints": {"auditorFinding/v1": f"{located.program}:{located.rule}:{place}"},
        "properties": {"model": located.model, "task": located.task_id, "label": label},
    }


def _notification(result: GateResult) -> dict[str, object]:
    return {
        "descriptor": {"id": result.rule},
        "level": _GATE_LEVELS[result.verdict],
        "message": {"text": f"{result.verdict.value}: {result.model}: {result.sentence}"},
    }
