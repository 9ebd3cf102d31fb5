"""Tests of ``auditor.sampling``."""
