"""Compute accuracy, ceilings, curves, utility and intervals from counts, with pure functions."""

from __future__ import annotations

from auditor.analysis.accuracy_bounds import UnjudgedSamples
from auditor.analysis.assemble import analyze
from auditor.analysis.base_tests import BaseTestRow, base_test_curve
from auditor.analysis.counts import Counts
from auditor.analysis.counts_csv import counts_from_csv
from auditor.analysis.exclusions import PAPER_HUMANEVAL, suspect_tasks
from auditor.analysis.intervals import holm, mean_interval, ratio_interval, wilson
from auditor.analysis.reading_gap import reading_gap
from auditor.analysis.second_verifier import second_verifier
from auditor.analysis.style_gap import compare_style
from auditor.analysis.style_rows import StyleRow, StyleTable
from auditor.results import AnalysisOptions, Level

__all__ = [
    "PAPER_HUMANEVAL",
    "AnalysisOptions",
    "BaseTestRow",
    "Counts",
    "Level",
    "StyleRow",
    "StyleTable",
    "UnjudgedSamples",
    "analyze",
    "base_test_curve",
    "compare_style",
    "counts_from_csv",
    "holm",
    "mean_interval",
    "ratio_interval",
    "reading_gap",
    "second_verifier",
    "suspect_tasks",
    "wilson",
]
