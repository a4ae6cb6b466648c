"""What went wrong at a model endpoint, in words: one place for the classes of failure and what may be tried again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from time import time
from urllib.parse import urlsplit

from bot.errors import EarmarkError, ModelError

HEALING = frozenset({408, 409, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_OVERFLOW = re.compile(
    r"context[ _](?:length|window|size)|maximum context|too many tokens|prompt is too long|input is too long|n_ctx",
    re.IGNORECASE,
)
_CONNECTION = {"APIConnectionError", "ConnectError", "ModelConnectionError", "ConnectionError", "TransportError"}
_KEY = re.compile(r"(?:sk|pk|rk|key|gsk)-[\w*.-]{4,}|Bearer\s+\S+|(?<=key provided: )\S+", re.IGNORECASE)


class EndpointFailure(ModelError):
    """A failed request: could the same one succeed, after how many seconds, or with a shorter context?

    `of_endpoint`: another question would have failed as well, since the endpoint does not work now.
    """

    def __init__(
        self, problem: str, advice: str = "", *, heals: bool = False, overflow: bool = False, of_endpoint: bool = False
    ) -> None:
        super().__init__(problem, advice, retryable=heals)
        self.overflow = overflow
        self.of_endpoint = heals or of_endpoint
        self.retry_after: float | None = None
        self.no_such_model = False


class UnexpectedContent(Exception):
    """The endpoint answered 200 with something that is no stream of events; `kind` is its content type."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


def cut_off(detail: str, *, of_endpoint: bool = False) -> EndpointFailure:
    return EndpointFailure(f"the model's answer was cut off ({detail})", "ask again", of_endpoint=of_endpoint)


def no_such_model(model: str, url: str | None, others: Sequence[str]) -> EndpointFailure:
    """`others` are the models that the endpoint has, as far as it says."""
    has = f"; it has {', '.join(others[:8])}" if others else ""
    failure = EndpointFailure(
        f"{_place(url)} has no model {model} (404){has}", "check EARMARK_MODEL and OPENAI_BASE_URL"
    )
    failure.no_such_model = True
    return failure


def explain(error: BaseException, model: str, url: str | None, *, broke: bool = False) -> EarmarkError:
    """The failure in our words, without the key; errors of ours stay what they are. `broke`: some text had come."""
    chain = list(_causes(error))
    if ours := next((cause for cause in chain if isinstance(cause, EarmarkError)), None):
        return ours
    if content := next((cause for cause in chain if isinstance(cause, UnexpectedContent)), None):
        return EndpointFailure(
            f"{_place(url)} does not speak the OpenAI API (got {content.kind})",
            "set OPENAI_BASE_URL to the address that ends in /v1",
            of_endpoint=True,
        )
    status = next((code for cause in chain if (code := _status(cause))), None)
    return _refused(status, error, model, url) if status is not None else _broken(error, chain, url, broke=broke)


def _broken(error: BaseException, chain: list[BaseException], url: str | None, *, broke: bool) -> EndpointFailure:
    """No answer, or no whole one; told by class names, which the clients of all providers share."""
    names = {cls.__name__ for cause in chain for cls in type(cause).__mro__}
    if broke:
        detail = "the connection broke" if names & _CONNECTION else f"{_place(url)} sent an error{_said(error)}"
        return cut_off(detail, of_endpoint=True)
    if names & {"APITimeoutError", "TimeoutException", "ConnectTimeout", "ModelTimeoutError"}:
        return EndpointFailure(f"{_place(url)} did not answer in time", "ask again, or use another model", heals=True)
    if names & _CONNECTION:
        advice = "check that it runs and that OPENAI_BASE_URL is right"
        return EndpointFailure(f"no connection to {_place(url)}", advice, heals=True)
    if isinstance(error, ValueError | LookupError | TypeError):
        problem = f"{_place(url)} sent something that is not an answer"
        return EndpointFailure(problem, "check that OPENAI_BASE_URL ends in /v1", of_endpoint=True)
    return EndpointFailure(f"{_place(url)} reported an error{_said(error)}", "ask again", of_endpoint=True)


def _refused(status: int, error: BaseException, model: str, url: str | None) -> EndpointFailure:
    code = str(getattr(error, "code", "") or "")
    words = f"{code} {error}"
    if status in {400, 413, 422, 500} and _OVERFLOW.search(words):
        problem = f"the question and its passages are too long for {model}"
        return EndpointFailure(problem, "set EARMARK_CONTEXT_WORDS lower", overflow=True)
    if status == 401:
        return EndpointFailure(f"{_place(url)} refused the key (401)", "check OPENAI_API_KEY")
    if status == 403:
        return EndpointFailure(
            f"{_place(url)} forbids this (403){_said(error)}", f"check what the key allows for {model}"
        )
    if status == 404:
        return no_such_model(model, url, ())
    if status == 429 and re.search(r"insufficient_quota|exceeded your current quota|billing", words):
        return EndpointFailure(
            f"the quota of the key is used up ({status})", "check plan and billing of OPENAI_API_KEY"
        )
    if status == 429:
        failure = EndpointFailure(f"{_place(url)} is busy (429)", "ask again later", heals=True)
    elif status in HEALING:
        failure = EndpointFailure(f"{_place(url)} failed ({status})", "ask again later", heals=True)
    else:
        failure = EndpointFailure(f"{_place(url)} refused the request ({status}){_said(error)}", "check EARMARK_MODEL")
    failure.retry_after = _retry_after(error)
    return failure


def _causes(error: BaseException | None) -> list[BaseException]:
    causes: list[BaseException] = []
    while error is not None and error not in causes:
        causes.append(error)
        error = error.__cause__ or error.__context__
    return causes


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) and status >= 400 else None


def _retry_after(error: BaseException) -> float | None:
    """Seconds to wait as the endpoint asks, from a number or a date; None where it does not say, or not clearly."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    value = str(headers.get("retry-after", "")).strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time())
    except (ValueError, TypeError, OverflowError):
        return None


def _place(url: str | None) -> str:
    """The endpoint's address without name and password."""
    if not url:
        return "the model's endpoint"
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _said(error: BaseException) -> str:
    """The endpoint's own words, one short line, with whatever looks like a key taken out."""
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, dict) else getattr(error, "message", None)
    line = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", _KEY.sub("***", str(said or ""))).split())
    return f": {line[:160]}" if line else ""
