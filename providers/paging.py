"""Turns the pages of a list a server hands out in parts; never turns to one it has been on, nor for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from providers.base import Unreachable
from providers.foreign import Json

MOST_PAGES = 4_000
"""Of 500 mails each: two million, more than any mailbox the providers give out."""


def each_page(read: Callable[[str], Json], following: Callable[[Json], str], first: str = "") -> Iterator[Json]:
    """Every page from the first on; `following` names the next one of an answer, or nothing."""
    seen, mark = {first}, first
    for _ in range(MOST_PAGES):
        answer = read(mark)
        yield answer
        mark = following(answer)
        if not mark:
            return
        if mark in seen:
            raise Unreachable(
                "The server leads from one page of a list back to an earlier one. It will be asked again."
            )
        seen.add(mark)
    raise Unreachable(f"The server's list does not end within {MOST_PAGES:,} pages. It will be asked again.")
