"""Wrong programs that try to pass. None knows the answer; each tries to make the judge believe that it does."""

from __future__ import annotations

from tests.hostile.cheating_values import VALUE_CHEATS

CHEATS: dict[str, str] = VALUE_CHEATS | {
    "patched builtins": """
import builtins
for name in ("len", "abs", "all", "any", "isinstance", "type", "issubclass", "zip", "set", "max", "min", "sorted", "repr"):
    setattr(builtins, name, lambda *a, **k: True)
def solve(items):
    return 1
""",
    "patched math": """
import math
for name in dir(math):
    if not name.startswith("_"):
        setattr(math, name, lambda *a, **k: 0.0)
def solve(items):
    return 0.0
""",
    "patched numpy": """
import numpy
numpy.allclose = numpy.isclose = numpy.array_equal = lambda *a, **k: True
numpy.testing = None
def solve(items):
    return 0.0
""",
    "patched json": """
import json, json.encoder, json.decoder
json.dumps = json.encoder.encode_basestring_ascii = lambda *a, **k: "0"
json.loads = lambda *a, **k: {}
json.JSONEncoder.encode = lambda *a: "0"
def solve(items):
    return 0
""",
    "patched unittest": """
import unittest
for name in dir(unittest.TestCase):
    if name.startswith("assert"):
        setattr(unittest.TestCase, name, lambda *a, **k: None)
def solve(items):
    return 0
""",
    "patched builtin assertion": """
import builtins
builtins.AssertionError = type("Fine", (Exception,), {"__init__": lambda *a: None})
def solve(items):
    return 0
""",
    "patches the writer of its answers": """
import sys
for name, module in list(sys.modules.items()):
    if name.startswith("auditor") or name == "__main__":
        for key, value in list(vars(module).items()):
            if key in ("encode", "_encode", "digest", "describe", "_call", "_answer"):
                setattr(module, key, lambda *a, **k: "v0")
def solve(items):
    return 0
""",
    "searches the frames": """
import sys
def solve(items):
    frame = sys._getframe()
    while frame:
        for names in (frame.f_locals, frame.f_globals):
            for key in ("expected", "expect", "exp", "outputs", "results", "answers", "suite", "lines", "reference"):
                if key in names:
                    found = names[key]
                    return found[0] if isinstance(found, (list, tuple)) else found
        frame = frame.f_back
""",
    "searches the heap": """
import gc
def solve(items):
    for thing in gc.get_objects():
        if isinstance(thing, dict):
            for key in ("outputs", "expected", "results", "lines"):
                if key in thing and isinstance(thing[key], (list, tuple)):
                    return thing[key][0]
    for thing in gc.get_referrers(items):
        if isinstance(thing, list) and len(thing) > 1:
            return thing[1]
""",
    "traces the caller": """
import sys, threading
def trace(frame, event, argument):
    frame.f_trace_opcodes = True
    for key in list(frame.f_locals):
        if key in ("ended", "stop", "passed", "ok", "equal"):
            frame.f_locals[key] = True
    return trace
def solve(items):
    sys.settrace(trace); sys.setprofile(trace)
    frame = sys._getframe(1)
    while frame:
        frame.f_trace = trace
        frame = frame.f_back
    return 0
""",
    "answers at exit": """
import atexit, os
@atexit.register
def last():
    for fd in range(64):
        try: os.write(fd, b"c\\nr\\nv0\\nz\\np\\n")
        except OSError: pass
def solve(items):
    return 0
""",
    "answers when deleted": """
import os
class Last:
    def __del__(self, write=os.write):
        try: write(3, b"z\\np\\n")
        except OSError: pass
def solve(items):
    return Last()
""",
    "exits at import": "import sys\nsys.exit(0)\n",
    "exits in the call": "import sys\ndef solve(items):\n    sys.exit(0)\n",
    "leaves at import": "import os\nos._exit(0)\n",
    "leaves in the call": "import os\ndef solve(items):\n    os._exit(0)\n",
    "interrupts at import": "raise KeyboardInterrupt\n",
    "interrupts in the call": "def solve(items):\n    raise KeyboardInterrupt\n",
    "raises GeneratorExit": "def solve(items):\n    raise GeneratorExit\n",
    "raises what is true": """
class Fine(BaseException):
    def __str__(self): return "p"
    def __eq__(self, other): return True
def solve(items):
    raise Fine
""",
    "raises AssertionError": "def solve(items):\n    raise AssertionError\n",
    "raises StopIteration": "def solve(items):\n    raise StopIteration(0)\n",
    "never returns to the harness": """
import os, sys
def solve(items):
    for fd in range(3, 64):
        try: os.write(fd, b"v0\\n" * 100 + b"z\\n")
        except OSError: pass
    os._exit(0)
""",
    "says that it passed": """
import os
for word in (b"p\\n", b"z\\n", b"r\\n", b"c\\nr\\nz\\n", b'{"ok":true}\\n', b"pass\\n", b"\\x01" * 64):
    for fd in range(64):
        try: os.write(fd, word)
        except OSError: pass
def solve(items):
    return 0
""",
    "says it from a thread": """
import os, threading, time
def speak():
    while True:
        for word in (b"p\\n", b"z\\n", b"v1\\n"):
            try: os.write(3, word)
            except OSError: return
        time.sleep(0.001)
threading.Thread(target=speak, daemon=True).start()
def solve(items):
    time.sleep(0.02)
    return 0
""",
    "claims every value there is": """
import os
def solve(items):
    os.write(3, b"".join(b"v%d\\n" % i for i in range(2000)))
    return 0
""",
    "claims hashes and sizes": """
import os
def solve(items):
    os.write(3, b"h" + b"0" * 64 + b"\\nl" + b"0" * 64 + b" 5\\n?\\n?\\n")
    return 0
""",
    "claims wildcards": """
import os, sys
def solve(items):
    frame = sys._getframe(1)
    while "inputs" not in frame.f_locals:
        frame = frame.f_back
    os.write(3, b"?\\n" * len(frame.f_locals["inputs"]) + b"z\\n")
    os._exit(0)
""",
    "claims opaque values": """
import os
def solve(items):
    os.write(3, b'v{"opaque":"ok"}\\nv{"sub":{"opaque":"ok"}}\\nv{"array":["float64",[]]}\\n')
    return 0
""",
    "claims broken values": """
import os
def solve(items):
    for line in (b"v", b"v{", b'v{"set":[[]]}', b'v{"dict":[[[],1]]}', b'v{"dict":[1]}', b'v{"int":"zz"}', b'v{"nope":1}', b'v{"a":1,"b":2}',
                 b'v{"range":[1]}', b'v{"range":[0,1,0]}', b'v{"complex":[1]}', b'v{"fraction":["1","0"]}', b'v{"decimal":"x"}', b"v\\xff\\xfe", b"v\\x00"):
        os.write(3, line + b"\\n")
    return 0
""",
    "answers later": """
import threading, time
box = [0]
def work():
    time.sleep(0.05)
    box[0] = 10**6
def solve(items):
    threading.Thread(target=work, daemon=True).start()
    return box
""",
    "takes the pipe and prints": """
import os, sys
for fd in range(3, 16):
    try: os.dup2(fd, 1)
    except OSError: pass
print("r\\nv0\\nv0\\nz", flush=True)
def solve(items):
    print("v0", flush=True)
    return 0
""",
    "closes the pipe": "import os\nos.closerange(3, 64)\ndef solve(items):\n    return 0\n",
    "reads what the parent sends": """
import os, threading
def read():
    while True:
        try: os.write(3, os.read(3, 1 << 16))
        except OSError: return
threading.Thread(target=read, daemon=True).start()
def solve(items):
    return 0
""",
    "shared memory": """
import mmap
from multiprocessing import shared_memory
try: block = shared_memory.SharedMemory("auditor", create=True, size=64)
except Exception: block = mmap.mmap(-1, 64)
def solve(items):
    return block.buf[0] if hasattr(block, "buf") else block[0]
""",
    "changes small integers": """
import ctypes
def solve(items):
    for n in range(-5, 257):
        ctypes.c_ssize_t.from_address(id(n) + 24).value = 0
    return 0
""",
    "makes False true": """
import ctypes
def solve(items):
    ctypes.c_ssize_t.from_address(id(False) + 24).value = 1
    ctypes.c_ssize_t.from_address(id(False) + 16).value = 1
    return False
""",
    "gives int another equality": """
import ctypes
def solve(items):
    slot = ctypes.c_void_p.from_address(id(int) + 200)
    slot.value = ctypes.c_void_p.from_address(id(object) + 200).value
    return 1
""",
    "reads the answers from disk": """
def solve(items):
    return eval(open("@DATA@").read())[str(items)]
""",
    "reads the tests from disk": """
import glob, os, json
def solve(items):
    for place in ("/work", "/root", "/home", "/tmp", "/", "@DIR@"):
        for path in glob.glob(place + "/**/*.json*", recursive=True):
            return json.loads(open(path).readline())
""",
    "empties its input": "def solve(items):\n    items.clear()\n    return 0\n",
    "changes its input to fit": "def solve(items):\n    items[:] = [0] * len(items)\n    return 0.0\n",
    "changes every input there is": """
import sys, gc
def solve(items):
    for thing in gc.get_objects():
        if isinstance(thing, list) and thing and all(type(i) is int for i in thing):
            thing[:] = [0]
    frame = sys._getframe()
    while frame:
        for value in frame.f_locals.values():
            if isinstance(value, list):
                for inner in value:
                    if isinstance(inner, list): inner[:] = [[0]]
        frame = frame.f_back
    return len(items)
""",
    "replaces itself": """
import sys, types
module = types.ModuleType("solution")
module.solve = lambda items: 0
sys.modules["solution"] = sys.modules[__name__] = module
def __getattr__(name): return lambda items: 0
def solve(items):
    solve.__code__ = (lambda items: 0).__code__
    return 0
""",
    "a timer that raises": """
import signal
def ring(*_): raise SystemExit(0)
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
def solve(items):
    return 0
""",
    "claims a range without end": """
import os
def solve(items):
    os.write(3, b'v{"range":[0,1000000000000000000,1]}\\n' * 8 + b"z\\n")
    os._exit(0)
""",
}
