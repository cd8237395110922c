"""A Gmail mailbox as pages of changes; reads with a read-only sign-in and never sends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from providers import foreign
from providers.base import Absence, Capabilities, Census, Draft, Found, Letter, Mail, Moved, Page, Refused, Role
from providers.foreign import Json
from providers.gmail import mail as gmail_mail
from providers.gmail.api import GmailApi, GmailSettings
from providers.gmail.calls import GmailCall
from providers.gmail.cursor import GmailCursor, loads
from providers.gmail.drafts import GmailDrafts
from providers.http import Invalid, Missing
from providers.paging import each_page

PAGE = 100
"""Mails of one step, which is stored whole: a crash costs one page, and a page costs 505 units."""
HISTORY_PAGE = 500
"""The most Google hands out."""
OVERLAP = 2 * 86400
"""Seconds that are read again when Google has forgotten our place."""
TRIGGER = "relance/"
MARKS = ("X-Relance-Id", "Message-ID")
GET, LIST, HISTORY, PROFILE, LABELS, THREAD, ATTACHMENT, SETTINGS = 5, 5, 2, 1, 1, 10, 5, 1
"""Quota units of each call, as Google prices them (developers.google.com/gmail/api/reference/quota)."""
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
        return gmail_mail.unpacked(foreign.text(answer, "raw"))

    def thread(self, hint: str) -> tuple[Mail, ...]:
        """All mails of one thread as they are now."""
        self._names = self._names or self._label_names()
        call = self._api.users.threads().get(userId="me", id=hint, format="full")
        try:
            answer = self._api.read(call, THREAD)
        except Missing:
            return ()
        return self._mails(foreign.parts(answer, "messages"))

    def find_token(self, token: str, since: str) -> Found | None:
        """Our own letter in Sent, by its marker or Message-ID; a draft that still lies there does not count."""
        for answer in self._read_marks(self._sent_since(loads(since))).values():
            labels = foreign.texts(answer, "labelIds")
            if "SENT" in labels and "DRAFT" not in labels and token in marks(answer):
                return Found(foreign.identity(answer), message_id(answer), Role.SENT, gmail_mail.received(answer))
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
        own = foreign.text(profile, "emailAddress").lower()
        if own not in {one.lower() for one in (self._settings.address, *self._settings.aliases)}:
            raise Refused(f"This sign-in belongs to {own}, the account to {self._settings.address}.")
        after = newest // 1000 - OVERLAP if newest else 0
        return GmailCursor(
            history=foreign.identity(profile, "historyId"),
            after=after,
            newest=newest,
            total=foreign.number(profile, "messagesTotal"),
        )

    def _listed(self, at: GmailCursor) -> tuple[Page, GmailCursor, bool]:
        answer = self._list_page(at)
        identities = named(answer)
        mails, _ = self._fetch(identities)
        seen = replace(at, page=next_mark(answer), done=at.done + len(identities), newest=newest(mails, at.newest))
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
        wanted = {"userId": "me", "maxResults": MOST_SENT, "includeSpamTrash": True}
        wanted |= {"fields": "messages/id,nextPageToken"}
        messages = self._api.users.messages()
        for answer in each_page(lambda mark: self._api.read(messages.list(**wanted | turned(mark)), LIST), next_mark):
            found.update(named(answer))
        return frozenset(found)

    def _list_page(self, at: GmailCursor) -> Json:
        query = self._query(at)
        wanted: dict[str, object] = {"userId": "me", "maxResults": PAGE, "includeSpamTrash": True}
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
        added, changed, gone = sorted_out(foreign.parts(answer, "history"))
        mails, missing = self._fetch(added)
        moved = tuple(gmail_mail.to_moved(identity, labels, self._names) for identity, labels in changed.items())
        following = replace(at, page=next_mark(answer), newest=newest(mails, at.newest))
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

    def _mails(self, messages: Iterable[Json]) -> tuple[Mail, ...]:
        kept = [message for message in messages if "CHAT" not in foreign.texts(message, "labelIds")]
        bodies = self._kept_back(kept)
        return tuple(
            gmail_mail.to_mail(message, self._names, bodies.get(foreign.identity(message), {})) for message in kept
        )

    def _kept_back(self, messages: Iterable[Json]) -> dict[str, dict[str, bytes]]:
        attachments = self._api.users.messages().attachments()
        places: dict[str, tuple[str, str]] = {}
        for message in messages:
            for part in gmail_mail.kept_back(foreign.part(message, "payload")):
                places[str(len(places))] = (foreign.identity(message), part)
        calls = {
            name: attachments.get(userId="me", messageId=mail, id=part) for name, (mail, part) in places.items()
        }  # fmt: skip
        bodies: dict[str, dict[str, bytes]] = {}
        for name, answer in self._api.read_many(calls, ATTACHMENT).items():
            mail, part = places[name]
            bodies.setdefault(mail, {})[part] = gmail_mail.unpacked(foreign.text(answer, "data"))
        return bodies

    def _label_names(self) -> dict[str, str]:
        answer = self._api.read(self._api.users.labels().list(userId="me"), LABELS)
        own = (item for item in foreign.parts(answer, "labels") if item.get("type") == "user")
        return {foreign.identity(item): foreign.identity(item, "name") for item in own}

    def _triggered(self) -> tuple[Moved, ...]:
        """Mails of any age that carry one of our labels, in case one was set while the history was lost."""
        found: dict[str, GmailCall] = {}
        messages = self._api.users.messages()
        for label, name in self._names.items():
            if name.lower().startswith(TRIGGER):
                answer = self._api.read(messages.list(userId="me", labelIds=[label], maxResults=PAGE), LIST)
                for identity in named(answer):
                    found[identity] = messages.get(userId="me", id=identity, format="minimal")
        answers = self._api.read_many(found, GET)
        return tuple(
            gmail_mail.to_moved(identity, foreign.texts(answer, "labelIds"), self._names)
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
        return named(answer)

    def _sent_by_history(self, start: str) -> list[str]:
        found: list[str] = []
        wanted: dict[str, object] = {"userId": "me", "startHistoryId": start, "labelId": "SENT"}
        wanted["maxResults"] = HISTORY_PAGE
        history = self._api.users.history()
        for answer in each_page(lambda mark: self._api.read(history.list(**wanted | turned(mark)), HISTORY), next_mark):
            added, changed, _ = sorted_out(foreign.parts(answer, "history"))
            found += [*added, *changed]
        return list(dict.fromkeys(found))

    def _read_marks(self, identities: Iterable[str]) -> dict[str, Json]:
        messages = self._api.users.messages()
        calls = {
            identity: messages.get(userId="me", id=identity, format="metadata", metadataHeaders=list(MARKS))
            for identity in identities
        }
        return self._api.read_many(calls, GET)


def named(answer: Json) -> list[str]:
    """The ids a list of mails holds."""
    return [foreign.identity(item) for item in foreign.parts(answer, "messages")]


def next_mark(answer: Json) -> str:
    """The token of the next page."""
    return foreign.text(answer, "nextPageToken")


def turned(mark: str) -> dict[str, str]:
    """What asks for that page."""
    return {"pageToken": mark} if mark else {}


def sorted_out(history: Iterable[Json]) -> tuple[list[str], dict[str, list[str]], list[str]]:
    """New mails, the labels of changed ones, and those that left; the last word about each mail wins."""
    added: dict[str, None] = {}
    changed: dict[str, list[str]] = {}
    gone: dict[str, None] = {}
    for record in history:
        for mail in _mails_in(record, "messagesAdded"):
            added[foreign.identity(mail)] = None
        for mail in (*_mails_in(record, "labelsAdded"), *_mails_in(record, "labelsRemoved")):
            changed[foreign.identity(mail)] = foreign.texts(mail, "labelIds")
        for mail in _mails_in(record, "messagesDeleted"):
            gone[foreign.identity(mail)] = None
    fresh = [identity for identity in added if identity not in gone]
    return fresh, {key: labels for key, labels in changed.items() if key not in added and key not in gone}, list(gone)


def _mails_in(record: Json, name: str) -> list[Json]:
    return [foreign.part(item, "message") for item in foreign.parts(record, name)]


def newest(mails: Iterable[Mail], known: int) -> int:
    """Milliseconds of the newest mail so far."""
    return max((known, *(int(mail.received.timestamp() * 1000) for mail in mails)))


def message_id(answer: Json) -> str:
    """The Message-ID a mail carries."""
    fields = gmail_mail.fields_of(foreign.part(answer, "payload"))
    return next((value for name, value in fields if name == "message-id"), "")


def marks(answer: Json) -> set[str]:
    """Everything one of our letters could be known by."""
    wanted = {name.lower() for name in MARKS}
    found = {value.strip() for name, value in gmail_mail.fields_of(foreign.part(answer, "payload")) if name in wanted}
    return found | {value.strip("<>").partition("@")[0] for value in found}


def moment(milliseconds: object) -> datetime | None:
    """A time as Google's settings write it."""
    text = str(milliseconds or "")
    return datetime.fromtimestamp(int(text) / 1000, UTC) if text.isdigit() and int(text) < 10**14 else None
