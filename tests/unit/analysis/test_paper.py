"""The published numbers of Stroebl, Kapoor and Narayanan (arXiv 2411.17501) come out of our formulas."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.analysis import PAPER_HUMANEVAL
from auditor.analysis.counts import Counts
from auditor.analysis.model_line import least_squares
from auditor.analysis.two_type import Form, TwoType, best_attempts, fit_two_type

MODELS = {
    "Code Llama 13B": (0.33876666666666666, 0.7791487886071686),
    "Code Llama 7B": (0.2862, 0.7645359573675352),
    "CodeGen 6B": (0.17886666666666665, 0.7819456443409677),
    "CodeGen2 7B": (0.11246666666666667, 0.7891557294937201),
    "CodeT5+ 16B": (0.2298, 0.766251445414787),
    "Command-Light": (0.06352666666666666, 0.7147691421376404),
    "Command-R": (0.36806666666666665, 0.8424025349731507),
    "Command": (0.22383333333333336, 0.7735327278226033),
    "GPT-4o": (0.855, 0.9288279561535917),
    "Llama 3.1 405B": (0.7809333333333334, 0.8932684346620694),
    "Llama 3.1 70B": (0.7121, 0.8695344754631117),
    "Llama 3.1 8B": (0.5501674005926751, 0.8246222663512303),
    "Phi-3 Medium": (0.6078666666666667, 0.8588798027866777),
    "Phi-3 Mini": (0.5790964162411865, 0.8558553329291604),
    "Mistral 7B": (0.19953333333333334, 0.7587162798367411),
    "StarCoder": (0.2147666666666667, 0.7617543937389855),
    "Vicuna 7B": (0.0915, 0.7522914627882045),
}
"""Model → single-sample accuracy and conditional accuracy over 150 HumanEval tasks."""

LLAMA_8B = TwoType(84 / 150, 0.8738248665464701, 66 / 150, 0.13823971665148135, 0.7516008131097383)
COSTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 2.0, 4.0, 10.0)
PRINTED = [82, 81, 81, 80, 79, 76, 3, 2, 2, 2, 1, 1, 0]
RIGHT = [80, 79, 79, 78, 77, 74, 3, 2, 2, 2, 1, 1, 0]


def fit(x: list[float], y: list[float]) -> tuple[float, float, float]:
    """Slope, intercept and R² of one line."""
    slope, intercept, explained = least_squares(np.array([x]), np.array([y]))
    return float(slope[0]), float(intercept[0]), float(explained[0])


def test_the_line_over_seventeen_models() -> None:
    """Conditional rises with single-sample accuracy as published: 0.22 x + 0.72, R² 0.892."""
    slope, intercept, explained = fit([x for x, _ in MODELS.values()], [y for _, y in MODELS.values()])
    assert slope == pytest.approx(0.21829, abs=5e-6)
    assert intercept == pytest.approx(0.72471, abs=5e-6)
    assert explained == pytest.approx(0.89182, abs=5e-6)


def test_points_of_one_x_make_no_line() -> None:
    """If all x are equal there is no slope; points on a line have an R² of 1."""
    assert np.isnan(fit([0.3, 0.3, 0.3], [0.5, 0.6, 0.7])[0])
    assert fit([1, 2, 3], [1, 2, 3]) == pytest.approx((1, 0, 1))


@pytest.mark.parametrize(("form", "row"), [(Form.PRINTED, PRINTED), (Form.RIGHT, RIGHT)])
def test_the_llama_row_of_the_two_type_table(form: Form, row: list[int]) -> None:
    """Llama 3.1 8B's best attempts come out exactly, by the printed form and by the right one."""
    assert [best_attempts(LLAMA_8B, cost, form=form).attempts for cost in COSTS] == row


def test_long_rows_are_where_double_precision_ends() -> None:
    """If a hard task's draw still pays, no number of attempts is best, and we say so."""
    for cost, attempts in zip(COSTS, RIGHT, strict=True):
        best = best_attempts(LLAMA_8B, cost)
        assert best.unbounded == (attempts > 70)
        assert best.nearly <= best.attempts


@pytest.mark.parametrize("cost", COSTS)
def test_the_right_form_is_the_chain_of_draws(cost: float) -> None:
    """The utility of K attempts equals walking the draws one by one, for every type on its own."""
    best = best_attempts(LLAMA_8B, cost)
    total = 0.0
    for share, right in ((LLAMA_8B.p1, LLAMA_8B.r1), (LLAMA_8B.p2, LLAMA_8B.r2)):
        assert right is not None
        assert LLAMA_8B.soundness is not None
        alive = share
        for _ in range(best.attempts):
            total += alive * right - cost * alive * (1 - right) * (1 - LLAMA_8B.soundness)
            alive *= (1 - right) * LLAMA_8B.soundness
    assert best.utility == pytest.approx(total, abs=1e-12)


def test_a_draw_cost_ends_the_waiting() -> None:
    """With a price on every draw the best number of attempts is finite and falls with the price."""
    found = [best_attempts(LLAMA_8B, 0.1, draw_cost=price) for price in (0.0, 0.001, 0.05, 0.2, 1.0)]
    assert [one.attempts for one in found] == sorted((one.attempts for one in found), reverse=True)
    assert found[0].unbounded
    assert found[-1].attempts == 0


def test_fitting_recovers_shares_means_and_soundness() -> None:
    """p1 r1 + p2 r2 is the single-sample accuracy, and the soundness is the share of wrong samples rejected."""
    counts = Counts("m", ("a", "b", "c"), [10, 10, 10], [10, 8, 3], [9, 5, 1])
    model = fit_two_type(counts)
    assert (model.p1, model.p2) == pytest.approx((2 / 3, 1 / 3))
    assert (model.r1, model.r2) == pytest.approx((0.7, 0.1))
    assert model.soundness == pytest.approx(1 - 6 / 15)


@pytest.mark.parametrize(
    ("base", "correct", "expected"),
    [(5, 5, (1.0, 1.0, None, None)), (0, 0, (0.0, None, 0.0, 1.0)), (5, 0, (0.0, None, 0.0, 0.0))],
)
def test_extreme_models_are_fitted_without_nan(base: int, correct: int, expected: tuple[float | None, ...]) -> None:
    """All right, all rejected and all falsely accepted each give parameters, an optimum and no NaN."""
    model = fit_two_type(Counts("m", ("a",), [5], [base], [correct]))
    assert (model.p1, model.r1, model.r2, model.soundness) == expected
    best = best_attempts(model, 1.0)
    assert best.attempts == (1 if correct else 0)
    assert best.utility == (1.0 if correct else 0.0)


def test_the_fourteen_tasks() -> None:
    """The paper's suspected false negatives are 14 different HumanEval tasks."""
    assert len(set(PAPER_HUMANEVAL)) == 14
    assert {int(task_id.removeprefix("HumanEval/")) for task_id in PAPER_HUMANEVAL} == {
        141, 20, 107, 9, 116, 114, 92, 6, 88, 142, 126, 136, 62, 83,
    }  # fmt: skip
