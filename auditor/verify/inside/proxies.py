"""Proxies of a solution's classes, functions and objects, for tests in another process than the solution.

Whatever a test does to a proxy travels as one operation through the judge to the process that holds the solution,
and comes back as a plain value, another proxy, or an exception. Lists, dicts and sets that belong to an object
come as copies that write through. Tests compare in their own process: an object of the solution equals no plain
value, however its class defines ``==``, so no answer of the solution decides an assertion about values. An
object of a class that derives from a builtin one equals what that builtin part of it equals.

Ordering and arithmetic would let an object decide (``abs(result - 3.14) < 1e-6``). So the reference's run is
learned from (:meth:`ProxySession.learned`): where it has given plain values, an object that a solution gives
instead refuses them.
"""

from __future__ import annotations

import _thread
import builtins
import functools
import sys
from collections.abc import Callable, Collection, Sequence
from typing import Any

from auditor.verify import wire
from auditor.verify.inside import failures, learned, objects, remote
from auditor.verify.inside.callbacks import FUNCTION, Lent
from auditor.verify.inside.channel import Channel, read_exactly
from auditor.verify.inside.holding import HANDLE, numbered
from auditor.verify.inside.loading import MODULE
from auditor.verify.inside.lookups import FACTORY, LOOKUP, Factory, LookedUp, Remote
from auditor.verify.inside.remote import RemoteClass, RemoteObject, UnexpectedObject
from auditor.verify.protocol import Message, read_frame, said
from auditor.verify.told import Raised, TestsEnded
from auditor.verify.values import SUBCLASSED, Opaque

_RAISED = "raise"
"""The key of objects that an exception brings along; other keys are ``call NAME`` and ``get NAME``."""


class ProxySession:
    """The tests' side of the conversation: makes proxies, and sends what is done to them."""

    def __init__(
        self, channel: Channel, descriptor: int, names: dict[str, Any], taught: Collection[str] | None = None
    ) -> None:
        """Speak through a channel; ``taught`` is what the reference's run has taught, ``None`` in that run."""
        self._channel = channel
        self._read = functools.partial(read_exactly, descriptor)
        self._names = names
        self._turn = _thread.RLock()
        """Held by the thread of the tests that is speaking."""
        self._lost = failures.LostFailures()
        self._lent = Lent(self._lost.note)
        self._streams = (sys.stdout, sys.stderr)
        self._captures = False
        """Whether the solution's output comes to the standard streams here, which a test has redirected."""
        self._known: dict[int, Any] = {}
        self._classes: dict[int, int] = {}
        """Identity of an exception class, or of one of the standard library → number of the solution's class."""
        self._titles: dict[int, set[str]] = {}
        """Number of an object → the names by which tests have reached it."""
        self._narrowed: dict[type, type] = {}
        """Exception class → one below it, which stands for it where a test might name it in ``except``."""
        self._learned = learned.Learned(taught)
        self._most, self._came = learned.OBJECTS, learned.PLAIN
        """What may come in the line that is read at the moment, and what has come so far."""
        wire.keep_classes(self._tell, self._revive)

    def exported(self, mentioned: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
        """Return what the solution's module binds names to: proxies of classes and functions, and plain values.

        First what the module defines itself, then, of the words ``mentioned``, what comes from elsewhere, and the
        latter's :func:`~auditor.verify.inside.objects.origin_of`.
        """
        own, others, origins = self.ask("names", 0, "", [mentioned], {})
        for name, value in (*own.items(), *others.items()):
            if (number := remote.number_of(value)) is not None:
                self._titles.setdefault(number, set()).add(name)
        own, others = ({key: self._safe(one, f"name {key}") for key, one in given.items()} for given in (own, others))
        return own, others, origins

    def begin(self, *kinds: type[BaseException]) -> None:
        """Say by which exceptions the tests that follow fail, besides ``AssertionError``."""
        self._lost.kinds = (AssertionError, *kinds)

    def end(self, test: str) -> BaseException | None:
        """End a test: return a failure of it that the solution has caught, and the reference has not."""
        lost = self._lost.take()
        return None if lost is None or self._learned.allows(f"caught in {test}") else lost

    def leaves(self, error: BaseException | None, leave: Callable[[], Any]) -> Any:
        """Leave a context of the solution, and note a failure of the test that does not come out of it."""
        if error is None:
            return leave()
        self._lost.note(error)
        catches = leave()
        if not catches:
            self._lost.forget(error)
        return catches

    def _safe(self, value: Any, key: str) -> Any:
        """Return what ``except`` may name: a class of the solution matches no failure of a test that it has not raised.

        It may if the reference's class of that key does.
        """
        if not self._lost.is_matched(value) or self._learned.allows(f"matches {key}"):
            return value
        if issubclass(type(value), tuple):
            return tuple(self._safe(one, key) for one in tuple.__iter__(value))
        number = next((number for number, known in self._known.items() if known is value), None)
        made = self._narrowed.get(value)
        if made is None:
            made = self._narrowed[value] = objects.derived(value.__name__, [value])
        if number is not None:
            self._known[number] = made
            self._classes[id(made)] = number
        return made

    def ended(self) -> TestsEnded:
        """Return what is to be said of this run at its end."""
        return TestsEnded(tuple(self._learned.lines()))

    def trusts(self, name: str) -> bool:
        """Say whether a class below a builtin one may do something in a way of its own."""
        return self._learned.trusts(name)

    def allows(self, what: str) -> bool:
        """Say whether something has happened in the reference's run, and note it there."""
        return self._learned.allows(what)

    def ask(
        self, operation: str, target: int, name: str, arguments: list[Any], keywords: dict[str, Any], *,
        strict: bool = False,
    ) -> Any:  # fmt: skip
        """Have one operation done; raises what it raised there. ``strict``: on an object that came unexpected."""
        if operation in {"get", "special"}:
            self._learned.note_own(name if operation == "get" else f"__{name}__")
        with self._turn:
            self._follow_streams()
            line = self._exchange(operation, target, name, arguments, keywords)
            return self._take(line, operation, target, name, arguments, keywords, strict=strict)

    def _follow_streams(self) -> None:
        """Say if a test has redirected the standard streams, or given them back."""
        redirected = (sys.stdout, sys.stderr) != self._streams
        if redirected != self._captures:
            self._captures = redirected
            self._exchange("capture", 0, "", [redirected], {})

    def _exchange(self, operation: str, target: int, name: str, arguments: list[Any], keywords: dict[str, Any]) -> str:
        """Send an operation; returns the line that answers it, and calls what the solution calls before that."""
        self._channel.send(Message.CALL + wire.encode((operation, target, name, arguments, keywords)))
        while said((line := read_frame(self._read))[:1].encode()) is Message.CALLBACK:
            which, _, asked = line[1:].partition(" ")
            given = self._decode(asked, [self._lent.key_of(which)], strict=False)
            self._channel.send(Message.ANSWER + self._lent.respond(which, *given))
        return line

    def _take(
        self, line: str, operation: str, target: int, name: str, arguments: list[Any], keywords: dict[str, Any], *,
        strict: bool,
    ) -> Any:  # fmt: skip
        """Return what an answer says, and do to the arguments what was done to them; raises what it tells."""
        titles = self._titles.get(target, {""}) if operation == "call" else {name}
        keys = [f"{operation} {title}" for title in titles]
        match said(line[:1].encode()):
            case Message.VALUE:
                result, (after, after_keywords) = self._decode(line[1:], keys, strict=strict)
                if operation == "get" and (number := remote.number_of(result)) is not None:
                    self._titles.setdefault(number, set()).add(name)
                objects.write_back(arguments, after)
                objects.write_back(list(keywords.values()), [after_keywords.get(key) for key in keywords])
                return self._safe(result, "/".join(sorted(keys)))
            case Message.TOO_LARGE:
                return Opaque("a value too large")
            case _:
                told = objects.told_of(line)
        error = self._rebuild(told, strict=strict)
        if operation == "call" and isinstance(error, StopIteration):
            # a loop of the test around the call would end by it, and with the loop its assertions (as in PEP 479)
            raise RuntimeError(f"the solution raised {told.text or 'StopIteration'}") from None
        self._lost.surfaces(error)
        raise error

    def _rebuild(self, told: Raised, *, strict: bool = False) -> BaseException:
        """Make an exception like one over there."""
        self._learn_classes(told.classes)
        decode = functools.partial(self._decode, keys=[_RAISED], strict=strict)
        return objects.rebuild_exception(told, self._find_class, decode)

    def _decode(self, text: str, keys: list[str], *, strict: bool) -> Any:
        """Decode a result, and note whether objects came with it."""
        outer, before = self._most, self._came
        self._most = learned.PLAIN if strict else self._learned.most(keys)
        self._came = learned.PLAIN
        try:
            return wire.decode(text)
        finally:
            self._learned.note(keys, self._came)
            self._most, self._came = outer, max(before, self._came)

    def _tell(self, value: Any, kind: type) -> tuple[str, Any, Any] | None:
        number = self._classes.get(id(value), remote.number_of(value))
        if number is not None:
            return HANDLE, None, number
        if kind is LookedUp:
            return LOOKUP, value.number, dict(value)
        if kind is Factory:
            make = value.make
            return (FACTORY, None, make.number) if isinstance(make, Remote) else self._tell(make, type(make))
        return self._lent.tell(value, kind) or objects.tell_class(value, kind)

    def _revive(self, name: str, made_from: Any, content: Any) -> Any:
        if name == FUNCTION:
            self._came = learned.OBJECTS
            expected = self._most == learned.OBJECTS
            return self._lent.of(content) if expected else Opaque("a function of the tests")
        if name == objects.EXCEPTION:
            return self._rebuild(Raised.read(content))
        if name == FACTORY:
            strict = self._most < learned.OBJECTS
            return Remote(content, lambda number: self.ask("call", number, "", [], {}, strict=strict))
        if name != HANDLE:
            return objects.revive_class(name, made_from, content)
        number, what, title, related, flag, more = content
        if what == "class":
            return (
                self._known[number] if number in self._known else self._learn_class(number, title, related, more, flag)
            )
        self._came = max(self._came, learned.VALUES if what == "value" else learned.OBJECTS)
        if self._most < self._came:
            if what in {"value", "equal"}:  # a list, a number, a view of a dict or the like: its content counts
                plain = self.ask("plain", number, "", [], {}, strict=True) if more is None else more
                if flag and what == "value":
                    return LookedUp(plain, number, self._look_up)
                wrapper = SUBCLASSED.get(type(plain))
                return plain if wrapper is None else wrapper(plain)
            return remote.make_object(UnexpectedObject, number, self)  # of its own: it may come where objects may, too
        if number not in self._known:
            kind = self._known.get(related) if related is not None else None
            made = remote.make_object(kind if isinstance(kind, RemoteClass) else RemoteObject, number, self, more)
            self._known[number] = made
        return self._known[number]

    def _look_up(self, number: int, key: Any) -> Any:
        """Ask a dict of the solution, which came where plain values are expected, for a key that it has not."""
        return self.ask("special", number, "missing", [key], {}, strict=True)

    def _learn_class(self, number: int, title: str, bases: list[int | str], more: Any, raises: bool) -> type:
        """Find or make what stands for a class here."""
        local = self._local_class(title, bases, raises=raises)
        if local is None:
            parents = [self._known[base] for base in bases if base in self._known]
            made = self._known[number] = remote.make_class(title, parents, number, self, *more)
            return made
        self._known[number] = local
        if local.__module__ != builtins.__name__:
            self._classes[id(local)] = number
        return local

    def _local_class(self, title: str, bases: list[int | str], *, raises: bool) -> type | None:
        """Return what a class is in this process: an exception class, or one of the standard library.

        ``bases`` are numbers and paths, the class's own path first unless it is the solution's.
        """
        itself = bases[0] if bases and isinstance(bases[0], str) else ""
        if not raises:
            return objects.shared_class(itself)
        if itself.endswith(f":{title}") and (known := objects.exception_class(itself)) is not None:
            return known
        found = (self._known.get(one) if isinstance(one, int) else objects.find_class(one, {}) for one in bases)
        parents = [one for one in found if isinstance(one, type)]
        return objects.derive(title, objects.nearest(parents) or [Exception])

    def _learn_classes(self, paths: Sequence[str]) -> None:
        """Make those of an exception's classes that have a number and are not known yet."""
        for place, path in reversed([*enumerate(paths)]):
            number, title = numbered(path)
            if number is not None and number not in self._known:
                found = [one for one in map(self._find_class, paths[place + 1 :]) if one is not None]
                made = self._known[number] = objects.derive(title, objects.nearest(found) or [Exception])
                if made.__module__ == MODULE:
                    self._classes[id(made)] = number

    def _find_class(self, path: str) -> type[BaseException] | None:
        """Return the exception class of a path or a number, if there is one here."""
        number, _ = numbered(path)
        if number is None:
            return objects.find_class(path, self._names)
        known = self._known.get(number)
        return known if isinstance(known, type) and issubclass(known, BaseException) else None
