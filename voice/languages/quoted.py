"""Takes the words of an answer out of a mail, without quotes and signature, to be judged; it never rewrites them.

Its neighbours are for other uses: `replies.py` for any mail, `quotes.py` for the user's own.
"""

from __future__ import annotations

import re
from functools import lru_cache

from voice.languages.quotes import told
from voice.languages.replies import new_text, split_signature
from voice.languages.shapes import either

LEAST_FIELDS = 3
"""Fields in a row that make the head of a mail; a writer sets one or two."""
MOST = 64_000
"""Characters that are read: a bound on time, far above what people type."""
MOST_LINES = 1500
"""Beyond them the shape of the history is not sought, which takes time for every line."""
LONGEST_MARK = 240
"""Characters of a line of introduction, also when a mail program wrapped it; a longer one is prose."""
BRACKETED = re.compile(r"[<(\[][^\s<>()]{1,64}@[^\s<>()]{1,190}[>)\]]")
CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}|\d{4}")
SIGNATURE = re.compile(r"^(?:-- ?|—|__+)$")


@lru_cache(maxsize=1)
def _marks() -> re.Pattern[str]:
    """A line below which nothing is the writer's."""
    original = either(phrase.split()[0] for phrase in told("original"))
    return re.compile(
        rf"^(?:-{{2,}}\s?(?:{original}).*|_{{10,}}|(?:{either(told('on'))})\b.{{5,160}}(?:{either(told('wrote'))})\s*:?|"
        rf"\d{{4}}\u5e74.{{3,80}}:|(?:{either(told('from'))}):\s.{{3,120}}@.{{2,80}})\s*$",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def fields() -> re.Pattern[str]:
    """A field of the head of a mail, as mail programs write it in front of what they quote."""
    names = either((*told("from"), *told("sent"), *told("fields")))
    return re.compile(rf"^[*|\s]{{0,4}}(?:{names})[*\s\u00a0]{{0,4}}[::]\s", re.IGNORECASE)


@lru_cache(maxsize=1)
def _hints() -> re.Pattern[str]:
    names = either((*told("from"), *told("sent")))
    return re.compile(
        rf"^[ \t|]*>|^[ \t]*[-_*=]{{4,}}|@|:[ \t]*$|^[ \t*]*(?:{names})[ \t*]*:", re.IGNORECASE | re.MULTILINE
    )


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
    if _hints().search(text):
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
    return line.endswith((":", ":")) and "@" in line and bool(CLOCK.search(line)) and not fields().match(line)


def _header_block(lines: list[str], place: int) -> bool:
    """The head of a mail below, as Outlook and others set it in front of what they quote."""
    if not fields().match(lines[place][:60]):
        return False
    block = [line for line in lines[place : place + 8] if line.strip()]
    found = 0
    for line in block:
        if not fields().match(line[:60]):
            break
        found += 1
    return found >= LEAST_FIELDS


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
        if _marks().match(line[:400].strip()) or SIGNATURE.match(line[:80]):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip()
