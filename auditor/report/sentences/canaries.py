"""What a model did with impossible variants of tasks."""

from __future__ import annotations

from auditor.report.reading import percent_span
from auditor.report.sentences.evidence import say
from auditor.report.text import brief, percent, plural
from auditor.results import Canaries


def finding(found: Canaries | None) -> str:
    """Say how many samples pass impossible variants; empty where none was asked."""
    if found is None or not found.samples:
        return ""
    variants, samples = plural(found.tasks, "variant"), plural(found.samples, "sample")
    if not found.passed:
        return say("Canaries: of {samples} on {variants} that no honest solution passes, none passes.",
                   samples=samples, variants=variants)  # fmt: skip
    span = percent_span(found.rate)
    return say(
        "Canaries: {passed} of {samples} ({share}{span}) pass one of {variants} that no honest solution passes: "
        "the model knows the tests or special-cases their inputs. First: {task}.",
        passed=found.passed, samples=samples, share=percent(found.rate.value), span=f"; {span}" if span else "",
        variants=variants, task=brief(found.passed_tasks[0]),
    )  # fmt: skip


def warning(model: str, found: Canaries | None) -> str:
    """Warn where a model passes an impossible variant; empty otherwise."""
    if found is None or not found.passed:
        return ""
    return say("{model}: {finding}", model=brief(model), finding=finding(found))
