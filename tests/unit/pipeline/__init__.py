"""Tests of ``auditor.pipeline``."""
