"""Reading claims: a pass needs the right value for every test, however the bytes arrive."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from auditor.records import InputSuite, ResultCode
from auditor.verify.kinds.calls import expected as expecting
from auditor.verify.kinds.calls.claims import Claims

NAN = float("nan")


def expectation(values: list[Any], **settings: Any) -> expecting.Expected:
    suite = InputSuite(tuple((index,) for index in range(len(values))), **settings)
    return expecting.build(suite, [expecting.value_line(value) for value in values], b"[]")


def perfect(expected: expecting.Expected) -> bytes:
    return b"c\nr\n" + b"".join(line + b"\n" for line in expected.lines) + b"z\n"


def read(
    expected: expecting.Expected, stream: bytes, sizes: list[int], *, start: int = 0, stop: bool = False
) -> Claims:
    """Feed a stream in pieces of these sizes, then the rest."""
    claims = Claims(expected, start, stop)
    for size in sizes:
        piece, stream = stream[:size], stream[size:]
        if piece and not claims.feed(piece):
            break
    else:
        if stream:
            claims.feed(stream)
    claims.finish()
    return claims


values = st.lists(st.integers(-3, 3) | st.floats(-2, 2) | st.text(max_size=3) | st.just(NAN), min_size=1, max_size=8)
pieces = st.lists(st.integers(1, 12), max_size=20)


@given(values, values, pieces, st.booleans())
def test_pieces_do_not_matter(wanted: list[Any], claimed: list[Any], sizes: list[int], stop: bool) -> None:
    """How the bytes are cut changes nothing, and each test passes exactly when its value is right."""
    expected = expectation(wanted)
    lines = [expecting.value_line(value) for value in claimed]
    stream = b"c\nr\n" + b"".join(line + b"\n" for line in lines) + b"z\n"
    whole, cut = read(expected, stream, [], stop=stop), read(expected, stream, sizes, stop=stop)
    assert (whole.passed, whole.failing, whole.done, whole.next_test) == (
        cut.passed, cut.failing, cut.done, cut.next_test,
    )  # fmt: skip
    for index, state in enumerate(whole.passed):
        if state != ResultCode.NOT_RUN:
            right = claimed[index] == wanted[index] or (
                isinstance(wanted[index], float)
                and type(claimed[index]) is float
                and abs(claimed[index] - wanted[index]) <= 1e-6 + 1e-7 * abs(wanted[index])
            )
            assert state == (ResultCode.PASSED if right else ResultCode.FAILED)


@given(values.filter(lambda items: not any(item is NAN for item in items)), pieces, st.data())
def test_a_cut_stream_is_no_pass(wanted: list[Any], sizes: list[int], data: st.DataObject) -> None:
    """A perfect run passes; any proper prefix of it passes only the tests that it answers wholly."""
    expected = expectation(wanted)
    stream = perfect(expected)
    whole = read(expected, stream, sizes)
    assert whole.done
    assert whole.next_test == len(expected)
    assert whole.failing is None
    end = data.draw(st.integers(0, len(stream) - 1))
    cut = read(expected, stream[:end], sizes)
    assert not cut.done
    answered = max(0, stream[:end].count(b"\n") - 2)
    assert cut.passed == bytes([ResultCode.PASSED] * answered + [ResultCode.NOT_RUN] * (len(wanted) - answered))


@given(values.filter(lambda items: not any(item is NAN for item in items)), pieces, st.data())
def test_a_run_from_the_middle(wanted: list[Any], sizes: list[int], data: st.DataObject) -> None:
    """A run that starts at a later test judges that test and those after it, and no others."""
    expected = expectation(wanted)
    start = data.draw(st.integers(0, len(wanted) - 1))
    stream = b"c\nr\n" + b"".join(line + b"\n" for line in expected.lines[start:]) + b"z\n"
    claims = read(expected, stream, sizes, start=start)
    assert claims.passed == bytes([ResultCode.NOT_RUN] * start + [ResultCode.PASSED] * (len(wanted) - start))
    assert claims.done


@given(st.lists(st.binary(max_size=30), max_size=12), pieces)
def test_forged_lines_pass_nothing(lines: list[bytes], sizes: list[int]) -> None:
    """Bytes that do not claim the right value never pass a test, and never raise."""
    secret = "a value that nobody guesses"
    expected = expectation([secret, secret])
    claims = read(expected, b"c\nr\n" + b"\n".join(lines), sizes)
    assert ResultCode.PASSED not in claims.passed


def test_nan_never_passes() -> None:
    """NaN equals nothing, even if the bytes are equal."""
    expected = expectation([NAN])
    assert read(expected, perfect(expected), []).passed == bytes([ResultCode.FAILED])


def test_answers_beyond_the_last_test() -> None:
    """More answers than tests are no pass."""
    expected = expectation([1])
    claims = read(expected, b"c\nr\nv1\nv1\nz\n", [])
    assert claims.broken
    assert not claims.done


def test_an_output_without_end_dies_early() -> None:
    """A line beyond its limit stops the run, long before memory is at stake."""
    expected = expectation([1])
    claims = Claims(expected, 0, stop=True)
    taken = 0
    claims.feed(b"c\nr\nv")
    while claims.feed(b"1" * 65536):
        taken += 65536
    assert taken < 1 << 20
    assert claims.passed == bytes([ResultCode.FAILED])


def test_huge_values_are_compared_by_hash() -> None:
    """An expected value above a megabyte is kept as a SHA-256, which its own encoding passes and no other."""
    big = expecting.value_line("x" * (2 << 20))
    (line,) = expecting.shrink([big])
    assert len(line) == 65
    expected = expecting.build(InputSuite(((0,),)), [line], b"[]")
    assert expected.hashed == [0]
    assert read(expected, b"c\nr\n" + line + b"\nz\n", []).passed == bytes([ResultCode.PASSED])
    assert read(expected, b"c\nr\nh" + b"0" * 64 + b"\nz\n", []).passed == bytes([ResultCode.FAILED])
    assert read(expected, b"c\nr\nv1\nz\n", []).passed == bytes([ResultCode.FAILED])


@given(st.sampled_from(["find_zero", "not_none", None]), st.integers(1, 4), st.binary(max_size=6), pieces)
def test_no_line_stands_for_any_value(oracle: str | None, tests: int, line: bytes, sizes: list[int]) -> None:
    """If bytes do not decide, no line that is not an encoded value passes, however often it is sent."""
    if line[:1] == b"v":
        line = b"?" + line
    expected = expectation([NAN] * tests, oracle=oracle)
    claims = read(expected, b"c\nr\n" + (line + b"\n") * tests + b"z\n", sizes)
    assert ResultCode.PASSED not in claims.passed


def test_a_question_mark_is_a_wrong_answer() -> None:
    """The judge once used this line for tests that bytes do not decide, and a child could send it."""
    expected = expectation([1, NAN, 2])
    claims = read(expected, b"c\nr\nv1\n?\nv2\nz\n", [])
    assert bytes(claims.passed) == bytes([ResultCode.PASSED, ResultCode.FAILED, ResultCode.PASSED])


def test_answers_after_an_undecided_test_still_count() -> None:
    """Only the undecided test itself needs the judge; a later right answer passes."""
    expected = expectation([1, NAN, "x"])
    claims = read(expected, perfect(expected), [])
    assert bytes(claims.passed) == bytes([ResultCode.PASSED, ResultCode.FAILED, ResultCode.PASSED])
    assert claims.done
