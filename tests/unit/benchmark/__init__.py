"""Tests of ``auditor.benchmark``."""
