"""Examples in the statements of programming problems, the tests that a reader can see."""

from __future__ import annotations

import ast
import json
import re

_SAMPLE = re.compile(
    r"Sample (Input|Output) ?(\d*):?[ \t]*\n(.*?)(?=\n?Sample (?:Input|Output) ?\d*:?[ \t]*\n|\Z)", re.DOTALL
)
_EXAMPLE = re.compile(
    r"Input: *(?P<input>.+?)\n+Output: *(?P<output>.+?)(?=\n\s*\n|\nExplanation|\nExample|\nConstraints|\Z)", re.DOTALL
)


def stdin_examples(statement: str) -> list[tuple[str, str]]:
    """Return the (input, output) samples of a statement that titles them ``Sample Input 1`` and ``Sample Output 1``.

    Some collections double every line break of an input; if every second line is blank, those are removed. An output
    ends at its first blank line, where an explanation may follow.
    """
    inputs: dict[str, str] = {}
    outputs: dict[str, str] = {}
    usual = 1
    for kind, number, text in _SAMPLE.findall(statement.replace("\r\n", "\n")):
        if kind == "Input":
            inputs.setdefault(number, _sample_input(text))
            usual = _blank_lines(text)
        else:
            outputs.setdefault(number, _sample_output(text, usual))
    return [(inputs[number], outputs[number]) for number in inputs if outputs.get(number)]


def _sample_input(text: str) -> str:
    lines = text.strip("\n").split("\n")
    if len(lines) > 1 and not any(line.strip() for line in lines[1::2]):
        lines = lines[::2]
    return "\n".join(lines).rstrip() + "\n"


def _sample_output(text: str, usual: int) -> str:
    """Take the first paragraph; more blank lines than before the input mean that the expected output is empty."""
    if _blank_lines(text) > max(usual, 1):
        return "\n"
    return re.split(r"\n[ \t]*\n", text.strip("\n"), maxsplit=1)[0].rstrip() + "\n"


def _blank_lines(text: str) -> int:
    return len(text) - len(text.lstrip("\n"))


def call_examples(statement: str, parameters: tuple[str, ...]) -> list[tuple[tuple[object, ...], object]]:
    """Return the (arguments, result) examples of a statement that writes ``Input: n = 5, xs = [1]``, ``Output: 3``.

    Arguments are in the order of ``parameters``. Examples that name others, or whose values are not plain
    literals, are left out.
    """
    found = []
    for match in _EXAMPLE.finditer(statement.replace("\r\n", "\n")):
        arguments = named_values(match["input"])
        try:
            result = literal(match["output"].strip())
        except ValueError:
            continue
        if arguments is not None and tuple(sorted(arguments)) == tuple(sorted(parameters)):
            found.append((tuple(arguments[name] for name in parameters), result))
    return found


def named_values(text: str) -> dict[str, object] | None:
    """Read ``n = 5, xs = [1, 2]`` as values by name; ``None`` if it is anything else."""
    try:
        call = ast.parse(f"f({_as_python(text.strip())})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(call, ast.Call) or call.args:
        return None
    values = {}
    for keyword in call.keywords:
        try:
            values[str(keyword.arg)] = ast.literal_eval(keyword.value)
        except (ValueError, RecursionError):
            return None
    return values


def literal(text: str) -> object:
    """Read a value in JSON's or Python's notation; raises ``ValueError`` for anything else."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"not a plain value: {text[:60]!r}") from None


_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.DOTALL)
_WORDS = {"true": "True", "false": "False", "null": "None"}


def _as_python(text: str) -> str:
    """Replace JSON's words by Python's outside strings."""
    parts, end = [], 0
    for match in _STRING.finditer(text):
        parts += [_plain_words(text[end : match.start()]), match[0]]
        end = match.end()
    return "".join([*parts, _plain_words(text[end:])])


def _plain_words(text: str) -> str:
    return re.sub(r"\b(true|false|null)\b", lambda match: _WORDS[match[0]], text)
