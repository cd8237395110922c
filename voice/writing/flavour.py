"""Gives a neutral wording this user's own marks: how they begin, quote, trail off and space;
never changes what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable

from voice.languages.pack import Pack
from voice.learning.habits import QUOTES, Habits

OFTEN = 3
"""Times; a manner of quoting seen less often is no habit."""
BEGINS_SHARE = 0.015
"""Of all sentences so many begin with a word before it counts as a habit."""
TRAILS_SHARE, DASHES_SHARE = 0.3, 0.5
"""Of these marks a mail, before a neutral wording gets one."""
_TIGHT = re.compile(r"(?<=[\w\"'”»)]) ?([?!:])(?=\s|$)")


def quoted(thing: str, habits: Habits, known: Pack) -> str:
    """A subject in the quotation marks this user types."""
    opening, closing = known.quote
    if not thing.startswith(opening):
        return thing
    style = max(habits.quotes, key=lambda name: (habits.quotes[name], name), default="")
    if not style or habits.quotes[style] < OFTEN:
        return thing
    inner = thing[len(opening) : len(thing) - len(closing)]
    left, right = QUOTES[style]
    return thing if left.strip() in inner or right.strip() in inner else f"{left}{inner}{right}"


def spaced(text: str, habits: Habits) -> str:
    """A space before a mark, or none, as this user types it."""
    seen = habits.spaced_marks + habits.tight_marks
    if seen < OFTEN:
        return text
    return _TIGHT.sub(r" \1" if habits.spaced_marks * 2 > seen else r"\1", text)


def variants(lines: Iterable[str], habits: Habits, known: Pack, *, first: bool = True) -> list[str]:
    """Each wording plain, and with the marks this user is fond of; the first of a mail with their beginnings, too."""
    beginnings = starters(habits, known) if first else []
    made = []
    for line in lines:
        if " - " in line and habits.dashes < DASHES_SHARE * habits.mails:
            continue
        made.append(line)
        # Not "So I wrote, so I ask again".
        fit = [start for start in beginnings if f", {start.lower().strip(',')} " not in line and not line[:3].isupper()]
        made += [f"{start} {_small(line)}" for start in fit]
        if line.endswith(".") and habits.ellipses >= max(OFTEN, TRAILS_SHARE * habits.mails):
            made.append(f"{line[:-1]}...")
    return made


def starters(habits: Habits, known: Pack) -> list[str]:
    """The words this user likes to begin a sentence with, of those that may begin any."""
    least = max(OFTEN, BEGINS_SHARE * habits.all_sentences)
    return [start for start in known.starters if habits.starts.get(start, 0) >= least]


def _small(line: str) -> str:
    if line.startswith("{When}"):
        return line.replace("{When}", "{when}", 1)
    first = line.split(" ", 1)[0]
    keeps = first == "I" or first.startswith(("I'", "I’", "{"))
    return line if keeps else line[:1].lower() + line[1:]
