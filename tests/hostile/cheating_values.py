"""Wrong programs that return a value made to equal, or to be taken for, any answer."""

from __future__ import annotations

_EQUAL = """
class Same({base}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __lt__
    def __hash__(self): return 0
    def __contains__(self, item): return True
    def __len__(self): return 0
    def __bool__(self): return True
    def __sub__(self, other): return 0
    __rsub__ = __add__ = __abs__ = lambda self, *rest: 0
def solve(items):
    return Same()
"""

VALUE_CHEATS: dict[str, str] = {
    f"equal to everything, a subclass of {base}": _EQUAL.format(base=base)
    for base in ("object", "int", "float", "str", "list", "tuple", "dict", "set", "frozenset", "bytes", "complex")
}
VALUE_CHEATS |= {
    "an array that equals everything": """
import numpy as np
class Same(np.ndarray):
    def __eq__(self, other): return np.True_
    def tolist(self): return Same
def solve(items):
    return np.zeros(3).view(Same)
""",
    "an array with the dtype of objects that are equal": """
import numpy as np
class Same:
    def __eq__(self, other): return True
def solve(items):
    return np.array([Same()] * 3, dtype=object)
""",
    "lies about its class": """
class Liar:
    @property
    def __class__(self): return int
    def __eq__(self, other): return True
    def __int__(self): return 1
    __index__ = __int__
def solve(items):
    return Liar()
""",
    "a metaclass that equals": """
class Meta(type):
    def __eq__(cls, other): return True
    def __hash__(cls): return 0
    def __instancecheck__(cls, other): return True
    def __subclasscheck__(cls, other): return True
class Same(metaclass=Meta): pass
def solve(items):
    return Same
""",
    "mock.ANY": "from unittest.mock import ANY\ndef solve(items):\n    return ANY\n",
    "MagicMock": "from unittest.mock import MagicMock\ndef solve(items):\n    return MagicMock(__eq__=lambda *a: True)\n",
    "a flag that equals": """
import enum
class Same(enum.IntFlag):
    A = 1
    def __eq__(self, other): return True
    __hash__ = int.__hash__
def solve(items):
    return Same.A
""",
    "a list of equals": _EQUAL.format(base="str").replace("return Same()", "return [(Same(), Same())] * len(items)"),
    "not a number": "def solve(items):\n    return float('nan')\n",
    "infinity": "def solve(items):\n    return float('inf')\n",
    "NotImplemented": "def solve(items):\n    return NotImplemented\n",
    "a coroutine": "async def solve(items):\n    return 0\n",
    "a generator": "def solve(items):\n    yield from items\n",
    "nothing": "def solve(items):\n    return None\n",
    "an unhashable that pretends": """
class Odd(list):
    __hash__ = lambda self: 0
    __eq__ = lambda self, other: True
def solve(items):
    return {Odd(): 1}
""",
    "a range without end": "def solve(items):\n    return range(10**18)\n",
    "an iterator without end": """
import itertools
class Endless(list):
    def __iter__(self): return itertools.count()
    def __len__(self): return 0
def solve(items):
    return Endless()
""",
}
