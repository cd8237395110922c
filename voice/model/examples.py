"""Picks the user's own follow-ups and short asks that are nearest to a thread; never a foreign mail."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from math import log

from voice.languages.pack import pack
from voice.languages.text import contains, folded, sentences, words
from voice.learning.corpus import OwnMail
from voice.learning.mining import kind_of

MOST = 5
"""Own mails a question shows; more take room from the thread."""
SHORTEST, LONGEST = 5, 80
"""Words; a shorter mail shows no manner, and a longer one is no follow-up."""
LOOKED_AT = 40
"""The newest candidates that are compared."""
_MATTER = re.compile(r"```|https?://|www\.|\S@\S|[€$£¥]|\d{4}")


def retrieve(
    mails: Sequence[OwnMail], language: str, near: str, to: str = "", most: int = MOST,
    *,
    may: Callable[[OwnMail], bool] = lambda _mail: True,
) -> list[OwnMail]:  # fmt: skip
    """Up to five own mails that follow up or ask in few words, the best first; only those that `may` be shown."""
    fit = [mail for mail in mails if mail.language == language and _fits(mail)]
    wanted = Counter(folded(word) for word in words(near))
    spread = Counter(word for mail in fit for word in {folded(word) for word in words(mail.body)})
    scored = [(_score(mail, wanted, spread, len(fit), to), mail) for mail in fit]
    ranked = sorted(scored, key=lambda pair: (-pair[0], pair[1].id))
    once = {folded(mail.body): mail for score, mail in reversed(ranked[:LOOKED_AT]) if score > 0.5}
    return list(islice((mail for mail in reversed(once.values()) if may(mail)), most))


def _fits(mail: OwnMail) -> bool:
    """Short, and without anything that belongs to one matter alone."""
    return SHORTEST <= len(words(mail.body)) <= LONGEST and not _MATTER.search(mail.text)


def _score(mail: OwnMail, wanted: Counter[str], spread: Counter[str], total: int, to: str) -> float:
    known = pack(mail.language)
    kinds = [kind_of(sentence, known) for sentence in sentences(mail.body, known.marks("abbreviations"))]
    score = 3.0 if "nudge" in kinds or "sent" in kinds or contains(mail.body, known.marks("nudge_marks")) else 0.0
    score += 1.0 if "?" in mail.body else 0.0
    score += 0.5 if contains(mail.body, known.marks("request_marks")) else 0.0
    score += 1.0 if to and to.lower() in [address.lower() for address in mail.to] else 0.0
    shared = {folded(word) for word in words(mail.body)} & set(wanted)
    return score + min(1.0, sum(log(1 + total / (1 + spread[word])) for word in shared) / 40)
