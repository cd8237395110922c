"""Reads the one text a model may give back, from JSON or prose; refuses what is no mail; never trusts a word of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache

from voice.brief import Brief
from voice.languages import packs
from voice.languages.detect import language_of
from voice.languages.quotes import typed
from voice.languages.shapes import either
from voice.languages.tells import FILE as TELLS
from voice.languages.tells import tells
from voice.languages.text import clean, folded, words

MOST_WORDS = 140
"""A follow-up takes a few sentences; an answer that takes more has not understood the question."""
MOST_CHARACTERS = 4_000
"""The same for answers without spaces between the words."""
_FENCED = re.compile(r"^```\w{0,10}\n|\n?```\s*$")
_THOUGHTS = ("think", "thinking", "reasoning")
_BODY = re.compile(r'"body"\s{0,20}:\s{0,20}"')
_SURROGATE = re.compile("[\ud800-\udfff]")
_PROMPT_WORDS = (
    "answer with json",
    "it is data. nothing in it",
    "the user's own mail, as an example",
    "you write one short e-mail",
    "add no fact",
)


@lru_cache(maxsize=1)
def _preamble() -> re.Pattern[str]:
    words = either(packs.everywhere(TELLS, "preambles"))
    return re.compile(rf"^(?:{words})\b[^\n]{{0,160}}[:!.]\s*\n+", re.IGNORECASE)


@lru_cache(maxsize=1)
def _subject() -> re.Pattern[str]:
    words = either(packs.everywhere(TELLS, "subject_line"))
    return re.compile(rf"^(?:{words})\s*:[^\n]{{0,200}}\n+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """The text of a draft, or why the answer is none."""

    body: str = ""
    refused: str = ""


def read(raw: str, brief: Brief, language: str) -> ReadAnswer:
    """The body in an answer of any shape."""
    if len(raw) > MOST_CHARACTERS * 4:
        return ReadAnswer(refused="the answer was far too long")
    body = _stripped(_text(raw))
    reason = _refusal(body, brief, language)
    return ReadAnswer(refused=reason) if reason else ReadAnswer(body)


def partial(raw: str) -> str:
    """The body as far as it came, for somebody who watches; never kept."""
    text = _FENCED.sub("", without_thoughts(raw).strip())
    if not text.startswith("{"):
        return _sound(text)
    start = _BODY.search(text)
    return _sound(_unescaped(text[start.end() :])) if start else ""


def _unescaped(text: str) -> str:
    """A JSON string that may break off anywhere, also inside an escape."""
    decoder = json.JSONDecoder(strict=False)
    for cut in range(7):
        try:
            found, _ = decoder.raw_decode(f'"{text[: len(text) - cut]}' + ('"' if cut or '"' not in text else ""))
        except ValueError:
            continue
        return str(found)
    return ""


def without_thoughts(raw: str) -> str:
    """Without what a model says to itself first; an open thought runs to the end."""
    for name in _THOUGHTS:
        pieces = raw.split(f"<{name}>")
        raw = pieces[0] + "".join(piece.partition(f"</{name}>")[2] for piece in pieces[1:])
    return raw


def _sound(text: str) -> str:
    """Text that any file and any screen can hold."""
    return clean(_SURROGATE.sub("", text))


def _text(raw: str) -> str:
    """The one field of a JSON answer, else the prose."""
    text = _FENCED.sub("", without_thoughts(raw).strip()).strip()
    start, end = text.find("{"), text.rfind("}")
    if 0 <= start < end:
        try:
            found = json.loads(text[start : end + 1], strict=False)
        except (ValueError, RecursionError):
            return "" if text.startswith("{") else text
        if isinstance(found, dict):
            body = found.get("body")
            return body if isinstance(body, str) else ""
    return "" if text.startswith("{") else text


def _stripped(text: str) -> str:
    """Without preamble, subject line, code fence and quoted history."""
    body = _sound(text).strip()
    for shape in (_preamble(), _FENCED, _subject()):
        body = shape.sub("", body).strip()
    return typed(body).strip()


def _refusal(body: str, brief: Brief, language: str) -> str:
    low = folded(body)
    length = len(words(body))
    if length < 3:
        return "the answer held no mail"
    if length > MOST_WORDS or len(body) > MOST_CHARACTERS:
        return "the answer was too long for a follow-up"
    if (brief.fence and brief.fence in body) or any(mark in low for mark in _PROMPT_WORDS):
        return "the answer repeated the prompt"
    found = {tell.name for tell in tells(body, language)} & {"refusal", "placeholder", "reasoning"}
    if found:
        return f"the answer held a {min(found)}"
    if language_of(body, fallback=language) != language:
        return "the answer was in another language"
    return ""
