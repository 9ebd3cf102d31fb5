"""Wrong programs that know our source: they attack the encoder, the loop that calls them, the words of the channel."""

from __future__ import annotations

FORGERIES: dict[str, str] = {
    "replaces the encoder's parts": """
import auditor.verify.wire as wire, auditor.verify.inside.calls as calls
class Sly(str):
    def __eq__(self, other): return True
for name in ("encode", "_encode", "_opaque", "_json_list", "_quote", "_write_items"):
    setattr(wire, name, lambda *a, **k: Sly("?"))
wire._WRITERS.clear(); wire._BASES.clear()
calls._call = lambda *a, **k: ("v", False)
def solve(items):
    return 0
""",
    "replaces the code of what calls it": """
import auditor.verify.inside.calls as calls, auditor.verify.inside.channel as channel
calls._call.__code__ = (lambda function, arguments, limit, hashed, drain=False: ("v0", False)).__code__
channel.Channel.send.__code__ = (lambda self, line: None).__code__
def solve(items):
    return 0
""",
    "knows the sizes and names the values": """
import sys
def solve(items):
    frame = sys._getframe()
    while frame:
        if "job" in frame.f_locals:
            job = frame.f_locals["job"]
            return (job.doublings, job.hashed, job.slow)
        frame = frame.f_back
""",
    "asks for no stop, more room and other tests": """
import sys
def solve(items):
    frame = sys._getframe()
    while frame:
        if "job" in frame.f_locals:
            for name, value in dict(stop=False, limit=1 << 60, hashed=tuple(range(99)), start=99, entry="x").items():
                object.__setattr__(frame.f_locals["job"], name, value)
            for value in frame.f_locals.values():
                if isinstance(value, list): value.clear()
        frame = frame.f_back
    return 0
""",
    "answers as another would": """
import os
def solve(items):
    os.write(3, b'v{"sub":{"sub":{"array":["float64",{"opaque":"x"}]}}}\\nv{"iterator":[]}\\nv{"set":[NaN,NaN]}\\n')
    os.write(3, b'vInfinity\\nv-0.0\\n')
    return 0
""",
    "speaks half lines": """
import os, time
def solve(items):
    for part in (b"v", b"0", b"\\n", b"v", b"1e400", b"\\r\\n", b"\\x0bz\\x0c\\n"):
        os.write(3, part)
        time.sleep(0.01)
    return 0
""",
    "replaces the protocol": """
import auditor.verify.protocol as protocol
class Sly(str):
    def __add__(self, other): return "v0"
    def body(self): return "v0"
protocol.Message.RAISED._value_ = protocol.Message.MEMORY._value_ = "v0"
import auditor.verify.told as told
told.Raised.body = lambda self: "\\nv0"
def solve(items):
    raise ValueError
""",
    "greets twice": "import os\nos.write(3, b'r\\nc\\nr\\nz\\n')\ndef solve(items):\n    return 0\n",
    "ends before it began": "import os\nos.write(3, b'r\\nz\\n')\nos._exit(0)\n",
    "says that it passed as a script would": """
import os
os.write(3, b'r\\np\\nv{"tuple":[0,null]}\\np\\n')
def solve(items):
    return 0
""",
    "is out of band": """
import ctypes
libc = ctypes.CDLL(None)
def solve(items):
    libc.send(3, b"v0", 2, 1)
    return 0
""",
    "shuts its own door": "import ctypes\nctypes.CDLL(None).shutdown(3, 2)\ndef solve(items):\n    return 0\n",
    "turns the channel around": """
import os, socket
a, b = socket.socketpair()
os.dup2(a.fileno(), 3)
b.send(b"v0\\n" * 99)
def solve(items):
    return 0
""",
    "a set of what is not a number": "def solve(items):\n    return [float('nan')] * len(items)\n",
    "an array of what is not a number": "import numpy as np\ndef solve(items):\n    return np.array(np.nan)\n",
    "an empty array": "import numpy as np\ndef solve(items):\n    return np.array([])\n",
    "a field of one in one": "import numpy as np\ndef solve(items):\n    return np.zeros((1, 1, 1, 1))\n",
    "a text that reads as the answer": "def solve(items):\n    return str(sum(i * i for i in items) + len(items))\n",
    "an iterator of equals": """
class Same:
    def __eq__(self, other): return True
    def __hash__(self): return 0
def solve(items):
    return iter([Same()] * len(items))
""",
    "an iterator that stops the interpreter": """
class Odd:
    def __iter__(self): return self
    def __next__(self): raise SystemExit(0)
def solve(items):
    return Odd()
""",
    "a coroutine as its entry point's class": """
class solve:
    def __init__(self, items): pass
    def __await__(self): yield
    def __eq__(self, other): return True
    def __int__(self): return 0
""",
    "writes back what fits": "def solve(items):\n    items[:] = []\n    return 2\n",
    "raises what the script would": """
def solve(items):
    raise type("AssertionError", (AssertionError,), {"__module__": "builtins"})("p")
""",
    "raises a group": "def solve(items):\n    raise BaseExceptionGroup('p', [SystemExit(0), StopIteration(1)])\n",
    "leaves a handler that answers": """
import faulthandler, os, signal
def ring(*_): os.write(3, b"v1\\n")
for number in (signal.SIGALRM, signal.SIGPROF, signal.SIGVTALRM): signal.signal(number, ring)
signal.setitimer(signal.ITIMER_PROF, 0.001, 0.001)
faulthandler.enable(3, all_threads=True)
def solve(items):
    for _ in range(10000): pass
    os.abort()
""",
}
