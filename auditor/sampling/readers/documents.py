"""Read JSON documents item by item (a list, or a list under one key of an object) in constant memory.

Tools that write one large JSON value write ``NaN``, lone surrogates and hundreds of megabytes, which ``json`` reads
only as a whole. Items are read with ``json`` itself, so values are the same as with ``json.load``.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO

from auditor.benchmark.unpacked import DAMAGED
from auditor.errors import InputError
from auditor.json_types import JsonValue, why_not_json

_CHUNK = 1 << 16
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def items(file: IO[bytes], where: str, key: str | None = None) -> Iterator[tuple[int, JsonValue]]:
    """Stream (line, item) of the document's list or, with ``key``, of the list under that key.

    If ``key`` holds an object, the items are [name, value] pairs. Lines count from 1. Raises
    :class:`~auditor.errors.InputError` for any other JSON, with ``where`` and the line.
    """
    text = _Text(file, where)
    if key is None:
        yield from _elements(text)
        return
    for name in _names(text):
        if name != key:
            text.value()
        elif text.peek() == "[":
            yield from _elements(text)
        elif text.peek() == "{":
            for inner in _names(text):
                yield text.line, [inner, text.value()]
        else:
            text.value()


def _elements(text: _Text) -> Iterator[tuple[int, JsonValue]]:
    text.expect("[")
    if text.take("]"):
        return
    while True:
        text.peek()
        line = text.line
        yield line, text.value()
        if text.take("]"):
            return
        text.expect(",")


def _names(text: _Text) -> Iterator[str]:
    """Stream the names of an object; the caller must read each value before asking for the next name."""
    text.expect("{")
    if text.take("}"):
        return
    while True:
        if text.peek() != '"':
            text.refuse("a name in quotes is missing")
        name = str(text.value())
        text.expect(":")
        yield name
        if text.take("}"):
            return
        text.expect(",")


class _Text:
    """A window on a text that moves forward as values are read."""

    def __init__(self, file: IO[bytes], where: str) -> None:
        self.line = 1
        self._where = where
        self._file = file
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._window = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """Return the next non-space character; empty at the end."""
        while True:
            end = _end(_SPACE.match(self._window, self._at))
            self._advance(end)
            if self._at < len(self._window):
                return self._window[self._at]
            if not self._more():
                return ""

    def take(self, mark: str) -> bool:
        """Skip ``mark`` if it is next."""
        if self.peek() != mark:
            return False
        self._at += 1
        return True

    def expect(self, mark: str) -> None:
        """Skip ``mark`` or reject the document."""
        if not self.take(mark):
            self.refuse(f"{mark!r} is missing" if self.peek() else "the file ends too early: it is cut off")

    def value(self) -> JsonValue:
        """Read the next value, whatever its size."""
        self.peek()
        while True:
            try:
                value: JsonValue
                value, end = _DECODER.raw_decode(self._window, self._at)
            except (ValueError, RecursionError) as error:
                if self._more():
                    continue
                self.refuse(
                    f"not JSON: {error.msg if isinstance(error, json.JSONDecodeError) else why_not_json(error)}"
                )
            else:
                if end == len(self._window) and self._more():
                    continue  # a number may continue
                self._advance(end)
                return value

    def refuse(self, message: str) -> None:
        """Raise an error for the document at the current line."""
        raise InputError(message, where=f"{self._where}:{self.line}", remedy="save or fetch the file again")

    def _advance(self, end: int) -> None:
        self.line += self._window.count("\n", self._at, end)
        self._at = end

    def _more(self) -> bool:
        """Double the window; return whether there was more to read."""
        if self._ended:
            return False
        try:
            block = self._file.read(max(_CHUNK, len(self._window) - self._at))
            text = self._decode(block, final=not block)
        except UnicodeDecodeError:
            raise InputError(
                "not UTF-8 text", where=f"{self._where}:{self.line}", remedy="save the file as UTF-8"
            ) from None
        except DAMAGED:
            where = f"{self._where}:{self.line}"
            raise InputError("the file is cut off or damaged", where=where, remedy="fetch it again") from None
        self._ended = not block
        self._window = self._window[self._at :] + text
        self._at = 0
        return bool(block)


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0
