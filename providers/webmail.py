"""Where a mail can be read in a browser; never a link to a place that is not the provider's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import quote, urlsplit

from providers import registry
from providers.base import Mail

GMAIL = "https://mail.google.com/mail/u/"
HOSTS = frozenset({
    "mail.google.com", "outlook.live.com", "outlook.office.com", "outlook.office365.com", "outlook.cloud.microsoft",
})  # fmt: skip
MOST = 2_000
"""Characters of an address; every browser takes so many."""
MOST_THREAD_ID = 20
"""Digits: Google's 64-bit number in either base."""


def link(provider: str, address: str, mails: Iterable[Mail]) -> str:
    """The page of a thread, newest mail first choice; empty where there is none."""
    newest_first = sorted(mails, key=lambda mail: mail.received, reverse=True)
    try:
        spec = registry.loaded(provider)
    except registry.BrokenProviderError:
        return ""
    found = (_page(spec, address, mail) for mail in newest_first)
    return next((page for page in found if trusted(page, spec.page_hosts or HOSTS)), "")


def trusted(page: str, hosts: frozenset[str] = HOSTS) -> bool:
    """Whether a link is plain https to a provider's own pages."""
    if not page.isascii() or not page.isprintable() or " " in page or len(page) > MOST:
        return False
    try:
        parts = urlsplit(page)
    except ValueError:
        return False
    # The whole authority is compared, so that a user name or a port in it is no way around.
    return parts.scheme == "https" and parts.netloc.lower() in hosts


def _page(spec: registry.ProviderSpec, address: str, mail: Mail) -> str:
    if not spec.page:
        return ""
    page_of: Callable[[str, Mail], str] = registry.resolve(spec.page)
    if not spec.foreign:
        return page_of(address, mail)
    try:
        return str(page_of(address, mail))
    except Exception:  # noqa: BLE001 (a package that cannot say where a mail is shown keeps no thread from the screen)
        return ""


def outlook_page(address: str, mail: Mail) -> str:  # noqa: ARG001
    """As Outlook says it."""
    return mail.web


def gmail_page(address: str, mail: Mail) -> str:
    """By the number of the thread, which Gmail writes in hexadecimal."""
    return _gmail(address, _thread(mail.thread_hint, 16), mail)


def imap_page(address: str, mail: Mail) -> str:
    """Only Google's own server numbers threads over IMAP, in decimal."""
    thread = _thread(mail.thread_hint, 10)
    return _gmail(address, thread, mail) if thread else ""


def _gmail(address: str, thread: str, mail: Mail) -> str:
    start = f"{GMAIL}?authuser={quote(address, safe='')}#"
    if thread:
        return f"{start}all/{thread}"
    name = mail.message_id.strip("<>")
    return f"{start}search/{quote(f'rfc822msgid:{name}', safe='')}" if name else ""


def _thread(hint: str, base: int) -> str:
    """A thread's number the way Gmail's pages write it; foreign text is never one."""
    digits = "0123456789abcdef"[:base]
    if not hint or len(hint) > MOST_THREAD_ID or not set(hint.lower()) <= set(digits):
        return ""
    return f"{int(hint, base):x}"
