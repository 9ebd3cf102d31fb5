"""ClassEval and BigCodeBench: classes and functions with ``unittest`` suites.

ClassEval: the class's main test is the base suite, all test classes the plus suite. BigCodeBench: the
examples of the docstring are the base suite, as one test, or, if the docstring shows no result or the reference
gives another, the first test of the unittest suite, which is the plus suite. Its tests patch modules and inspect
objects, so they run in the solution's process, and the verdicts say so.
"""

from __future__ import annotations

import ast
import doctest
import warnings

from auditor.benchmark.draft import Draft, Unfit
from auditor.benchmark.packages import files_mb, imported, requirements
from auditor.benchmark.rows import SourceRow
from auditor.benchmark.unittests import find_tests
from auditor.errors import InputError
from auditor.json_types import JsonObject, list_or_empty
from auditor.suites import Trust, UnittestSuite
from auditor.targets import Target, TargetKind

_GIVEN = "import os, sys\n"
"""Names that BigCodeBench's harness gives to tests and solutions; some references rely on them."""


def read_classeval(row: SourceRow) -> Draft:
    """Read a row of ClassEval; raises :class:`~auditor.benchmark.draft.Unfit` if its tests cannot be used."""
    name, test, classes = row.text("task_id"), row.text("test"), row.values.get("test_classes")
    if not isinstance(classes, list) or not classes:
        remedy = "fetch the data set again"
        raise InputError("column 'test_classes' is missing or empty", where=row.where, remedy=remedy)
    names = [str(one).strip() for one in classes]
    imports = "\n".join(map(str, list_or_empty(row.values.get("import_statement"))))
    target = Target(TargetKind.CLASS, row.text("class_name"))
    reference = f"{imports}\n\n{row.text('solution_code')}"
    return Draft(
        task_id=name, prompt=row.text("skeleton").strip() + "\n", target=target, reference=reference, where=row.where,
        base=_suite(test, name, (names[-1],)), plus=_suite(test, name, tuple(names)),
        requires=requirements(imported(reference, test)), files_mb=files_mb(reference, test),
    )  # fmt: skip


def read_bigcodebench(row: SourceRow) -> Draft:
    """Read a row of BigCodeBench; raises :class:`~auditor.benchmark.draft.Unfit` if its tests cannot be used."""
    name, prompt, entry_point = row.text("task_id"), row.text("complete_prompt"), row.text("entry_point")
    plus = _suite(_GIVEN + row.text("test"), name, None, Trust.IN_PROCESS)
    examples = _docstring_suite(prompt, entry_point, plus.tests[:1])
    base = examples or UnittestSuite(plus.source, plus.tests[:1], Trust.IN_PROCESS)
    reference = prompt + row.text("canonical_solution")
    return Draft(
        task_id=name, prompt=prompt, target=Target.function(entry_point),
        reference=reference, where=row.where, base=base, plus=plus, prelude=_GIVEN,
        requires=_packages(row.values, reference, plus.source), files_mb=files_mb(reference, plus.source),
    )  # fmt: skip


def _suite(source: str, name: str, classes: tuple[str, ...] | None, trust: Trust = Trust.SEPARATE) -> UnittestSuite:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tests = find_tests(source, classes)
    except (SyntaxError, ValueError) as error:
        raise Unfit(name, f"its tests cannot be read: {error}") from None
    if not tests:
        raise Unfit(name, "its tests cannot be found")
    return UnittestSuite(source, tests, trust)


def _docstring_suite(prompt: str, entry_point: str, otherwise: tuple[str, ...]) -> UnittestSuite | None:
    """Turn the examples of a docstring into one test; ``None`` if none of them shows a result."""
    docstring = _docstring(prompt, entry_point)
    try:
        examples = [example for example in doctest.DocTestParser().get_examples(docstring) if example.want.strip()]
    except ValueError:
        return None
    if not any(entry_point in example.source for example in examples):
        return None
    source = (
        "import doctest, unittest\n\n\nclass Examples(unittest.TestCase):\n    def test_examples(self):\n"
        f"        parsed = doctest.DocTestParser().get_doctest({docstring!r}, dict(globals()), 'examples', None, 0)\n"
        "        said = []\n"
        "        runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)\n"
        "        result = runner.run(parsed, out=said.append)\n"
        "        self.assertEqual(result.failed, 0, ''.join(said)[:400])\n"
    )
    return UnittestSuite(source, ("Examples.test_examples",), Trust.IN_PROCESS, otherwise)


def _docstring(prompt: str, entry_point: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's warnings about escapes concern the prompt only
        tree = ast.parse(f"{prompt}    pass\n")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == entry_point:
            return ast.get_docstring(node) or ""
    return ""


def _packages(values: JsonObject, *sources: str) -> tuple[str, ...]:
    """List the packages outside the standard library that a row declares or its sources import."""
    found = values.get("libs")
    try:
        libs = ast.literal_eval(found) if isinstance(found, str) else list_or_empty(found)
    except (ValueError, SyntaxError):
        libs = []
    return requirements({*map(str, libs), *imported(*sources)})
