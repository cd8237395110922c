"""Takes the words a writer typed out of a mail, without quotes and signature; it never rewrites them."""

from __future__ import annotations

import re

from providers.quotes import new_text, split_signature

MARKS = re.compile(
    r"^(?:-{2,}\s?(?:original|forwarded|urspr|message|mensaje|messaggio|mensagem|oorspronkelijk|"
    r"begin forwarded).*|_{10,}|"
    r"(?:on|am|le|el|il|em|op|den|dnia|w dniu|pe)\b.{5,160}(?:wrote|schrieb|écrit|ecrit|"
    r"escribi[oó]|ha scritto|scritto|escreveu|schreef|skrev|napisał|napisała|napisał\(a\)|"
    r"kirjoitti)\s*:?|"
    r"\d{4}年.{3,80}:|(?:from|von|de|da|van|från|od|差出人):\s.{3,120}@.{2,80})\s*$",
    re.IGNORECASE,
)
MOST = 64_000
HINTS = re.compile(
    r"^[ \t|]*>|^[ \t]*[-_*=]{4,}|@|:[ \t]*$|^[ \t*]*(?:from|von|de|da|van|från|fra|od|差出人|от|sent|"
    r"gesendet)[ \t*]*:",
    re.IGNORECASE | re.MULTILINE,
)
SIGNATURE = re.compile(r"^(?:-- ?|—|__+)$")


def typed(text: str, parent_text: str = "") -> str:
    """What the writer of this mail typed."""
    text = text[:MOST]
    if not _may_quote(text, parent_text):
        return _simple(split_signature(text)[0])
    return _simple(split_signature(new_text(text, parent_text))[0])


def _may_quote(text: str, parent_text: str) -> bool:
    """Whether anything in a text looks like the mail it answers; most mails need no closer look."""
    if HINTS.search(text):
        return True
    theirs = {line.strip() for line in parent_text[:MOST].splitlines()} if parent_text else set()
    return any(len(line) > 15 and line.strip() in theirs for line in text.splitlines()) if theirs else False


def _simple(text: str) -> str:
    kept: list[str] = []
    for line in text.splitlines():
        if MARKS.match(line[:400].strip()) or SIGNATURE.match(line[:80]):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip()
