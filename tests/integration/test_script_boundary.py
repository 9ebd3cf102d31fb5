"""What a test script and a solution see of each other across the sandbox boundary: values, classes, exceptions."""

from __future__ import annotations

# ruff: noqa: E501, ISC004 - the scripts are data
from collections.abc import Iterator

import pytest

from auditor.config import VerifyConfig
from auditor.records import AssertSuite, FailureKind, Outcome, Program, SuiteName, Task, Verdict, program_id
from auditor.sandbox import SandboxLevel
from auditor.targets import Target
from auditor.verify import Verifier
from auditor.verify.levels import available

ANSWER = "def solve(*given):\n    return given[0] * 2 if given else 0\n"

SCRIPTS = {
    "zip over map": "for got, want in zip(map(candidate, range(5)), range(0, 10, 2)):\n    assert got == want\n",
    "all over map": "assert all(map(lambda n: candidate(n) == 2 * n, range(5)))\n",
    "not any": "import itertools\nassert not any(itertools.starmap(lambda n: candidate(n) != 2 * n, [(1,), (2,)]))\n",
    "iter with a sentinel": "for got in iter(lambda: candidate(0), None):\n    assert got == 0\n    break\n",
    "getitem": """
class Cases:
    def __getitem__(self, i):
        if i == 5:
            raise IndexError
        return candidate(i), 2 * i

for got, want in Cases():
    assert got == want
""",
    "getitem with another handler": """
class Cases:
    def __getitem__(self, i):
        if i == 5:
            raise IndexError
        try:
            return candidate(i), 2 * i
        except KeyError:
            assert False

for got, want in Cases():
    assert got == want
""",
    "getitem with finally": """
class Cases:
    def __getitem__(self, i):
        if i == 5:
            raise IndexError
        try:
            return candidate(i), 2 * i
        finally:
            candidate(0) if i == 9 else None

for got, want in Cases():
    assert got == want
""",
    "attribute with a default": """
class Case:
    @property
    def value(self):
        return candidate(1)

assert getattr(Case(), "value", 2) == 2
""",
}
LOST = ("StopIteration", "IndexError", "AttributeError", "type('Own', (StopIteration, IndexError, AttributeError), {})")


def task(script: str, reference: str) -> Task:
    suite = AssertSuite(script)
    return Task("T", "", Target.function("solve"), reference, suite, suite)


def judge(verifier: Verifier, source: str) -> Verdict:
    (found,) = verifier.verify([Program(program_id("T", source), "T", source)])
    return next(verdict for verdict in found if verdict.suite is SuiteName.BASE)


@pytest.mark.parametrize(
    "level", dict.fromkeys([available(), SandboxLevel.SECCOMP if available() == SandboxLevel.LANDLOCK else available()])
)
@pytest.mark.parametrize("script", SCRIPTS)
def test_an_exception_that_a_script_loses_is_a_failure(script: str, level: str) -> None:
    """A solution that raises at every call never passes, whatever Python takes the exception for."""
    with Verifier({"T": task(SCRIPTS[script], ANSWER)}, VerifyConfig(workers=1), level=level) as verifier:
        for raised in LOST:
            base = judge(verifier, f"def solve(n):\n    raise {raised}\n")
            assert base.outcome is Outcome.FAIL, (raised, base)
            assert base.failing is None or base.failing.kind is FailureKind.EXCEPTION, base
        assert judge(verifier, ANSWER + "# right\n").outcome is Outcome.PASS


HANDLED = """
import contextlib, unittest

def again(n):
    return candidate(n)

for wanted in (IndexError, LookupError, Exception):
    try:
        again(-1)
    except wanted:
        pass
    else:
        assert False
with contextlib.suppress(IndexError):
    candidate(-1)
    assert False
case = unittest.TestCase()
with case.assertRaises(IndexError):
    candidate(-1)
case.assertRaises(LookupError, candidate, -1)
caught = 0
for _ in range(2000):
    try:
        try:
            candidate(-1)
        finally:
            caught += 1
    except IndexError as error:
        assert str(error) == "below"
try:
    candidate(-1)
except IndexError as error:
    try:
        raise KeyError("other") from error
    except KeyError:
        pass
assert candidate(1) == 2
"""


def test_an_exception_that_a_script_handles_is_no_failure() -> None:
    """Tests for exceptions pass, however they are written."""
    source = "def solve(n):\n    if n < 0:\n        raise IndexError('below')\n    return 2 * n\n"
    with Verifier({"T": task(HANDLED, source)}, VerifyConfig(workers=1)) as verifier:
        assert judge(verifier, source + "# same\n").outcome is Outcome.PASS
        assert judge(verifier, "def solve(n):\n    return 2 * n\n").outcome is Outcome.FAIL


KEPT = {
    "a class of its own below ValueError": (
        "try:\n    candidate(-1)\nexcept ValueError as e:\n    assert str(e) == 'neg' and e.code == 3\nelse:\n    assert 0\n",
        "class Negative(ValueError):\n    code = 1\n    def __init__(self, text, extra):\n        super().__init__(text)\n"
        "        self.code = extra\ndef solve(n):\n    raise Negative('neg', 3)\n",
    ),
    "a class that the script knows by name": (
        "try:\n    candidate(1)\nexcept NotFound as error:\n    assert error.args == (1, 'x')\nelse:\n    assert False\n",
        "class NotFound(Exception):\n    pass\ndef solve(n):\n    raise NotFound(n, 'x')\n",
    ),
    "JSONDecodeError": (
        "import json\ntry:\n    candidate('x')\nexcept json.JSONDecodeError as e:\n    assert e.pos == 0\nelse:\n    assert 0\n",
        "import json\ndef solve(s):\n    return json.loads(s)\n",
    ),
    "UnicodeDecodeError": (
        "try:\n    candidate(b'\\xff')\nexcept UnicodeDecodeError as e:\n    assert e.start == 0\nelse:\n    assert False\n",
        "def solve(b):\n    return b.decode('utf-8')\n",
    ),
    "KeyError": (
        "try:\n    candidate('k')\nexcept KeyError as e:\n    assert e.args == ('k',)\nelse:\n    assert False\n",
        "def solve(k):\n    return {}[k]\n",
    ),
    "two ancestors": (
        "for kind in (KeyError, AttributeError):\n    try:\n        candidate(1)\n    except kind:\n        pass\n",
        "class Both(KeyError, AttributeError):\n    pass\ndef solve(k):\n    raise Both\n",
    ),
    "Counter": (
        "from collections import Counter\ngot = candidate(Counter('aab'))\nassert got == ['a', 2], got\n"
        "assert type(candidate(None)) is Counter and candidate(None)['q'] == 0\n",
        "from collections import Counter\ndef solve(c):\n"
        "    return list(c.most_common(1)[0]) if c is not None else Counter('xy')\n",
    ),
    "defaultdict": (
        "from collections import defaultdict\nd = defaultdict(int)\nassert candidate(d, 'x') == 1\nassert d == {'x': 1}\n"
        "assert type(d) is defaultdict\n",
        "def solve(d, k):\n    d[k] += 1\n    return d[k]\n",
    ),
    "namedtuple": (
        "from collections import namedtuple\nP = namedtuple('P', 'x y')\ngot = candidate(P(1, 2))\nassert got.y == 1\n"
        "assert got == (2, 1) and isinstance(got, tuple)\n",
        "def solve(p):\n    return p._replace(x=p.y, y=p.x)\n",
    ),
    "OrderedDict": (
        "from collections import OrderedDict\nassert candidate(OrderedDict(a=1, b=2)) == ['b', 'a']\n",
        "def solve(d):\n    d.move_to_end('a')\n    return list(d)\n",
    ),
    "UserList": (
        "assert candidate(3) == [3]\n",
        "from collections import UserList\ndef solve(n):\n    return UserList([n])\n",
    ),
    "deque": (
        "from collections import deque\nd = deque([1, 2])\ncandidate(d)\nassert list(d) == [2, 1]\n",
        "def solve(d):\n    d.rotate(1)\n",
    ),
}


EMPTY = "class Empty(Exception):\n    pass\ndef solve(n):\n    if n < 0:\n        raise Empty('no')\n    return n\n"
CAUGHT = "assert candidate(2) == 2\ntry:\n    candidate(-1)\nexcept Empty as error:\n    assert str(error) == 'no'\nelse:\n    assert 0\n"
BY_CLASS = {
    "the same": (EMPTY, True),
    "a class below it": (EMPTY.replace("raise Empty", "raise type('Other', (Empty,), {})"), True),
    "imported": (EMPTY.replace("class Empty(Exception):\n    pass", "from queue import Empty"), True),
    "a builtin": (EMPTY.replace("class Empty(Exception):\n    pass", "Empty = LookupError"), True),
    "another class of that name": (EMPTY.replace("raise Empty", "raise type('Empty', (Exception,), {})"), False),
    "a class in a class": (
        EMPTY.replace("class Empty(Exception):\n    pass", "class S:\n    class Empty(Exception): pass").replace(
            "raise Empty", "raise S.Empty"
        ),
        False,
    ),
    "a name bound to another": (
        EMPTY.replace("def solve", "First = Empty\nclass Empty(Exception): pass\ndef solve").replace(
            "raise Empty", "raise First"
        ),
        False,
    ),
}


@pytest.mark.parametrize("reference", [EMPTY, BY_CLASS["imported"][0]], ids=["written", "imported"])
def test_exceptions_are_matched_by_class_and_not_by_name(reference: str) -> None:
    """A name that a script catches means what the solution's module binds to it."""
    with Verifier({"T": task(CAUGHT, reference)}, VerifyConfig(workers=1)) as verifier:
        for name, (source, right) in BY_CLASS.items():
            assert (judge(verifier, source).outcome is Outcome.PASS) is right, name


@pytest.mark.parametrize(("base", "method"), [("", "twice"), ("(list)", "twice"), ("(list)", "append")])
def test_a_script_that_wants_an_object_is_told_the_remedy(base: str, method: str) -> None:
    """Values alone reach a script; what it may do with those of a class below a builtin one, it may."""
    source = f"class Own{base}:\n    def twice(self, n):\n        return 2\ndef solve(n):\n    return Own()\n"
    with Verifier({"T": task(f"candidate(1).{method}(3)\n", source)}, VerifyConfig(workers=1)) as verifier:
        reason = verifier.check_references().get("T", "")
    assert ("objects of the solution's classes need a unittest suite" in reason) is (method == "twice"), reason


@pytest.fixture(scope="module")
def scripts() -> Iterator[Verifier]:
    tasks = {name: Task(name, "", Target.function("solve"), source, AssertSuite(script), AssertSuite(script))
             for name, (script, source) in KEPT.items()}  # fmt: skip
    level = (
        SandboxLevel.SECCOMP if available() == SandboxLevel.LANDLOCK else available()
    )  # where modules are loaded beforehand
    with Verifier(tasks, VerifyConfig(workers=2), level=level) as verifier:
        yield verifier


def test_classes_and_exceptions_keep_what_the_other_side_reads(scripts: Verifier) -> None:
    """Exceptions keep the ancestors, arguments and attributes that a script reads; collections keep their class."""
    assert scripts.check_references() == {}


def test_a_script_with_numpy_judges_a_solution_without_it() -> None:
    """Whether a script may import numpy does not depend on the solution's words, nor the other way round."""
    script = "import numpy as np\nfor n in range(3):\n    assert np.allclose(candidate(np.array([n]))[0], 2 * n)\n"
    plain = "def solve(values):\n    return [2 * int(value) for value in values]\n"
    vector = "import numpy as np\ndef solve(values):\n    return np.asarray(values) * 2\n"
    with Verifier({"T": task(script, plain)}, VerifyConfig(workers=1)) as verifier:
        assert verifier.check_references() == {}
        assert judge(verifier, vector).outcome is Outcome.PASS
        assert judge(verifier, "def solve(values):\n    return values * 2\n").outcome is Outcome.PASS
        assert judge(verifier, "def solve(values):\n    return values * 3\n").outcome is Outcome.FAIL
    words = "for n in range(3):\n    assert candidate(n) == 2 * n\n"
    with Verifier({"T": task(words, "import numpy as np\ndef solve(n):\n    return int(np.int64(2 * n))\n")},
                  VerifyConfig(workers=1)) as verifier:  # fmt: skip
        assert judge(verifier, "def solve(n):\n    return n + n\n").outcome is Outcome.PASS


def test_arrays_inside_other_values_arrive_as_arrays() -> None:
    """A script calculates with the arrays in a solution's tuple or dictionary, whether it imports numpy or not."""
    nested = "import numpy as np\ndef solve(n):\n    got = np.arange(n)\n    return got, {'twice': [2 * got]}\n"
    asked = "got, more = candidate(4)\nassert got.sum() == 6\nassert (more['twice'][0] == 2 * got).all()\n"
    with Verifier({"T": task(asked, nested)}, VerifyConfig(workers=1)) as verifier:
        assert verifier.check_references() == {}
        assert judge(verifier, nested.replace("2 *", "3 *")).outcome is Outcome.FAIL
