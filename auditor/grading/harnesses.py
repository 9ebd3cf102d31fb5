"""Imitate what other harnesses do to a program that reads standard input.

A harness that runs every program in one process replaces ``sys.stdin`` and ``sys.stdout`` by objects in memory, or
wraps the program in a function. Each function here returns a program that treats the given one in one of these ways;
it runs in the sandbox like any other. A difference that one of them reproduces is caused by that way of running.
"""

from __future__ import annotations

import ast

_MOCKED_STDIN = """\
import builtins as _b, io as _io, sys as _s
_text = _s.stdin.read()
_s.stdin = _io.StringIO(_text)
import os as _o
def _refused(*a, **k):
    raise OSError("standard input is mocked")
_b.open = lambda *a, **k: _io.StringIO(_text) if a and isinstance(a[0], str) else _refused()
_o.read = _o.fdopen = _refused
"""
_CAPTURED = """\
import io as _io, os as _o, sys as _s, threading as _t
_start, _join = _t.Thread.start, _t.Thread.join
def _later(self):
    gate = self._gate = _t.Event()
    run = self.run
    def held():
        gate.wait(0.2)
        run()
    self.run = held
    _start(self)
def _joined(self, timeout=None):
    getattr(self, "_gate", _t.Event()).set()
    _join(self, timeout)
_t.Thread.start, _t.Thread.join = _later, _joined
_real, _s.stdout = _s.stdout, _io.StringIO()
_caught = _s.stdout
try:
    exec(compile(_SOURCE, "<program>", "exec"), {"__name__": "__main__"})
except SystemExit:
    pass
_real.write(_caught.getvalue())
_real.flush()
_o._exit(0)
"""


def mocked_stdin(source: str) -> str:
    """Give the program text in memory as standard input: no ``buffer``, no descriptor 0."""
    run = 'exec(compile(_SOURCE, "<program>", "exec"), {"__name__": "__main__"})'
    return f"{_MOCKED_STDIN}_SOURCE = {source!r}\n{run}\n"


def captured_stdout(source: str) -> str:
    """Collect what the program prints in memory until its main thread returns; the rest is lost.

    Whether a thread is faster than the main thread is chance. Here it runs when the main thread waits for it, or after
    a fifth of a second.
    """
    return f"_SOURCE = {source!r}\n{_CAPTURED}"


def in_function(source: str) -> str:
    """Run the program as the body of a function, so that its module-level names are local to it.

    Returns the source unchanged if it does not parse or cannot be the body of a function.
    """
    try:
        body = ast.parse(source).body
        body = [_unguarded(node) for node in body if not _is_future(node)]
        wrapper = ast.parse("def _wrapped():\n    pass\n_wrapped()\n")
        function = wrapper.body[0]
        if not isinstance(function, ast.FunctionDef) or not body:
            return source
        imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
        function.body = [node for node in body if node not in imports] or function.body
        wrapper.body[:0] = imports
        text = ast.unparse(ast.fix_missing_locations(wrapper))
        compile(text, "<program>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
    return text


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _unguarded(node: ast.stmt) -> ast.stmt:
    """Run what is under ``if __name__ == "__main__"`` unconditionally."""
    match node:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return ast.If(ast.Constant(value=True), node.body, [])
    return node
