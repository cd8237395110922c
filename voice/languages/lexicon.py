"""Finds phrases of many languages in a text, from the packs; it never decides what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from voice.languages.sentences import WORD, Sentence, sentences
from voice.languages.shapes import CJK
from voice.languages.tongues import MOST_HEARD, everywhere, files, languages_of, listed, normal

GAPS = ("..",)
LAST = "$"
"""At the end of a phrase: nothing more may follow in the sentence."""
MOST_REMEMBERED = 60_000
"""Words whose beginnings are kept; beyond that all are forgotten, so that memory does not grow with the mailbox."""
MOST_WORDS, MOST_IN_SENTENCE = 90, 30
"""In longer mails and sentences the loose phrases of a family meet by chance."""
GRAVE = frozenset({"decline", "opt_out"})
"""Kinds of which it is told whether a family alone shows them, as "loose_decline"."""
APART = frozenset({"owing"})
"""Kinds found only where they are asked for by name: they say nothing of what an answer means."""
LETTER = re.compile(r"\w")
CLAUSES = re.compile(r"[,;]\s|\s[-–—]\s|\s(?=but\s)")
LOOSE = re.compile(r"(?<=')\w+(?:'\w+)?|(?<!\w)\w+(?=')")


def _tokens(phrase: str) -> list[str]:
    return re.findall(r"\([^()]{0,400}\)\??|\{[^{}]{0,4000}\}|\S+", phrase)


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
    last = phrase.endswith(LAST)
    tokens = _tokens(normal(phrase.removesuffix(LAST)))
    parts: list[str] = []
    gap = False
    for place, token in enumerate(tokens):
        if token in GAPS:
            gap = True
            continue
        lead = "" if not parts else (r"\W{1,4}(?:\w+\W{1,4}){0,5}" if gap else r"\W{1,4}")
        inner = _choice(token.rstrip("?").strip("(){}"))
        if _optional(token, place, len(tokens) - 1):
            parts.append(f"(?:{lead}{inner})?" if lead else f"(?:{inner}\\W{{1,4}})?~")
        else:
            parts.append(lead + inner)
        gap = False
    return _mend(parts) + (r"\W{0,9}$" if last else "")


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


Need = frozenset[str]
"""Words, or "stem*" for any word that begins so, one of which a sentence must have before a phrase is worth a try."""


def _weight(need: Need) -> int:
    """How rarely a sentence will meet it: long words, few choices."""
    return min(*map(len, need), 7) * 10 - len(need) - 15 * any(word.endswith("*") for word in need)


def needs(phrase: str) -> tuple[Need | None, list[Need]]:
    """What the phrase begins with, and all a sentence must have for it to match, the rarest first."""
    tokens = _tokens(normal(phrase.removesuffix(LAST)))
    found: list[Need] = []
    first: Need | None = None
    for place, token in enumerate(tokens):
        if token in GAPS or _optional(token, place, len(tokens) - 1):
            continue
        need = frozenset(_beginning(choice) for choice in token.rstrip("?").strip("(){}").split("|"))
        if not need & {"", "*"}:
            found.append(need)
        if place == 0 and found:
            first = found[0]
    return first, sorted(found, key=lambda need: -_weight(need))


def _beginning(choice: str) -> str:
    """The first word of a choice, with its star where it is a stem."""
    head, *more = choice.split() or [""]
    piece = head.rstrip("*")
    bare = piece if WORD.fullmatch(piece) else re.split(r"\W", piece)[0]
    return f"{bare}*" if head.endswith("*") and not more else bare


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One phrase and the cheap tests that come before its expression."""

    kind: str
    text: str
    first: Need | None
    """What it begins with; None when its beginning may be missing."""
    needs: tuple[Need, ...]


class Phrases:
    """Many phrases of many kinds, looked up by the words of a sentence."""

    def __init__(self, items: Iterable[tuple[str, str, str]], cjk: Iterable[tuple[str, str]]) -> None:
        self._by_word: dict[str, dict[str, list[int]]] = {}
        self._phrases: list[_Phrase] = []
        self._compiled: dict[int, re.Pattern[str]] = {}
        self._stems: set[str] = set()
        self._begun: dict[str, tuple[str, ...]] = {}
        self._lengths: list[int] = []
        self._unread: dict[str, list[tuple[str, str]]] = {}
        for kind, phrase, spoken in items:
            self._unread.setdefault(spoken, []).append((kind, phrase))
        groups: dict[str, list[str]] = {}
        for kind, phrase in cjk:
            groups.setdefault(kind, []).append(re.escape(normal(phrase)).replace(r"\.\.", ".{0,12}"))
        self._cjk = [(kind, re.compile("|".join(group))) for kind, group in groups.items()]

    def _learn(self, spoken: Iterable[str]) -> None:
        """Take up languages when they are first met: most are never spoken in a mailbox."""
        for name in spoken:
            for kind, phrase in self._unread.pop(name, ()):
                self._add(kind, phrase, self._by_word.setdefault(name, {}))
        self._lengths = sorted({len(stem) for stem in self._stems})
        self._begun.clear()

    def _add(self, kind: str, phrase: str, index: dict[str, list[int]]) -> None:
        first, every = needs(phrase)
        number = len(self._phrases)
        self._phrases.append(_Phrase(kind, phrase, first, tuple(every[1:])))
        for word in every[0]:
            index.setdefault(word, []).append(number)
        for need in every:
            self._stems.update(word[:-1] for word in need if word.endswith("*"))

    def _pattern(self, number: int) -> re.Pattern[str]:
        """Compiled when first needed: most phrases are of languages this mailbox never sees."""
        if number not in self._compiled:
            self._compiled[number] = re.compile(spaced(self._phrases[number].text))
        return self._compiled[number]

    def kinds(self, plain: str, spoken: frozenset[str]) -> frozenset[str]:
        """The kinds of phrases a sentence contains, those of one language only where it is spoken."""
        found: set[str] = set()
        for number in self._likely(plain, spoken):
            phrase = self._phrases[number]
            if phrase.kind not in found and self._holds(number, phrase, plain):
                found.add(phrase.kind)
        if {"decline", "!decline"} <= found and "agree" not in found and self._apart(plain, spoken):
            found.discard("!decline")
        if not plain.isascii() and CJK.search(plain):
            found |= {kind for kind, pattern in self._cjk if pattern.search(plain)}
        return frozenset(kind for kind in found if not kind.startswith("!") and f"!{kind}" not in found)

    def _apart(self, plain: str, spoken: frozenset[str]) -> bool:
        """Whether a clause refuses before another says what would void it; "this one not, but that one" is no such."""
        clauses = [clause for clause in CLAUSES.split(plain) if clause]
        voiding, refused = self._matching("!decline", plain, spoken), False
        for clause in clauses if len(clauses) > 1 else ():
            here = self._matching("!decline", clause, spoken)
            if here and not refused:
                return False
            voiding -= here
            refused = refused or bool(self._matching("decline", clause, spoken))
        return refused and not voiding

    def _matching(self, kind: str, plain: str, spoken: frozenset[str]) -> set[int]:
        known = self._phrases
        likely = {number for number in self._likely(plain, spoken) if known[number].kind == kind}
        return {number for number in likely if self._holds(number, known[number], plain)}

    def may_hold(self, plain: str) -> bool:
        """Whether the words of a text, in whatever order, could make one of the phrases at all."""
        if not plain.isascii() and CJK.search(plain):
            return True
        return any(not self._phrases[number].kind.startswith("!") for number in self._likely(plain, everywhere()))

    def _likely(self, plain: str, spoken: frozenset[str]) -> Iterator[int]:
        """Phrases all of whose telling words are there; one with several choices may come twice."""
        if not self._unread.keys().isdisjoint(("", *spoken)):
            self._learn(("", *spoken))
        words, known = self._words(plain), self._phrases
        for name in ("", *spoken):
            index = self._by_word.get(name, {})
            for word in index.keys() & words:
                for number in index[word]:
                    for need in known[number].needs:
                        if need.isdisjoint(words):
                            break
                    else:
                        yield number

    def _words(self, plain: str) -> set[str]:
        """The words of a sentence, with "stem*" for each known beginning; parts at an apostrophe count as well."""
        words = set(WORD.findall(plain))
        if "'" in plain:
            words.update(LOOSE.findall(plain))
        begun = self._begun.get
        for word in tuple(words):
            stems = begun(word)
            if stems is None:
                stems = self._beginnings(word)
            if stems:
                words.update(stems)
        return words

    def _beginnings(self, word: str) -> tuple[str, ...]:
        """The known stems a word begins with; words come back, so that each is looked at once."""
        if len(self._begun) >= MOST_REMEMBERED:
            self._begun.clear()
        stems = (word[:length] for length in self._lengths if length <= len(word))
        self._begun[word] = tuple(f"{stem}*" for stem in stems if stem in self._stems)
        return self._begun[word]

    def _holds(self, number: int, phrase: _Phrase, plain: str) -> bool:
        """Whether the phrase is there, tried only where its first word is."""
        pattern = self._pattern(number)
        if phrase.first is None:
            return pattern.search(plain) is not None
        for word in phrase.first:
            start = word.rstrip("*")
            place = plain.find(start)
            while place >= 0:
                if pattern.match(plain, place):
                    return True
                place = plain.find(start, place + 1)
        return False


@lru_cache(maxsize=8)
def phrases(wanted: frozenset[str] = frozenset()) -> Phrases:
    """The phrases of the wanted kinds, or of all, in all languages and ready to use."""
    usual: list[tuple[str, str, str]] = []
    cjk: list[tuple[str, str]] = []
    for name, table in files().items():
        families = table.get("families")
        both = [
            ("" if table.get("everywhere") else name, table),
            (family(name), families if isinstance(families, dict) else {}),
        ]
        for spoken, part in both:
            for kind, phrase in listed(part):
                bare = kind.lstrip("!")
                if bare not in wanted if wanted else bare in APART:
                    continue
                if table.get("script") == "cjk":
                    cjk.append((kind, phrase))
                else:
                    usual.append((kind, phrase, spoken))
    return Phrases(usual, cjk)


@lru_cache(maxsize=4096)
def kinds(plain: str, speaks: frozenset[str] | None = None, wanted: frozenset[str] = frozenset()) -> frozenset[str]:
    """The wanted kinds of phrases, or all, in one normalised sentence; `speaks` are the languages it may be in."""
    return phrases(wanted).kinds(plain, _alone(plain) if speaks is None else speaks)


def _alone(plain: str) -> frozenset[str]:
    """What a sentence speaks that stands by itself."""
    speaks = languages_of(plain, "")
    return speaks | {family(name) for name in speaks} if plain.count(" ") < MOST_IN_SENTENCE else speaks


def kinds_among(plain: str, wanted: frozenset[str]) -> frozenset[str]:
    """The wanted kinds one normalised sentence contains in any language."""
    return phrases(wanted).kinds(plain, everywhere())


def may_hold(plain: str, wanted: frozenset[str]) -> bool:
    """Whether a text of several sentences could hold one of the wanted kinds; a cheap no for most."""
    return phrases(wanted).may_hold(plain)


@lru_cache(maxsize=256)
def heard(text: str, wanted: frozenset[str] = frozenset()) -> tuple[tuple[Sentence, frozenset[str]], ...]:
    """The sentences of a text, each with its wanted kinds, or all, in the language the text is in."""
    every = sentences(text)
    whole = " ".join(sentence.plain for sentence in every)
    brief = len(whole.split(" ")) <= MOST_WORDS
    whole = whole[:MOST_HEARD]
    found = []
    for sentence in every:
        firm = loose = languages_of(sentence.plain, whole)
        if brief and sentence.plain.count(" ") < MOST_IN_SENTENCE:
            loose = firm | {family(name) for name in firm}
        meant = kinds(sentence.plain, loose, wanted)
        for kind in GRAVE & meant:
            if kind not in kinds(sentence.plain, firm, wanted):
                meant |= {f"loose_{kind}"}
        found.append((sentence, meant))
    return tuple(found)


def family(name: str) -> str:
    """The mark of a language's families, which are loose and so believed in short mails alone."""
    return f"{name}+"
