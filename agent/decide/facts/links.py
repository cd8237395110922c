"""Finds links, addresses and disguised words by their shape, whatever top-level domain they name;
it only finds, it does not judge."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from agent.decide.facts import words as known
from voice.languages import packs
from voice.languages.shapes import either

Span = tuple[str, str, int, int]
"""Text as written, key to compare by, start, end."""

_URL = re.compile(
    r"\b[a-z][a-z0-9+.\-]{1,15}[\[(]?:[\])]?(?://|\\\\)[^\s<>\"]{1,500}"
    r"|\b(?:mailto|tel|sms|callto|skype|data|javascript):[^\s<>\"]{1,300}",
    re.IGNORECASE,
)
_RUN = re.compile(r"[^\s<>\"(){}\[\],;!?…«»„“”'`]+")
_END = re.compile(r"[/\\:?#&=|]")
_TOP = re.compile(r"(?:xn--[\w-]{1,59}|[^\W\d_]{2,63})(?!\w)", re.IGNORECASE)
_FOUR = re.compile(
    r"(?<![\d.,])(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?![\d.]\d)"
)
_SIX = re.compile(
    r"(?<![\w:])(?=[0-9a-f:]{0,40}(?:::|[a-f]))(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}(?![\w:])", re.IGNORECASE
)
_PLAIN_TOPS = (
    "com|net|org|info|biz|io|co|app|dev|top|ru|shop|xyz|site|online|store|"
    "link|click|live|pro|club|vip|eu|uk|fr|nl|ch|pt"
)
_SAID_TOPS = "com|net|org|biz|xyz|ru|eu|uk|fr|nl|ch|shop|top|dev"
"""Those that are no everyday word behind a point."""
_LABEL = r"[^\W_][\w-]{0,62}"
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['\-](?=[^\W\d_]))*")
_SPACE = re.compile(r"\s+")
_TAIL = ".,;:!?)'\"*_-"


@lru_cache(maxsize=1)
def _spelled() -> re.Pattern[str]:
    """Two labels with a dot between them that is said in a word or set apart."""
    dot = either(packs.everywhere(known.FILE, "dot"))
    shapes = [
        rf"\b({_LABEL})\s{{0,2}}[\[({{<]\s{{0,2}}(?:dot|\.|{dot})\s{{0,2}}[\])}}>]\s{{0,2}}({_LABEL})",
        rf"\b({_LABEL})\s{{1,2}}dot\s{{1,2}}({_LABEL})",
        rf"\b({_LABEL})\s{{1,2}}(?:{dot})\s{{1,2}}({_SAID_TOPS})\b",
    ]
    for language, tops in packs.by_language(known.FILE, "dot_tops").items():
        own = either(packs.listed(language, known.FILE, "dot"))
        shapes.append(rf"\b({_LABEL})\s{{1,2}}(?:{own})\s{{1,2}}({either(tops)})\b")
    shapes.append(rf"\b({_LABEL})(?:\.[ \t]| \.[ \t]?)((?-i:{_PLAIN_TOPS})|com|net|org)\b(?!')")
    return re.compile("|".join(shapes), re.IGNORECASE)


@lru_cache(maxsize=1)
def _spelled_at() -> re.Pattern[str]:
    """An address with its sign said in a word or set apart."""
    at = either(packs.everywhere(known.FILE, "at"))
    return re.compile(
        rf"[\w.+\-]{{1,64}}\s{{0,2}}[\[({{<]\s{{0,2}}(?:@|{at})\s{{0,2}}[\])}}>]\s{{0,2}}[\w.\-]{{2,100}}"
        r"|\b[\w.+\-]{1,64} @ [\w\-]{1,63}\.[\w.\-]{2,100}",
        re.IGNORECASE,
    )


def urls(text: str) -> Iterator[Span]:
    """What names a scheme."""
    for match in _URL.finditer(text):
        yield _span(match.group().rstrip(_TAIL), match.start(), match.end())


def addresses(text: str) -> Iterator[Span]:
    """Somebody at some place, with or without a dot, and names that begin with an at sign."""
    for match in _spelled_at().finditer(text):
        yield match.group(), _SPACE.sub("", match.group()).lower(), match.start(), match.end()
    for match in _RUN.finditer(text):
        said = match.group().strip(_TAIL)
        local, at, place = said.rpartition("@")
        if at and place and (local or len(place) > 1):
            yield said, said.lower(), match.start(), match.end()


def hosts(text: str) -> Iterator[Span]:
    """Labels with a dot between them, numbers of machines, and a dot that is spelled out."""
    for shape in (_FOUR, _SIX):
        for match in shape.finditer(text):
            yield _span(match.group(), match.start(), match.end())
    for match in _RUN.finditer(text):
        said = match.group().strip(_TAIL)
        if "." in said and is_host(said):
            yield _span(said, match.start(), match.end())
    for match in _spelled().finditer(text):
        left, right = (part.lower() for part in match.groups() if part)
        yield match.group(), f"{left}.{right}", match.start(), match.end()


def is_host(said: str) -> bool:
    """Whether a run of letters would be taken for the name of a machine, such as a.example/b but not e.g. or v1.2."""
    for place in _END.split(said):
        labels = place.split(".")
        for left, right in itertools.pairwise(labels):
            day = left.isdigit() and right.lower() in known.months()
            if left and not day and _TOP.match(right):
                return True
    return False


def scripts(text: str) -> Iterator[Span]:
    """Words with letters that are not Latin: look-alikes, and words of a script no draft is written in."""
    if text.isascii():
        return
    for match in _WORD.finditer(text):
        word = match.group()
        if not word.isascii() and any(_foreign(letter) for letter in word):
            yield word, word.lower(), match.start(), match.end()


def _foreign(letter: str) -> bool:
    return (
        not letter.isascii()
        and letter.isalpha()
        and not unicodedata.name(letter, "").startswith(("LATIN", "MODIFIER", "FEMININE", "MASCULINE"))
    )


def _span(said: str, start: int, end: int) -> Span:
    key = _SPACE.sub("", said).lower().rstrip("/")
    for prefix in ("https://", "http://", "www."):
        key = key.removeprefix(prefix)
    return said, key, start, end
