"""Finds phrases of many languages in a text, from the word files beside it; it never decides what they mean."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

LONGEST_SENTENCE = 600
MOST_SENTENCES = 120
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
WORD = re.compile(r"\w+(?:'\w+)?")
SPECIAL = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "ß": "ss", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i", "ё": "е"}
)
ENDS = re.compile(r"(?<=[.!?…。!?])(?=\s|$)|(?<=[。!?])|\n+")
CONTINUES = re.compile(
    r"\d\.$|\b(?:mr|mrs|ms|dr|st|no|nr|hr|fr|bzw|ca|z\.b|d\.h|e\.g|i\.e|m|inkl|evtl|vs|tel|tlf|kl|bl\.a)\.$",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def _plain_letter(letter: str) -> str:
    if letter < "\u0530" or "\u1e00" <= letter < "\u1f00":
        return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    return letter


def normal(text: str) -> str:
    """Lower case without accents, the form all phrases are written and compared in."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(SPECIAL)
    return folded if folded.isascii() else "".join(map(_plain_letter, folded))


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as written and in the form to compare."""

    text: str
    plain: str

    @property
    def asks(self) -> bool:
        return self.text.rstrip().endswith(("?", "?", "؟")) or self.plain.rstrip("。. ").endswith("か")


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text; lines a mail program wrapped are joined again."""
    found: list[str] = []
    for piece in ENDS.split(_unwrap(text[:40_000])):
        piece = piece.strip()
        if not piece:
            continue
        if found and CONTINUES.search(found[-1]) and (piece[0].islower() or piece[0].isdigit() or _is_month(piece)):
            found[-1] = f"{found[-1]} {piece}"[:LONGEST_SENTENCE]
        else:
            found.append(piece[:LONGEST_SENTENCE])
        if len(found) >= MOST_SENTENCES:
            break
    return tuple(Sentence(piece, normal(piece)) for piece in found)


def _is_month(piece: str) -> bool:
    word = WORD.match(normal(piece[:30]))
    return bool(word) and word is not None and word.group() in months()


def _unwrap(text: str) -> str:
    lines = text.replace("\r", "").split("\n")
    out = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        joined = len(line) >= 55 and after[:1].isalnum() and not line.rstrip().endswith((".", "!", "?", ":", "。"))
        out.append(line.rstrip() + (" " if joined else "\n"))
    return "".join(out)


def _tokens(phrase: str) -> list[str]:
    return re.findall(r"\([^()]{0,400}\)\??|\S+", phrase)


def _word(word: str) -> str:
    escaped = re.escape(word.rstrip("*"))
    return escaped + r"\w*" if word.endswith("*") else escaped


def _choice(token: str) -> str:
    words = [r"\W{1,3}".join(_word(word) for word in choice.split()) for choice in token.split("|")]
    return words[0] if len(words) == 1 else "(?:" + "|".join(words) + ")"


def _optional(token: str, place: int, last: int) -> bool:
    if not token.startswith("("):
        return False
    inner = token.rstrip("?").strip("()")
    if token.endswith("?") or "|" not in inner:
        return place != last or token.endswith("?")
    return 0 < place < last and all(len(choice) <= 3 for choice in inner.split("|"))


def spaced(phrase: str) -> str:
    """A phrase of a language with spaces as an expression of bounded width."""
    tokens = _tokens(normal(phrase))
    parts: list[str] = []
    gap = False
    for place, token in enumerate(tokens):
        if token == "..":
            gap = True
            continue
        lead = "" if not parts else (r"\W{1,4}(?:\w+\W{1,4}){0,5}" if gap else r"\W{1,4}")
        inner = _choice(token.rstrip("?").strip("()"))
        if _optional(token, place, len(tokens) - 1):
            parts.append(f"(?:{lead}{inner})?" if lead else f"(?:{inner}\\W{{1,4}})?~")
        else:
            parts.append(lead + inner)
        gap = False
    return _mend(parts)


def _mend(parts: list[str]) -> str:
    """An optional start brings its own space, so the part after it must not ask for one."""
    out = ""
    for part in parts:
        if out.endswith("~"):
            out = out[:-1]
            part = part.removeprefix(r"\W{1,4}")
            if part.startswith(r"(?:\W{1,4}"):
                part = "(?:" + part[len(r"(?:\W{1,4}") : -2] + r"\W{1,4})?~"
        out += part
    return r"(?<!\w)" + out.rstrip("~") + r"(?!\w)"


def _anchors(phrase: str) -> tuple[str, ...]:
    """Beginnings of words one of which must be in the text for the phrase to match; empty: cannot tell."""
    tokens = _tokens(normal(phrase))
    best: tuple[str, ...] = ()
    weight = 0
    for place, token in enumerate(tokens):
        if token == ".." or _optional(token, place, len(tokens) - 1):
            continue
        choices = [choice.split()[0] for choice in token.rstrip("?").strip("()").split("|") if choice.strip()]
        if not choices:
            continue
        shortest = min(len(choice.rstrip("*")) for choice in choices)
        if min(shortest, 6) * 10 - len(choices) > weight:
            weight = min(shortest, 6) * 10 - len(choices)
            best = tuple(choice.rstrip("*")[:3] for choice in choices)
    return best


class Phrases:
    """Many phrases of many kinds, looked up by the words of a sentence."""

    def __init__(self, items: Iterable[tuple[str, str]], cjk: Iterable[tuple[str, str]]) -> None:
        self._by_start: dict[str, list[int]] = {}
        self._patterns: list[tuple[str, str]] = []
        self._compiled: dict[int, re.Pattern[str]] = {}
        for kind, phrase in items:
            self._patterns.append((kind, phrase))
            for start in _anchors(phrase):
                self._by_start.setdefault(start, []).append(len(self._patterns) - 1)
        groups: dict[str, list[str]] = {}
        for kind, phrase in cjk:
            groups.setdefault(kind, []).append(re.escape(normal(phrase)).replace(r"\.\.", ".{0,12}"))
        self._cjk = [(kind, re.compile("|".join(group))) for kind, group in groups.items()]

    def _pattern(self, number: int, phrase: str) -> re.Pattern[str]:
        """Compiled when first needed: most phrases are of languages this mailbox never sees."""
        if number not in self._compiled:
            self._compiled[number] = re.compile(spaced(phrase))
        return self._compiled[number]

    def kinds(self, plain: str) -> frozenset[str]:
        """The kinds of phrases a sentence contains."""
        starts = {word.group()[:3] for word in WORD.finditer(plain)}
        starts |= {part[:3] for part in re.split(r"\W+", plain) if part}
        found: set[str] = set()
        for start in starts:
            for number in self._by_start.get(start, ()):
                kind, phrase = self._patterns[number]
                if kind not in found and self._pattern(number, phrase).search(plain):
                    found.add(kind)
        if CJK.search(plain):
            found |= {kind for kind, pattern in self._cjk if pattern.search(plain)}
        return frozenset(kind for kind in found if not kind.startswith("!") and f"!{kind}" not in found)


@lru_cache(maxsize=1)
def files() -> dict[str, dict[str, object]]:
    """The word files by language."""
    folder = resources.files("agent.decide").joinpath("words")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".toml"))
    return {name[:-5]: tomllib.loads(folder.joinpath(name).read_text("utf-8")) for name in names}


@lru_cache(maxsize=1)
def phrases() -> Phrases:
    """All phrases of all languages, ready to use."""
    usual: list[tuple[str, str]] = []
    cjk: list[tuple[str, str]] = []
    for table in files().values():
        target = cjk if table.get("script") == "cjk" else usual
        for kind, entry in table.items():
            if isinstance(entry, dict) and kind != "dates":
                target.extend((kind, phrase) for phrase in entry.get("say", ()))
                target.extend((f"!{kind}", phrase) for phrase in entry.get("unless", ()))
    return Phrases(usual, cjk)


@lru_cache(maxsize=4096)
def kinds(plain: str) -> frozenset[str]:
    """The kinds of phrases one normalised sentence contains."""
    return phrases().kinds(plain)


@lru_cache(maxsize=1)
def months() -> dict[str, int]:
    """Month names of all languages."""
    found: dict[str, int] = {}
    for table in files().values():
        dates = table.get("dates")
        names = dates.get("months", []) if isinstance(dates, dict) else []
        for number, choices in enumerate(names, 1):
            for name in normal(choices).split("|"):
                found.setdefault(name, number)
    return found


@lru_cache(maxsize=1)
def _common() -> dict[str, frozenset[str]]:
    return {
        name: frozenset(normal(str(word)) for word in words)
        for name, table in files().items()
        if isinstance(words := table.get("common"), list)
    }


def language(plain: str) -> str:
    """The likeliest language of a normalised text; English when nothing speaks for another."""
    if CJK.search(plain):
        return "ja"
    words = re.findall(r"\w+", plain[:4000])
    scores = {name: sum(word in common for word in words) for name, common in _common().items()}
    best = max(scores, key=lambda name: (scores[name], name == "en"))
    return best if scores[best] else "en"
