"""A part of the fresh corpus on this machine; ``python -m tests.hostile.fresh`` runs all of it."""

from __future__ import annotations

import pytest

from auditor.config import VerifyConfig
from auditor.verify.levels import available
from tests.hostile.fresh import fresh_programs
from tests.hostile.fresh.__main__ import not_as_they_have_to_be


@pytest.mark.slow
def test_programs_come_out_as_they_have_to() -> None:
    """Every fifteenth program that is quick: right ones pass, wrong ones are charged."""
    quick = [one for one in fresh_programs() if not one.burns]
    assert list(not_as_they_have_to_be(available(), quick[::15], VerifyConfig(workers=2, sandbox="none"))) == []


def test_the_corpus_is_whole() -> None:
    """More than 500 programs of functions, scripts, programs and unittest suites, no two alike."""
    programs = list(fresh_programs())
    assert len(programs) > 500
    assert len({(one.task_id, one.solution) for one in programs}) > 500
    assert len({one.task_id for one in programs}) >= 24
    assert sum(one.right for one in programs) > 150
