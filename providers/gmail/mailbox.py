"""A Gmail mailbox as pages of changes; reads with a read-only sign-in and never sends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from providers.base import Absence, Capabilities, Census, Draft, Found, Letter, Mail, Page, Refused, Role
from providers.gmail import mail as gmail_mail
from providers.gmail.api import GmailApi, GmailSettings
from providers.gmail.cursor import GmailCursor, loads
from providers.gmail.drafts import GmailDrafts
from providers.http import Invalid, Missing
from providers.leafing import leaves

PAGE = 100
HISTORY_PAGE = 500
OVERLAP = 2 * 86400
"""Seconds that are read again when Google has forgotten our place."""
TRIGGER = "relance/"
MARKS = ("X-Relance-Id", "Message-ID")
GET, LIST, HISTORY, PROFILE, LABELS, THREAD, ATTACHMENT, SETTINGS = 5, 5, 2, 1, 1, 10, 5, 1
MOST_SENT = 500
"""Sent mails looked at for one of ours."""


class GmailMailbox:
    """One mailbox over Google's API."""

    def __init__(self, settings: GmailSettings) -> None:
        self._settings = settings
        self._api = GmailApi(settings)
        self._drafts = GmailDrafts(self._api)
        self._names: dict[str, str] = {}

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(watch=False, drafts=True, labels=True, server_files_sent=True, spends_drafts=True)

    @property
    def units(self) -> int:
        """Quota spent so far."""
        return self._api.pace.used

    def changes(self, cursor: str) -> Iterator[Page]:
        """Pages since the cursor; a place Google has forgotten leads to a short second reading."""
        at = loads(cursor) or self._start()
        self._names = self._label_names()
        lost = False
        while True:
            try:
                page, at, more = self._listed(at) if at.phase == "list" else self._delta(at)
            except Missing:
                if lost or at.phase == "list":
                    raise
                at, lost = replace(self._start(newest=at.newest), census=True), True
                continue
            yield page
            if not more:
                return

    def raw(self, key: str) -> bytes:
        """The whole mail as Gmail holds it."""
        messages = self._api.users.messages()
        answer = self._api.read(messages.get(userId="me", id=key, format="raw", fields="raw"), GET)
        return gmail_mail.unpacked(str(answer.get("raw", "")))

    def thread(self, hint: str) -> tuple[Mail, ...]:
        """All mails of one thread as they are now."""
        self._names = self._names or self._label_names()
        call = self._api.users.threads().get(userId="me", id=hint, format="full")
        try:
            answer = self._api.read(call, THREAD)
        except Missing:
            return ()
        return self._mails(answer.get("messages") or [])

    def find_token(self, token: str, since: str) -> Found | None:
        """Our own letter in Sent, by its marker or Message-ID; a draft that still lies there does not count."""
        for answer in self._read_marks(self._sent_since(loads(since))).values():
            labels = answer.get("labelIds") or []
            if "SENT" in labels and "DRAFT" not in labels and token in marks(answer):
                return Found(answer["id"], message_id(answer), Role.SENT, gmail_mail.received(answer))
        return None

    def absence(self) -> Absence | None:
        """The vacation responder the person has switched on, if any."""
        settings = self._api.read(self._api.users.settings().getVacation(userId="me"), SETTINGS)
        if not settings.get("enableAutoReply"):
            return None
        return Absence(moment(settings.get("startTime")), moment(settings.get("endTime")))

    def put_draft(self, letter: Letter, replaces: str = "") -> Draft:
        """Lay a letter into Drafts, in its thread, once however often this is called."""
        return self._drafts.put(letter, replaces)

    def read_draft(self, key: str) -> Draft | None:
        """The draft as it is now; None when it was sent or deleted."""
        return self._drafts.read(key)

    def find_drafts(self, token: str) -> tuple[Draft, ...]:
        """Drafts that carry our marker."""
        return self._drafts.find_all(token)

    def drop_draft(self, key: str) -> None:
        """Take a draft away; it may be gone already."""
        self._drafts.drop(key)

    def close(self) -> None:
        self._api.close()

    def _start(self, newest: int = 0) -> GmailCursor:
        # The history id is taken before the first list, so that nothing can fall between the two.
        profile = self._api.read(self._api.users.getProfile(userId="me"), PROFILE)
        own = str(profile.get("emailAddress", "")).lower()
        if own not in {one.lower() for one in (self._settings.address, *self._settings.aliases)}:
            raise Refused(f"This sign-in belongs to {own}, the account to {self._settings.address}.")
        after = newest // 1000 - OVERLAP if newest else 0
        return GmailCursor(
            history=str(profile["historyId"]), after=after, newest=newest, total=int(profile.get("messagesTotal", 0))
        )

    def _listed(self, at: GmailCursor) -> tuple[Page, GmailCursor, bool]:
        answer = self._list_page(at)
        identities = [item["id"] for item in answer.get("messages") or []]
        mails, _ = self._fetch(identities)
        seen = replace(
            at, page=answer.get("nextPageToken", ""), done=at.done + len(identities), newest=newest(mails, at.newest)
        )
        if seen.page:
            return Page(seen.dumps(), mails, done=seen.done, total=self._total(seen)), seen, True
        moved = self._triggered() if at.after else ()
        counted = self._counted(at) if at.census else ()
        delta = replace(seen, phase="delta", after=0, done=0, total=0, census=False)
        return Page(delta.dumps(), mails, moved, counted=counted, done=seen.done, total=seen.done), delta, True

    def _counted(self, at: GmailCursor) -> tuple[Census, ...]:
        found = self._everything()
        # An answer that leaves out half of what Google itself counts is no reason to call anything deleted.
        return (Census(found),) if 2 * len(found) >= at.total else ()

    def _everything(self) -> frozenset[str]:
        """The id of every mail there is: 5 units for 500 of them."""
        found: set[str] = set()
        wanted: dict[str, Any] = {"userId": "me", "maxResults": MOST_SENT, "includeSpamTrash": True}
        wanted["fields"] = "messages/id,nextPageToken"
        messages = self._api.users.messages()
        for answer in leaves(lambda mark: self._api.read(messages.list(**wanted | turned(mark)), LIST), next_mark):
            found |= {item["id"] for item in answer.get("messages") or []}
        return frozenset(found)

    def _list_page(self, at: GmailCursor) -> Mapping[str, Any]:
        query = self._query(at)
        wanted: dict[str, Any] = {"userId": "me", "maxResults": PAGE, "includeSpamTrash": True}
        wanted |= {"q": query} if query else {}
        messages = self._api.users.messages()
        if at.page:
            try:
                return self._api.read(messages.list(**wanted, pageToken=at.page), LIST)
            except (Invalid, Missing):
                pass  # a page token outlives a night badly; the list starts again
        return self._api.read(messages.list(**wanted), LIST)

    def _query(self, at: GmailCursor) -> str:
        oldest = int(self._settings.oldest.timestamp()) if self._settings.oldest else 0
        after = max(oldest, at.after)
        return f"after:{after}" if after else ""

    def _total(self, at: GmailCursor) -> int:
        return 0 if self._query(at) else max(at.total, at.done)

    def _delta(self, at: GmailCursor) -> tuple[Page, GmailCursor, bool]:
        wanted = {"userId": "me", "startHistoryId": at.history, "maxResults": HISTORY_PAGE}
        wanted |= {"pageToken": at.page} if at.page else {}
        try:
            answer = self._api.read(self._api.users.history().list(**wanted), HISTORY)
        except Invalid:
            if not at.page:
                raise
            return self._delta(replace(at, page=""))
        added, changed, gone = sorted_out(answer.get("history") or [])
        mails, missing = self._fetch(added)
        moved = tuple(gmail_mail.to_moved(identity, labels, self._names) for identity, labels in changed.items())
        following = replace(at, page=answer.get("nextPageToken", ""), newest=newest(mails, at.newest))
        if not following.page:
            following = replace(following, history=str(answer.get("historyId") or at.history))
        page = Page(following.dumps(), mails, moved, tuple(dict.fromkeys((*gone, *missing))))
        return page, following, bool(following.page)

    def _fetch(self, identities: Iterable[str]) -> tuple[tuple[Mail, ...], tuple[str, ...]]:
        messages = self._api.users.messages()
        calls = {
            identity: messages.get(userId="me", id=identity, format="full", fields=gmail_mail.FIELDS)
            for identity in identities
        }
        found = self._api.read_many(calls, GET)
        ordered = [found[identity] for identity in calls if identity in found]
        return self._mails(ordered), tuple(identity for identity in calls if identity not in found)

    def _mails(self, messages: Iterable[Mapping[str, Any]]) -> tuple[Mail, ...]:
        kept = [message for message in messages if "CHAT" not in (message.get("labelIds") or [])]
        bodies = self._kept_back(kept)
        return tuple(gmail_mail.to_mail(message, self._names, bodies.get(message["id"], {})) for message in kept)

    def _kept_back(self, messages: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, bytes]]:
        attachments = self._api.users.messages().attachments()
        places: dict[str, tuple[str, str]] = {}
        for message in messages:
            for part in gmail_mail.kept_back(message.get("payload") or {}):
                places[str(len(places))] = (message["id"], part)
        calls = {
            name: attachments.get(userId="me", messageId=mail, id=part) for name, (mail, part) in places.items()
        }  # fmt: skip
        bodies: dict[str, dict[str, bytes]] = {}
        for name, answer in self._api.read_many(calls, ATTACHMENT).items():
            mail, part = places[name]
            bodies.setdefault(mail, {})[part] = gmail_mail.unpacked(str(answer.get("data", "")))
        return bodies

    def _label_names(self) -> dict[str, str]:
        answer = self._api.read(self._api.users.labels().list(userId="me"), LABELS)
        return {item["id"]: item["name"] for item in answer.get("labels") or [] if item.get("type") == "user"}

    def _triggered(self) -> tuple[Any, ...]:
        """Mails of any age that carry one of our labels, in case one was set while the history was lost."""
        found: dict[str, Any] = {}
        messages = self._api.users.messages()
        for label, name in self._names.items():
            if name.lower().startswith(TRIGGER):
                answer = self._api.read(messages.list(userId="me", labelIds=[label], maxResults=PAGE), LIST)
                for item in answer.get("messages") or []:
                    found[item["id"]] = messages.get(userId="me", id=item["id"], format="minimal")
        answers = self._api.read_many(found, GET)
        return tuple(
            gmail_mail.to_moved(identity, answer.get("labelIds") or [], self._names)
            for identity, answer in answers.items()
        )

    def _sent_since(self, at: GmailCursor | None) -> list[str]:
        if at is not None:
            try:
                return self._sent_by_history(at.history)
            except Missing:
                pass  # the list below finds it as well
        after = f"after:{at.newest // 1000 - OVERLAP}" if at is not None and at.newest else ""
        wanted = {"userId": "me", "labelIds": ["SENT"], "maxResults": MOST_SENT} | ({"q": after} if after else {})
        answer = self._api.read(self._api.users.messages().list(**wanted), LIST)
        return [item["id"] for item in answer.get("messages") or []]

    def _sent_by_history(self, start: str) -> list[str]:
        found: list[str] = []
        wanted: dict[str, Any] = {"userId": "me", "startHistoryId": start, "labelId": "SENT"}
        wanted["maxResults"] = HISTORY_PAGE
        history = self._api.users.history()
        for answer in leaves(lambda mark: self._api.read(history.list(**wanted | turned(mark)), HISTORY), next_mark):
            added, changed, _ = sorted_out(answer.get("history") or [])
            found += [*added, *changed]
        return list(dict.fromkeys(found))

    def _read_marks(self, identities: Iterable[str]) -> dict[str, dict[str, Any]]:
        messages = self._api.users.messages()
        calls = {
            identity: messages.get(userId="me", id=identity, format="metadata", metadataHeaders=list(MARKS))
            for identity in identities
        }
        return self._api.read_many(calls, GET)


def next_mark(answer: Mapping[str, Any]) -> str:
    """The token of the next page."""
    return str(answer.get("nextPageToken") or "")


def turned(mark: str) -> dict[str, str]:
    """What asks for that page."""
    return {"pageToken": mark} if mark else {}


def sorted_out(history: Iterable[Mapping[str, Any]]) -> tuple[list[str], dict[str, list[str]], list[str]]:
    """New mails, the labels of changed ones, and those that left; the last word about each mail wins."""
    added: dict[str, None] = {}
    changed: dict[str, list[str]] = {}
    gone: dict[str, None] = {}
    for record in history:
        for item in record.get("messagesAdded") or []:
            added[item["message"]["id"]] = None
        for item in (*(record.get("labelsAdded") or []), *(record.get("labelsRemoved") or [])):
            changed[item["message"]["id"]] = item["message"].get("labelIds") or []
        for item in record.get("messagesDeleted") or []:
            gone[item["message"]["id"]] = None
    fresh = [identity for identity in added if identity not in gone]
    return fresh, {key: labels for key, labels in changed.items() if key not in added and key not in gone}, list(gone)


def newest(mails: Iterable[Mail], known: int) -> int:
    """Milliseconds of the newest mail so far."""
    return max((known, *(int(mail.received.timestamp() * 1000) for mail in mails)))


def message_id(answer: Mapping[str, Any]) -> str:
    """The Message-ID a mail carries."""
    fields = gmail_mail.fields_of(answer.get("payload") or {})
    return next((value for name, value in fields if name == "message-id"), "")


def marks(answer: Mapping[str, Any]) -> set[str]:
    """Everything one of our letters could be known by."""
    wanted = {name.lower() for name in MARKS}
    found = {value.strip() for name, value in gmail_mail.fields_of(answer.get("payload") or {}) if name in wanted}
    return found | {value.strip("<>").partition("@")[0] for value in found}


def moment(milliseconds: object) -> datetime | None:
    """A time as Google's settings write it."""
    text = str(milliseconds or "")
    return datetime.fromtimestamp(int(text) / 1000, UTC) if text.isdigit() and int(text) < 10**14 else None
