"""Extract the program to judge from a model's answer: spans, readings, choice.

``extract`` reads a chat answer, ``assemble`` a continuation of the prompt, ``complete`` a recorded program.
"""

from __future__ import annotations

from auditor.extraction.extract import VERSION, Extraction, assemble, complete, extract
from auditor.extraction.reading import Reading
from auditor.extraction.spans import Span, SpanKind

__all__ = ["VERSION", "Extraction", "Reading", "Span", "SpanKind", "assemble", "complete", "extract"]
