"""Remedies for an endpoint that cannot be used as configured: key, model, address, parameters."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from auditor.config import ModelConfig

_API_PATHS = re.compile(r"/(chat/completions|completions|responses|embeddings|models)/?$")
_AZURE = re.compile(r"/openai(/deployments/(?P<deployment>[^/]+).*|/.*)?$")
_OLLAMA = re.compile(r"/api(/(generate|chat|tags|embeddings|show))?/?$")
_GEMINI = re.compile(r"/v1(beta|alpha)(/models.*)?/?$|:(stream)?generateContent", re.IGNORECASE)
_ANTHROPIC = re.compile(r"/v1/messages/?$|/v1/complete/?$")
_BEDROCK = re.compile(r"bedrock[\w.-]*\.amazonaws\.com|/model/[^/]+/(invoke|converse)")
_KNOWN = {
    "api.openai.com": "/v1", "openrouter.ai": "/api/v1", "api.groq.com": "/openai/v1", "api.together.xyz": "/v1",
    "api.deepseek.com": "/v1", "api.mistral.ai": "/v1", "api.fireworks.ai": "/inference/v1", "api.x.ai": "/v1",
    "generativelanguage.googleapis.com": "/v1beta/openai", "api.anthropic.com": "/v1", "api.perplexity.ai": "",
    "dashscope.aliyuncs.com": "/compatible-mode/v1", "dashscope-intl.aliyuncs.com": "/compatible-mode/v1",
    "open.bigmodel.cn": "/api/paas/v4", "api.moonshot.ai": "/v1", "api.moonshot.cn": "/v1",
    "api.cohere.ai": "/compatibility/v1", "api.cohere.com": "/compatibility/v1", "router.huggingface.co": "/v1",
    "api.deepinfra.com": "/v1/openai", "integrate.api.nvidia.com": "/v1", "api.cerebras.ai": "/v1",
    "api.siliconflow.cn": "/v1", "api.sambanova.ai": "/v1", "ark.cn-beijing.volces.com": "/api/v3",
}  # fmt: skip
"""Host → path of its OpenAI-compatible API."""
_SERVING = re.compile(r"/(completion|generate|generate_stream|invocations|v2/models/.*|docs|health|tokenize)/?$")


UNSUPPORTED = re.compile(r"unsupported|unrecogni[sz]ed|unknown|not (supported|permitted|allowed|accepted)|extra input")
"""Matches messages that a parameter is not accepted at all, rather than that its value is wrong."""


def key_remedy(model: ModelConfig) -> str:
    """Say what to do if the server does not accept the key."""
    if model.api_key_env:
        return f"check the key in the environment variable {model.api_key_env}, and its permissions"
    return "the server requires a key: set api_key_env to its environment variable"


def model_remedy(model: ModelConfig, name: str) -> str:
    """Say what to do if the server does not know the model."""
    if model.api_version is not None:
        return f"check that the resource has a deployment named {name!r}; `model` names the deployment"
    return f"check that the server at base_url offers the model {name!r}; `model` is the name sent"


def url_remedy(model: ModelConfig) -> str:
    """Say what base_url should be, from the one that was given."""
    try:
        url = urlsplit(model.base_url or "")
    except ValueError:
        return "check base_url"
    host = f"{url.scheme}://{url.netloc.rpartition('@')[2]}"
    azure = _azure_remedy(model, url, host)
    if azure:
        return azure
    known = _KNOWN.get(url.hostname or "")
    if known is not None and url.path.rstrip("/") != known:
        found = _API_PATHS.search(url.path)
        return f'write base_url = "{host}{known}"{_endpoint_hint(found[1], model) if found else ""}'
    if _BEDROCK.search(f"{url.netloc}{url.path}"):
        return "Bedrock has another API: put a proxy such as LiteLLM in front of it and set base_url to the proxy"
    if "aiplatform.googleapis.com" in url.netloc:
        return f'write base_url = "{host}/v1/projects/PROJECT/locations/LOCATION/endpoints/openapi"'
    if _ANTHROPIC.search(url.path):
        return "Anthropic's Messages API is not supported: use an OpenAI-compatible address, such as a LiteLLM proxy's"
    if _GEMINI.search(url.path):
        return "Gemini's own API is not supported: use its OpenAI-compatible one (…/v1beta/openai) or a LiteLLM proxy's"
    if _OLLAMA.search(url.path):
        return f'write base_url = "{host}{_OLLAMA.sub("", url.path)}/v1": the native API is not supported'
    if found := _API_PATHS.search(url.path):
        return f'write base_url = "{host}{url.path[: found.start()]}"{_endpoint_hint(found[1], model)}'
    if found := _SERVING.search(url.path):
        return f'write base_url = "{host}{url.path[: found.start()].removesuffix("/v1")}/v1"'
    if url.path.rstrip("/") == "":
        return f'check base_url: it often ends in /v1, here "{host}/v1"'
    return f"check base_url (the part before /{_path_of(model)}), and that the server offers {model.endpoint!r}"


def _azure_remedy(model: ModelConfig, url: SplitResult, host: str) -> str | None:
    """Say how to name an Azure deployment; ``None`` if the address is not Azure's."""
    is_azure = (url.hostname or "").endswith((".openai.azure.com", ".cognitiveservices.azure.com"))
    found = _AZURE.search(url.path)
    deployment = found["deployment"] if found else None
    if model.api_version is None and not is_azure and deployment is None:
        return None
    if url.path.rstrip("/").endswith("/openai/v1") and model.api_version is not None:
        return f'this address takes no api_version: remove it, and set the deployment as model = "{model.served_name}"'
    if found and not url.path.rstrip("/").endswith("/openai/v1"):
        name = deployment or model.served_name
        version = "" if model.api_version else ', api_version = "2024-10-21" or later'
        return f'write base_url = "{host}{url.path[: found.start()]}", model = "{name}"{version}'
    version = "" if model.api_version else "set api_version, and "
    return f"{version}check the deployment's name ({model.served_name!r}, from `model`), api_version and base_url"


def _endpoint_hint(path: str, model: ModelConfig) -> str:
    """Name the endpoint that a pasted path belongs to, if the settings say another."""
    kind = {"chat/completions": "chat", "completions": "completions", "responses": "responses"}.get(path)
    return f', endpoint = "{kind}"' if kind and kind != model.endpoint else ""


def _path_of(model: ModelConfig) -> str:
    return {"chat": "chat/completions"}.get(model.endpoint, model.endpoint)


def parameter_remedy(name: str, model: ModelConfig, said: str) -> str:
    """Say how to omit a parameter that the server does not accept, or how to send it in the server's form.

    ``said`` is the server's message in lower case.
    """
    if name in model.extra_body:
        return f"remove {name} from extra_body, or change its value"
    bound = model.output_limit
    refused = UNSUPPORTED.search(said) is not None
    match name:
        case "temperature":
            return 'write temperature = "default", which sends none'
        case "max_tokens" if "max_completion_tokens" in said:
            return f"write extra_body = {{ max_completion_tokens = {bound} }}, which is sent instead"
        case "max_tokens" | "max_output_tokens" | "max_completion_tokens" if refused:
            return 'write max_output_tokens = "default", which sends no limit, or give one in extra_body'
        case "max_tokens" | "max_output_tokens" | "max_completion_tokens":
            return f"lower max_output_tokens (now {bound}) to what the model supports"
        case "top_p" | "stop" | "seed":
            return f"remove {name} from the settings of this model, so that it is not sent"
        case "n":
            return "write choices_per_request = 1"
    return "change the request by the settings of this model in the config"
