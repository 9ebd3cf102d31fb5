"""What a linter says, before it is known whose line it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

MAX_REMARKS = 1000
"""Remarks kept of one program and tool; a metric says how many there were."""
MAX_MESSAGE = 300
"""Characters of a message; hostile names can be very long."""


class Remark(NamedTuple):
    """One remark of one tool."""

    tool: str
    rule: str
    name: str
    message: str
    line: int
    """From 1."""
    column: int
    """From 1."""
    url: str = ""


class ToolReport(NamedTuple):
    """What one tool made of one program."""

    remarks: list[Remark]
    failed: str = ""
    """Why the tool gave no answer; empty where it did."""
    unparsable: str = ""
    """The tool's own syntax error; empty where it could read the program."""
    metrics: Mapping[str, float] = MappingProxyType({})
