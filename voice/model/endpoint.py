"""Asks an OpenAI-compatible endpoint one question and hears the answer as it comes; gives the model no tool,
and is the one place that loads `openai`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING

from voice.model.egress import Egress, EgressRefused, Policy, client, policy
from voice.model.families import FamilyNote, note_for

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI, Stream
    from openai.types.chat import ChatCompletionChunk

MOST_RECEIVED = 20_000
"""Characters; what an answer is cut off at, far above the longest that is taken."""
LOOK_EVERY = 0.05
"""Seconds in which a person who cancels is heard."""
LIVELY = 0.7
"""Warmer than the usual, where somebody asked for another version."""
FINAL = frozenset({401, 403, 404, 429})
"""With these an endpoint speaks of the caller, not of the shape that was asked for."""


class Cancelled(Exception):
    """The user did not want to wait for the rest."""


class Failed(Exception):
    """The endpoint gave no usable answer; the message is safe to show."""


def never() -> bool:
    """Nobody cancels."""
    return False


def silent(text: str) -> None:
    """Nobody listens."""
    del text


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model answers."""

    base_url: str
    name: str
    api_key: str = ""
    egress: Egress = Egress.LOCAL
    why: str = ""
    """Why egress is stricter here than the config says."""
    connect_seconds: float = 5.0
    read_seconds: float = 60.0
    total_seconds: float = 120.0
    retries: int = 1
    """Only before the first byte."""
    shapes: int = 0
    """How many response formats this endpoint is known not to accept."""

    @property
    def policy(self) -> Policy:
        return policy(self.egress, self.base_url, self.why)

    @property
    def note(self) -> FamilyNote:
        return note_for(self.name)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: instructions, data, and the fields of the answer."""

    told: str
    asked: str
    fields: tuple[str, ...] = ("body",)
    """Each a string; the answer is JSON with these, where the endpoint can keep to that."""
    lively: bool = False
    """Another answer than before is wanted."""

    @property
    def schema(self) -> dict[str, object]:
        fields = list(self.fields)
        return {
            "type": "object", "properties": {name: {"type": "string"} for name in fields}, "required": fields,
            "additionalProperties": False,
        }  # fmt: skip

    def shapes(self) -> tuple[dict[str, object] | None, ...]:
        """json_schema, json_object, then plain text: many servers know only some of them."""
        strict = {"name": "answer", "strict": True, "schema": self.schema}
        return {"type": "json_schema", "json_schema": strict}, {"type": "json_object"}, None


@dataclass(slots=True)
class Heard:
    """What came back, also when it broke off."""

    text: str = ""
    tokens_read: int = 0
    tokens_written: int = 0
    """Zero where the endpoint did not count them."""


def ask(
    endpoint: Endpoint, question: Question, heard: Heard, *,
    hear: Callable[[str], None] = silent, cancelled: Callable[[], bool] = never,
) -> str:  # fmt: skip
    """The raw answer. `hear` gets the text so far; `cancelled` is looked at many times a second."""
    refusal = endpoint.policy.refusal(endpoint.base_url)
    if refusal:
        raise EgressRefused(refusal)
    if cancelled():
        raise Cancelled
    http = client(endpoint.policy, connect_seconds=endpoint.connect_seconds, read_seconds=endpoint.read_seconds)
    call = Call(endpoint, question, heard, http)
    # A server may keep silent, or drip bytes without end; only another thread can be left standing.
    Thread(target=call.work, name="relance-model", daemon=True).start()
    try:
        return _listen(call, hear, cancelled, monotonic() + endpoint.total_seconds)
    finally:
        http.close()


def _listen(call: Call, hear: Callable[[str], None], cancelled: Callable[[], bool], end: float) -> str:
    heard = call.heard
    while True:
        if cancelled():
            raise Cancelled
        if monotonic() > end:
            raise Failed("the answer took too long")
        try:
            item = call.pieces.get(timeout=LOOK_EVERY)
        except Empty:
            continue
        if isinstance(item, Exception):
            raise item
        if item is None:
            return heard.text
        heard.text += item
        if len(heard.text) > MOST_RECEIVED:
            raise Failed("the answer was far too long")
        hear(heard.text)


class Call:
    """One question on its way; works in a thread of its own and speaks through a queue alone."""

    def __init__(self, endpoint: Endpoint, question: Question, heard: Heard, http: httpx2.Client) -> None:
        self.pieces: SimpleQueue[str | Exception | None] = SimpleQueue()
        self.heard = heard
        self._endpoint, self._question, self._http = endpoint, question, http

    def work(self) -> None:
        """Every end of it reaches the queue."""
        try:
            self._first_working_shape()
        except Exception as broken:  # noqa: BLE001 (whatever a hostile server provokes in a library ends here)
            self.pieces.put(lost(broken))
        else:
            self.pieces.put(None)

    def _first_working_shape(self) -> None:
        import openai

        endpoint = self._endpoint
        shapes = self._question.shapes()[max(endpoint.shapes, endpoint.note.shapes) :]
        with openai.OpenAI(
            base_url=endpoint.base_url, api_key=endpoint.api_key or "none", http_client=self._http, max_retries=0
        ) as api:
            for shape in shapes:
                try:
                    return self._with_retries(api, shape)
                except openai.APIStatusError as refused:
                    # Servers answer an unknown response format with 400, 422 or even 500.
                    if shape is None or refused.status_code in FINAL:
                        raise Failed(status_words(refused.status_code)) from refused
        return None

    def _with_retries(self, api: OpenAI, shape: dict[str, object] | None) -> None:
        import openai

        for attempt in range(self._endpoint.retries + 1):
            begun = False
            try:
                for piece in self._stream(api, shape):
                    begun = True
                    self.pieces.put(piece)
            except openai.APIConnectionError:
                if begun or attempt == self._endpoint.retries:
                    raise
            else:
                return

    def _stream(self, api: OpenAI, shape: dict[str, object] | None) -> Iterator[str]:
        import httpx2

        begin: Callable[..., Stream[ChatCompletionChunk]] = api.chat.completions.create
        stream = begin(**self._words(shape), stream=True)
        finished = ""
        try:
            for chunk in stream:
                self._count(chunk.usage)
                choice = chunk.choices[0] if chunk.choices else None
                finished = (choice.finish_reason if choice else None) or finished
                piece = choice.delta.content if choice and choice.delta else None
                if isinstance(piece, str) and piece:
                    yield piece
        except (httpx2.HTTPError, ValueError, AttributeError, TypeError) as broken:
            raise Failed("the answer broke off") from broken
        finally:
            stream.close()
        if finished == "length":
            raise Failed("the answer was cut off at its longest")
        if not finished:
            raise Failed("the answer broke off")

    def _count(self, usage: object) -> None:
        for name, field in (("prompt_tokens", "tokens_read"), ("completion_tokens", "tokens_written")):
            count = getattr(usage, name, None)
            if isinstance(count, int) and 0 <= count < 10_000_000:
                setattr(self.heard, field, count)

    def _words(self, shape: dict[str, object] | None) -> dict[str, object]:
        note, question = self._endpoint.note, self._question
        asked = f"{question.asked}\n{note.ends_with}" if note.ends_with else question.asked
        messages = [{"role": "system", "content": question.told}, {"role": "user", "content": asked}]
        if note.one_message:
            messages = [{"role": "user", "content": f"{question.told}\n\n{asked}"}]
        words: dict[str, object] = {
            "model": self._endpoint.name, "messages": messages, note.tokens_key: note.most_tokens
        }  # fmt: skip
        if note.temperature is not None:
            words["temperature"] = LIVELY if question.lively else note.temperature
        if shape is not None:
            # The last attempt carries nothing a simple server may not know.
            words |= {"response_format": shape, "stream_options": {"include_usage": True}}
            words |= {"reasoning_effort": note.effort} if note.effort else {}
        return words


def status_words(status: int) -> str:
    """What a status means to the user."""
    meanings = {
        401: "it wants another api_key", 403: "it wants another api_key", 404: "it does not know the model or the path",
        429: "too many requests, or the account is empty",
    }  # fmt: skip
    meaning = meanings.get(status)
    return f"endpoint answered {status}" + (f" ({meaning})" if meaning else "")


def lost(error: BaseException) -> Failed:
    """The reason behind an error; a refusal by policy hides inside the client's connection error."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, EgressRefused | Failed):
            return Failed(str(cause))
        cause = cause.__cause__ or cause.__context__
    return Failed("endpoint did not answer")


def models(endpoint: Endpoint) -> tuple[str, ...]:
    """The names of the models it offers; no text of the user goes there."""
    import httpx2

    url = endpoint.base_url.rstrip("/") + "/models"
    bearer = {"authorization": f"Bearer {endpoint.api_key}"} if endpoint.api_key else {}
    try:
        with client(endpoint.policy, connect_seconds=endpoint.connect_seconds, read_seconds=5.0) as http:
            answer = http.get(url, headers=bearer)
            found = answer.json() if answer.status_code == 200 else {}
    except (httpx2.HTTPError, EgressRefused, ValueError) as problem:
        raise lost(problem) from problem
    if answer.status_code != 200:
        raise Failed(status_words(answer.status_code))
    listed = found.get("data") if isinstance(found, dict) else None
    rows = listed if isinstance(listed, list) else []
    return tuple(str(row["id"])[:200] for row in rows[:500] if isinstance(row, dict) and "id" in row)
