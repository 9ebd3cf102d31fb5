"""Codes and texts of servers' error replies, and where they are found.

The tables follow the error formats of OpenAI, Azure, vLLM, llama.cpp, Ollama, TGI, LiteLLM, OpenRouter, Together, Groq,
Mistral, DeepSeek, DashScope, Zhipu, MiniMax, Anthropic and Gemini. Only letters and digits of codes are compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from auditor.json_types import JsonValue, object_or_empty

_CODE_KEYS = {"code", "type", "status", "reason", "errortype", "blockreason", "statuscode", "finishreason", "err"}
_PARAM_KEYS = {"param", "parameter", "loc", "field"}
_TEXT_KEYS = {"message", "msg", "raw", "detail", "statusmsg", "error", "errors", "title", "description", "reasons"}
_DEPTH, _NODES, _TEXT = 8, 400, 20_000

FILTER_CODES = {
    "contentfilter", "contentfiltered", "contentpolicyviolation", "contentpolicyviolationerror", "cyberpolicyviolation",
    "responsibleaipolicyviolation", "datainspectionfailed", "datainspectionerror", "invalidprompt", "promptblocked",
    "prohibitedcontent", "moderationblocked", "contentmoderation", "contentmoderationfailed", "flaggedinput",
    "contentblocked", "blocklist", "safety", "recitation", "spii", "guardrailintervened", "guardrailviolation",
    "safetycheckfailed", "safetyerror", "sensitivecontent", "inputmoderationfailed", "contentrisk", "riskcontrol",
    "contentexistsrisk", "inappropriatecontent", "contentsafety", "usagepolicyviolation", "policyviolation",
    "inputtextsensitivecontentdetected", "outputtextsensitivecontentdetected", "sensitivecontentdetected",
}  # fmt: skip
FILTER_NUMBERS = {"1301", "1026", "1027"}
"""Zhipu's and MiniMax's codes for sensitive input or output."""
FILTER_TEXT = re.compile(
    r"content[ _-]?(management )?polic|content[ _-]?filter|contentpolicy|responsible ?ai|was filtered|been filtered"
    r"|inappropriate content|content exists risk|prohibited[ _]content|moderation|guardrail|data[ _]?inspection"
    r"|blocked .{0,60}(safety|polic|filter|content)|(safety|content) (system|filter|settings|check|polic|guideline)"
    r"|flagged|invalid[ _]prompt|violat\w+ .{0,60}(usage|content|safety|acceptable)\W.{0,20}(polic|guideline)"
    r"|usage polic"
    r"|sensitive (content|word|information)|unsafe content|harmful content|jailbreak|repetitive patterns in your prompt"
)
LONG_CODES = {
    "contextlengthexceeded", "contextwindowexceeded", "contextwindowexceedederror", "stringabovemaxlength",
    "exceedcontextsizeerror", "inputtoolong", "prompttoolong", "requesttoolarge", "payloadtoolarge",
    "promptlengthexceeded", "inputlengthexceeded", "tokenlimitexceeded", "maxcontextlengthexceeded",
}  # fmt: skip
LONG_TEXT = re.compile(
    r"context[ _-]?(length|window|size)|contextwindowexceeded|max(imum)?[ _]?(model|sequence|input|prompt|seq)"
    r"[ _]?(len|length|token)|too many (input |prompt )?tokens|(prompt|input|request|message|content)s?\b.{0,40}"
    r"\btoo (long|large|big)|reduce the length|longer than the (maximum|model|context)|range of input length"
    r"|inputs?`? ?(tokens|length)?.{0,20}(max_new_tokens|must have less than|exceeds?)"
    r"|exceeds? .{0,40}(available context|maximum length|token limit|max\w* (input|tokens|length))"
)
CREDIT_CODES = {
    "insufficientquota", "billinghardlimitreached", "billingnotactive", "insufficientbalance", "insufficientcredits",
    "insufficientfunds", "arrearage", "creditbalancetoolow", "paymentrequired", "outofcredits", "quotaexhausted",
    "insufficientuserquota", "1113", "balancenotenough", "accountoverdueerror",
}  # fmt: skip
CREDIT_TEXT = re.compile(
    r"insufficient (account |user )?(quota|balance|credit|fund)|credit balance|billing hard limit|out of credit"
    r"|(no|more|not enough|add) credits?\b|payment required|arrear|overdue|account.{0,30}good standing|余额不足"
)
SPENT_QUOTA = re.compile(r"exceeded your current quota")
KEY_CODES = {
    "invalidapikey", "invalidauthentication", "authenticationerror", "unauthorized", "unauthenticated",
    "apikeyinvalid", "expiredapikey", "accountdeactivated", "invalidorganization", "invalidsubscriptionkey",
    "unsupportedcountryregionterritory", "noauthorization", "invalidtoken", "invalidkey",
}  # fmt: skip
KEY_TEXT = re.compile(
    r"(api|subscription|access)[ _-]?(key|token).{0,40}"
    r"(invalid|incorrect|not valid|expired|missing|revoked|wrong|required)"
    r"|(invalid|incorrect|wrong|missing|no|expired|malformed) (api|auth\w*|access|bearer)[ _-]?"
    r"(key|token|header|credential)"
    r"|unauthori[sz]ed|authentication (failed|error|required)|not authenticated|could not validate credentials"
)
MODEL_CODES = {
    "modelnotfound", "modelnotfounderror", "deploymentnotfound", "invalidmodel", "modeldecommissioned", "unknownmodel",
    "modelnotavailable", "modelnotexist", "modelnotsupported", "invalidmodelerror", "modelaccessdenied",
    "invalidendpointormodelnotfound", "unsupportedmodel", "modelnotopen",
}  # fmt: skip
MODEL_TEXT = re.compile(
    r"not (found|exist|available|supported|a valid model|offered|served|loaded|been found)|no such model|no endpoints"
    r"|does ?n[o']t exist|(invalid|unknown|unrecognized) model|decommissioned|deprecated|unable to access|access to"
)
PARAMETER_CODES = {
    "unsupportedparameter", "unsupportedvalue", "unknownparameter", "extraforbidden", "invalidparameter",
    "unrecognizedparameter", "unrecognizedrequestargument", "unsupportedparamserror",
}  # fmt: skip
PARAMETER_TEXT = re.compile(
    r"(unsupported|unknown|unrecognized|unexpected|invalid|illegal|extra|deprecated) (request |input |keyword )?"
    r"(parameter|argument|field|param|key|input|value|name|propert)|not (permitted|supported|allowed|accepted)"
    r"|does ?n[o']t support|not a valid param|only the default|should be (in|between|less|one)|must be|range of"
    r"|deprecated|cannot (both )?be|is too (large|high|small)|mutually exclusive|out of range|greater than|less than"
    r"|use 'max_comp"
)
PASSING_TEXT = re.compile(
    r"try again (later|in|after|shortly)|retry (later|after|your request)|temporar(y|ily)|overloaded|rate[ _-]?limit"
    r"|too many (concurrent )?requests|timed? ?out|at capacity|no capacity|currently (busy|loading)|is loading|throttl"
)
HIDDEN = re.compile(
    r"contextwindowexceeded|context_length_exceeded|maximum context length|exceeds the available context size"
    r"|contentpolicyviolation|prohibited_content|content_filter|responsibleaipolicy|data_inspection_failed"
    r"|datainspectionfailed"
)
"""Signs that even a 5xx is permanent: a gateway may wrap another server's 4xx in it."""
CONTENT_PARAMS = {"prompt", "messages", "input", "content", "message", "body", "contents"}


@dataclass(slots=True)
class ErrorEvidence:
    """All codes, parameter names and texts of an error body."""

    codes: set[str] = field(default_factory=set)
    """Lower case, letters and digits only."""
    params: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    """Every text, in the order found."""

    @property
    def text(self) -> str:
        """All texts in lower case."""
        return " ".join(self.texts).lower()[:_TEXT]

    @classmethod
    def of(cls, body: JsonValue) -> ErrorEvidence:
        """Collect the evidence in a parsed body."""
        evidence = cls()
        for key, value in _walk(body):
            _note(evidence, key, value)
        return evidence


def message_in(body: JsonValue) -> str:
    """Find the readable message in the error formats that servers use; empty if there is none."""
    match body:
        case {"error": {"message": str(message)} as error}:
            raw = object_or_empty(object_or_empty(error).get("metadata")).get("raw")
            return f"{message} ({raw})" if isinstance(raw, str) and raw not in message else message
        case {"error": str(message)} | {"message": str(message)} | {"msg": str(message)}:
            return message
        case {"base_resp": {"status_msg": str(message)}}:
            return message
        case {"detail": str(message)}:
            return message
        case {"detail": detail}:
            return json.dumps(detail)
        case {"errors": [{"message": str(message)}, *_]}:
            return message
        case [{"error": _} as first, *_]:
            return message_in(first)
        case {"error": {} as error} if error:
            return json.dumps(error)
    return ""


def status_in(body: JsonValue) -> int | None:
    """Return the HTTP status in an error in a body; ``None`` if there is none."""
    error = body.get("error") if isinstance(body, dict) else None
    places = [error, body] if isinstance(error, dict) else [body]
    for place in places:
        for key in ("code", "status", "status_code"):
            value = place.get(key) if isinstance(place, dict) else None
            number = int(value) if isinstance(value, str) and value.isdigit() else value
            if isinstance(number, int) and 400 <= number < 600:
                return number
    return None


def _walk(body: JsonValue) -> Iterator[tuple[str, str | int]]:
    """Stream the leaves of a body with their keys, including JSON inside strings, up to the bounds."""
    pending: list[tuple[str, JsonValue, int]] = [("error", body, 0)]
    for _ in range(_NODES):
        if not pending:
            return
        key, value, depth = pending.pop(0)
        if isinstance(value, str) and value.lstrip()[:1] in ("{", "[") and len(value) <= _TEXT:
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                yield key, value
                continue
        if isinstance(value, dict) and depth < _DEPTH:
            pending += [(str(name), inner, depth + 1) for name, inner in value.items()]
        elif isinstance(value, list) and depth < _DEPTH:
            pending += [(key, inner, depth + 1) for inner in value]
        elif isinstance(value, str | int) and not isinstance(value, bool):
            yield key, value


def _note(evidence: ErrorEvidence, key: str, value: str | int) -> None:
    """Store one leaf of a body by the meaning of its key."""
    key, text = _plain(key), str(value)[:_TEXT]
    if key in _CODE_KEYS and len(text) <= 80:
        evidence.codes.add(_plain(text))
    if key in _PARAM_KEYS:
        evidence.params.add(text.lower())
    if isinstance(value, str) and (key in _TEXT_KEYS or key in _CODE_KEYS or " " in value):
        evidence.texts.append(text)


def _plain(word: str) -> str:
    """Reduce a word to letters and digits, so that different spellings of a code are equal."""
    return re.sub(r"[^a-z0-9]", "", word.lower())
