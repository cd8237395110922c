"""Finds the user's own short sentences that fit any follow-up: nudges, thanks, ways to say "I wrote";
never one with a fact in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from voice.languages.pack import Pack, pack
from voice.languages.text import contains, folded, found_marks, sentences, words
from voice.learning.corpus import OwnMail

LONGEST = 16
"""Words of a sentence that can stand in another mail; a longer one says something of its own."""
FEWEST = 2
"""Words; a single one is no phrase."""
MOST_KEPT = 40
"""Phrases of each of three uses; those said most often."""
_UNFIT = re.compile(r"[\d@<>{}|\[\]()\"“”«»/\\*_=#$€£%~`^:]|\.\.\.|--|…")


@dataclass(frozen=True, slots=True)
class OwnPhrase:
    """A sentence the user wrote that holds no fact."""

    kind: str
    """nudge, closer or sent."""
    text: str
    count: int
    source: str
    """Id of the newest mail it stands in."""


def mine(mails: Iterable[OwnMail]) -> tuple[OwnPhrase, ...]:
    """Own phrases, the most used first; the mails come newest first."""
    counts: Counter[tuple[str, str]] = Counter()
    shown: dict[tuple[str, str], tuple[str, str]] = {}
    for mail in mails:
        words_known = pack(mail.language)
        for sentence in sentences(mail.body, words_known.marks("abbreviations")):
            kind = kind_of(sentence, words_known)
            if kind:
                key = (kind, folded(sentence))
                counts[key] += 1
                shown.setdefault(key, (sentence, mail.id))
    ranked = sorted(counts, key=lambda key: (-counts[key], key))
    return tuple(OwnPhrase(key[0], shown[key][0], counts[key], shown[key][1]) for key in ranked[: MOST_KEPT * 3])


def kind_of(sentence: str, known: Pack) -> str:
    """Which use a sentence has, or an empty string when it cannot stand in another mail."""
    found = words(sentence)
    if not FEWEST <= len(found) <= LONGEST or _UNFIT.search(sentence) or len(sentence) > 140:
        return ""
    if not sentence[-1:] or sentence[-1] not in ".!?" or not neutral(found, known):
        return ""
    if contains(sentence, known.marks("not_nudge")) or contains(sentence, known.marks("harsh")):
        return ""
    return _kind(sentence, found, known)


def _kind(sentence: str, found: list[str], known: Pack) -> str:
    if found_marks(sentence, known.marks("sent_marks")) and found_marks(sentence, known.marks("when_marks")):
        return "sent"
    if contains(sentence, known.marks("nudge_marks")) and sentence[-1] == "?":
        return "" if leans(found, known) else "nudge"
    if contains(sentence, known.marks("closer_marks")) and folded(found[0]) in known.marks("closer_starts"):
        return "" if leans(found, known) or sentence[-1] == "?" else "closer"
    return ""


def leans(found: list[str], known: Pack) -> bool:
    """Whether a sentence points at something said before it; "any news on this" may."""
    points = pointing(found, known)
    first = folded(found[0]) in known.marks("leaders")
    return first or len(points) > 1 or (len(points) == 1 and folded(found[-1]) not in known.marks("may_end"))


def pointing(found: list[str], known: Pack) -> list[int]:
    """The places of the words that point out of the sentence."""
    low = [_bare(word, known) for word in found]
    return [place for place in range(len(low)) if _points(low, place, known)]


def _bare(word: str, known: Pack) -> str:
    """The pronoun of "it's" and "they're"."""
    low = folded(word)
    head = low.partition("'")[0]
    return head if head in known.marks("leaning") else low


def _points(low: list[str], place: int, known: Pack) -> bool:
    word, before = low[place], " ".join(low[max(0, place - 1) : place + 1])
    after = {" ".join(low[place : place + size]) for size in (2, 3, 4)}
    if word not in known.marks("leaning") or {before, *after} & known.marks("not_leaning"):
        return False
    if word in known.marks("joins") and _joins(low, place, known):
        return False
    return word not in known.marks("pronouns") or not _named_before(low[:place], known)


def _joins(low: list[str], place: int, known: Pack) -> bool:
    """ "the chip that can", "a way that works"; not "have you tried that or something else"."""
    ends = place + 1 == len(low) or low[place + 1] in known.marks("after_pointing")
    return bool(place) and not ends and low[place - 1] not in known.marks("before_pointing")


def _named_before(low: list[str], known: Pack) -> bool:
    """Whether a clause of the same sentence already names something a pronoun can stand for."""
    joined = max((place for place, word in enumerate(low) if word in known.marks("conjunctions")), default=0)
    return any(word in known.marks("determiners") for word in low[:joined])


def neutral(found: list[str], known: Pack) -> bool:
    """Only words everybody uses: no topic, no name."""
    return all(folded(word) in known.vocabulary for word in found)
