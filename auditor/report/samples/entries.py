"""What the browser shows of a task, a program and a sample, as JSON values: texts made visible and cut to a size.

The page's script builds every element from these values as text, so none of them can become markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditor.analysis.nearest import nearest
from auditor.records import Finding, Label, Sample
from auditor.report.code import cut_line, web
from auditor.report.diff import runs
from auditor.report.text import count, cut, visible
from auditor.results import TaskRow
from auditor.store import BrowsedProgram, SuiteResult

LONGEST = 20_000
"""Characters shown of one text."""
MOST_LINES = 600
"""Lines shown of one program."""
MOST_FINDINGS = 200
"""Findings shown of one program."""

Plain = Mapping[str, object]


def task_entry(task: TaskRow) -> Plain:
    """Return what a task asks for and its reference."""
    return {
        "id": visible(task.task_id),
        "entry": visible(task.entry_point),
        "prompt": text(task.prompt),
        "reference": source(task.reference),
        "facts": [
            *([["Outputs compared by", task.output_rule]] if task.output_rule else []),
            *([visible(one.name), visible(one.value)] for one in task.slices),
        ],
        "left_out": visible(task.unfit or task.excluded or ""),
    }


def program_entries(programs: Sequence[BrowsedProgram], titles: Mapping[str, str]) -> dict[str, Plain]:
    """Return program id → what is known of it; wrong ones carry the difference to the nearest correct one.

    ``titles`` gives each criterion of the rubric its title. Programs are of one task.
    """
    lines = {one.program: source_lines(one.solution) for one in programs}
    right = [one for one in programs if one.label is Label.TRUE_POSITIVE]
    wrong = [one for one in programs if one.label is not Label.TRUE_POSITIVE]
    found = nearest([one.solution for one in wrong], [one.solution for one in right])
    closest = {
        one.program: _nearest(lines[one.program], right[match.place], lines[right[match.place].program])
        for one, match in zip(wrong, found, strict=True)
        if match is not None
    }
    return {one.program: _program(one, lines[one.program], closest.get(one.program), titles) for one in programs}


def _program(one: BrowsedProgram, lines: Sequence[str], closest: Plain | None, titles: Mapping[str, str]) -> Plain:
    asked = [row for row in one.findings if row.criterion is not None and not row.in_prompt and not row.duplicate]
    other = [row for row in one.findings if row.criterion is None and not row.in_prompt and not row.duplicate]
    return {
        "id": one.program[:12],
        "source": _source(one.solution, lines),
        "samples": one.samples,
        "suites": {"base": _suite(one.base), "plus": _suite(one.plus)},
        "score": one.score,
        "met": [[titles.get(name, name), met] for name, met in one.adherence.items() if met is not None],
        "findings": [_finding(row, titles) for row in asked[:MOST_FINDINGS]],
        "others": [_finding(row, titles) for row in other[:MOST_FINDINGS]],
        "findings_cut": max(0, len(asked) - MOST_FINDINGS) + max(0, len(other) - MOST_FINDINGS),
        "nearest": closest,
    }


def _suite(result: SuiteResult | None) -> Plain | None:
    if result is None:
        return None
    failing = result.failing
    return {
        "outcome": result.outcome,
        "tests": result.tests,
        "passed": result.passed,
        "not_run": result.not_run,
        "detail": cut(visible(result.detail), 2000),
        "flaky": result.flaky,
        "trust": result.trust,
        "failing": failing
        and {
            "number": failing.index + 1,
            "call": cut(visible(failing.call), 2000),
            "expected": cut(visible(failing.expected), 2000),
            "got": cut(visible(failing.got), 2000),
            "kind": failing.kind,
        },
    }


def _finding(row: Finding, titles: Mapping[str, str]) -> Sequence[object]:
    """Return line, tool, rule, message, address and the criterion's title."""
    title = titles.get(row.criterion, row.criterion) if row.criterion else ""
    rule = visible(row.rule or row.name)[:60]
    return [row.line, row.tool, rule, cut(visible(row.message or row.name), 300), web(row.url), visible(title)]


def _nearest(ours: Sequence[str], other: BrowsedProgram, theirs: Sequence[str]) -> Plain:
    return {
        "id": other.program[:12],
        "samples": other.samples,
        "runs": [[run.kept, run.dropped, list(run.added)] for run in runs(ours, theirs)],
    }


def sample_entry(sample: Sample, program: str | None, currency: str = "") -> Plain:
    """Return what is known of one answer besides its program; ``raw`` is null where it is the program's text.

    ``program`` is the id under which its program is stored.
    """
    usage = sample.usage
    return {
        "raw": None if sample.raw == sample.solution else text(sample.raw),
        "program": program,
        "facts": [
            [term, visible(str(value))]
            for term, value in (
                ("Request", sample.status.replace("_", " ") if sample.status != "ok" else ""),
                ("Refusal", cut(sample.refusal or "", 500)),
                ("Finish reason", sample.finish_reason or ""),
                ("Served as", sample.served_model or ""),
                ("Prompt tokens", _amount(usage.prompt_tokens)),
                ("Completion tokens", _amount(usage.completion_tokens)),
                ("Reasoning tokens", _amount(usage.reasoning_tokens)),
                ("Latency", "" if sample.latency is None else f"{sample.latency:.2f} s"),
                ("Cost", "" if sample.cost is None else f"{sample.cost:.6g} {currency}".rstrip()),
                ("Program read as", read_as(sample.rule)),
                ("Programs in the answer", _readings(sample)),
            )
            if value
        ],
    }


def _amount(value: int | None) -> str:
    return "" if value is None else count(value)


def _readings(sample: Sample) -> str:
    """Say how many programs the answer can be read as; nothing where the choice makes no difference."""
    if sample.readings is None or not sample.readings_differ:
        return ""
    return f"{count(sample.readings)} that differ; the one above was chosen and judged"


_READ_AS = {
    "fence": "one fenced block",
    "fences": "fenced blocks together",
    "bare": "code between prose",
    "program": "the whole answer",
    "value": "a text in a JSON value, a tool call or a literal",
    "continuation": "the prompt and the answer that continues it",
    "stub": "a definition without a body",
    "broken": "code that does not parse or does not define what was asked for",
    "restored": "the answer with HTML escapes, line numbers and the like undone",
    "none": "nothing: no code was found",
    "given": "the recorded program",
    "raw": "the recorded program, unchanged",
}


def read_as(rule: str) -> str:
    """Say in words how an extraction rule such as ``fence/3`` finds the program, with the rule in brackets."""
    kind, *more = rule.partition("/")[0].split("-")
    if kind not in _READ_AS:
        return rule and f"rule {rule}"
    said = _READ_AS[kind]
    if kind in ("fence", "bare") and "continuation" in more:
        said = f"the prompt and {said}"
    if kind == "given" and more:
        said += " after the prompt, or after its imports and helpers"
    if "cut" in more:
        said += ", without statements that do not parse or are never reached"
    return f"{said} (rule {rule})"


def text(value: str) -> Plain:
    """Return a text as a reader may see it: its first :data:`LONGEST` characters, and how many more there are."""
    return {"text": visible(value[:LONGEST]), "more": max(0, len(value) - LONGEST)}


def source(value: str) -> Plain:
    """Return a program's lines as a page can show them, and how many more there are."""
    return _source(value, source_lines(value))


def _source(value: str, lines: Sequence[str]) -> Plain:
    return {"lines": lines, "more": max(0, value.count("\n") + 1 - value.endswith("\n") - len(lines))}


def source_lines(value: str) -> list[str]:
    """Cut a program to :data:`MOST_LINES` lines and about :data:`LONGEST` characters, each line as a page shows it."""
    lines = visible(value[: 4 * LONGEST]).removesuffix("\n").split("\n")[:MOST_LINES]
    shown: list[str] = []
    size = 0
    for line in lines:
        if size > LONGEST:
            break
        shown.append(cut_line(line))
        size += len(line)
    return shown
