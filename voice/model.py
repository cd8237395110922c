"""The writer with a model behind an OpenAI-compatible endpoint;
it gets one text back and nothing else, and falls back visibly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from voice import prompt
from voice.answer import read
from voice.brief import Brief, Drafted, Phrase, Writer
from voice.corpus import OwnMail
from voice.egress import Egress, EgressRefused, client, policy
from voice.examples import retrieve
from voice.language import language_of
from voice.ledger import CHARACTERS_A_TOKEN, Budget, Entry
from voice.pack import LANGUAGES, pack
from voice.phrasebook import Phrasebook
from voice.profile import Profile
from voice.quotes import typed
from voice.when import spans

if TYPE_CHECKING:
    from openai import OpenAI

NAME = "model"
MOST_TOKENS = 400
MOST_RECEIVED = 20_000
UNLIMITED = Budget()
SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "mail",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"body": {"type": "string"}},
            "required": ["body"],
            "additionalProperties": False,
        },
    },
}
SHAPES: tuple[dict[str, Any] | None, ...] = (SCHEMA, {"type": "json_object"}, None)


class Cancelled(Exception):
    """The user did not want to wait for the rest."""


class Failed(Exception):
    """The endpoint gave no usable answer; the message is safe to show."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model answers and what it may cost."""

    base_url: str
    name: str
    api_key: str = ""
    egress: Egress = Egress.LOCAL
    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    total_seconds: float = 120.0
    retries: int = 1
    """Only before the first byte."""
    shapes: int = 0
    """How many response formats this model is known not to accept."""


class Model:
    """Writes with a model; what cannot be written that way, the phrasebook writes and says so."""

    def __init__(
        self,
        endpoint: Endpoint,
        mails: Sequence[OwnMail] = (),
        *,
        budget: Budget = UNLIMITED,
        ledger: Callable[[Entry], None] = lambda _entry: None,
        on_text: Callable[[str], None] = lambda _text: None,
        cancelled: Callable[[], bool] = lambda: False,
        otherwise: Writer | None = None,
        sensitive: bool = False,
    ) -> None:
        self._endpoint, self._mails, self._budget = endpoint, mails, budget
        self._ledger, self._on_text, self._cancelled = ledger, on_text, cancelled
        self._otherwise = otherwise or Phrasebook()
        self._sensitive = sensitive
        self._policy = policy(endpoint.egress, endpoint.base_url)

    def write(self, brief: Brief, profile: Profile) -> Drafted:
        """A draft of the model, else one of the phrasebook with the reason in its notes."""
        if not brief.own:
            return self._otherwise.write(brief, profile)
        language = brief.language or language_of(typed(brief.own[-1].text), LANGUAGES, profile.usual_language)
        try:
            return self._drafted(brief, profile, language)
        except (Failed, EgressRefused) as reason:
            drafted = self._otherwise.write(brief, profile)
            return replace(drafted, notes=(f"Written without the model: {reason}.", *drafted.notes))

    def _drafted(self, brief: Brief, profile: Profile, language: str) -> Drafted:
        if self._sensitive and self._endpoint.egress is Egress.REMOTE:
            raise Failed("a sensitive matter does not leave this machine")
        if not brief.fence:
            raise Failed("no fence was given for foreign text")
        refusal = self._policy.refusal(self._endpoint.base_url)
        if refusal:
            raise Failed(refusal)
        computed = spans(brief.own[-1].at, brief.now, pack(language))
        examples = retrieve(self._mails, language, brief.own[-1].text, brief.recipient_address)
        asked, redacted = prompt.user(brief, examples, computed[0] if computed else "")
        told = prompt.system(brief, profile, language)
        raw = self._ask(brief, told, asked, redacted, len(examples))
        answer = read(raw, brief, language)
        if answer.refused:
            raise Failed(answer.refused)
        phrase = Phrase(answer.body, "model", self._endpoint.name)
        return Drafted(answer.body, NAME, (phrase,), allowed=computed)

    def _ask(self, brief: Brief, told: str, asked: str, redacted: int, examples: int) -> str:
        refusal = self._budget.refusal(len(told) + len(asked), MOST_TOKENS)
        if refusal:
            raise Failed(refusal)
        outcome, text = "failed", ""
        try:
            text = self._first_working_shape(told, asked)
            outcome = "answered"
        except Cancelled:
            outcome = "cancelled"
            raise
        finally:
            self._note(brief, told + asked, text, redacted=redacted, examples=examples, outcome=outcome)
        return text

    def _note(self, brief: Brief, sent: str, got: str, *, redacted: int, examples: int, outcome: str) -> None:
        read_tokens, written = len(sent) // CHARACTERS_A_TOKEN + 1, len(got) // CHARACTERS_A_TOKEN + 1
        what = f"own mails {len(brief.own)}, others' mails {len(brief.other[-2:])}, examples {examples}"
        cost = self._budget.price.of(read_tokens, written)
        host = self._policy.host
        self._ledger(
            Entry(brief.now, host, self._endpoint.name, what, len(sent), read_tokens, written, cost, redacted, outcome)
        )

    def _first_working_shape(self, told: str, asked: str) -> str:
        """json_schema, json_object, then plain text: many servers know only some of them."""
        import openai

        endpoint = self._endpoint
        http = client(self._policy, connect_seconds=endpoint.connect_seconds, read_seconds=endpoint.read_seconds)
        with openai.OpenAI(
            base_url=endpoint.base_url, api_key=endpoint.api_key or "none", http_client=http, max_retries=0
        ) as api:
            for number, shape in enumerate(SHAPES[endpoint.shapes :]):
                last = number == len(SHAPES) - endpoint.shapes - 1
                try:
                    return self._with_retries(api, told, asked, shape)
                except openai.APIStatusError as refused:
                    # Servers answer an unknown response format with 400, 422 or even 500.
                    if last or refused.status_code in (401, 403, 404, 429):
                        raise Failed(f"endpoint answered {refused.status_code}") from refused
                except openai.APIError as lost:
                    raise self._lost(lost) from lost
        raise Failed("endpoint did not answer")

    @staticmethod
    def _lost(error: BaseException) -> Exception:
        """A refusal by policy hides inside the client's connection error."""
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, EgressRefused):
                return Failed(str(cause))
            cause = cause.__cause__
        return Failed("endpoint did not answer")

    def _with_retries(self, api: OpenAI, told: str, asked: str, shape: dict[str, Any] | None) -> str:
        import openai

        for attempt in range(self._endpoint.retries + 1):
            got: list[str] = []
            try:
                for piece in self._stream(api, told, asked, shape):
                    got.append(piece)  # noqa: PERF402 - what came before a break must be seen
            except openai.APIConnectionError:
                if got or attempt == self._endpoint.retries:
                    raise
            else:
                return "".join(got)
        raise Failed("endpoint did not answer")

    def _stream(self, api: OpenAI, told: str, asked: str, shape: dict[str, Any] | None) -> Iterator[str]:
        import httpx2

        extra: dict[str, Any] = {"response_format": shape} if shape else {}
        end, size, finished = monotonic() + self._endpoint.total_seconds, 0, False
        stream = api.chat.completions.create(
            model=self._endpoint.name,
            messages=[{"role": "system", "content": told}, {"role": "user", "content": asked}],
            max_tokens=MOST_TOKENS,
            temperature=0,
            stream=True,
            **extra,
        )
        try:
            for chunk in stream:
                choice = chunk.choices[0] if chunk.choices else None
                piece = (choice.delta.content or "") if choice and choice.delta else ""
                finished = finished or bool(choice and choice.finish_reason)
                size += len(piece)
                self._guard(size, end)
                if piece:
                    self._on_text(piece)
                    yield piece
        except (httpx2.HTTPError, ValueError) as broken:
            raise Failed("the answer broke off") from broken
        finally:
            stream.close()
        if not finished:
            raise Failed("the answer broke off")

    def _guard(self, size: int, end: float) -> None:
        if self._cancelled():
            raise Cancelled
        if size > MOST_RECEIVED:
            raise Failed("the answer was far too long")
        if monotonic() > end:
            raise Failed("the answer took too long")
