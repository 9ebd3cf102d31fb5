"""Marks that chat templates and reasoning models leave in an answer, and their meaning.

A mark is recognised by its form (``<|name|>``, ``<name>``, ``[NAME]``, ``◁name▷`` and their closing forms) and its
name. The lexer, which knows strings and comments, decides whether it counts at its position.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class MarkKind(StrEnum):
    """The effect of a mark on the text after it."""

    THINK_OPEN = "think-open"
    THINK_CLOSE = "think-close"
    TURN = "turn"
    """Ends the speaker's turn or the document."""
    ROLE = "role"
    """Begins a turn; the speaker is named by the mark or by the word after it."""
    CHANNEL = "channel"
    """Begins a channel, named by the word after it: reasoning, or the final answer."""
    ANSWER_OPEN = "answer-open"
    ANSWER_CLOSE = "answer-close"
    CODE_OPEN = "code-open"
    CODE_CLOSE = "code-close"
    NOISE = "noise"
    """Padding and similar tokens without meaning."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark in a text."""

    kind: MarkKind
    start: int
    end: int
    """Offsets of its text."""
    name: str
    """In lower case, without brackets, slash or ``begin_of``."""
    unmistakable: bool
    """Whether no Python outside strings and comments looks like it."""


_QUOTES = "'\"`“”‘’"
_TAG = re.compile(
    r"<\|(?P<pipe>/?[\w .:/-]{1,40})\|>"
    r"|<｜(?P<wide>/?[^｜<>\n]{1,40})｜>"
    r"|◁(?P<triangle>/?[\w:]{1,30})▷"
    r"|<<(?P<double>/?[A-Za-z]\w{1,20})>>"
    r"|<(?P<angle>/?[A-Za-z][\w:.-]{0,30})(?P<attributes>[ \t][^<>\n]{0,80})?>"
    r"|&lt;(?P<escaped>/?[A-Za-z][\w:]{1,30})&gt;"
    r"|\[(?P<square>/?[A-Za-z]+(?:[ _][A-Z]+)?)\]"
)
"""Every form of mark; each alternative is bounded, so a search takes time linear in the text."""

_THINK = re.compile(
    r"(?:[a-z0-9.]+[:_-])*?(?:think(?:ing)?|thoughts?|reason(?:ing|s)?|scratch_?pad|monologue|reflect(?:ion)?|"
    r"chain_of_thought|cot|deliberat(?:e|ion)|brainstorm(?:ing)?|analysis|draft|plan(?:ning)?|critique|inner_prefix)"
    r"(?:[_-](?:process|content|block|trace|steps?|text|section))?"
)
_BEGIN = re.compile(r"^(?:begin(?:_of)?|start(?:_of)?|bo)_|_(?:start|begin|open)$")
_END = re.compile(r"^(?:end(?:_of)?|eo)_|_(?:end|stop|close)$")
_ANSWER = frozenset({
    "answer", "final_answer", "final", "response", "solution", "final_solution", "output", "result", "completion",
    "final_response", "artifact", "antartifact",
})  # fmt: skip
_CODE = frozenset({"code", "python", "pre", "execute", "script", "program", "python_code", "code_block", "py"})
_NOISE = frozenset({
    "pad", "unk", "bos", "begin_of_text", "startoftext", "fim_pad", "begin▁of▁sentence", "▁pad▁", "message",
    "constrain", "sep", "cls", "mask", "s", "begin_of_sentence",
})  # fmt: skip
_TOKENS = frozenset({
    "/s", "eos", "end_of_turn", "eot", "end", "endoftext", "end_of_text", "eod", "/bot", "/assistant", "/user",
    "fim_prefix", "fim_middle", "fim_suffix", "file_sep", "filename", "reponame", "gh_stars", "empty_output",
    "commit_before", "commit_msg", "commit_after", "issue_start", "issue_comment", "issue_closed", "jupyter_start",
    "jupyter_text", "jupyter_code", "jupyter_output", "stop", "eom", "end_of_utterance", "|endoftext|", "done",
})  # fmt: skip
_ROLES = frozenset({
    "user", "assistant", "system", "human", "bot", "model", "prompter", "tool", "ipython", "inst", "sys", "developer",
    "start_of_turn", "im_start", "start_header_id", "start", "start_of_role", "instruction",
})  # fmt: skip
_ROLE_WORDS = frozenset({"im_start", "start_header_id", "start_of_turn", "start", "start_of_role"})
"""Marks followed by the speaker's name as a word."""
_SQUARE = {
    "INST": MarkKind.ROLE, "/INST": MarkKind.ROLE, "SYS": MarkKind.ROLE, "/SYS": MarkKind.ROLE,
    "PYTHON": MarkKind.CODE_OPEN, "/PYTHON": MarkKind.CODE_CLOSE, "CODE": MarkKind.CODE_OPEN,
    "/CODE": MarkKind.CODE_CLOSE, "BEGIN": MarkKind.CODE_OPEN, "DONE": MarkKind.TURN, "/DONE": MarkKind.TURN,
    "/BEGIN": MarkKind.CODE_CLOSE, "END": MarkKind.TURN, "EOS": MarkKind.TURN, "EOT": MarkKind.TURN,
    "STOP": MarkKind.TURN, "PAD": MarkKind.NOISE, "BOS": MarkKind.NOISE, "UNK": MarkKind.NOISE,
    "SEP": MarkKind.NOISE, "CLS": MarkKind.NOISE, "ANSWER": MarkKind.ANSWER_OPEN, "/ANSWER": MarkKind.ANSWER_CLOSE,
    "SOLUTION": MarkKind.ANSWER_OPEN, "/SOLUTION": MarkKind.ANSWER_CLOSE, "BEGIN SOLUTION": MarkKind.CODE_OPEN,
    "END SOLUTION": MarkKind.CODE_CLOSE, "TESTS": MarkKind.NOISE, "/TESTS": MarkKind.NOISE,
}  # fmt: skip
_SQUARE_THINK = frozenset({"THINK", "THINKING", "REASONING", "THOUGHT", "SCRATCHPAD"})
_UNUSED = {"unused94": MarkKind.THINK_OPEN, "unused95": MarkKind.THINK_CLOSE}
"""Reserved tokens that one family of models uses as reasoning marks."""


def mark_at(text: str, start: int) -> Mark | None:
    """Return the mark that begins at ``start``."""
    match = _TAG.match(text, start)
    return _classify(match) if match else None


def all_marks(text: str) -> list[Mark]:
    """List the marks of a text in order of position."""
    marks, start = [], 0
    while match := _TAG.search(text, start):
        mark = _classify(match)
        if mark is not None:
            marks.append(mark)
        start = match.start() + 1 if mark is None else match.end()
    return marks


def is_quoted(text: str, mark: Mark) -> bool:
    """Return whether a mark is in quotation marks or backticks, and so only mentioned."""
    before, after = text[mark.start - 1 : mark.start], text[mark.end : mark.end + 1]
    if before == "`":
        return text[max(0, mark.start - 3) : mark.start] != "```"
    if before and before in _QUOTES and after and after in _QUOTES:
        return True
    return bool(after) and after in "'\"" and before not in ("", "\n", " ")


def begins_line(text: str, place: int) -> bool:
    """Return whether only blanks precede an offset in its line."""
    head = text.rfind("\n", max(0, place - 200), place) + 1
    return not text[head:place].strip()


def _classify(match: re.Match[str]) -> Mark | None:
    """Classify a tag; ``None`` for irrelevant tags, such as HTML."""
    form = next(name for name in ("pipe", "wide", "triangle", "double", "angle", "escaped", "square") if match[name])
    body: str = match[form]
    kind: MarkKind | None
    if form == "square":
        kind = _square(body)
        name = body.lower() if kind is MarkKind.ROLE else body.strip("/").lower()
    else:
        kind, name = _named(body, form, match["attributes"] or "")
    if kind is None:
        return None
    unmistakable = form in ("pipe", "wide", "triangle", "escaped") or (form == "square" and body.startswith("/"))
    return Mark(kind, match.start(), match.end(), name, unmistakable)


def _square(body: str) -> MarkKind | None:
    name = body.removeprefix("/")
    if name.upper() in _SQUARE_THINK and (name.isupper() or name.islower()):
        return MarkKind.THINK_CLOSE if body.startswith("/") else MarkKind.THINK_OPEN
    return _SQUARE.get(body)


def _named(body: str, form: str, attributes: str) -> tuple[MarkKind | None, str]:
    """Classify by name: ``(kind, name)``."""
    lower = body.strip().lower()
    closing = lower.startswith("/") or _END.search(lower.removeprefix("/")) is not None
    bare = lower.removeprefix("/")
    name = _END.sub("", _BEGIN.sub("", bare))
    if bare in _UNUSED:
        return _UNUSED[bare], bare
    if name == "details" and (closing or "reasoning" in attributes):
        return (MarkKind.THINK_CLOSE if closing else MarkKind.THINK_OPEN), name
    if _THINK.fullmatch(name) or name == "inner_suffix":
        return (MarkKind.THINK_CLOSE if closing or name == "inner_suffix" else MarkKind.THINK_OPEN), name
    kind = _token(lower, bare, form)
    if kind is not None:
        return kind, lower if kind is MarkKind.ROLE else name
    if name in _ANSWER:
        return (MarkKind.ANSWER_CLOSE if closing else MarkKind.ANSWER_OPEN), name
    if name in _CODE:
        return (MarkKind.CODE_CLOSE if closing else MarkKind.CODE_OPEN), name
    return (MarkKind.TURN if form in ("pipe", "wide") else None), name


def _token(lower: str, bare: str, form: str) -> MarkKind | None:
    """Classify the tokens of chat templates."""
    if bare == "channel":
        return MarkKind.CHANNEL
    if bare in _ROLES and (form != "angle" or bare in ("start_of_turn", "start_of_role")):
        return MarkKind.ROLE
    if bare == "end_header_id":
        return MarkKind.NOISE
    if lower in _NOISE:
        return MarkKind.NOISE
    if lower in _TOKENS or re.fullmatch(r"extra_id_\d+", bare):
        return MarkKind.TURN
    return None


_ROLE_NAME = re.compile(r"[ \t]*(\w+)")
_RECIPIENT = re.compile(r"[ \t]*\w+[ \t]+to=[^<\n]*")
_HEADING = re.compile(
    r"(?:#{2,4} ?(?P<heading>Response|Answer|Assistant|Instruction|Input|Question|User|Human)|"
    r"(?P<speaker>User|Human|USER|HUMAN|Assistant|ASSISTANT)(?=:))[ \t]*:?(?:[ \t]*(?=\n)|[ \t]*\Z|(?<=:)[ \t]+)"
    r"|(?P<word>assistant|user|system|model)[ \t]*(?=\n|\Z)"
)
_OTHERS = frozenset({
    "user", "human", "system", "instruction", "input", "question", "prompter", "tool", "ipython", "sys", "inst",
    "developer", "/sys",
})  # fmt: skip
_REASONING_CHANNEL = frozenset({"analysis", "commentary", "thought", "thinking", "reasoning", "think"})
_TEXT_THINK = re.compile(
    r"(?:here (?:is|are|'s) my (?:thought process|thoughts|reasoning)\s*:|thinking(?:\.\.\.|…)[ \t]*(?=\n)|"
    r"<details>\s*<summary>[^<\n]{0,40}(?:think|thought|reason)[^<\n]{0,40}</summary>)",
    re.IGNORECASE,
)
_TEXT_ANSWER = re.compile(
    r"^(?:here (?:is|are|'s) my (?:response|answer|final answer)\s*:|(?:\.\.\.|…)done thinking\.?)",
    re.IGNORECASE | re.MULTILINE,
)
_SPOKEN_ANALYSIS = re.compile(r"\s*analysis(?=[A-Z(])")
_SPOKEN_FINAL = re.compile(r"assistant\s?final(?:\s|(?=[A-Z`#*]))")


def heading_at(text: str, start: int) -> tuple[int, bool] | None:
    """Return ``(end, another's)`` if a line begins a turn in words: ``### Response:``, ``Human:``, ``assistant``."""
    match = _HEADING.match(text, start)
    if match is None:
        return None
    name = (match["heading"] or match["speaker"] or match["word"]).lower()
    return match.end(), name in _OTHERS


def role_after(text: str, mark: Mark) -> tuple[int, bool]:
    """Return ``(end, another's)`` for a role mark: where the turn's text begins, and whether it is not the model's."""
    if mark.name in _ROLE_WORDS:
        match = _ROLE_NAME.match(text, mark.end)
        return (match.end(), match[1].lower() in _OTHERS) if match else (mark.end, False)
    return mark.end, mark.name in _OTHERS


def channel_after(text: str, mark: Mark) -> tuple[int, bool]:
    """Return ``(end, reasoning)`` for a channel mark."""
    match = _ROLE_NAME.match(text, mark.end)
    if match is None:
        return mark.end, False
    called = _RECIPIENT.match(text, mark.end) if match[1].lower() == "commentary" else None  # an answer through a tool
    return (called or match).end(), called is None and match[1].lower() in _REASONING_CHANNEL


def spoken_reasoning(text: str, start: int) -> int | None:
    """Return the end of words that start reasoning: a phrase, or a channel's name if its marks were dropped."""
    match = _TEXT_THINK.match(text, start)
    if match is None and start == 0 and _SPOKEN_FINAL.search(text):
        match = _SPOKEN_ANALYSIS.match(text)
    return match.end() if match else None


def spoken_answers(text: str) -> list[tuple[int, int]]:
    """List the offsets of words that end reasoning."""
    return sorted(match.span() for pattern in (_TEXT_ANSWER, _SPOKEN_FINAL) for match in pattern.finditer(text))
