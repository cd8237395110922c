"""Sends one letter through Gmail by way of a draft that can be spent once; never repeats a call after the commit."""

from __future__ import annotations

from collections.abc import Callable

from providers import foreign
from providers.base import Draft, Letter, NotSent, ProviderError, Receipt, SignInNeeded, Unknown, Unreachable
from providers.drafts import mark_of_bytes
from providers.foreign import Json
from providers.gmail.api import GmailApi, GmailSettings
from providers.gmail.drafts import GmailDrafts, packed
from providers.gmail.mailbox import MARKS, marks, message_id
from providers.http import Busy, Commit, Elsewhere, Missing, NeverLeft, nothing_left

SEND, UPDATE, DRAFT, GET, THREAD, ALIASES = 100, 15, 5, 5, 10, 1
"""Quota units of each call, as Google prices them (developers.google.com/gmail/api/reference/quota)."""


class GmailSender:
    """The write-only side of one Gmail account."""

    def __init__(self, settings: GmailSettings, reach: Callable[[str], None] = lambda _: None) -> None:
        self._api = GmailApi(settings)
        self._drafts = GmailDrafts(self._api)
        self._reach = reach

    def send(self, letter: Letter, commit: Callable[[], None]) -> Receipt:
        """Draft, commit, send the draft: a draft that is gone afterwards proves that it went."""
        with nothing_left():
            self._own_identity(letter)
            sent = self._already_sent(letter)
            key, fresh = ("", False) if sent else self._lay_down(letter)
        self._reach("gmail.drafted")
        if sent:
            commit()
            return sent
        gate = Commit(commit)
        try:
            return self._spend(letter, key, gate)
        except BaseException:
            if fresh and not gate.passed:
                self._take_away(key)
            raise

    def _take_away(self, key: str) -> None:
        """What was laid down for this letter alone must not lie where a person may send it by accident."""
        try:
            self._drafts.drop(key)
        except ProviderError:
            return

    def close(self) -> None:
        self._api.close()

    def _own_identity(self, letter: Letter) -> None:
        """Gmail silently puts another From in the place of an alias that was never verified."""
        answer = self._api.read(self._api.users.settings().sendAs().list(userId="me"), ALIASES)
        for alias in foreign.parts(answer, "sendAs"):
            if foreign.text(alias, "sendAsEmail").lower() == letter.sender.lower():
                if alias.get("isPrimary") or alias.get("verificationStatus") == "accepted":
                    return
                raise NotSent(f"Gmail has not verified {letter.sender}: it would send as someone else.", permanent=True)
        raise NotSent(
            f"{letter.sender} is no address of this Gmail account: Gmail would send as another one.", permanent=True
        )

    def _already_sent(self, letter: Letter) -> Receipt | None:
        if not letter.thread_hint:
            return None
        found = self._marked(letter)
        if found is None:
            return None
        return Receipt("A mail with this marker is in Sent already.", message_id(found), foreign.identity(found))

    def _lay_down(self, letter: Letter) -> tuple[str, bool]:
        """The draft to spend: a new one, or ours that lies there already."""
        known = self._drafts.find(letter.token)
        if known is None:
            return self._drafts.put(letter).key, True
        if not same_words(known, letter):
            raise NotSent("The draft in the mailbox was edited there: it is yours to send.", permanent=True)
        answer = self._api.once(
            self._api.users.drafts().update(userId="me", id=known.key, body=packed(letter)), UPDATE
        )  # fmt: skip
        return foreign.identity(answer), False

    def _spend(self, letter: Letter, key: str, gate: Commit) -> Receipt:
        try:
            call = self._api.users.drafts().send(userId="me", body={"id": key})
            answer = self._api.once(call, SEND, renew=False, before=gate)
        except ProviderError as problem:
            gate.check(problem)
            self._reach("gmail.unanswered")
            return self._settle(letter, key, problem)
        self._reach("gmail.answered")
        identity = foreign.text(answer, "id")
        return Receipt(f"Gmail sent it as {identity}.", self._chosen_id(identity), identity)

    def _settle(self, letter: Letter, key: str, problem: ProviderError) -> Receipt:
        """Gmail refused, or its answer was lost: look, and never send again."""
        if isinstance(problem, NeverLeft):
            raise NotSent(str(problem), permanent=False) from None
        if refused(problem):
            waiting = isinstance(problem, SignInNeeded | Unreachable)
            raise NotSent(str(problem), permanent=not waiting, retry_after=problem.retry_after) from None
        try:
            found = None if self._drafts.read(key) else self._marked(letter)
        except ProviderError:
            found = None
        if found is None:
            raise Unknown(f"{problem} Whether the letter left is not known.") from None
        return Receipt("The draft was spent and the mail is in Sent.", message_id(found), foreign.identity(found))

    def _marked(self, letter: Letter) -> Json | None:
        """The sent mail that carries our marker, in the thread or among the newest."""
        for answer in self._candidates(letter):
            labels = foreign.texts(answer, "labelIds")
            if "SENT" in labels and "DRAFT" not in labels and letter.token in marks(answer):
                return answer
        return None

    def _candidates(self, letter: Letter) -> list[Json]:
        wanted = {"userId": "me", "format": "metadata", "metadataHeaders": list(MARKS)}
        if letter.thread_hint:
            call = self._api.users.threads().get(id=letter.thread_hint, **wanted)
            try:
                return foreign.parts(self._api.read(call, THREAD), "messages")
            except Missing:
                return []
        messages = self._api.users.messages()
        newest = self._api.read(messages.list(userId="me", labelIds=["SENT"], maxResults=20), GET)
        calls = {
            foreign.identity(item): messages.get(id=item["id"], **wanted) for item in foreign.parts(newest, "messages")
        }
        return list(self._api.read_many(calls, GET).values())

    def _chosen_id(self, identity: str) -> str:
        """Gmail may write its own Message-ID; empty when it cannot be asked now, the next sync will tell."""
        call = self._api.users.messages().get(
            userId="me", id=identity, format="metadata", metadataHeaders=list(MARKS)
        )  # fmt: skip
        try:
            return message_id(self._api.read(call, GET))
        except ProviderError:
            return ""


def refused(problem: ProviderError) -> bool:
    """Whether Gmail said so itself and before it took the letter; a missing draft proves neither."""
    if isinstance(problem, Missing | Elsewhere):
        return False
    return isinstance(problem, Busy) or not isinstance(problem, Unreachable)


def same_words(draft: Draft, letter: Letter) -> bool:
    """Whether the draft in the mailbox still says what the letter says, to the same people."""
    return draft.digest == mark_of_bytes(letter.raw)
