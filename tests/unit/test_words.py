"""Words of the code base: the field's own, and one meaning for each name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "auditor").rglob("*.py"))

WORDS = {
    r"\btwins?\b": "duplicate, equivalent or overlapping",
    r"\brooms\b": "modules or packages",
    r"\bstrangers?\b": "untrusted",
    r"\bexhibits?\b": "examples",
    r"\bbless(es|ed|ing)?\b": "save as baseline",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"errors? of ours": "harness error",
    r"\bdrips\b": "partial output",
    r"\banew\b": "again",
    r"\bwhoever\b": "anyone who, or the role",
    r"is there twice": "is given twice",
    r"has the word\b": "decides",
    r"\bone worker's hands\b": "this worker's fork servers",
    r"class (Flight|Pace)\b": "ConcurrencyLimiter, RateLimiter",
    r"\bstands? (already|there|apart|beside|behind|off)\b": "is",
    r"\b(samples|programs|choices|requests) a (task|program|request|second)\b": "per",
    r"\bone (byte|row|entry|value|suite|process|file|weight) an? "
    r"(task|test|program|sample|model|line|draw|resample|column)\b": "per",
    r"\bwhat came of\b": "the result of",
    r"\btold by (its|the) content\b": "detected from its content",
    r"\blet go of\b": "release",
    r"\bfor so long\b": "for this many seconds",
    r"\b(is|are) passed over\b": "is skipped",
    r"\bturned down by\b": "rejected by",
    r"\b(brought|brings|bring) nothing in\b": "got no answer",
    r"\bbroke off\b": "aborted",
    r"\bgive the same command\b": "run the same command",
    r"\bfree the disk\b": "free disk space",
    r"\bready (set|rubric|template)s?\b": "built-in",
    r"\bwhat is (there|kept) already\b": "existing",
    r"\b(is|are|was|were) there already\b": "exists, or existing",
    r"\bthe module's head\b": "the module docstring",
    r"\b(ask|asks) for so many\b": "requests this many",
    r"\bso many (seconds|times|attempts|draws|bytes)\b(?!.*\bthat\b)": "this many",
    r"\bnone cost nothing\b": "zero if there are none",
    r"\bagain and again\b": "repeatedly",
}
"""Words of a dialect → what the field says. ``\\b`` is also the end of a word next to an underscore."""

EDGE = r"(?:(?<![A-Za-z0-9])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?![A-Za-z0-9]))"
PATTERNS = {re.compile(word.replace(r"\b", EDGE), re.IGNORECASE): right for word, right in WORDS.items()}
ANY = re.compile("|".join(re.sub(r"\(\?!.*\)$", "", word).replace(r"\b", "").lower() for word in WORDS))
"""Matches in lower-case text wherever one of these does, and is quick to say where none does."""


def test_words_are_the_fields() -> None:
    """Code, docs, templates and tests use the field's terms."""
    found = []
    texts = [path for folder in ("auditor", "docs", "tests", "rubrics") for path in (ROOT / folder).rglob("*")]
    for path in [*texts, *ROOT.glob("*.md")]:
        if path.suffix not in {".py", ".md", ".j2", ".js", ".css", ".toml", ".sql"} or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8")
        if not ANY.search(text.lower()):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            found += [
                f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]} (say {right})"
                for pattern, right in PATTERNS.items()
                if pattern.search(line)
            ]
    assert found == []


def test_one_name_means_one_thing() -> None:
    """No two classes of the package share a name."""
    places: dict[str, list[str]] = {}
    for module in MODULES:
        for node in ast.parse(module.read_text()).body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(module.relative_to(ROOT).as_posix())
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


COVERAGE = re.compile(r"\bcoverage\b(?! probability)", re.IGNORECASE)
COVERAGE_IS = {"share of tasks with at least one correct sample among k, which a perfect verifier would reach"}
"""What the field calls coverage is pass@k here; this entry of the glossary says so."""


def test_coverage_is_a_probability() -> None:
    """The word alone means several things, so texts for people say which: only keys and metrics have it as a name."""
    found = []
    for path in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]:
        text = re.sub(r"```.*?```|`[^`]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        if "_site" not in path.parts:
            found += [f"{path.name}: {line}" for line in text.splitlines()
                      if COVERAGE.search(line) and not any(says in line for says in COVERAGE_IS)]  # fmt: skip
    for path in (ROOT / "auditor").rglob("*.j2"):
        text = re.sub(r"\{[{%].*?[%}]\}", "", path.read_text(encoding="utf-8"))
        found += [f"{path.name}: {line}" for line in text.splitlines() if COVERAGE.search(line)]
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        if "overage" in text:
            strings = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)
                       and isinstance(node.value, str) and " " in node.value]  # fmt: skip
            plain = [re.sub(r"`[^`]*`", "", string) for string in strings]
            found += [f"{path.name}: {string}" for string in plain if COVERAGE.search(string)]
    assert found == []
