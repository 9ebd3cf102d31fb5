"""radon's numbers for a parsed program, each guarded, as radon raises exceptions on unusual code.

The maintainability index misleads on short functions (100 for an empty one, and a long docstring lowers it), so no
built-in rubric gives it weight.
"""

from __future__ import annotations

import ast
import functools
import tokenize
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from typing import ClassVar, Protocol

from auditor.records import LinterName
from auditor.style.linters.interface import Linter, Measure, Number, Probe, ProgramFile, ToolReport, Workspace
from auditor.style.source import StyledSource

_NOT_LINE_ENDS = dict.fromkeys(map(ord, "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), " ")
"""Characters that radon, unlike Python, treats as line ends."""

REMEMBERED_LINES = 4096
REMEMBERED_LENGTH = 500
"""Characters; longer pieces are tokenized again to limit memory."""

_MEANINGS: dict[str, str] = {
    "complexity": "largest cyclomatic complexity of a function, a method or the code outside them, by the model",
    "complexity_total": "cyclomatic complexity of the whole program",
    "halstead_volume": "Halstead's volume",
    "halstead_difficulty": "Halstead's difficulty",
    "halstead_effort": "Halstead's effort",
    "halstead_bugs": "Halstead's estimate of bugs",
    "maintainability_index": "0 to 100; misleading on short programs",
    "loc": "lines, all of them",
    "lloc": "logical lines",
    "sloc": "source lines",
    "comments": "comments",
    "multi": "lines of multi-line strings",
    "blank": "blank lines",
    "single_comments": "lines that are only a comment or a one-line docstring",
}


class Radon(Linter):
    """radon, which has numbers but no rules."""

    name = LinterName("radon")
    probe = Probe("def first(x):\n    return 1 if x else 2\n", values={"complexity": 2.0, "sloc": 2.0})
    measures: ClassVar[Mapping[str, Number]] = {name: Number(name, meaning) for name, meaning in _MEANINGS.items()}

    def versions(self) -> dict[str, str]:
        """Return radon's version."""
        return {"radon": metadata.version("radon")}

    def start(self, workspace: Workspace) -> RadonSession:
        """Return a session; there is nothing to start."""
        return RadonSession(workspace)


class RadonSession:
    """Measurement of one program after another."""

    def __init__(self, workspace: Workspace) -> None:
        """Read from ``workspace`` which numbers are needed for the whole program."""
        self._announce = workspace.announce
        self._whole = bool(workspace.whole_program & Radon.measures.keys())

    def check(self, files: Sequence[ProgramFile]) -> dict[str, ToolReport]:
        """Measure each program; numbers that radon cannot compute are missing, and the report names them."""
        reports = {}
        for file in files:
            self._announce(file.program)
            reports[file.program] = _measure(file.source)
            if self._whole:
                whole = _measure(file.source.all_model()).measures
                reports[file.program] = reports[file.program]._replace(whole=whole)
        return reports


def _measure(source: StyledSource) -> ToolReport:
    values: dict[str, float] = {}
    failures: list[str] = []
    for name, measure in _MEASURES.items():
        try:
            values |= measure(source)
        except Exception as error:  # noqa: BLE001 - radon raises anything on hostile code; it is named, not hidden
            failures.append(f"{name}: {type(error).__name__}")
    if not failures:
        values |= _index(values)
    failed = f"radon failed ({', '.join(failures)})" if failures else ""
    return ToolReport(failed=failed, measures={name: Measure(value) for name, value in values.items()})


def _complexity(source: StyledSource) -> dict[str, float]:
    """Return the largest complexity of what the model wrote: functions, methods and the code outside them."""
    from radon.visitors import ComplexityVisitor

    visitor = ComplexityVisitor.from_ast(source.tree)
    blocks = _blocks(visitor)
    seen = {(block.lineno, block.name) for block in blocks}
    for node in source.functions:
        if (node.lineno, node.name) not in seen:  # radon does not look into classes that are inside functions
            inner = ComplexityVisitor.from_ast(node)
            blocks += _blocks(inner)
            seen |= {(block.lineno, block.name) for block in _blocks(inner)}
    mine = {(node.lineno, node.name) for node in source.functions if source.written_by_model(node)}
    found = [block.complexity for block in blocks if (block.lineno, block.name) in mine]
    if source.top_level:
        found.append(ComplexityVisitor.from_ast(ast.Module(source.top_level, [])).complexity)
    largest = {"complexity": float(max(found))} if found else {}
    return {**largest, "complexity_total": float(visitor.total_complexity)}


class _RadonBlock(Protocol):
    """A function, method or closure that radon measured."""

    name: str
    lineno: int
    complexity: int
    closures: list[_RadonBlock]


class _Class(Protocol):
    """A class that radon measured."""

    methods: list[_RadonBlock]
    inner_classes: list[_Class]


class _Visitor(Protocol):
    """radon's results for a tree."""

    functions: list[_RadonBlock]
    classes: list[_Class]


def _blocks(visitor: _Visitor) -> list[_RadonBlock]:
    """List every function, method and closure that radon found."""
    found: list[_RadonBlock] = []
    open_blocks = [*visitor.functions, *(method for cls in _classes(visitor.classes) for method in cls.methods)]
    while open_blocks:
        block = open_blocks.pop()
        found.append(block)
        open_blocks += block.closures
    return found


def _classes(classes: list[_Class]) -> list[_Class]:
    return [inner for cls in classes for inner in (cls, *_classes(cls.inner_classes))]


def _halstead(source: StyledSource) -> dict[str, float]:
    from radon.metrics import h_visit_ast

    total = h_visit_ast(source.tree).total
    return {f"halstead_{name}": float(getattr(total, name)) for name in ("volume", "difficulty", "effort", "bugs")}


def _raw(source: StyledSource) -> dict[str, float]:
    from radon.raw import analyze

    _remember_lines()
    return {name: float(value) for name, value in analyze(source.text.translate(_NOT_LINE_ENDS))._asdict().items()}


@functools.cache
def _remember_lines() -> None:
    """Cache tokens by line in radon's line counter, which tokenizes line by line: programs share most lines."""
    from radon import raw

    original = raw._generate  # noqa: SLF001 - as below
    remembered = functools.lru_cache(REMEMBERED_LINES)(lambda code: _outcome(original, code))

    def generate(code: str) -> object:
        tokens, error = remembered(code) if len(code) <= REMEMBERED_LENGTH else _outcome(original, code)
        if error is not None:
            raise tokenize.TokenError(*error)
        return tokens

    raw._generate = generate  # noqa: SLF001 - there is no other way in


def _outcome(generate: Callable[[str], object], code: str) -> tuple[object, tuple[object, ...] | None]:
    """Return the tokens, or the arguments of :class:`tokenize.TokenError`, as a line may be incomplete."""
    try:
        return generate(code), None
    except tokenize.TokenError as error:
        return None, error.args


def _index(values: dict[str, float]) -> dict[str, float]:
    """Compute the maintainability index as ``radon mi`` does, counting multi-line strings as comments."""
    from radon.metrics import mi_compute

    comments = values["comments"] + values["multi"]
    share = 100.0 * comments / values["sloc"] if values["sloc"] else 0.0
    value = mi_compute(values["halstead_volume"], values["complexity_total"], values["lloc"], share)
    return {"maintainability_index": float(value)}


_MEASURES: dict[str, Callable[[StyledSource], dict[str, float]]] = {
    "complexity": _complexity,
    "halstead": _halstead,
    "raw": _raw,
}
