"""Audit what resampling a code model until the unit tests pass really yields."""

from __future__ import annotations

__version__ = "0.1.0"
