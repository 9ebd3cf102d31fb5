"""Tests of ``auditor.verify``."""
