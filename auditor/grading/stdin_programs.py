"""Treat a program that reads standard input as a function of the values in its input, to explore its answers.

The program runs in the sandbox as usual, but with in-memory standard streams, so that thousands of inputs are cheap. A
program that needs real streams gives no answer there and is ignored. The resulting tests are judged with real streams,
by the verifier, before they are added.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from auditor.comparators import Comparator
from auditor.grading.ground import ProgramPool
from auditor.grading.stdin_grammar import RENDER, Arguments, Grammar, learn
from auditor.mutation.mutate import mutants
from auditor.records import InputSuite, StdinSuite, Task
from auditor.targets import Target

_WRAPPER = """\
import contextlib as _contextlib, io as _io, sys as _sys
{render}
_SPEC = {spec!r}
_PROGRAM = compile({source!r}, "<program>", "exec")


def run(*arguments):
    text = render(_SPEC, arguments)
    given, written = _sys.stdin, _io.StringIO()
    _sys.stdin = _io.TextIOWrapper(_io.BytesIO(text.encode()), encoding="utf-8")
    try:
        with _contextlib.redirect_stdout(written), _contextlib.suppress(SystemExit):
            exec(_PROGRAM, {{"__name__": "__main__"}})
    finally:
        _sys.stdin = given
    output = written.getvalue()
    return {shown}
"""
_CONTRACT = """
{render}
_SPEC = {spec!r}
{contract}
_valid = valid


def valid(*arguments):
    return _valid(render(_SPEC, arguments))
"""
_SHOWN = {
    Comparator.EXACT: "output",
    Comparator.LINES: r"[line.rstrip(' \t\v\f\r') for line in output.rstrip(' \t\n\v\f\r').split('\n')]",
    Comparator.LINES_DECIMAL: "[line.strip() for line in output.strip().split('\\n')]",
    Comparator.TOKENS: "output.encode('utf-8', 'surrogatepass').split()",  # bytes are split at ASCII's blanks
    Comparator.TOKENS_FLOAT: "output.encode('utf-8', 'surrogatepass').split()",
    Comparator.IGNORE_CASE: "output.encode('utf-8', 'surrogatepass').lower().split()",
    Comparator.MULTISET: r"sorted(filter(None, (line.strip(' \t\v\f\r') for line in output.split('\n'))))",
}
"""Canonical form of an output by the suite's rule of equality; tolerances are left to the verifier."""


@dataclass(frozen=True, slots=True)
class StdinTask:
    """A program task as a function task."""

    task: Task
    """The function ``run`` of the values in the input."""
    grammar: Grammar
    original: Task

    def pool(self, programs: ProgramPool) -> ProgramPool:
        """Wrap programs, and the mutants of the reference; constants still come from the programs themselves."""
        own = self.original
        written = (own.reference, *own.known_right, *programs.right, *programs.samples)
        return replace(
            programs, right=self._wrapped(programs.right), wrong=self._wrapped(programs.wrong),
            samples=self._wrapped(programs.samples), written=written,
            mutants=self._wrapped(one.source for one in mutants(own.reference)),
        )  # fmt: skip

    def _wrapped(self, sources: Iterable[str]) -> tuple[str, ...]:
        comparator = self.original.base.comparator if isinstance(self.original.base, StdinSuite) else Comparator.LINES
        return tuple(_wrap(source, self.grammar, comparator) for source in sources)

    def text(self, arguments: Arguments) -> str:
        """Return the input that values represent."""
        return self.grammar.render(arguments)


def why_no_grammar(task: Task) -> str:
    """Say why a program task cannot be strengthened; empty if it can."""
    base, plus = task.base, task.plus
    if not isinstance(base, StdinSuite) or not isinstance(plus, StdinSuite):
        return "its suites are not both given as standard input"
    if Comparator.CHECKER in {base.comparator, plus.comparator} or base.comparator is not plus.comparator:
        return "its outputs are compared by a checker, or by two rules"
    if not task.reference:
        return "it has no reference"
    return "" if learn([*base.stdin, *plus.stdin]) else "no grammar of lines, rows and counts fits its inputs"


def as_function(task: Task) -> StdinTask:
    """Return a program task as a function task; :func:`why_no_grammar` says beforehand if that is impossible."""
    base, plus = task.base, task.plus
    assert isinstance(base, StdinSuite)
    assert isinstance(plus, StdinSuite)
    grammar = learn([*base.stdin, *plus.stdin])
    assert grammar is not None

    def wrap(source: str) -> str:
        return _wrap(source, grammar, base.comparator)

    contract = _CONTRACT.format(render=RENDER, spec=grammar.spec(), contract=task.contract) if task.contract else ""
    function = replace(
        task, target=Target.function("run"), reference=wrap(task.reference), contract=contract, prelude="",
        known_right=tuple(map(wrap, task.known_right)), known_wrong=tuple(map(wrap, task.known_wrong)),
        base=InputSuite(tuple(grammar.parse(text) for text in base.stdin)),
        plus=InputSuite(tuple(grammar.parse(text) for text in plus.stdin)),
    )  # fmt: skip
    return StdinTask(function, grammar, task)


def _wrap(source: str, grammar: Grammar, comparator: Comparator) -> str:
    """Return a module with ``run``; a program that does not compile is unchanged and gives no answers."""
    try:
        compile(source, "<program>", "exec")
    except (SyntaxError, ValueError):
        return source
    return _WRAPPER.format(render=RENDER, spec=grammar.spec(), source=source, shown=_SHOWN[comparator])
