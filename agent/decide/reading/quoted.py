"""Takes the words a writer typed out of a mail, without quotes and signature; it never rewrites them."""

from __future__ import annotations

import re

from providers.mail.quotes import new_text, split_signature

MARKS = re.compile(
    r"^(?:-{2,}\s?(?:original|forwarded|urspr|message|mensaje|messaggio|mensagem|oorspronkelijk|"
    r"begin forwarded|opprinnelig|oprindelig|alkuper|wiadomo|исходное|пересыл).*|_{10,}|"
    r"(?:on|am|le|el|il|em|op|den|dnia|w dniu|pe)\b.{5,160}(?:wrote|schrieb|écrit|ecrit|"
    r"escribi[oó]|ha scritto|scritto|escreveu|schreef|skrev|napisał|napisała|napisał\(a\)|"
    r"kirjoitti)\s*:?|"
    r"\d{4}年.{3,80}:|(?:from|von|de|da|van|från|fra|od|от|lähettäjä|差出人):\s.{3,120}@.{2,80})\s*$",
    re.IGNORECASE,
)
FIELDS = re.compile(
    r"^[*|\s]{0,4}(?:from|von|de|da|van|från|fra|od|от|lähettäjä|差出人|sent|date|gesendet|datum|envoyé|date|enviado|"
    r"enviada|fecha|data|inviato|verzonden|skickat|sendt|dato|wysłano|отправлено|дата|lähetetty|送信日時|日時|to|an|à|para|a|"
    r"aan|till|til|do|кому|vastaanottaja|宛先|cc|kopie|subject|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|"
    r"temat|тема|aihe|件名)[*\s\u00a0]{0,4}[::]\s",
    re.IGNORECASE,
)
LEAST_FIELDS = 3
MOST = 64_000
MOST_LINES = 1500
LONGEST_MARK = 240
BRACKETED = re.compile(r"[<(\[][^\s<>()]{1,64}@[^\s<>()]{1,190}[>)\]]")
CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}|\d{4}")
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
    above = _above_history(text.split("\n"))
    if above is not None:
        return _simple(split_signature(above)[0])
    return _simple(split_signature(new_text(text, parent_text))[0])


def _may_quote(text: str, parent_text: str) -> bool:
    """Whether anything in a text looks like the mail it answers; most mails need no closer look."""
    if HINTS.search(text):
        return True
    theirs = {line.strip() for line in parent_text[:MOST].splitlines()} if parent_text else set()
    return any(len(line) > 15 and line.strip() in theirs for line in text.splitlines()) if theirs else False


def _above_history(lines: list[str]) -> str | None:
    """What stands outside the history, told by its shape in any language; None when no such shape is there."""
    if len(lines) > MOST_LINES:
        return None
    kept: list[str] = []
    place, found = 0, False
    while place < len(lines):
        length = _introduction(lines, place)
        if length:
            after = _next_filled(lines, place + length)
            if not _is_quoted(lines, after):
                shown = BRACKETED.search(" ".join(lines[place : place + length]))
                return "\n".join(kept) if shown and any(line.strip() for line in kept) else None
            found, place = True, _behind_quote(lines, after)
        elif _header_block(lines, place):
            return "\n".join(kept) if any(line.strip() for line in kept) else None
        else:
            kept.append(lines[place])
            place += 1
    return "\n".join(kept) if found and any(line.strip() for line in kept) else None


def _introduction(lines: list[str], place: int) -> int:
    """How many lines say that somebody wrote at some time: an address, a time and a colon at the end."""
    if "@" not in lines[place] and "@" not in "".join(lines[place + 1 : place + 2]):
        return 0
    line = lines[place].lstrip("> \t").rstrip()
    if not line or len(line) > LONGEST_MARK:
        return 0
    if _introduces(line):
        return 1
    if place + 1 < len(lines) and CLOCK.search(line):
        both = f"{line} {lines[place + 1].lstrip('> ').strip()}"
        return 2 if len(both) <= LONGEST_MARK and _introduces(both) else 0
    return 0


def _introduces(line: str) -> bool:
    return line.endswith((":", ":")) and "@" in line and bool(CLOCK.search(line)) and not FIELDS.match(line)


def _header_block(lines: list[str], place: int) -> bool:
    """The head of a mail below, as Outlook and others set it in front of what they quote."""
    if not FIELDS.match(lines[place][:60]):
        return False
    block = [line for line in lines[place : place + 8] if line.strip()]
    fields = 0
    for line in block:
        if not FIELDS.match(line[:60]):
            break
        fields += 1
    return fields >= LEAST_FIELDS


def _next_filled(lines: list[str], place: int) -> int:
    while place < len(lines) and not lines[place].strip():
        place += 1
    return place


def _is_quoted(lines: list[str], place: int) -> bool:
    return place < len(lines) and lines[place].lstrip().startswith((">", "|"))


def _behind_quote(lines: list[str], place: int) -> int:
    """The first line after a block of quoted lines."""
    while place < len(lines) and (not lines[place].strip() or _is_quoted(lines, place)):
        place += 1
    return place


def _simple(text: str) -> str:
    kept: list[str] = []
    for line in text.splitlines():
        if MARKS.match(line[:400].strip()) or SIGNATURE.match(line[:80]):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip()
