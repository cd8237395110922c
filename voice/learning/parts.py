"""Takes a typed mail apart into greeting, body and sign-off with the user's own spacing;
never drops a word of the body."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from voice.languages.pack import Pack
from voice.languages.pack import pack as known_pack
from voice.languages.text import folded, words

LONGEST_GREETING = 7
"""Words of a line that greets and says no more, with a title and two names."""
LONGEST_SIGNOFF_LINE = 40
"""Characters; a longer last line may be a sentence that belongs to the mail."""
LONGEST_MOTTO_LINE = 90
"""Under the name of those who always end with the same saying."""
MOST_TAIL_LINES = 12
"""A sign-off with a long signature under it."""
_EDGE = " ,.;:!-–—*_~"


@dataclass(frozen=True, slots=True)
class Greeting:
    """A greeting with the name taken out."""

    pattern: str
    """As typed, with {name} where the name stood; empty when there is none."""
    name: str = ""
    gap: int = 1
    """Blank lines after it; -1 when the text goes on in the same line."""


@dataclass(frozen=True, slots=True)
class Parts:
    """One mail in three parts."""

    greeting: Greeting
    body: str
    signoff: str
    gap: int = 1
    """Blank lines before the sign-off."""


def split(text: str, pack: Pack, tails: Collection[str] = ()) -> Parts:
    """The parts of a typed mail; `tails` are lines this user often ends with."""
    lines = text.split("\n")
    first = _start(lines)
    greeting, begin = _greeting(lines, first, pack)
    end = signoff_start(lines, begin, pack, tails)
    body_end = end
    while body_end > begin and not lines[body_end - 1].strip():
        body_end -= 1
    body = "\n".join(lines[begin:body_end]).strip("\n")
    return Parts(greeting, body, personal("\n".join(lines[end:]).rstrip(), pack, tails), end - body_end)


def personal(block: str, pack: Pack, tails: Collection[str] = ()) -> str:
    """A sign-off without the signature under it: the closing and the name, and the saying of who always has one."""
    kept: list[str] = []
    named, motto = False, _motto(block, tails)
    for line in block.split("\n"):
        low = folded(line).strip(_EDGE)
        if _is_contact(low) or (low in pack.marks("answering") and not kept):
            continue
        if named and folded(line) not in motto:
            break
        kept.append(line)
        named = named or not _is_closing(low, pack)
    return "\n".join(kept).strip("\n").rstrip()


def _motto(block: str, tails: Collection[str]) -> set[str]:
    """The usual last lines where a long one is among them; none where they give an address."""
    usual = {low for line in block.split("\n") if (low := folded(line)) in tails}
    if any(_is_contact(folded(line)) for line in block.split("\n")):
        return set()
    return {"", *usual} if any(len(low) > LONGEST_SIGNOFF_LINE for low in usual) else set()


def _is_contact(low: str) -> bool:
    return any(mark in low for mark in ("www.", "http", "@", "|")) or sum(letter.isdigit() for letter in low) >= 3


def _is_closing(low: str, pack: Pack) -> bool:
    return not low or low in pack.marks("closings")


def _start(lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines) if line.strip()), 0)


def _greeting(lines: list[str], first: int, pack: Pack) -> tuple[Greeting, int]:
    line = lines[first].strip() if lines else ""
    found = read_greeting(line, pack)
    if found is None:
        return Greeting(""), first
    begin = first + 1
    while begin < len(lines) and not lines[begin].strip():
        begin += 1
    return Greeting(found.pattern, found.name, begin - first - 1), begin


def read_greeting(line: str, pack: Pack) -> Greeting | None:
    """The greeting a line is, or None."""
    tokens = line.split()
    if not tokens or len(tokens) > LONGEST_GREETING or line.endswith("?"):
        return None
    low = folded(line).strip(_EDGE)
    start = next((g for g in _greetings(pack.language) if _begins(low, g)), "")
    rest = line[len(start) :].strip() if start else line
    name = rest.strip(_EDGE)
    if not start and (not _only_name(line) or folded(words(line)[0]) in pack.marks("closings") | pack.marks("leaders")):
        return None
    if not name or _for_everyone(name, pack):
        return Greeting(line)
    if not _is_name(name, pack) and not (start and _is_small_name(line, name, pack)):
        return None
    return Greeting(line.replace(name, "{name}", 1), name)


@lru_cache(maxsize=16)
def _greetings(language: str) -> tuple[str, ...]:
    """The longest first."""
    return tuple(sorted(known_pack(language).marks("greetings"), key=lambda word: (-len(word), word)))


def _begins(low: str, greeting: str) -> bool:
    return low == greeting or low.startswith((greeting + " ", greeting + ","))


def _only_name(line: str) -> bool:
    """A bare name in front, as in "Bob," or "Bob:"."""
    found = words(line)
    return line[-1] in ",:" and 1 <= len(found) <= 3 and all(word[0].isupper() for word in found)


def _for_everyone(name: str, pack: Pack) -> bool:
    return any(word in pack.marks("everyone") for word in folded(name).replace(",", " ").split())


def _is_name(name: str, pack: Pack) -> bool:
    found = [word for word in words(name) if folded(word) not in pack.marks("titles")]
    return bool(found) and len(name) <= 40 and not any(mark in name for mark in "@/<>(){}") and found[0][0].isupper()


def _is_small_name(line: str, name: str, pack: Pack) -> bool:
    """ "Dear carole,": one word nobody would take for anything else."""
    return line.endswith((",", ":")) and name.isalpha() and len(name) > 2 and folded(name) not in pack.vocabulary


def signoff_start(lines: list[str], begin: int, pack: Pack, tails: Collection[str]) -> int:
    """The line where the sign-off begins; the number of lines when there is none."""
    start, number, taken = len(lines), len(lines) - 1, 0
    while number > begin and taken < MOST_TAIL_LINES:
        line = lines[number].strip()
        if line and not is_signoff_line(line, pack, tails) and not _name_under_closing(lines, number, pack):
            break
        if line:
            start, taken = number, taken + 1
        number -= 1
    return start


def _name_under_closing(lines: list[str], number: int, pack: Pack) -> bool:
    """A name nobody knows yet, right under a closing."""
    found = words(lines[number])
    above = next((line for line in reversed(lines[max(0, number - 2) : number]) if line.strip()), "")
    named = 1 <= len(found) <= 3 and all(word[0].isupper() for word in found) and lines[number].strip()[-1] not in "?!:"
    return named and bool(above) and _is_closing(folded(above).strip(_EDGE), pack)


def is_signoff_line(line: str, pack: Pack, tails: Collection[str]) -> bool:
    """Whether a line is a closing, a name under one, or something this user always ends with."""
    if len(line) > LONGEST_MOTTO_LINE or line.endswith("?"):
        return False
    low = folded(line).strip(_EDGE)
    if folded(line) in tails:
        return True
    if len(line) > LONGEST_SIGNOFF_LINE:
        return False
    head = re.split(r"[,.!]", low, maxsplit=1)[0].strip()
    return _is_closing(low, pack) or (head in pack.marks("closings") and len(low.split()) <= 5)


def tail_lines(text: str) -> list[str]:
    """The last lines of a mail that are short enough to be a name, a closing or a saying."""
    lines = [line.strip() for line in text.split("\n") if line.strip()][1:]
    return [folded(line) for line in lines[-MOST_TAIL_LINES:] if len(line) <= LONGEST_MOTTO_LINE]
