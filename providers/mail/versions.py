"""Finds what the HTML of a mail says beyond its plain text, so that neither hides words from a reader of the other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from providers.mail.html import to_text, without_tags
from voice.languages.replies import new_text, split_signature

MOST_PAGE, MOST_MORE = 64 * 1024, 20_000
"""Of a page its beginning: what somebody typed stands above what they quote."""
MOST_PAGES = 3
"""Pages beside one plain text; mail programs send one."""
LEAST_JOINED = 12
"""Letters of a line that may be found without regard to its spaces."""
LINKS = re.compile(r"<[^<>]{0,1000}>|\[[^\[\]]{0,500}\]|https?://\S{1,2000}")
WORDS = re.compile(r"[^\W_]+")


def unsaid(plain: str, pages: Iterable[str]) -> str:
    """The typed lines of the pages that are not in the plain text."""
    known = _Known(plain)
    found = [line for page in list(pages)[:MOST_PAGES] for line in _beyond(known, page[:MOST_PAGE])]
    return "\n".join(found)[:MOST_MORE]


class _Known:
    """A text in the forms a line is looked for in."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._flat = _flat(text)

    @cached_property
    def _words(self) -> str:
        unlinked = LINKS.sub(" ", self._text)
        more = "" if unlinked == self._text else f"{_words(unlinked)} "
        return f" {_words(self._text)} {more}"

    @cached_property
    def _joined(self) -> str:
        return self._words.replace(" ", "")

    def repeats(self, text: str) -> bool:
        """Whether it is the same letter by letter, which costs a tenth of asking word by word."""
        return _flat(text) in self._flat

    def holds(self, line: str) -> bool:
        words = _words(line)
        if not words:
            return True
        joined = words.replace(" ", "")
        return f" {words} " in self._words or (len(joined) >= LEAST_JOINED and joined in self._joined)


def _beyond(known: _Known, page: str) -> list[str]:
    seen = without_tags(page[max(page.lower().find("<body"), 0) :])
    if known.repeats(seen) or known.holds(seen):
        return []
    text = to_text(page)
    if all(known.holds(line) for line in text.split("\n")):
        return []
    typed = split_signature(new_text(text))[0].split("\n")
    return [" ".join(line.split()) for line in typed if not known.holds(line)]


def _flat(text: str) -> str:
    return f" {' '.join(text.split())} "


def _words(text: str) -> str:
    return " ".join(WORDS.findall(text.casefold()))
