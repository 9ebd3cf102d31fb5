"""Style findings of accepted programs as SARIF 2.1.0, with a place for each.

The programs are no files of a repository, so each gets a path of its own,
``programs/MODEL/TASK/PROGRAM.py``; :func:`write_programs` puts the files there. Findings on the prompt's
own lines are not the model's and stay out, as do repeats of one tool by another. What code scanning
takes is limited, so false positives come first and what was left out is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from auditor.errors import UsageError
from auditor.gates.view import RunView
from auditor.records import Finding, Label
from auditor.results import GateResult, Judgement
from auditor.store import Store
from auditor.text import json_text

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_FINDINGS = 5000
"""Code scanning shows this many of a run and refuses files with 25,000."""

LONGEST_NAME = 120
"""Characters of a path component; longer names end in a hash."""

_GATE_LEVELS = {Judgement.PASS: "none", Judgement.FAIL: "error", Judgement.INCONCLUSIVE: "warning"}


@dataclass(frozen=True, slots=True)
class Located:
    """One finding on one model's accepted program."""

    model: str
    task_id: str
    program: str
    wrong: bool
    """The program is a false positive."""
    finding: Finding

    @property
    def uri(self) -> str:
        """Where the program's file is, relative to the SARIF file."""
        return program_uri(self.model, self.task_id, self.program)


def program_uri(model: str, task_id: str, program: str) -> str:
    """Name a program's file; every part is quoted into one harmless path component."""
    return "/".join(["programs", *(_component(part) for part in (model, task_id, program))]) + ".py"


def _component(text: str) -> str:
    """Quote a name into a path component: short, no special folder, no slash or percent sign."""
    safe = quote(text, safe="", errors="surrogatepass").replace("%", "_").replace("~", "_")
    if len(safe) > LONGEST_NAME:
        safe = f"{safe[: LONGEST_NAME - 9]}_{sha256(safe.encode()).hexdigest()[:8]}"
    return safe if safe and not safe.startswith(".") else f"_{safe}"


def _database(run: RunView) -> Path:
    if run.database is None:
        raise UsageError("has no audit.db, and findings are only there", where=run.where, remedy="name a run's folder")
    return run.database


def findings(run: RunView) -> Iterator[Located]:
    """Stream the model's own findings on accepted programs: false positives first, then by model, task, place."""
    with Store(_database(run), create=False) as store:
        rubric_hash = store.rubric_in_use() or ""
        for accepted in store.accepted_solutions():
            wrong = accepted.label is Label.FALSE_POSITIVE
            for finding in store.findings(accepted.program, rubric_hash):
                if not finding.in_prompt and not finding.duplicate:
                    yield Located(accepted.model, accepted.task_id, accepted.program, wrong, finding)


def to_sarif(results: Sequence[GateResult], run: RunView, *, most: int = MOST_FINDINGS) -> str:
    """Render one SARIF run: its results are findings, its notifications are the gates.

    Raises :class:`~auditor.errors.UsageError` where the run's database is not at hand.
    """
    rules: dict[str, dict[str, Any]] = {}
    shown: list[dict[str, Any]] = []
    found = 0
    for located in findings(run):
        found += 1
        if found <= most:
            rules.setdefault(_rule_id(located.finding), _rule(located.finding))
            shown.append(_result(located))
    place = {name: index for index, name in enumerate(sorted(rules))}
    for result in shown:
        result["ruleIndex"] = place[result["ruleId"]]
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
                "artifacts": [{"location": {"uri": uri}} for uri in sorted({_uri(result) for result in shown})],
                "results": shown,
                "properties": {"findings": found, "shown": len(shown)},
            }
        ],
    }
    return json_text(content)


def _uri(result: dict[str, Any]) -> str:
    return str(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])


def _rule_id(finding: Finding) -> str:
    return f"{finding.tool}/{finding.rule}"


def _rule(finding: Finding) -> dict[str, Any]:
    name = finding.name or finding.rule
    page = finding.url if finding.url.startswith("https://") else ""
    help_text = f"What {finding.tool} says of {name}." + (f" See {page}" if page else "")
    rule = _descriptor(_rule_id(finding), f"{finding.tool} {finding.rule}: {name}", help_text)
    return rule | {"name": name} | ({"helpUri": page} if page else {})


def _gate(name: str, reason: str) -> dict[str, Any]:
    return _descriptor(name, f"gate: {name}", reason or f"A rule of this run's gate: {name}")


def _descriptor(name: str, about: str, help_text: str) -> dict[str, Any]:
    """Describe a rule; code scanning asks for a full description and a help text beside the short one."""
    text = {"text": about}
    return {"id": name, "shortDescription": text, "fullDescription": text, "help": {"text": help_text}}


def _result(located: Located) -> dict[str, Any]:
    finding = located.finding
    label = "false positive" if located.wrong else "true positive"
    return {
        "ruleId": _rule_id(finding),
        "level": "warning" if located.wrong else "note",
        "message": {"text": f"{finding.message} ({label} of {located.model} on {located.task_id})"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": located.uri},
                    "region": {"startLine": max(1, finding.line), "startColumn": max(1, finding.column)},
                }
            }
        ],
        "partialFingerprints": {
            "auditorFinding/v1": f"{located.program}:{_rule_id(finding)}:{finding.line}:{finding.column}"
        },
        "properties": {"model": located.model, "task": located.task_id, "label": label.replace(" ", "_")},
    }


def _notification(result: GateResult) -> dict[str, Any]:
    return {
        "descriptor": {"id": result.rule},
        "level": _GATE_LEVELS[result.verdict],
        "message": {"text": f"{result.verdict.value}: {result.model}: {result.sentence}"},
    }


def write_programs(run: RunView, folder: Path) -> int:
    """Write every accepted program under ``folder`` where the SARIF file says it is; return how many.

    A file that is there already is replaced.
    """
    written = 0
    with Store(_database(run), create=False) as store:
        for accepted in store.accepted_solutions():
            path = folder / program_uri(accepted.model, accepted.task_id, accepted.program)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(accepted.solution, encoding="utf-8", errors="replace")
            written += 1
    return written
