"""Finds what the user typed in a mail of their own: no quotes, forwards, signatures, disclaimers or code;
linear time, never a guess at meaning. Its neighbours are for others: `quoted.py` for answers, `replies.py` for any."""

from __future__ import annotations

import re
from functools import lru_cache

from voice.languages import packs
from voice.languages.shapes import either, gapped
from voice.languages.text import clean, folded

_ADDRESSED = re.compile(r"[^<>]{0,80}<(?:[^<>@ ]{1,64}(?:@| at )[^<>]{3,80}|email)>(?: ?[^\s:]{3,20})? ?:$")
"""In a language nobody here reads."""
_TRAILER = re.compile(
    r"(signed-off-by|reviewed-by|acked-by|tested-by|reported-by|cc|fixes|link|suggested-by):\s", re.IGNORECASE
)
_BLANKS = re.compile(r"\n{3,}")
SHORTEST_COPIED_LINE = 25
"""Characters; a shorter line may be the same by chance, such as a greeting."""


@lru_cache(maxsize=16)
def told(key: str) -> tuple[str, ...]:
    """What mail programs write of one kind around what they quote, in all languages."""
    return packs.everywhere("quotes", key)


@lru_cache(maxsize=1)
def _ends() -> re.Pattern[str]:
    return re.compile(
        rf"^(?:-{{2,}}\s?(?:{either(told('original'))})|begin forwarded message|diff --git |index: \S|--- a/|_{{20,}}$)"
    )


@lru_cache(maxsize=1)
def _header() -> re.Pattern[str]:
    return re.compile(rf"\*?(?:{either(told('from'))})\s?:\*? ?\S")


@lru_cache(maxsize=1)
def _header_next() -> re.Pattern[str]:
    return re.compile(rf"\*?(?:{either((*told('sent'), *told('fields')))})\s?:\*?")


@lru_cache(maxsize=1)
def _attribution_line() -> re.Pattern[str]:
    return re.compile(rf".{{0,200}}\b(?:{either((*told('wrote'), *told('wrote_also')))})\b.{{0,80}}:$")


@lru_cache(maxsize=1)
def _starts_attribution() -> re.Pattern[str]:
    return re.compile(rf"(?:{either((*told('on'), *told('on_also')))})\b.{{0,150}}\d")


@lru_cache(maxsize=1)
def _client() -> re.Pattern[str]:
    """What telephones and mail programs put below a text."""
    around = "|".join(gapped(phrase, " .{2,30} ") for phrase in told("sent_by"))
    return re.compile(rf"(?:{either(told('sent_from'))})\b|{around}")


@lru_cache(maxsize=1)
def _disclaimer() -> re.Pattern[str]:
    said = "|".join(gapped(phrase, r"\b.{0,60}\b") for phrase in told("disclaimers"))
    return re.compile(rf"{said}|{either(told('disclaimer_heads'))}")


def typed(text: str, parent: str = "") -> str:
    """What the writer typed; with the mail it answers, also without its unmarked lines."""
    lines = clean(text).split("\n")
    kept = _drop_quotes(lines[: _end(lines)])
    copied = {folded(line) for line in clean(parent).split("\n") if len(line) >= SHORTEST_COPIED_LINE}
    kept = [line for line in kept if folded(line) not in copied]
    return _BLANKS.sub("\n\n", "\n".join(line.rstrip() for line in kept)).strip("\n")


def _end(lines: list[str]) -> int:
    """Where the writer's own text stops for good."""
    for number, line in enumerate(lines):
        if line.rstrip("\r") in ("-- ", "--") or _ends_here(lines, number):
            return number
    return len(lines)


def _ends_here(lines: list[str], number: int) -> bool:
    low = folded(lines[number][:400])
    if not low:
        return False
    if _ends().match(low) or _client().match(low) or _disclaimer().match(low):
        return True
    following = [folded(line[:80]) for line in lines[number + 1 : number + 4]]
    return bool(_header().match(low)) and sum(bool(_header_next().match(line)) for line in following) >= 2


def _drop_quotes(lines: list[str]) -> list[str]:
    quoted = [line.lstrip().startswith((">", "|>", "&gt;")) for line in lines]
    drop = set()
    for number, line in enumerate(lines):
        if quoted[number] or _TRAILER.match(line[:80]):
            drop.add(number)
        elif line.rstrip().endswith(":") and _attributes(folded(line[:300])):
            drop.update(_attribution(lines, number))
    return [line for number, line in enumerate(lines) if number not in drop]


def _attributes(line: str) -> bool:
    return bool(_attribution_line().match(line) or _ADDRESSED.match(line))


def _attribution(lines: list[str], number: int) -> list[int]:
    """An attribution may be wrapped over two lines."""
    before = folded(lines[number - 1][:200]) if number else ""
    wrapped = bool(_starts_attribution().match(before)) and not _starts_attribution().match(folded(lines[number][:200]))
    return [number - 1, number] if wrapped else [number]
