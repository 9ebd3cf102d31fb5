"""Small tasks with right and wrong solutions, for reports that need code to show."""

from __future__ import annotations

# ruff: noqa: E501, ISC004 - programs are laid out as they will be read, not as our data
from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """A task's prompt, its right body, and wrong bodies that weak tests accept."""

    name: str
    prompt: str
    reference: str
    wrong: tuple[str, ...]
    failing: tuple[str, str, str]
    """Arguments, expected and got of a first failing test."""


FAMILIES = (
    Family(
        "close_pair",
        'from typing import List\n\n\ndef {name}(values: List[float], gap: float) -> bool:\n    """Say whether two of the'
        ' values lie closer together than the gap.\n\n    >>> {name}([1.0, 2.0, 3.0], 0.5)\n    False\n    """\n',
        "    ordered = sorted(values)\n    return any(b - a < gap for a, b in zip(ordered, ordered[1:]))\n",
        (
            "    for i in range(len(values) - 1):\n        if abs(values[i] - values[i + 1]) < gap:\n"
            "            return True\n    return False\n",
            "    x = sorted(values)\n    return x[1] - x[0] < gap\n",
            "    for a in values:\n        for b in values:\n            if a != b and abs(a-b)<gap: return True\n"
            "    return False\n",
        ),
        ("[2.0, 5.0, 2.1], 0.3", "True", "False"),
    ),
    Family(
        "running_peak",
        'def {name}(numbers):\n    """List the largest number seen so far, at every position.\n\n'
        '    >>> {name}([1, 3, 2, 4])\n    [1, 3, 3, 4]\n    """\n',
        "    peaks = []\n    for number in numbers:\n        peaks.append(max(peaks[-1], number) if peaks else number)\n"
        "    return peaks\n",
        (
            "    best = 0\n    out = []\n    for n in numbers:\n        if n > best: best = n\n        out.append(best)\n"
            "    return out\n",
            "    m = numbers[0]\n    res=[]\n    for i in range(len(numbers)):\n        m = max(m, numbers[i])\n"
            "        res.append(m)\n    return res\n",
        ),
        ("[-5, -3, -9]", "[-5, -3, -3]", "[0, 0, 0]"),
    ),
    Family(
        "median_of",
        'def {name}(numbers: list) -> float:\n    """Return the median of the numbers; they come in any order.\n\n'
        '    >>> {name}([3, 1, 2, 4, 5])\n    3\n    """\n',
        "    ordered = sorted(numbers)\n    middle = len(ordered) // 2\n    if len(ordered) % 2:\n"
        "        return ordered[middle]\n    return (ordered[middle - 1] + ordered[middle]) / 2\n",
        (
            "    numbers.sort()\n    n = len(numbers)\n    if n % 2 == 0:\n"
            "        return (numbers[n // 2] + numbers[n // 2 + 1]) / 2\n    else:\n        return numbers[n // 2]\n",
            "    s = sorted(numbers)\n    # take the middle element of the sorted list, which is the median of the list"
            " of numbers given\n    return s[len(s) // 2]\n",
        ),
        ("[4, 1]", "2.5", "IndexError: list index out of range"),
    ),
    Family(
        "count_words",
        'def {name}(text: str, letter: str) -> int:\n    """Count the words of the text that begin with the letter, '
        'whatever its case.\n\n    >>> {name}("Ann ate an apple", "a")\n    4\n    """\n',
        "    return sum(word.lower().startswith(letter.lower()) for word in text.split())\n",
        (
            "    Words = text.split(' ')\n    Count = 0\n    for W in Words:\n        if W[0].lower() == letter:\n"
            "            Count += 1\n    return Count\n",
            "    return len([w for w in text.lower().split() if w[0] == letter])\n",
        ),
        ('"Bob  built boats", "B"', "3", "IndexError: string index out of range"),
    ),
    Family(
        "is_smooth",
        'def {name}(n: int) -> bool:\n    """Say whether the number has no prime factor above seven.\n\n'
        '    >>> {name}(10)\n    True\n    """\n',
        "    if n < 1:\n        return False\n    for prime in (2, 3, 5, 7):\n        while n % prime == 0:\n"
        "            n //= prime\n    return n == 1\n",
        (
            "    for p in [2, 3, 5, 7]:\n        while n % p == 0:\n            n = n / p\n    return n == 1\n",
            "    return n % 11 != 0 and n % 13 != 0 and n % 17 != 0\n",
        ),
        ("0", "False", "timeout after 4.0 CPU seconds"),
    ),
    Family(
        "merge_spans",
        "from typing import List, Tuple\n\n\ndef {name}(spans: List[Tuple[int, int]]) -> List[Tuple[int, int]]:\n"
        '    """Merge spans that touch or overlap, and return them in order.\n\n'
        '    >>> {name}([(1, 3), (2, 5)])\n    [(1, 5)]\n    """\n',
        "    merged: List[Tuple[int, int]] = []\n    for low, high in sorted(spans):\n"
        "        if merged and low <= merged[-1][1]:\n            merged[-1] = (merged[-1][0], max(merged[-1][1], high))\n"
        "        else:\n            merged.append((low, high))\n    return merged\n",
        (
            "    res = []\n    for s in spans:\n        if res and s[0] <= res[-1][1]:\n"
            "            res[-1] = (res[-1][0], s[1])\n        else:\n            res.append(s)\n    return res\n",
            "    spans = sorted(spans)\n    i = 0\n    while i < len(spans) - 1:\n        if spans[i][1] >= spans[i + 1][0]:\n"
            "            spans[i] = (spans[i][0], spans[i + 1][1])\n            del spans[i + 1]\n        else:\n"
            "            i += 1\n    return spans\n",
        ),
        ("[(1, 9), (2, 3)]", "[(1, 9)]", "[(1, 3)]"),
    ),
)

RULES = (
    ("ruff", "E501", "line-too-long", "Line too long (93 > 88)"),
    ("ruff", "E701", "multiple-statements-on-one-line-colon", "Multiple statements on one line (colon)"),
    ("pylint", "C0103", "invalid-name", 'Variable name "Words" does not conform to snake_case naming style'),
    ("pylint", "C0200", "consider-using-enumerate", "Consider using enumerate instead of iterating with range and len"),
    ("ruff", "E225", "missing-whitespace-around-operator", "Missing whitespace around operator"),
    ("ruff", "RET505", "superfluous-else-return", "Unnecessary `else` after `return` statement"),
    ("pylint", "R1729", "use-a-generator", "Use a generator instead"),
    ("ruff", "SIM110", "reimplemented-builtin", "Use `return any(...)` instead of `for` loop"),
    ("auditor", "naming", "short-names", "One-letter name"),
    ("ruff", "PLR2004", "magic-value-comparison", "Magic value used in comparison"),
    ("ruff", "C416", "unnecessary-comprehension", "Unnecessary list comprehension"),
    ("pylint", "W0104", "pointless-statement", "Statement seems to have no effect"),
    ("ruff", "B007", "unused-loop-control-variable", "Loop control variable not used within loop body"),
    ("ruff", "FURB129", "readlines-in-for", "Instead of calling readlines, iterate over the file"),
)
