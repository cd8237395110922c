"""Letters in Gmail's Drafts folder; never overwrites what a person wrote there and never sends."""

from __future__ import annotations

import base64

from providers import drafts, foreign
from providers.base import Draft, Letter, Refused
from providers.foreign import Json
from providers.gmail import mail as gmail_mail
from providers.gmail.api import GmailApi
from providers.http import Missing

CREATE, UPDATE, GET, LIST, DELETE = 10, 15, 5, 5, 10
"""Quota units of each call, as Google prices them (developers.google.com/gmail/api/reference/quota)."""
MOST_DRAFTS = 100
"""The newest; ours are among them, or a person has long gone on without them."""


class GmailDrafts:
    """The drafts of one mailbox."""

    def __init__(self, api: GmailApi) -> None:
        self._api = api
        self._calls = api.users.drafts()

    def put(self, letter: Letter, replaces: str = "") -> Draft:
        """Create the draft, or replace the one it follows; a crash in between leaves one draft, not two."""
        known = self.find(letter.token)
        if known is not None:
            return self._finish(known, letter, replaces)
        if replaces:
            # Updating in place keeps one draft whatever happens; one that is gone was sent or deleted by the person.
            answer = self._api.once(self._calls.update(userId="me", id=replaces, body=packed(letter)), UPDATE)
            return self._as_asked(answer, letter)
        return self._as_asked(self._api.once(self._calls.create(userId="me", body=packed(letter)), CREATE), letter)

    def read(self, key: str) -> Draft | None:
        """The draft as it is now."""
        answer = self._read(key)
        return None if answer is None else as_draft(answer)

    def drop(self, key: str) -> None:
        """Take it away, if it is still there."""
        try:
            self._api.once(self._calls.delete(userId="me", id=key), DELETE)
        except Missing:
            return

    def find(self, token: str) -> Draft | None:
        """The draft that carries this token."""
        return next(iter(self.find_all(token)), None)

    def find_all(self, token: str) -> tuple[Draft, ...]:
        """Every draft that carries this token."""
        answer = self._api.read(self._calls.list(userId="me", maxResults=MOST_DRAFTS), LIST)
        calls = {
            foreign.identity(item): self._calls.get(userId="me", id=item["id"], format="full")
            for item in foreign.parts(answer, "drafts")
        }
        found = (as_draft(item) for item in self._api.read_many(calls, GET).values())
        return tuple(draft for draft in found if drafts.carries(draft, token))

    def _finish(self, known: Draft, letter: Letter, replaces: str) -> Draft:
        """An earlier attempt got this far; what it was to replace may still be there."""
        if replaces and replaces != known.key:
            self.drop(replaces)
        answer = self._api.once(self._calls.update(userId="me", id=known.key, body=packed(letter)), UPDATE)
        return self._as_asked(answer, letter)

    def _as_asked(self, answer: Json, letter: Letter) -> Draft:
        thread = foreign.text(foreign.part(answer, "message"), "threadId")
        if letter.thread_hint and thread != letter.thread_hint:
            self.drop(foreign.identity(answer))
            raise Refused("Gmail would start a new thread with this draft.")
        # What Gmail stores may differ in white space from what it was given.
        stored = self._read(foreign.identity(answer))
        if stored is None:
            raise Missing("The draft left the mailbox while it was being written.")
        return as_draft(stored)

    def _read(self, key: str) -> Json | None:
        try:
            return self._api.read(self._calls.get(userId="me", id=key, format="full"), GET)
        except Missing:
            return None


def packed(letter: Letter) -> Json:
    """A letter as Gmail takes drafts."""
    message = {"raw": base64.urlsafe_b64encode(letter.raw).decode()}
    if letter.thread_hint:
        message["threadId"] = letter.thread_hint
    return {"message": message}


def as_draft(answer: Json) -> Draft:
    """Gmail's answer as a value."""
    mail = gmail_mail.to_mail(foreign.part(answer, "message"), {}, {})
    return drafts.as_draft(foreign.text(answer, "id"), mail)
