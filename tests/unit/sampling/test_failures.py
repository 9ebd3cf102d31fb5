"""What error replies mean, in the shapes that servers give them; where an address is wrong; what may be shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.config import ModelConfig
from auditor.errors import EndpointError
from auditor.records import SampleStatus
from auditor.sampling.classify import ErrorReply, classify
from auditor.sampling.failures import Failure, RunWideError, Scope, TransientError, TransientKind, UnansweredError
from auditor.sampling.remedies import url_remedy
from auditor.sampling.signs import message_in
from auditor.text import one_line

SENT = {"model": "gpt-x", "messages": [], "temperature": 0.8, "max_tokens": 1024, "seed": 3, "n": 2, "stop": ["x"]}


def model(**changes: Any) -> ModelConfig:
    return ModelConfig(**{"name": "gpt-x", "base_url": "http://127.0.0.1:1/v1", **changes})


def meaning(status: int, body: Any, retry_after: float | None = None, **changes: Any) -> Failure:
    said = message_in(body) if body is not None else "<html>page</html>"
    return classify(ErrorReply(status, body, said, retry_after), model(**changes), SENT)


def openai_error(message: str, **fields: Any) -> dict[str, Any]:
    return {"error": {"message": message, **fields}}


REFUSED = [
    (400, openai_error("The response was filtered due to the prompt triggering Azure's content management policy.",
                       code="content_filter", innererror={"code": "ResponsibleAIPolicyViolation"})),
    (400, openai_error("failed", code="400", provider_specific_fields={"innererror": {"code": "content_filter"}})),
    (400, openai_error("Your request was rejected by our safety system.", code="content_policy_violation")),
    (400, openai_error("Invalid prompt: your prompt was flagged as potentially violating our usage policy.",
                       code="invalid_prompt", type="invalid_request_error")),
    (400, {"code": "DataInspectionFailed", "message": "Input data may contain inappropriate content."}),
    (400, openai_error("Content Exists Risk", type="invalid_request_error", code="invalid_request_error")),
    (400, openai_error("Provider returned error", code=400,
                       metadata={"raw": json.dumps({"error": {"code": "PROHIBITED_CONTENT", "message": "no"}})})),
    (403, openai_error("Your chosen model requires moderation and your input was flagged", code=403,
                       metadata={"reasons": ["violence"], "flagged_input": "x"})),
    (400, {"contentFilter": [{"level": 1}], "error": {"code": "1301", "message": "系统检测到输入内容"}}),
    (500, openai_error("litellm.ContentPolicyViolationError: OpenAIException", code="500")),
    (422, {"detail": "Blocked by the content safety filter"}),
]  # fmt: skip
TOO_LONG = [
    (400, openai_error("This model's maximum context length is 4096 tokens. However, you requested 5000 tokens "
                       "(976 in the messages, 4024 in the completion).", code="context_length_exceeded")),
    (400, {"object": "error", "message": "This model's maximum context length is 1000 tokens.", "code": 400,
           "type": "BadRequestError", "param": None}),
    (400, openai_error("'max_tokens' or 'max_completion_tokens' is too large: 4000. This model's maximum context length"
                       " is 4096 tokens and your request has 500 input tokens", param="max_tokens")),
    (400, openai_error("the request exceeds the available context size. try increasing the context size",
                       type="exceed_context_size_error", code=400)),
    (400, {"code": "InvalidParameter", "message": "Range of input length should be [1, 30720]"}),
    (422, {"error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096", "type": "x"}),
    (413, {"error": {"message": "Request too large for model `gpt-x` on tokens per minute (TPM): Limit 6000, "
                                "Requested 7000", "code": "rate_limit_exceeded", "type": "tokens"}}),
    (429, openai_error("Request too large for gpt-x on tokens per min (TPM): Limit 10000, Requested 12000.",
                       code="rate_limit_exceeded", type="tokens")),
    (400, openai_error("prompt is too long: 210000 tokens > 200000 maximum", type="invalid_request_error")),
    (500, openai_error("litellm.ContextWindowExceededError: BadRequestError")),
    (413, None),
]  # fmt: skip
REJECTED = [
    (400, openai_error("The request could not be processed", code="bad_request")),
    (422, {"detail": [{"type": "string_type", "loc": ["body", "messages", 0, "content"], "msg": "Input should be"}]}),
    (400, None),
]


@pytest.mark.parametrize(("status", "body"), REFUSED)
def test_a_filter_is_recognised(status: int, body: Any) -> None:
    failure = meaning(status, body)
    assert isinstance(failure, UnansweredError), failure
    assert failure.status is SampleStatus.REFUSED


@pytest.mark.parametrize(("status", "body"), TOO_LONG)
def test_a_prompt_that_does_not_fit_is_recognised(status: int, body: Any) -> None:
    failure = meaning(status, body)
    assert isinstance(failure, UnansweredError), failure
    assert failure.status is SampleStatus.TOO_LONG


@pytest.mark.parametrize(("status", "body"), REJECTED)
def test_what_names_nothing_known_is_a_rejection_of_this_request(status: int, body: Any) -> None:
    failure = meaning(status, body)
    assert isinstance(failure, UnansweredError), failure
    assert failure.status is SampleStatus.REJECTED


@pytest.mark.parametrize(
    ("status", "body", "scope", "remedy"),
    [
        (401, openai_error("Incorrect API key provided: sk-x", code="invalid_api_key"), Scope.KEY, "api_key_env"),
        (401, None, Scope.KEY, "api_key_env"),
        (400, openai_error("API key not valid. Please pass a valid API key.", status="INVALID_ARGUMENT"),
         Scope.KEY, "api_key_env"),
        (403, None, Scope.KEY, "api_key_env"),
        (402, openai_error("Insufficient Balance", code="invalid_request_error"), Scope.CREDIT, "credit"),
        (402, openai_error("This request requires more credits, or fewer max_tokens."), Scope.CREDIT,
         "lower max_output_tokens"),
        (429, openai_error("You exceeded your current quota", code="insufficient_quota"), Scope.CREDIT, "credit"),
        (400, {"code": "Arrearage", "message": "Access denied, please make sure your account is in good standing."},
         Scope.CREDIT, "credit"),
        (400, openai_error("Your credit balance is too low", type="invalid_request_error"), Scope.CREDIT, "credit"),
        (404, openai_error("The model `gpt-x` does not exist or you do not have access to it.", code="model_not_found"),
         Scope.MODEL, "'gpt-x'"),
        (404, {"object": "error", "message": "The model `gpt-x` does not exist.", "type": "NotFoundError"},
         Scope.MODEL, "'gpt-x'"),
        (404, openai_error('model "gpt-x" not found, try pulling it first', type="api_error"), Scope.MODEL, "gpt-x"),
        (400, openai_error("gpt-x is not a valid model ID", code=400), Scope.MODEL, "gpt-x"),
        (400, openai_error("Model Not Exist", type="invalid_request_error"), Scope.MODEL, "gpt-x"),
        (400, openai_error("The model `gpt-x` has been decommissioned", code="model_decommissioned"), Scope.MODEL, "x"),
        (404, openai_error("The API deployment for this resource does not exist.", code="DeploymentNotFound"),
         Scope.MODEL, "gpt-x"),
        (404, None, Scope.URL, "base_url"),
        (404, {"detail": "Not Found"}, Scope.URL, "base_url"),
        (405, {"detail": "Method Not Allowed"}, Scope.URL, "base_url"),
        (400, openai_error("Unsupported value: 'temperature' does not support 0.8 with this model.",
                           param="temperature", code="unsupported_value"), Scope.PARAMETER, 'temperature = "default"'),
        (400, openai_error("`temperature` is not supported with model `gpt-x`"), Scope.PARAMETER,
         'temperature = "default"'),
        (400, openai_error("Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                           "'max_completion_tokens' instead.", param="max_tokens", code="unsupported_parameter"),
         Scope.PARAMETER, "max_completion_tokens"),
        (400, openai_error("max_tokens is too large: 1024. This model supports at most 512 completion tokens",
                           param="max_tokens", code="invalid_value"), Scope.PARAMETER, "lower max_output_tokens"),
        (422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs not permitted"}]},
         Scope.PARAMETER, "remove seed from"),
        (400, openai_error("Unrecognized request argument supplied: seed"), Scope.PARAMETER, "remove seed from"),
        (400, openai_error("'n' must be 1"), Scope.PARAMETER, "choices_per_request = 1"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_every_request_is_named_with_its_remedy(
    status: int, body: Any, scope: Scope, remedy: str
) -> None:
    failure = meaning(status, body)
    assert isinstance(failure, RunWideError), failure
    assert failure.scope is scope
    assert remedy in failure.remedy


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, openai_error("Rate limit reached for gpt-x", code="rate_limit_exceeded"), TransientKind.RATE),
        (429, openai_error("You exceeded your current quota, please check your plan", status="RESOURCE_EXHAUSTED"),
         TransientKind.RATE),
        (500, openai_error("The server had an error"), TransientKind.SERVER),
        (502, None, TransientKind.SERVER),
        (503, {"error": "model is loading"}, TransientKind.OVERLOAD),
        (529, openai_error("Overloaded", type="overloaded_error"), TransientKind.OVERLOAD),
        (504, None, TransientKind.TIMEOUT),
        (400, openai_error("Rate limit exceeded, try again later"), TransientKind.RATE),
        (409, openai_error("conflict"), TransientKind.SERVER),
    ],
)  # fmt: skip
def test_what_may_pass_is_told_from_what_does_not(status: int, body: Any, kind: TransientKind) -> None:
    failure = meaning(status, body)
    assert isinstance(failure, TransientError), failure
    assert failure.kind is kind


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["error", "message", "code", "type", "detail", "raw", "param", "x"]), inner)
    ),
    max_leaves=20,
)


@given(status=st.integers(300, 599), body=JSON)
def test_any_body_has_a_meaning(status: int, body: Any) -> None:
    """Whatever a server sends, it is sorted, never an exception."""
    failure = meaning(status, body)
    assert isinstance(failure, TransientError | UnansweredError | RunWideError)


@pytest.mark.parametrize(
    ("given", "changes", "wanted"),
    [
        ("http://h:8000", {}, '"http://h:8000/v1"'),
        ("http://h:8000/v1/chat/completions", {}, 'base_url = "http://h:8000/v1"'),
        ("http://h:8000/v1/completions", {}, 'base_url = "http://h:8000/v1", endpoint = "completions"'),
        ("http://h:8000/v1/responses/", {}, 'base_url = "http://h:8000/v1", endpoint = "responses"'),
        ("http://localhost:11434/api/generate", {}, 'base_url = "http://localhost:11434/v1"'),
        ("http://localhost:11434/api", {}, 'base_url = "http://localhost:11434/v1"'),
        ("http://localhost:8080/completion", {}, 'base_url = "http://localhost:8080/v1"'),
        ("http://localhost:3000/generate", {}, 'base_url = "http://localhost:3000/v1"'),
        ("https://r.openai.azure.com/openai/deployments/dep/chat/completions?api-version=1", {},
         'base_url = "https://r.openai.azure.com", model = "dep", api_version ='),
        ("https://r.openai.azure.com/openai/deployments/dep", {"api_version": "2024-10-21"},
         'base_url = "https://r.openai.azure.com", model = "dep"'),
        ("https://gateway/openai/deployments/dep", {"api_version": "2024-10-21"},
         'base_url = "https://gateway", model = "dep"'),
        ("https://r.openai.azure.com", {"api_version": "2024-10-21"}, "deployment's name ('gpt-x'"),
        ("https://openrouter.ai/v1", {}, 'base_url = "https://openrouter.ai/api/v1"'),
        ("https://api.groq.com/v1", {}, 'base_url = "https://api.groq.com/openai/v1"'),
        ("https://api.openai.com/v1/chat/completions", {}, 'base_url = "https://api.openai.com/v1"'),
        ("https://api.anthropic.com/v1/messages", {}, 'base_url = "https://api.anthropic.com/v1"'),
        ("https://generativelanguage.googleapis.com/v1beta/models/g:generateContent", {},
         'base_url = "https://generativelanguage.googleapis.com/v1beta/openai"'),
        ("https://bedrock-runtime.us-east-1.amazonaws.com/model/x/invoke", {}, "LiteLLM"),
        ("http://user:secret@h/v1/chat/completions", {}, 'base_url = "http://h/v1"'),
        ("http://[broken", {}, "check base_url"),
    ],
)  # fmt: skip
def test_an_address_with_a_longer_path_leads_to_the_right_one(given: str, changes: dict[str, Any], wanted: str) -> None:
    assert wanted in url_remedy(model(base_url=given, **changes))


def test_foreign_text_is_shown_as_one_line_without_commands() -> None:
    """Escape sequences, line breaks, invisible characters and CI commands do not reach a terminal or a log."""
    hostile = "\x1b[2J\x1b]0;title\x07\x1b[31mred\r\n::error::owned\n##[error]x ##vso[task]y \u202eabc\x9b1m std::map"
    line = one_line(hostile)
    assert line == "red : :error::owned # #[error]x # #vso[task]y \ufffdabc\ufffd1m std::map"
    assert "\x1b" not in line
    assert "\n" not in line
    assert "\u202e" not in line
    assert "std::map" in line
    assert not any(word.startswith("::") or "##[" in word or "##vso" in word for word in line.split())
    assert one_line("x" * 400, 300).endswith("…")
    error = EndpointError(hostile, where="a\nb", remedy="c\x1b[0m")
    assert str(error).isprintable()


@given(st.text(), st.integers(1, 50))
def test_any_text_becomes_one_printable_line(text: str, most: int) -> None:
    line = one_line(text, most)
    assert len(line) <= most
    assert len(line.splitlines()) <= 1
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in line)
    assert one_line(line) == line
