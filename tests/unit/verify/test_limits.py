"""How long a test may take."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.config import VerifyConfig
from auditor.verify.limits import FIRST_SECONDS, LEAST_BYTES, PEAK_FACTOR, Limits

seconds = st.lists(st.floats(0, 20), max_size=30)
configs = st.builds(
    VerifyConfig, timeout=st.floats(0.1, 10), timeout_factor=st.floats(1, 10), workers=st.just(1),
    suite_timeout=st.floats(0.1, 100),
)  # fmt: skip


@given(seconds, configs)
def test_limits(tests: list[float], config: VerifyConfig) -> None:
    """Every test gets the floor or the reference's time with its factor, and the reference itself always fits."""
    limits = Limits.of(tests, config)
    for index, taken in enumerate(tests):
        assert limits.of_test(index) == max(config.timeout, config.timeout_factor * taken)
        first, alone = limits.clocks(index, alone=False), limits.clocks(index, alone=True)
        assert first.cpu <= limits.of_test(index) == alone.cpu
        assert taken <= first.cpu
        assert (index in limits.slow) == (first.cpu > min(FIRST_SECONDS, config.timeout))
        assert first.total <= alone.total <= limits.backstop
    assert sum(tests) <= limits.total
    assert limits.total <= config.timeout + max(config.suite_timeout, config.timeout_factor * sum(tests))


@given(st.integers(0, 1 << 34))
def test_memory_is_scaled_from_the_reference(peak: int) -> None:
    """A program gets the floor, or a multiple of what the reference held."""
    limits = Limits.of([0.1], VerifyConfig(), peak)
    assert limits.data_bytes == max(LEAST_BYTES, PEAK_FACTOR * peak)
