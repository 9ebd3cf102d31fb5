"""Inside the sandbox: ``unittest`` classes and test functions, one result per test.

The solution is either in the same process, where tests may patch its modules, or in another, where its names
are proxies (:mod:`auditor.verify.inside.proxies`); in the same process tests may have the names that they have apart.
Each test's result is a line; the judge knows how many there have to be, and a process that ends before the last of them
has failed.
"""

from __future__ import annotations

import ast
import builtins
import os
import re
import symtable
import types
from collections.abc import Callable, Iterable
from typing import Any

from auditor.verify.inside import fixtures, holding, objects, proxies
from auditor.verify.inside.channel import Channel
from auditor.verify.inside.loading import describe, extend_builtins, load_module
from auditor.verify.protocol import Message, UnittestJob
from auditor.verify.told import Raised, TestResult, TestsEnded

TESTS = "<tests>"
MODULE = "tests"
_WORD = re.compile(r"[^\W\d]\w*")


def run_tests(job: UnittestJob, source: str, _inputs: list[Any], descriptor: int) -> None:
    """Load solution and tests, run each test, and report the result."""
    channel = Channel(descriptor, eager=True)
    names: dict[str, Any] = types.ModuleType(MODULE).__dict__
    names["__file__"] = os.path.join(os.getcwd(), f"{MODULE}.py")
    if job.prelude:
        extend_builtins(job.prelude)
    session: proxies.ProxySession | None = None
    if job.separate:
        session = _load_separate(job, source, names, channel, descriptor)
    elif not (_load_together if job.helpers else _load_solution)(job, source, names, channel):
        return
    try:
        exec(compile(source, TESTS, "exec", dont_inherit=True), names)  # noqa: S102 - in the sandbox
    except BaseException as error:  # noqa: BLE001 - the tests' own code, which may need what the solution lacks
        channel.send(Message.LOAD_RAISED + Raised(f"the tests do not load: {describe(error)}").body())
        return
    channel.send(Message.READY)
    _Results(channel, job, session).run(names)
    channel.send(Message.DONE + (TestsEnded() if session is None else session.ended()).body())
    channel.flush()


def _load_solution(job: UnittestJob, _source: str, names: dict[str, Any], channel: Channel) -> bool:
    """Run the solution in the namespace that the tests will have."""
    import sys

    module = types.ModuleType(MODULE)
    module.__dict__.update(names)
    sys.modules[MODULE] = sys.modules["__main__"] = module
    try:
        code = compile(job.solution.removeprefix("\ufeff"), "<solution>", "exec", dont_inherit=True)
    except BaseException as error:  # noqa: BLE001 - SyntaxError, ValueError, RecursionError …
        channel.send(Message.INVALID + Raised(describe(error)).body())
        return False
    try:
        exec(code, module.__dict__)  # noqa: S102 - in the sandbox
    except BaseException as error:  # noqa: BLE001 - sys.exit at import included
        channel.send(Message.LOAD_RAISED + Raised(describe(error)).body())
        return False
    names.clear()
    names.update(module.__dict__)
    module.__dict__.update(names)
    return True


def _load_separate(
    job: UnittestJob, source: str, names: dict[str, Any], channel: Channel, descriptor: int
) -> proxies.ProxySession:
    """Run the reference for its imports and constants, and put proxies in place of what it defines."""
    objects.keep_classes()
    _run_reference(job, names)
    session = proxies.ProxySession(channel, descriptor, names, job.taught)
    _bind(job, names, *session.exported(_words(source)))
    return session


def _load_together(job: UnittestJob, source: str, names: dict[str, Any], channel: Channel) -> bool:
    """Run the solution here, and give the tests the names that they have where they run apart."""
    solution = load_module(job.solution, channel, job.prelude)
    if solution is None:
        return False
    _run_reference(job, names)
    _bind(job, names, *holding.names_of(solution, frozenset(_words(source).split())))
    return True


def _words(source: str) -> str:
    return " ".join({*_WORD.findall(source)})


def _symbols(job: UnittestJob) -> list[symtable.Symbol]:
    return symtable.symtable(job.helpers, "<reference>", "exec").get_symbols()


def _run_reference(job: UnittestJob, names: dict[str, Any]) -> None:
    """Take the names of the reference that it does not define itself."""
    exec(compile(job.helpers, "<reference>", "exec", dont_inherit=True), names)  # noqa: S102 - in the sandbox
    _drop_definitions(_symbols(job), names)
    names.pop(job.target, None)


def _bind(
    job: UnittestJob, names: dict[str, Any], own: dict[str, Any], others: dict[str, Any], origins: dict[str, str]
) -> None:
    """Bind what a solution's module defines itself and, of its other names, those that tests mention."""
    symbols = _symbols(job)
    tools = _tools(job.helpers, symbols, names) - {job.target}
    bound = {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}
    for name, value in (own | others).items():
        if name in tools:
            continue
        if hasattr(builtins, name) and name not in bound:
            continue  # the tests mean the builtins, whatever a solution calls its own helpers
        imported = name in others and name in names and not isinstance(names[name], objects.PLAIN)
        if not (imported and origins[name] in {"", objects.origin_of(names[name])}):  # the reference imports the same
            names[name] = value


def _tools(source: str, symbols: Iterable[symtable.Symbol], names: dict[str, Any]) -> set[str]:
    """Return the names that the reference has by importing alone, for tests to have too.

    Such are modules, and what is imported under its own name. What is imported under another name takes the place of
    something that the task asks for, and an exception may do so under its own: those are the solution's.
    """
    imports = [node for node in ast.parse(source).body if isinstance(node, (ast.Import, ast.ImportFrom))]
    own = {alias.name for node in imports for alias in node.names if alias.asname in {None, alias.name}}
    alone = {one.get_name() for one in symbols if one.is_imported() and not one.is_assigned()} & names.keys()
    found = {name for name in alone if name in own or isinstance(names[name], types.ModuleType)}
    return {name for name in found if not (isinstance(names[name], type) and issubclass(names[name], BaseException))}


def _drop_definitions(symbols: Iterable[symtable.Symbol], names: dict[str, Any]) -> None:
    """Remove what the reference defines itself: a solution that lacks it must not be tested in its place."""
    for symbol in symbols:
        if not symbol.is_imported() and not isinstance(names.get(symbol.get_name()), objects.PLAIN):
            names.pop(symbol.get_name(), None)


class _Results:
    """Runs tests in the order asked for and sends a line after each."""

    def __init__(self, channel: Channel, job: UnittestJob, session: proxies.ProxySession | None) -> None:
        self._channel = channel
        self._session = session
        self._job = job
        self._failed = False

    def run(self, names: dict[str, Any]) -> None:
        """Run the tests class by class, with the fixtures of each class around its own."""
        for owner, numbers in self._by_class():
            if self._failed and self._job.stop:
                return
            if owner:
                self._run_class(names.get(owner), numbers)
            else:
                self._run_function(names.get(self._job.tests[numbers[0]]), numbers[0])

    def _by_class(self) -> Iterable[tuple[str, list[int]]]:
        groups: list[tuple[str, list[int]]] = []
        for number, test in enumerate(self._job.tests):
            owner, _, _ = test.rpartition(".")
            if owner and groups and groups[-1][0] == owner:
                groups[-1][1].append(number)
            else:
                groups.append((owner, [number]))
        return groups

    def _run_class(self, kind: Any, numbers: list[int]) -> None:
        import unittest

        if not (isinstance(kind, type) and issubclass(kind, unittest.TestCase)):
            for number in numbers:
                self._say(number, NameError("the test class is not there"), asserted=False)
            return
        if self._session is not None:
            self._session.begin(kind.failureException)
        methods = {self._job.tests[number].rpartition(".")[2]: number for number in numbers}
        suite = unittest.TestSuite(kind(method) for method in methods)
        result = _collector(methods, self._say, stop=self._job.stop)
        suite.run(result)
        if result.broken is not None:  # setUpClass or tearDownClass: no result of the class counts
            self._say(numbers[0], result.broken, asserted=False)

    def _run_function(self, function: Callable[..., Any] | None, number: int) -> None:
        try:
            if function is None:
                raise NameError("the test function is not there")  # noqa: TRY301 - told like any other failure
            with fixtures.provide(function) as made:
                function(**made)
        except BaseException as error:  # noqa: BLE001 - the test's own verdict
            self._say(number, error, asserted=isinstance(error, AssertionError))
        else:
            self._say(number, None, asserted=False)

    def _say(self, number: int, error: BaseException | None, *, asserted: bool) -> None:
        lost = None if self._session is None else self._session.end(self._job.tests[number])
        if error is None and lost is not None:
            error, asserted = lost, True
        self._failed = self._failed or error is not None
        text = "" if error is None else f"{_line_of(error)}{describe(error)}"
        self._channel.send(Message.TEST + TestResult(number, error is None, asserted, text).body())


def _collector(methods: dict[str, int], say: Callable[..., None], *, stop: bool) -> Any:  # noqa: C901 - a class of one-line hooks
    """Make a ``unittest`` result that says each test's outcome when the test has ended."""
    import unittest

    class Collector(unittest.TestResult):
        """Keeps the first problem of the running test."""

        broken: BaseException | None = None
        _problem: tuple[BaseException, bool] | None = None

        def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802 - unittest's name
            self._problem = None
            super().startTest(test)

        def stopTest(self, test: unittest.TestCase) -> None:  # noqa: N802 - unittest's name
            super().stopTest(test)
            error, asserted = self._problem or (None, False)
            say(methods[test._testMethodName], error, asserted=asserted)  # noqa: SLF001 - it has no public name
            if error is not None and stop:
                self.stop()

        def addFailure(self, test: Any, err: Any) -> None:  # noqa: N802 - unittest's name
            self._note(test, err[1], asserted=True)

        def addError(self, test: Any, err: Any) -> None:  # noqa: N802 - unittest's name
            self._note(test, err[1], asserted=False)

        def addSubTest(self, test: Any, _subtest: Any, err: Any) -> None:  # noqa: N802 - unittest's name
            self._note(test, err and err[1], asserted=err is not None and issubclass(err[0], AssertionError))

        def addSkip(self, test: Any, reason: str) -> None:  # noqa: N802 - unittest's name
            if not _is_declared_skip(test):
                self._note(test, AssertionError(f"skipped as it ran: {reason}"), asserted=False)  # a solution may do it

        def addUnexpectedSuccess(self, test: Any) -> None:  # noqa: N802 - unittest's name
            self._note(test, AssertionError("passed, though it was expected to fail"), asserted=True)

        def _note(self, test: Any, error: BaseException | None, *, asserted: bool) -> None:
            if not isinstance(test, unittest.TestCase):
                self.broken = self.broken or error
            elif self._problem is None and error is not None:
                self._problem = (error, asserted)

    return Collector()


def _is_declared_skip(test: Any) -> bool:
    """Say whether a decorator on the test's method or class asked for the skip."""
    method = getattr(test, getattr(test, "_testMethodName", ""), None)
    return any(getattr(one, "__unittest_skip__", False) for one in (type(test), method))


def _line_of(error: BaseException) -> str:
    """Name the deepest line of the tests in a traceback."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == TESTS:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"line {line}: " if line else ""
