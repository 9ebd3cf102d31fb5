"""Gate results as JUnit XML, one case for each rule and model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from auditor.gates.outputs.text import subject
from auditor.results import GateResult, Judgement, Severity, to_plain

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters not allowed in XML 1.0."""


def to_junit(results: Sequence[GateResult]) -> str:
    """Render a suite: a failed rule is a failure, an inconclusive one an error, a warning is skipped."""
    cases = [_case(result) for result in results]
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
        "time": "0",
    }
    suites = ET.Element("testsuites", {"name": "auditor gate", **counts})
    suite = ET.SubElement(suites, "testsuite", {"name": "auditor gate", **counts})
    suite.extend(cases)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _case(result: GateResult) -> ET.Element:
    name = f"{subject(result)} [{result.model}]"
    case = ET.Element("testcase", {"classname": result.metric, "name": _legal(name), "time": "0"})
    properties = ET.SubElement(case, "properties")
    for key, value in to_plain(result).items():
        if isinstance(value, str | int | float):
            ET.SubElement(properties, "property", {"name": key, "value": _legal(str(value))})
    if result.verdict is not Judgement.PASS:
        kind = "failure" if result.verdict is Judgement.FAIL else "error"
        tag = "skipped" if result.severity is Severity.WARNING else kind
        about = {"type": result.verdict.value, "message": _legal(result.sentence)}
        ET.SubElement(case, tag, about).text = _legal(result.reason or result.sentence)
    return case


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
