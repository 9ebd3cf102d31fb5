"""From counts to accuracy, ceilings, curves, utility and intervals; pure functions."""

from __future__ import annotations

from auditor.analysis.analyze import analyze
from auditor.analysis.base_tests import BaseTestRow, base_test_curve
from auditor.analysis.counts import Counts
from auditor.analysis.counts_csv import counts_from_csv
from auditor.analysis.exclusions import PAPER_HUMANEVAL, suspect_tasks
from auditor.analysis.intervals import Interval, holm, mean_interval, ratio_interval, wilson
from auditor.analysis.options import AnalysisOptions, Level

__all__ = [
    "PAPER_HUMANEVAL",
    "AnalysisOptions",
    "BaseTestRow",
    "Counts",
    "Interval",
    "Level",
    "analyze",
    "base_test_curve",
    "counts_from_csv",
    "holm",
    "mean_interval",
    "ratio_interval",
    "suspect_tasks",
    "wilson",
]
