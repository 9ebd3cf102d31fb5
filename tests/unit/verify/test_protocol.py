"""The protocol between judge and sandbox: what is written on one side is read on the other, and every job is done."""

from __future__ import annotations

import io
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.records import Suite
from auditor.verify import kinds, protocol
from auditor.verify.inside import jobs
from auditor.verify.protocol import Answer, Ended, Job, Message, Request
from auditor.verify.told import Raised, ScriptFailure

names = st.text(max_size=8)
numbers = st.integers(0, 1 << 40)
MESSAGES = st.one_of([st.from_type(one) for one in (*get_args(Job), *get_args(Request), *get_args(Answer))])


def plain(message: object) -> object:
    """Compare by value: a tuple comes back as JSON's list."""
    return protocol.encode(message)  # type: ignore[arg-type]


@given(MESSAGES)
def test_messages_come_back_as_they_went(message: Job | Request | Answer) -> None:
    back = protocol.decode(protocol.encode(message), type(message))
    assert type(back) is type(message)
    assert plain(back) == plain(message)


@given(st.one_of([st.from_type(one) for one in get_args(Job)]), st.text(st.characters(codec=None), max_size=40))
def test_a_job_carries_its_source(job: Job, source: str) -> None:
    stream = io.BytesIO(protocol.encode_job(job, source) + b"rest")
    back, code = protocol.read_job(stream.read)
    assert (plain(back), code, stream.read()) == (plain(job), source, b"rest")


def test_a_message_of_another_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="Ended"):
        protocol.decode(protocol.encode(Ended(0, 0.1, killed=False)), protocol.Forked)


def test_every_job_has_its_function_and_every_message_its_own_byte() -> None:
    assert set(jobs._HANDLERS) == set(get_args(Job))
    assert len({message.value for message in Message}) == len(Message)
    assert all(len(message.value.encode()) == 1 for message in Message)
    assert [protocol.said(message.value.encode() + b"\xff") for message in Message] == list(Message)
    assert protocol.said(b"") is None


def test_every_kind_of_suite_can_be_prepared() -> None:
    """A suite class without a kind ends in ``assert_never``, as mypy says too."""
    names = kinds.prepare.__code__.co_names
    assert {one.__name__ for one in get_args(Suite)} <= set(names)


@given(st.builds(Raised, st.text(max_size=40), st.tuples(names, names), names, names, names) | st.builds(Raised, names))
def test_exceptions_come_back_as_they_went(raised: Raised) -> None:
    assert Raised.read(raised.body()) == raised


@given(st.builds(ScriptFailure, st.integers(0, 10**8), st.booleans(), st.text(max_size=40)))
def test_failures_come_back_as_they_went(failure: ScriptFailure) -> None:
    assert ScriptFailure.read(failure.body().encode()) == failure


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 10**6, b"{}", b"[1]", b'[-1, true, "x"]', b"[1e999, true, 1]"])
def test_hostile_bodies_say_nothing(body: bytes) -> None:
    assert Raised.read(body) == Raised("")
    assert ScriptFailure.read(body) == ScriptFailure(0, False, "")
