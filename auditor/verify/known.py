"""Published benchmarks whose references are known to pass: each runs only when a program needs its outputs.

Seven references of HumanEval+ take nine tenths of the time of all, and a task's plus suite is not needed before a
program passes its base suite. Other benchmarks, and other Pythons than those tried, have every reference checked.
"""

from __future__ import annotations

_FIT = frozenset(
    {
        "d48353e01053fb600df8bcf2a2cb6709fc7faddf0e281e5768286cb48d3a2e1a",  # EvalPlus's HumanEvalPlus v0.1.10
        "c931faf08966fbfc62d429b447c77e5153d77b370bd6c2232bfbc06bbcbb31a4",  # EvalPlus's MbppPlus v0.2.0
    }
)
"""Digests of benchmarks (:attr:`auditor.records.Benchmark.digest`): of all their tasks, suites and references."""
_PYTHONS = ("3.11.",)
"""Prefixes of the Python versions with which all these references were seen to pass both suites, twice."""


def are_fit(benchmark: str, python: str) -> bool:
    """Return whether all references of the benchmark of that digest pass with that version of Python."""
    return benchmark in _FIT and python.startswith(_PYTHONS)
