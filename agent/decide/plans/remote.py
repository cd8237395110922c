"""What a draft in the mailbox asks for: what was laid, what is wanted and what is seen give one action; never acts."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from providers.base import Draft


class Was(StrEnum):
    """What is remembered."""

    NEVER = "never"
    LAYING = "laying"
    """It was about to be written; nobody knows whether it was."""
    LYING = "lying"
    GONE = "gone"
    """It was missed, and that was acted upon; it may still turn out to be sent."""


class WantedDraft(StrEnum):
    """What the follow-up needs."""

    TEXT = "text"
    QUEUED = "queued"
    """Approved; the same words wait to leave."""
    LEAVING = "leaving"
    """Being sent, or perhaps sent: nobody touches anything."""
    NOTHING = "nothing"


class SeenInMailbox(StrEnum):
    """What the mailbox shows."""

    ABSENT = "absent"
    CURRENT = "current"
    STALE = "stale"
    """An older text of ours, or one that was not finished."""
    EDITED = "edited"
    SENT = "sent"


class Act(StrEnum):
    """What follows."""

    NOTHING = "nothing"
    LAY = "lay"
    REPLACE = "replace"
    NOTE = "note"
    """It lies there; remember that."""
    WAIT = "wait"
    """It is missing; look again before anything follows from that."""
    ADOPT = "adopt"
    """The person's words are the text now, and need a new approval."""
    SKIP = "skip"
    CANCEL = "cancel"
    """Take the letter back; what became of the draft shows later."""
    REMOVE = "remove"
    RELEASE = "release"
    """Forget it and leave what lies there alone."""
    COUNT = "count"
    """The person sent it: that was the touch."""


LAID: dict[tuple[WantedDraft, SeenInMailbox], Act] = {
    (WantedDraft.TEXT, SeenInMailbox.ABSENT): Act.SKIP,
    (WantedDraft.TEXT, SeenInMailbox.CURRENT): Act.NOTHING,
    (WantedDraft.TEXT, SeenInMailbox.STALE): Act.REPLACE,
    (WantedDraft.TEXT, SeenInMailbox.EDITED): Act.ADOPT,
    (WantedDraft.QUEUED, SeenInMailbox.ABSENT): Act.CANCEL,
    (WantedDraft.QUEUED, SeenInMailbox.CURRENT): Act.NOTHING,
    (WantedDraft.QUEUED, SeenInMailbox.STALE): Act.REPLACE,
    (WantedDraft.QUEUED, SeenInMailbox.EDITED): Act.ADOPT,
    (WantedDraft.NOTHING, SeenInMailbox.ABSENT): Act.RELEASE,
    (WantedDraft.NOTHING, SeenInMailbox.CURRENT): Act.REMOVE,
    (WantedDraft.NOTHING, SeenInMailbox.STALE): Act.REMOVE,
    (WantedDraft.NOTHING, SeenInMailbox.EDITED): Act.RELEASE,
}


def decide(was: Was, wanted: WantedDraft, seen: SeenInMailbox, *, patient: bool = False, old: bool = False) -> Act:
    """The one action. `patient`: it was missed only a moment ago; `old`: what is gone was missed long ago."""
    if wanted is WantedDraft.LEAVING:
        return Act.NOTHING
    if was is Was.NEVER:
        return Act.LAY if wanted in {WantedDraft.TEXT, WantedDraft.QUEUED} else Act.NOTHING
    if seen is SeenInMailbox.SENT:
        return Act.COUNT
    if was is Was.GONE and wanted is not WantedDraft.NOTHING:
        return Act.LAY
    if was is Was.GONE:
        return Act.RELEASE if old else Act.NOTHING
    act = LAID[wanted, seen]
    if was is Was.LAYING:
        return {Act.SKIP: Act.LAY, Act.CANCEL: Act.LAY, Act.NOTHING: Act.NOTE}.get(act, act)
    # A mail on its way from Drafts to Sent is in neither for a while; taking a letter back can wait for nothing.
    return Act.WAIT if act is Act.SKIP and patient else act


def seen_in_mailbox(drafts: Iterable[Draft], current: str, known: Iterable[str]) -> tuple[SeenInMailbox, Draft | None]:
    """What lies there: a person's edit before everything else, then what is up to date."""
    ours = {*known, current}
    stale = None
    found = None
    for draft in drafts:
        if draft.finished and draft.digest not in ours:
            return SeenInMailbox.EDITED, draft
        if draft.finished and draft.digest == current:
            found = draft
        else:
            stale = draft
    if found is not None:
        return SeenInMailbox.CURRENT, found
    return (SeenInMailbox.STALE, stale) if stale is not None else (SeenInMailbox.ABSENT, None)
