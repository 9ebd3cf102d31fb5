"""Load tasks with suites from a source."""

from __future__ import annotations

from auditor.benchmark.demo import DemoVariant, demo_variants
from auditor.benchmark.digests import output_rules, tests_digests
from auditor.benchmark.load import load_benchmark

__all__ = ["DemoVariant", "demo_variants", "load_benchmark", "output_rules", "tests_digests"]
