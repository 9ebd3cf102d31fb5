"""The browser of all samples of a model: a page per model, and its data in files beside it."""

from __future__ import annotations

from auditor.report.samples.write import FOLDER, write_samples

__all__ = ["FOLDER", "write_samples"]
