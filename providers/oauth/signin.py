"""Keeps a sign-in alive: scopes, stored tokens, one renewal at a time; never shows or logs a token.

The caller says where the sign-in is kept (a keyring, a private file) by two functions; nothing is written elsewhere.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from providers.base import ProviderError, SignInNeeded

VERSION = 1
"""Of the form a sign-in is kept in."""
EARLY = 120.0
"""Seconds before its end at which a token is renewed; clocks differ."""
WEEK = timedelta(days=7)
"""So long Google lends a sign-in to a project that is being tested."""
WARN_AFTER = timedelta(days=5)
"""Two days are enough to sign in again."""
SETTLED = timedelta(days=8)
"""A sign-in that outlived this does not belong to a Google project in testing."""
TESTING = (
    'Google ends a sign-in after 7 days while the project is in status "Testing". Publish it ("Publish app" on the '
    "consent screen; your own use needs no verification), then sign in once more: `relance setup`."
)
ENDED = (
    "The sign-in has ended: it was revoked, the password was changed, or it lay unused. Sign in again: `relance setup`."
)
NOT_SIGNED_IN = "Nobody is signed in yet: `relance setup`."

GOOGLE = "https://www.googleapis.com/auth/"
GOOGLE_READ = (f"{GOOGLE}gmail.readonly",)
GOOGLE_WRITE = (f"{GOOGLE}gmail.readonly", f"{GOOGLE}gmail.compose")
MICROSOFT_READ = ("Mail.Read", "MailboxSettings.Read", "User.Read")
MICROSOFT_DRAFT = ("Mail.ReadWrite", "MailboxSettings.Read", "User.Read")
MICROSOFT_SEND = ("Mail.ReadWrite", "Mail.Send", "MailboxSettings.Read", "User.Read")

IMAP_GOOGLE = ("https://mail.google.com/",)
"""All of the mail: Google lets nothing less in over IMAP."""
OFFICE = "https://outlook.office.com/"
IMAP_MICROSOFT_READ = (f"{OFFICE}IMAP.AccessAsUser.All",)
IMAP_MICROSOFT_SEND = (f"{OFFICE}IMAP.AccessAsUser.All", f"{OFFICE}SMTP.Send")

Level = Literal["manual", "copilot", "autopilot"]


class Ended(SignInNeeded):
    """The sign-in server said that this sign-in is over; asking again cannot help."""


def google_scopes(level: Level, *, drafts_in_mailbox: bool = False) -> tuple[str, ...]:
    """The least Google has for this level. Its permission to write drafts can also send: that is Google's cut."""
    return GOOGLE_READ if level == "manual" and not drafts_in_mailbox else GOOGLE_WRITE


def microsoft_scopes(level: Level, *, drafts_in_mailbox: bool = False) -> tuple[str, ...]:
    """The least Microsoft has for this level; drafts alone need no permission to send."""
    if level != "manual":
        return MICROSOFT_SEND
    return MICROSOFT_DRAFT if drafts_in_mailbox else MICROSOFT_READ


def imap_scopes(whose: str, level: Level) -> tuple[str, ...]:
    """The least for IMAP, and above level manual for SMTP as well."""
    if whose == "google":
        return IMAP_GOOGLE
    return IMAP_MICROSOFT_READ if level == "manual" else IMAP_MICROSOFT_SEND


@dataclass(frozen=True, slots=True)
class KeptSignIn:
    """A sign-in as it is stored; times are seconds since 1970."""

    kind: Literal["google", "microsoft"]
    refresh: str
    """Google's refresh token, or the serialized cache of msal."""
    granted: float
    access: str = ""
    expires: float = 0.0
    dies: float = 0.0
    """When the sign-in itself ends, if the server said so."""
    scopes: tuple[str, ...] = ()
    dead: str = ""
    """Why it is over; the sentence to show."""

    def dumps(self) -> str:
        return json.dumps({"v": VERSION, **asdict(self)}, separators=(",", ":"))

    def __repr__(self) -> str:
        return f"KeptSignIn({self.kind})"


def loads(text: str | None) -> KeptSignIn | None:
    """A stored sign-in; None when there is none that can be understood."""
    try:
        value = json.loads(text or "")
        if value.pop("v") != VERSION:
            return None
        return KeptSignIn(**{**value, "scopes": tuple(value["scopes"])})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


Renew = Callable[[KeptSignIn, float], KeptSignIn]


class Tokens:
    """Access tokens of one account. Of many processes and threads only one asks for a new one, the others wait."""

    def __init__(
        self, load: Callable[[], str | None], save: Callable[[str], object], lock: Path, renew: Renew,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._load, self._save, self._lock, self._renew, self._clock = load, save, lock, renew, clock
        self._mine = threading.Lock()
        self._known: KeptSignIn | None = None

    def __call__(self, rejected: str = "") -> str:
        """A token to use now; `rejected` is one the server has just refused."""
        with self._mine:
            if self._known is not None and self._usable(self._known, rejected):
                return self._known.access
            with locked(self._lock):
                self._known = None
                self._known = self._current(rejected)
            return self._known.access

    def _current(self, rejected: str) -> KeptSignIn:
        kept = loads(self._load())
        if kept is None:
            raise SignInNeeded(NOT_SIGNED_IN)
        if kept.dead:
            raise Ended(kept.dead)
        if self._usable(kept, rejected):
            return kept
        try:
            fresh = self._renew(kept, self._clock())
        except Ended as problem:
            why = diagnosis(kept, self._clock()) or str(problem)
            self._save(replace(kept, access="", expires=0.0, dead=why).dumps())
            raise Ended(why) from None
        # Stored before it is used: a new refresh token may be the only one that still works.
        self._save(fresh.dumps())
        return fresh

    def _usable(self, kept: KeptSignIn, rejected: str) -> bool:
        return bool(kept.access) and kept.access != rejected and self._clock() < kept.expires - EARLY


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a file lock that the kernel drops when the process ends."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def diagnosis(kept: KeptSignIn, now: float) -> str:
    """Why Google ended a sign-in, when its age gives it away."""
    if kept.kind != "google":
        return ""
    age = timedelta(seconds=now - kept.granted)
    return TESTING if timedelta(days=6, hours=12) <= age <= SETTLED or 0 < kept.dies <= now else ""


def token_age_warning(stored: str | None, now: datetime) -> str | None:
    """What to tell before a sign-in ends that Google only lends for a week; None when there is nothing to tell."""
    kept = loads(stored)
    if kept is None or kept.kind != "google" or kept.dead:
        return None
    age = now - datetime.fromtimestamp(kept.granted, UTC)
    if kept.dies:
        left = datetime.fromtimestamp(kept.dies, UTC) - now
        return f"This sign-in ends in {days(left)}. {TESTING}" if left <= WEEK - WARN_AFTER else None
    if WARN_AFTER <= age <= SETTLED:
        return f"If your Google project is still being tested, this sign-in ends in {days(WEEK - age)}. {TESTING}"
    return None


def days(left: timedelta) -> str:
    """A span in words, rounded down to what is surely left."""
    whole = max(int(left / timedelta(days=1)), 0)
    return {0: "less than a day", 1: "a day"}.get(whole, f"{whole} days")


def covers(stored: str | None, scopes: tuple[str, ...]) -> bool:
    """Whether a stored sign-in allows all of this, so that raising a level knows when to ask again."""
    kept = loads(stored)
    return kept is not None and not kept.dead and set(scopes) <= set(kept.scopes)


def failed(problem: Exception) -> ProviderError:
    """A transport error from inside a library, in our words."""
    import requests

    from providers.base import Unreachable
    from providers.http import trouble

    if isinstance(problem, ProviderError):
        return problem
    if isinstance(problem, requests.RequestException):
        return trouble(problem, "The sign-in server")
    return Unreachable("The sign-in server could not be asked.")
