"""What anybody typed in a mail, apart from what they quoted; never takes long and never returns nothing.

Three modules do this, each for its own use. This one is for mail of any kind that is shown or compared: in doubt it
keeps a line. `quoted.py` is for the answers that are judged, and takes away the history of other mail programs as well.
`quotes.py` is for the user's own mail, whose manner is learned: when in doubt it leaves a line out.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from voice.languages.quotes import told
from voice.languages.shapes import either

MOST = 64 * 1024
"""Characters that are read: a bound on time, far above what people type."""
MOST_LINES = 1500
"""More lines than this are left to the simple way."""
LONGEST_LINE = 4000
"""Characters; who types a line wraps it, or it holds data."""
MOST_INTRODUCTIONS = 30
"""Lines that begin as an introduction does; no person's mail has more, and the library tries each."""
MOST_PAIRS = 400_000
"""Lines compared with lines of the parent."""
MOST_WORK = 200_000
"""Brackets times at-signs times length, on which a clever pattern spends its time."""
MOST_ON = 30_000_000
"""How often a text says `On`, squared, times its length: each is looked at once for every other one."""
MOST_HEADS = 60_000
"""Lines that begin a head, times lines."""
MOST_RULES = 1_000_000
"""Squared lengths of ruled lines."""
MOST_ECHOES = 3_000_000
"""Equal pairs of lines of a text and its parent, times the lines they are found in."""
MOST_SOUGHT = 10_000_000
"""Lines sought in a parent, times its length."""
ON = re.compile(r"On\s")
RULE = re.compile(r"-{10,}|_{10,}")
SIGNATURE_LINES = 15
"""Lines below the dashes; where more follow, the dashes were a rule in the text."""


@lru_cache(maxsize=1)
def _head() -> re.Pattern[str]:
    return re.compile(rf"^[ \t]*(?:{either(told('from'))})[ \t]*[:\uff1a]", re.IGNORECASE | re.MULTILINE)


@lru_cache(maxsize=1)
def _introduction() -> re.Pattern[str]:
    """The line above a quote."""
    on, wrote = either((*told("on"), *told("on_also"))), either(told("wrote"))
    return re.compile(rf"^[ \t]{{0,8}}(?:{on})\b[^\n]{{4,200}}(?:{wrote})[^\n]{{0,80}}:[ \t]{{0,8}}$", re.IGNORECASE)


@lru_cache(maxsize=1)
def _divider() -> re.Pattern[str]:
    """The line above a whole mail."""
    original = either(told("original"))
    return re.compile(
        rf"^[ \t]{{0,4}}(?:[-_]{{2,12}} ?(?:{original}) ?[-_]{{2,12}}|_{{20,80}})[ \t]{{0,8}}$", re.IGNORECASE
    )


@lru_cache(maxsize=1)
def _mobile() -> re.Pattern[str]:
    """What a telephone puts below a text, believed in its last line alone."""
    names = either((*told("sent_from"), *told("sent_from_last")))
    return re.compile(rf"^(?:{names})\b[^\n]{{1,60}}$", re.IGNORECASE)


@lru_cache(maxsize=1)
def _openers() -> frozenset[str]:
    """What a line of introduction begins with, as far as three letters show it."""
    return frozenset(f"{word.capitalize()} " for word in told("on") if len(word) == 2) | {"On"}


def new_text(text: str, parent_text: str = "") -> str:
    """The words typed in this mail; the mail it answers makes that surer."""
    text = text[:MOST]
    if not text.strip():
        return ""
    if is_odd(text):
        found = unquoted(text)
    else:
        from email_reply_extractor import extract_new_text

        found = extract_new_text(text, parent_body=_comparable(text, parent_text[:MOST])).text
    return found.strip("\n") or unquoted(text) or dropped(text)


def _comparable(text: str, parent: str) -> str | None:
    """The mail that is answered, where comparing with it takes no time to speak of."""
    lines, theirs = _counted(text), _counted(parent)
    if not theirs or lines.total() * theirs.total() > MOST_PAIRS or lines.total() * len(parent) > MOST_SOUGHT:
        return None
    shared = lines.keys() & theirs.keys()
    pairs = sum(lines[line] * theirs[line] for line in shared)
    depth = min(sum(lines[line] for line in shared), sum(theirs[line] for line in shared))
    return None if pairs * depth > MOST_ECHOES or is_odd(parent) else parent


def _counted(text: str) -> Counter[str]:
    """How often each line stands in a text, whatever quotes it."""
    bare = (" ".join(line.lstrip(" \t.>").split()) for line in text.split("\n"))
    return Counter(line for line in bare if line)


def is_odd(text: str) -> bool:
    """A shape no person writes, on which a clever reader could take for ever."""
    lines = text.split("\n")
    if len(lines) > MOST_LINES or max(map(len, lines)) > LONGEST_LINE:
        return True
    if sum(line.count("<") * line.count("@") * len(line) for line in lines if "<" in line) > MOST_WORK:
        return True
    if any(len(line) > 200 and line[:200].isspace() for line in lines) or _costly(text, len(lines)):
        return True
    return sum(1 for line in lines if line.lstrip()[:3] in _openers()) > MOST_INTRODUCTIONS


def _costly(text: str, lines: int) -> bool:
    """Words and rules that the library's patterns compare with one another."""
    if len(ON.findall(text)) ** 2 * len(text) > MOST_ON or len(_head().findall(text)) * lines > MOST_HEADS:
        return True
    return sum(len(rule) ** 2 for rule in RULE.findall(text)) > MOST_RULES


def unquoted(text: str) -> str:
    """Everything above the first divider that is no quoted line; one pass over the lines."""
    kept: list[str] = []
    for line in text.split("\n"):
        if len(line) < 400 and (_divider().match(line) or _introduction().match(line)):
            if _divider().match(line) and "".join(kept).strip():
                break
            continue
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip("\n")


def dropped(text: str) -> str:
    """Without lines that start with `>`; never less."""
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">")).strip("\n")


def split_signature(text: str) -> tuple[str, str]:
    """The body and the signature block below it, which may be empty."""
    lines = text.rstrip().split("\n")
    for position in range(len(lines) - 1, max(-1, len(lines) - 40), -1):
        if lines[position].rstrip("\r") in ("-- ", "--") and len(lines) - position <= SIGNATURE_LINES + 1:
            return "\n".join(lines[:position]).rstrip(), "\n".join(lines[position + 1 :])
    if len(lines) > 1 and _mobile().match(lines[-1].strip()):
        return "\n".join(lines[:-1]).rstrip(), lines[-1].strip()
    return text.rstrip(), ""
