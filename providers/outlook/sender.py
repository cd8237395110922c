"""Sends one letter through Outlook by way of a draft; never repeats a call after the commit."""

from __future__ import annotations

from collections.abc import Callable

from providers import foreign
from providers.base import Draft, Letter, NotSent, ProviderError, Receipt, SignInNeeded, Unknown, Unreachable
from providers.drafts import mark_of_bytes
from providers.foreign import Json
from providers.http import Busy, Commit, Elsewhere, Missing, NeverLeft, nothing_left
from providers.outlook.drafts import OutlookDrafts, by_token
from providers.outlook.graph import Graph, OutlookSettings, Stale, quoted

LOOKS = (0.5, 1.0, 2.0)
"""Seconds between looks for the sent mail; it may take minutes to appear, and nobody waits for that here."""


class OutlookSender:
    """The write-only side of one Outlook account."""

    def __init__(self, settings: OutlookSettings, reach: Callable[[str], None] = lambda _: None) -> None:
        self._graph = Graph(settings)
        self._reach = reach
        self._drafts = OutlookDrafts(self._graph, settings.address)
        self._sleep = settings.sleep

    def send(self, letter: Letter, commit: Callable[[], None]) -> Receipt:
        """Draft, commit, send the draft, see it leave."""
        with nothing_left(Stale):
            sent, draft = self._lying_there(letter)
            key = "" if sent else self._lay_down(letter, draft)
        self._reach("outlook.drafted")
        if sent:
            commit()
            return sent
        gate = Commit(commit)
        try:
            return self._spend(key, letter, gate)
        except BaseException:
            if draft is None and not gate.passed:
                self._take_away(key)
            raise

    def _take_away(self, key: str) -> None:
        """What was laid down for this letter alone must not lie where a person may send it by accident."""
        try:
            self._drafts.drop(key)
        except ProviderError:
            return

    def close(self) -> None:
        self._graph.close()

    def _lying_there(self, letter: Letter) -> tuple[Receipt | None, Draft | None]:
        found = by_token(self._graph, letter.token)
        for item in found:
            if not item.get("isDraft"):
                message_id = foreign.text(item, "internetMessageId")
                return Receipt("A mail with this marker was sent already.", message_id, foreign.identity(item)), None
        return None, self._drafts.read(foreign.identity(found[0])) if found else None

    def _lay_down(self, letter: Letter, draft: Draft | None) -> str:
        """The draft to spend: a new one, or ours that lies there already."""
        finished = draft is not None and draft.finished
        if draft is not None and finished and draft.digest != mark_of_bytes(letter.raw):
            raise NotSent("The draft in the mailbox was edited there: it is yours to send.", permanent=True)
        return self._drafts.put(letter).key

    def _spend(self, key: str, letter: Letter, gate: Commit) -> Receipt:
        url = self._graph.url(f"/me/messages/{quoted(key)}/send")
        try:
            self._graph.once("POST", url, renew=False, before=gate)
        except ProviderError as problem:
            gate.check(problem)
            self._reach("outlook.unanswered")
            return self._settle(key, letter, problem)
        self._reach("outlook.answered")
        item = self._seen_leaving(key)
        if item is None:
            return Receipt("Outlook took it over (202) and has not moved it to Sent yet.", letter.message_id, key)
        return Receipt("Outlook took it over (202) and it is in Sent.", str(item["internetMessageId"]), key)

    def _settle(self, key: str, letter: Letter, problem: ProviderError) -> Receipt:
        """Outlook refused, or its answer was lost: look, and never send again."""
        if isinstance(problem, NeverLeft):
            raise NotSent(str(problem), permanent=False) from None
        # A refusal may also mean that the person was quicker and sent the draft by hand.
        item = self._seen_leaving(key, LOOKS[:1] if refused(problem) else LOOKS)
        if item is None and refused(problem):
            waiting = isinstance(problem, SignInNeeded | Unreachable | Stale)
            raise NotSent(str(problem), permanent=not waiting, retry_after=problem.retry_after) from None
        if item is None:
            # While a mail is in transport it still looks like a draft, so that proves nothing.
            raise Unknown(f"{problem} Whether the letter left is not known.") from None
        message_id = foreign.text(item, "internetMessageId") or letter.message_id
        return Receipt("The draft left Drafts and the mail is sent.", message_id, key)

    def _seen_leaving(self, key: str, looks: tuple[float, ...] = LOOKS) -> Json | None:
        url = self._graph.url(f"/me/messages/{quoted(key)}", select="id,isDraft,internetMessageId,parentFolderId")
        for pause in looks:
            try:
                item = self._graph.once("GET", url).json()
            except ProviderError:
                item = {"isDraft": True}
            if not item.get("isDraft", True):
                return item
            self._sleep(pause)
        return None


def refused(problem: ProviderError) -> bool:
    """Whether Outlook said so itself and before it took the letter; a missing draft proves neither."""
    if isinstance(problem, Missing | Elsewhere):
        return False
    return isinstance(problem, Busy) or not isinstance(problem, Unreachable)
