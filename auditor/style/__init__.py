"""Style of programs: ruff, pylint, radon and our own checks against a rubric. It judges nothing else."""

from auditor.style.loading import list_rubrics, load_rubric
from auditor.style.rubric import Criterion, Rubric, describe_rubric, overlaps
from auditor.style.runner import score_programs
from auditor.style.versions import tool_versions

__all__ = [
    "Criterion",
    "Rubric",
    "describe_rubric",
    "list_rubrics",
    "load_rubric",
    "overlaps",
    "score_programs",
    "tool_versions",
]
