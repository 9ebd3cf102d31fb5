"""Inside the sandbox: the fixtures of pytest that test functions may ask for, without pytest.

They do what their namesakes do, as far as tests of a solution use them. Everything is undone when the test has ended.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import os
import pathlib
import sys
import tempfile
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, NamedTuple

_MISSING: Any = object()


class Captured(NamedTuple):
    """What was printed since the last look."""

    out: str
    err: str


class CaptureStreams:
    """``capsys``: keeps what is printed to the standard streams."""

    def __init__(self) -> None:
        self._streams = (io.StringIO(), io.StringIO())
        self._before = (sys.stdout, sys.stderr)
        sys.stdout, sys.stderr = self._streams

    def readouterr(self) -> Captured:
        """Return what was printed and forget it."""
        texts = [stream.getvalue() for stream in self._streams]
        for stream in self._streams:
            stream.seek(0)
            stream.truncate()
        return Captured(*texts)

    @contextlib.contextmanager
    def disabled(self) -> Iterator[None]:
        """Print as if nothing captured it."""
        self.undo()
        try:
            yield
        finally:
            sys.stdout, sys.stderr = self._streams

    def undo(self) -> None:
        """Give the streams back."""
        sys.stdout, sys.stderr = self._before


class MonkeyPatch:
    """``monkeypatch``: changes attributes, items and the environment until the test ends."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def setattr(self, target: Any, name: Any, value: Any = _MISSING, raising: bool = True) -> None:
        """Set an attribute; ``target`` may be a dotted name, with the value in second place."""
        if value is _MISSING:
            value, (target, name) = name, _resolve(target)
        before = getattr(target, name, _MISSING)
        if raising and before is _MISSING:
            raise AttributeError(f"{target!r} has no attribute {name!r}")
        if inspect.isclass(target):
            before = vars(target).get(name, _MISSING)  # as it is, not bound to the class
        setattr(target, name, value)
        self._undo.append(lambda: delattr(target, name) if before is _MISSING else setattr(target, name, before))

    def delattr(self, target: Any, name: Any = _MISSING, raising: bool = True) -> None:
        """Delete an attribute."""
        if name is _MISSING:
            target, name = _resolve(target)
        if not hasattr(target, name):
            if raising:
                raise AttributeError(name)
            return
        before = vars(target).get(name, _MISSING) if inspect.isclass(target) else getattr(target, name)
        delattr(target, name)
        self._undo.append(lambda: setattr(target, name, before))

    def setitem(self, mapping: MutableMapping[Any, Any], name: Any, value: Any) -> None:
        """Set an item of a mapping."""
        before = mapping.get(name, _MISSING)
        mapping[name] = value
        self._undo.append(lambda: _restore(mapping, name, before))

    def delitem(self, mapping: MutableMapping[Any, Any], name: Any, raising: bool = True) -> None:
        """Delete an item of a mapping."""
        if name not in mapping:
            if raising:
                raise KeyError(name)
            return
        before = mapping.pop(name)
        self._undo.append(lambda: _restore(mapping, name, before))

    def setenv(self, name: str, value: Any, prepend: str | None = None) -> None:
        """Set an environment variable."""
        text = str(value)
        if prepend and name in os.environ:
            text += prepend + os.environ[name]
        self.setitem(os.environ, name, text)

    def delenv(self, name: str, raising: bool = True) -> None:
        """Delete an environment variable."""
        self.delitem(os.environ, name, raising)

    def chdir(self, path: Any) -> None:
        """Change the working folder."""
        before = os.getcwd()
        os.chdir(path)
        self._undo.append(lambda: os.chdir(before))

    def undo(self) -> None:
        """Undo every change, the last first."""
        while self._undo:
            self._undo.pop()()


def _resolve(dotted: str) -> tuple[Any, str]:
    """Return the object that holds the last part of a dotted name, and that part."""
    *path, name = dotted.split(".")
    found: Any = importlib.import_module(path[0])
    for number, part in enumerate(path[1:], 2):
        if not hasattr(found, part):
            importlib.import_module(".".join(path[:number]))
        found = getattr(found, part)
    return found, name


def _restore(mapping: MutableMapping[Any, Any], name: Any, before: Any) -> None:
    if before is _MISSING:
        mapping.pop(name, None)
    else:
        mapping[name] = before


@contextlib.contextmanager
def provide(function: Callable[..., Any]) -> Iterator[dict[str, Any]]:
    """Make the fixtures that a test function's parameters name, and undo them at the end."""
    made: dict[str, Any] = {}
    with contextlib.ExitStack() as ending:
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.default is not inspect.Parameter.empty:
                continue
            made[name] = _MAKERS[name](function.__name__)
            if hasattr(made[name], "undo"):
                ending.callback(made[name].undo)
        yield made


_MAKERS: dict[str, Callable[[str], Any]] = {
    "capsys": lambda _: CaptureStreams(),
    "monkeypatch": lambda _: MonkeyPatch(),
    "tmp_path": lambda test: pathlib.Path(tempfile.mkdtemp(prefix=f"{test[:60]}-")),
}
