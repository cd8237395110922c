"""Which recipients a delivery report names as failed; never decides by wording alone that a mail is a report."""

from __future__ import annotations

import email
import logging
import re
from functools import lru_cache

from providers.base import Part
from providers.mail.addresses import sound

DAEMON = re.compile(r"(?:mail-daemon|postmaster|mdaemon|mail\.delivery)[^@\s]{0,40}@|mailer-daemon")
HINTS = ("daemon", "postmaster", "mail.delivery")
STATUS = ("message/delivery-status", "message/global-delivery-status")
RECIPIENT = re.compile(
    r"^(?:original|final)-recipient[ \t]{0,9}:[ \t]{0,9}[a-z0-9-]{1,20}[ \t]{0,9};[ \t]{0,9}<?([^\s<>;]{3,320})>?",
    re.IGNORECASE | re.MULTILINE,
)
ACTION = re.compile(r"^action[ \t]*:[ \t]*([a-z]{1,20})", re.IGNORECASE | re.MULTILINE)
MOST = 50
"""Addresses one report may say of that they failed."""
MOST_RAW, MOST_LINES, LONGEST_LINE = 64 * 1024, 1500, 500
"""What flufl.bounce is given: it tries many patterns on each line, and some take the square of its length."""


def is_report(kept: dict[str, list[str]]) -> bool:
    """Whether headers or structure say that a mail server wrote this about a delivery."""
    kind = " ".join(kept.get("content-type", ())[:1]).lower()
    if kind.startswith("multipart/report") and "disposition-notification" not in kind and "feedback" not in kind:
        return True
    if kept.get("x-failed-recipients"):
        return True
    writers = [value[:500].lower() for name in ("from", "return-path") for value in kept.get(name, ())[:1]]
    return any(is_daemon(writer) for writer in writers)


@lru_cache(maxsize=4096)
def is_daemon(writer: str) -> bool:
    """Whether this is the name or address of a mail server."""
    return writer == "<>" or (any(hint in writer for hint in HINTS) and DAEMON.search(writer) is not None)


def failed(kept: dict[str, list[str]], parts: tuple[Part, ...], text: str, raw: bytes = b"") -> tuple[str, ...]:
    """The failed recipients, each once."""
    if not is_report(kept):
        return ()
    named = [one.strip() for value in kept.get("x-failed-recipients", ()) for one in value.split(",")]
    status = [part.text for part in parts if part.content_type in STATUS]
    for block in status:
        named.extend(from_status(block))
    if not named and not any(ACTION.search(block) for block in status):
        named.extend(from_words(kept, text, raw))
    return tuple(dict.fromkeys(one.lower() for one in named if sound(one)))[:MOST]


def from_status(block: str) -> list[str]:
    """The recipients a delivery status calls failed."""
    found = []
    for paragraph in re.split(r"\n[ \t]*\n", block)[:500]:
        action = ACTION.search(paragraph)
        if action and action[1].lower() == "failed":
            names = RECIPIENT.findall(paragraph)
            found.extend(names[-1:])
    return found


def from_words(kept: dict[str, list[str]], text: str, raw: bytes) -> list[str]:
    """What flufl.bounce reads from a report without a status."""
    from flufl.bounce import all_failures

    # Where nobody listens to its log, it prints what went wrong in it.
    logging.getLogger("flufl.bounce").disabled = True
    try:
        told = raw or _rebuilt(kept, text).encode("utf-8", "replace")
        _, permanent = all_failures(email.message_from_bytes(_shortened(told)))
        return sorted(one.decode("ascii", "replace") for one in permanent)
    # Its detectors meet headers they do not expect; whatever they raise, they found nobody.
    except Exception:  # noqa: BLE001
        return []


def _shortened(raw: bytes) -> bytes:
    lines = raw[:MOST_RAW].split(b"\n", MOST_LINES)[:MOST_LINES]
    return b"\n".join(line[:LONGEST_LINE] for line in lines)


def _rebuilt(kept: dict[str, list[str]], text: str) -> str:
    lines = [f"{name}: {kept[name][0]}" for name in ("from", "to", "subject", "return-path") if kept.get(name)]
    return "\n".join([*lines, "", text[:MOST_RAW]])
