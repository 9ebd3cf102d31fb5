"""Score the style of programs with linters and our own checks, under a rubric."""

from auditor.style.catalog import rules_named, vocabulary
from auditor.style.explain import CriterionOutcome, explain
from auditor.style.loading import list_rubrics, load_rubric, starting_text
from auditor.style.rubric import Criterion, Rubric, describe_rubric, overlaps, tool_versions
from auditor.style.runner import score_programs

__all__ = [
    "Criterion",
    "CriterionOutcome",
    "Rubric",
    "describe_rubric",
    "explain",
    "list_rubrics",
    "load_rubric",
    "overlaps",
    "rules_named",
    "score_programs",
    "starting_text",
    "tool_versions",
    "vocabulary",
]
