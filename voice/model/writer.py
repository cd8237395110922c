"""The writer with a model behind an OpenAI-compatible endpoint;
it gets one text back and nothing else, and falls back visibly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from voice.brief import WITHOUT, Brief, Drafted, Phrase, Writer, language_of_brief
from voice.languages.ago import spans
from voice.languages.pack import LANGUAGES, pack
from voice.languages.quotes import typed
from voice.languages.text import folded
from voice.learning.corpus import OwnMail
from voice.learning.profile import Profile
from voice.model import prompt
from voice.model.answer import partial, read
from voice.model.egress import Egress, EgressRefused, loopback
from voice.model.endpoint import Cancelled, Endpoint, Failed, Heard, Question, ask, never, silent
from voice.model.examples import retrieve
from voice.model.ledger import Entry, Ledger, OverBudget, Pocket, digest, tokens
from voice.writing.checks import copied, repeats
from voice.writing.phrasebook import Phrasebook
from voice.writing.steps import says_itself

__all__ = ["NAME", "WITHOUT", "Cancelled", "Egress", "Endpoint", "Failed", "ModelWriter", "without_model"]

NAME = "model"
MOST_COPIED = 0.85
"""Of an example: what a model takes over in whole is no draft about this matter."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with what the ledger says of it."""

    question: Question
    redacted: int
    what: str

    @property
    def sent(self) -> str:
        return f"{self.question.told}\n{self.question.asked}"


class ModelWriter:
    """Writes with a model; what cannot be written that way, the phrasebook writes and says so."""

    def __init__(
        self,
        endpoint: Endpoint,
        mails: Callable[[], Sequence[OwnMail]] | Sequence[OwnMail] = (),
        *,
        may: Callable[[OwnMail], bool] = lambda _mail: True,
        ledger: Ledger | None = None,
        hear: Callable[[str], None] = silent,
        cancelled: Callable[[], bool] = never,
        otherwise: Writer | None = None,
        lost: list[str] | None = None,
    ) -> None:
        """`mails` are examples where `may` says so; `lost` gathers what went wrong since the last answer."""
        self.endpoint, self._mails, self._may = endpoint, mails, may
        self._lost = [] if lost is None else lost
        self._ledger: Ledger = Pocket() if ledger is None else ledger
        self._hear, self._cancelled = hear, cancelled
        self._otherwise = otherwise or Phrasebook()

    def write(self, brief: Brief, profile: Profile) -> Drafted:
        """A draft of the model, else one of the phrasebook with the reason in its notes."""
        said = brief.step is not None and says_itself(brief.step)
        if not brief.own or said or language_of_brief(brief, profile) not in LANGUAGES:
            # The user's own words for a step go out as they are.
            return self._otherwise.write(brief, profile)
        try:
            return self._drafted(brief, profile)
        except (Failed, EgressRefused, OverBudget) as reason:
            return without_model(self._otherwise, brief, profile, str(reason))

    def _drafted(self, brief: Brief, profile: Profile) -> Drafted:
        if not brief.fence:
            raise Failed("no fence was given for foreign text")
        refusal = self.endpoint.policy.refusal(self.endpoint.base_url)
        if refusal:
            raise Failed(refusal)
        language = language_of_brief(brief, profile)
        raw = self._ask(brief, self.question(brief, profile))
        answer = read(raw, brief, language)
        reason = answer.refused or _stale(answer.body, brief)
        if reason:
            raise Failed(reason)
        phrase = Phrase(answer.body, "model", self.endpoint.name)
        return Drafted(answer.body, NAME, (phrase,), allowed=_computed(brief, language))

    def question(self, brief: Brief, profile: Profile) -> Asked:
        """Exactly what would be asked; nothing is."""
        language = language_of_brief(brief, profile)
        computed = _computed(brief, language)
        mails = self._mails() if callable(self._mails) else self._mails
        here = {folded(typed(message.text)) for message in brief.own}

        def known(mail: OwnMail) -> bool:
            return folded(mail.text) not in here and self._may(mail)

        examples = retrieve(mails, language, brief.own[-1].text, brief.recipient_address, may=known)
        asked, redacted = prompt.user(brief, examples, computed[0] if computed else "")
        told = prompt.system(brief, profile, language)
        what = f"own mails {len(brief.own)}, others' mails {len(brief.other[-2:])}, examples {len(examples)}"
        return Asked(Question(told, asked, lively=bool(brief.seen)), redacted, what)

    def _ask(self, brief: Brief, asked: Asked) -> str:
        """One call, in the ledger before and after."""
        heard = Heard()
        number = self._ledger.begin(self._entry(brief, asked, tokens(asked.sent), self.endpoint.note.most_tokens))
        outcome = "failed"
        try:
            ask(
                self.endpoint, asked.question, heard, hear=lambda raw: self._hear(partial(raw)),
                cancelled=self._cancelled,
            )  # fmt: skip
            outcome = "answered"
            self._lost.clear()
        except Cancelled:
            outcome = "cancelled"
            raise
        except Failed as reason:
            self._lost.append(str(reason))
            raise
        finally:
            count = heard.tokens_read or tokens(asked.sent), heard.tokens_written or tokens(heard.text)
            self._ledger.end(number, replace(self._entry(brief, asked, *count), outcome=outcome))
        return heard.text

    def _entry(self, brief: Brief, asked: Asked, read_tokens: int, written: int) -> Entry:
        host, cost = self.endpoint.policy.host, self._ledger.cap.price.of(read_tokens, written)
        return Entry(
            brief.now, host, self.endpoint.name, asked.what, len(asked.sent), digest(asked.sent), read_tokens, written,
            cost, asked.redacted, local=loopback(host),
        )  # fmt: skip


def _computed(brief: Brief, language: str) -> tuple[str, ...]:
    return spans(brief.own[-1].at, brief.now, pack(language))


def without_model(otherwise: Writer, brief: Brief, profile: Profile, reason: str) -> Drafted:
    """What the phrasebook writes, with the reason in front."""
    drafted = otherwise.write(brief, profile)
    return replace(drafted, notes=(f"{WITHOUT}{reason}.", *drafted.notes))


def _stale(body: str, brief: Brief) -> str:
    """Nobody wants the same words once more."""
    if repeats(body, brief.last_touches):
        return "the answer repeated the follow-up before"
    if copied(body, [message.text for message in brief.own]) > MOST_COPIED:
        return "the answer copied your mail"
    if brief.other and copied(body, [message.text for message in brief.other]) > 0.5:
        return "the answer copied the other side's mail"
    return ""
