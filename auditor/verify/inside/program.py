"""Inside the sandbox: a program that reads standard input and writes standard output, and checkers of its output.

The process becomes the program's own: descriptor 0 is a file with the input, descriptor 1 the channel, so
that every way of reading and writing works, and the interpreter is taken down as it would be at the end of
``python program.py``: threads are joined, exit handlers run, buffers are flushed. What the program writes is
a claim like any other; the judge compares it with outputs that never enter this process.
"""

from __future__ import annotations

import _sitebuiltins
import atexit
import builtins
import functools
import gc
import io
import json
import marshal
import os
import sys
import threading
import types
from typing import Any

from auditor.verify.compiled import CODE_BYTES, frame_code, reads_itself
from auditor.verify.inside.channel import Channel, read_exactly
from auditor.verify.inside.loading import describe, with_fallbacks
from auditor.verify.protocol import CheckJob, Message, ProgramJob, read_frame
from auditor.verify.told import Raised

NAME = "program.py"
_TEXTS = {
    "copyright": sys.copyright,
    "credits": "See www.python.org for more information.",
    "license": "See https://www.python.org/psf/license/",
}
_NOTES = 4
_write, _exit = os.write, os._exit  # a program may replace them, and must not steer its own end by that


def run_program(job: ProgramJob, source: str, _inputs: list[Any], descriptor: int) -> None:
    """Run a source as ``__main__``; the process ends with the program's exit status and does not return."""
    channel = Channel(descriptor, eager=True)
    try:
        code = _code(source, job)
    except MemoryError:
        channel.send(Message.MEMORY)
        return
    except BaseException as error:  # noqa: BLE001 - SyntaxError, ValueError, RecursionError, OverflowError …
        channel.send(Message.INVALID + Raised(describe(error)).body())
        return
    channel.send(Message.READY)
    os.dup2(descriptor, 1)
    os.close(descriptor)
    _open_streams()
    main = [types.ModuleType("__main__")]
    main[0].__dict__.update(__file__=NAME, __cached__=None, __builtins__=_builtins(job.prelude))
    sys.modules["__main__"] = main[0]
    if not job.compiled and reads_itself(source):
        _offer_source(source)
    sys.argv[:] = [NAME]
    status = _status_of(functools.partial(exec, code, main[0].__dict__))
    status = _status_of(_finish) or status
    del code
    _status_of(functools.partial(_take_down, main))
    _exit(status & 0xFF)


def _code(source: str, job: ProgramJob) -> types.CodeType:
    """Compile a program, or take the compiled one; leave it for the next run if that is asked for.

    A program cannot change what is left: it has not run yet. Only another run of the same program gets it.
    """
    if job.compiled:
        code: types.CodeType = marshal.loads(source.encode("latin-1"))  # noqa: S302 - of this program, in the sandbox
        return code
    code = compile(source.removeprefix("\ufeff"), NAME, "exec", dont_inherit=True)
    if job.keep:
        try:
            packed = marshal.dumps(code)
        except ValueError:  # nested too deeply
            packed = b""
        os.write(_NOTES, frame_code(packed if len(packed) <= CODE_BYTES else b""))  # always, before the program can
    return code


def _builtins(prelude: str) -> types.ModuleType:
    """Return the builtins as a program has them: with what ``site`` adds, which fork servers do without."""
    quits = {name: _sitebuiltins.Quitter(name, "Ctrl-D (i.e. EOF)") for name in ("exit", "quit")}
    texts = {name: _sitebuiltins._Printer(name, text) for name, text in _TEXTS.items()}  # noqa: SLF001 - site's own
    vars(builtins).update(quits, help=_sitebuiltins._Helper(), **texts)  # noqa: SLF001 - as above
    if not prelude:
        return builtins
    extended = types.ModuleType("builtins")
    vars(extended).update(with_fallbacks(prelude, {}))
    return extended


def _offer_source(source: str) -> None:
    """Let a program read its own text: by ``open(__file__)``, :mod:`inspect` and tracebacks."""
    import linecache

    linecache.cache[NAME] = (len(source), None, source.splitlines(keepends=True), NAME)
    whole, own = io.open, os.path.abspath(NAME)

    @functools.wraps(whole)
    def with_itself(file: Any, mode: str = "r", *arguments: Any, **keywords: Any) -> Any:
        try:
            return whole(file, mode, *arguments, **keywords)
        except OSError:
            if type(file) is int or os.path.abspath(os.fsdecode(file)) != own or set(mode) - set("rbt"):
                raise
            content = io.BytesIO(source.encode("utf-8", "surrogatepass"))
            return content if "b" in mode else io.TextIOWrapper(content, "utf-8")

    builtins.open = io.open = with_itself


def _open_streams() -> None:
    """Open the standard streams again on the descriptors as they are now."""
    stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "rb", closefd=False)), encoding="utf-8", errors="replace")
    stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "wb", closefd=False)), "utf-8", "backslashreplace")
    for stream, name, mode in ((stdin, "<stdin>", "r"), (stdout, "<stdout>", "w")):
        stream.buffer.raw.name = name
        stream.mode = mode  # type: ignore[misc]
    sys.stdin = sys.__stdin__ = stdin  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = stdout  # type: ignore[misc]


def _status_of(work: functools.partial[None] | Any) -> int:
    """Do something and return the exit status that it asks for; what it raises is noted."""
    try:
        work()
    except SystemExit as leaving:
        if leaving.code is None or isinstance(leaving.code, int):
            return leaving.code or 0
        return 1
    except BaseException as error:  # noqa: BLE001 - the program's own end
        kind = Message.MEMORY if isinstance(error, MemoryError) else Message.RAISED
        note = kind + Raised(describe(error)).body()
        _write(_NOTES, note.encode("ascii")[:1024])
        return 1
    return 0


def _finish() -> None:
    """Do what the interpreter does at its end: join threads, run exit handlers, flush what is buffered."""
    shutdown = getattr(threading, "_shutdown", None)
    if shutdown is not None:
        shutdown()
    atexit._run_exitfuncs()  # noqa: SLF001 - what the interpreter itself calls, which has no public name
    _flush()


def _take_down(main: list[types.ModuleType]) -> None:
    """Release the program's names: ``__del__`` runs, generators are closed, and files are flushed.

    As the interpreter does it: a collection before the names go puts objects in the order in which they hold one
    another, and the next one ends them in that order, a file before what it writes to.
    """
    gc.collect()
    sys.modules.pop("__main__", None)
    sys.stdin, sys.stdout = sys.__stdin__, sys.__stdout__
    main.clear()
    gc.collect()
    _flush()


def _flush() -> None:
    for stream in (sys.stdout, sys.__stdout__):
        if stream is not None and not stream.closed:
            stream.flush()


def run_checker(_job: CheckJob, source: str, _inputs: list[Any], descriptor: int) -> None:
    """Ask ``check(stdin, stdout, expected)`` of a source about one output, and say its answer."""
    channel = Channel(descriptor, eager=True)
    names: dict[str, Any] = {"__name__": "checker"}
    try:
        exec(compile(source, "<checker>", "exec", dont_inherit=True), names)  # noqa: S102 - in the sandbox
        channel.send(Message.READY)
        texts = json.loads(read_frame(functools.partial(read_exactly, descriptor)))
        channel.send(Message.CHECKED + json.dumps(_decision(names["check"](*texts))))
    except BaseException as error:  # noqa: BLE001 - whatever the checker raises is its answer
        channel.send(Message.RAISED + Raised(describe(error)).body())


def _decision(answer: Any) -> tuple[bool, str]:
    """Read what a checker returned: a truth value, or one with a message."""
    right, why = answer if isinstance(answer, tuple) and len(answer) == 2 else (answer, "")
    if not isinstance(right, bool):
        raise TypeError(f"check returned {type(right).__name__}, not True or False")
    return right, str(why)[:500]
