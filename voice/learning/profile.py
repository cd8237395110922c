"""How one person writes, as counts and short own phrases that can be stored; never a whole mail."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any

from voice.languages.detect import language_of, names
from voice.languages.pack import LANGUAGES, pack
from voice.languages.quotes import typed
from voice.languages.tells import stock_phrases, used_stock
from voice.languages.text import folded, words
from voice.learning.corpus import Corpus, OwnMail
from voice.learning.habits import Habits, habits
from voice.learning.mining import OwnPhrase, mine
from voice.learning.ngrams import Letters, count

VERSION = 3
"""Of the form a profile is stored in; another is built again."""
ENOUGH_TO_WRITE_ALONE = 10
"""With fewer own mails the gate holds every letter (FEW_MAILS of `decide/gate/text_checks.py`)."""
ENOUGH = 100
"""From here on `relance voice show` no longer calls it learning."""
MOST_RECENT = 2_000
"""The newest own mails; a profile of 10,000 takes 5.3 s (`python bench/voice_speed.py`)."""
MOST_RECEIVED = 600
"""The newest mails of others, whose letters the user's own are told apart from."""
LONGEST_RECEIVED = 3_000
"""Characters of each; one long mail must not speak for everybody."""
MOST_PEOPLE = 2_000
"""Those written to most; of anybody else the circle or the language knows enough."""
MOST_PATTERNS = 12
"""Greetings and the like that are kept of each kind; those used once or twice tell nothing."""
MOST_WORDS = 400
"""Everyday words that are kept; rarer ones tell more of a matter than of a hand."""


@dataclass(frozen=True, slots=True)
class Manner:
    """Greetings, sign-offs and address toward somebody."""

    mails: int = 0
    greetings: dict[str, int] = field(default_factory=dict)
    signoffs: dict[str, int] = field(default_factory=dict)
    formal: int = 0
    informal: int = 0
    words_median: int = 0
    language: str = ""
    greeting_gap: int = 1
    signoff_gap: int = 1


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language of the user."""

    mails: int
    manner: Manner
    habits: Habits
    phrases: tuple[OwnPhrase, ...] = ()
    common: dict[str, int] = field(default_factory=dict)
    letters: Letters = field(default_factory=Letters)
    stock: dict[str, int] = field(default_factory=dict)
    others: Letters = field(default_factory=Letters)
    """Letter groups of the mail the user receives in this language."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything known about how the user writes."""

    mails: int
    tongues: dict[str, Tongue]
    people: dict[str, Manner] = field(default_factory=dict)
    circles: dict[str, Manner] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    version: int = VERSION

    @property
    def state(self) -> str:
        """too_few, learning or ready."""
        if self.mails < ENOUGH_TO_WRITE_ALONE:
            return "too_few"
        return "learning" if self.mails < ENOUGH else "ready"

    @property
    def autopilot(self) -> bool:
        """Whether enough is known to write without a person reading it."""
        return self.mails >= ENOUGH_TO_WRITE_ALONE

    @property
    def said(self) -> str:
        """The state in one sentence."""
        return {
            "too_few": f"Only {self.mails} own mails: too few to know the voice, so nothing is sent without you.",
            "learning": f"Still learning: {self.mails} of {ENOUGH} own mails.",
            "ready": f"Learned from {self.mails} own mails.",
        }[self.state]

    @property
    def usual_language(self) -> str:
        """The one most mail is in, which may be one that is not written here."""
        mails = {key: tongue.mails for key, tongue in self.tongues.items()}
        mails |= {code: self.left_out.get(f"in {name}", 0) for code, name in names().items() if code not in LANGUAGES}
        most = max(mails, key=lambda key: (mails[key], key))
        return most if mails[most] else "en"

    def tongue(self, language: str) -> Tongue:
        """What is known of a language; empty where the user never wrote it."""
        return self.tongues.get(language) or Tongue(0, Manner(), Habits())

    def to_json(self) -> dict[str, object]:
        """Plain values, ready for storage."""
        return asdict(self)


def build(
    corpus: Corpus,
    circle_of: Callable[[str], str] = lambda _address: "",
    progress: Callable[[str], None] = lambda _step: None,
    others: Iterable[str] = (),
) -> Profile:
    """The profile of a corpus; `others` is mail the user received, the newest first, of which letters are counted."""
    mails = corpus.mails()
    recent = mails[-MOST_RECENT:]
    progress("languages")
    tongues = {name: _tongue(name, group) for name, group in _by_language(recent).items()}
    tongues = _beside(tongues, others)
    progress("people")
    people = _manners(mails, lambda mail: mail.to[:1])
    circles = _manners(mails, lambda mail: [name for name in (circle_of(to) for to in mail.to[:1]) if name])
    return Profile(len(mails), tongues, people, circles, dict(corpus.left_out))


def from_json(raw: Mapping[str, Any]) -> Profile:
    """The profile as it was stored; raises ValueError for another version or shape."""
    if raw.get("version") != VERSION:
        raise ValueError("the stored voice profile has another version; build it again")
    try:
        return Profile(
            mails=int(raw["mails"]),
            tongues={name: _tongue_from(value) for name, value in raw["tongues"].items()},
            people={name: Manner(**value) for name, value in raw["people"].items()},
            circles={name: Manner(**value) for name, value in raw["circles"].items()},
            left_out=dict(raw["left_out"]),
        )
    except (KeyError, TypeError, AttributeError) as broken:
        raise ValueError("the stored voice profile is damaged; build it again") from broken


def _tongue_from(raw: Mapping[str, Any]) -> Tongue:
    known = dict(raw)
    known["manner"] = Manner(**known["manner"])
    known["habits"] = Habits(**known["habits"])
    known["letters"], known["others"] = Letters(**known["letters"]), Letters(**known["others"])
    known["phrases"] = tuple(OwnPhrase(**phrase) for phrase in known["phrases"])
    return Tongue(**known)


def _by_language(mails: Sequence[OwnMail]) -> dict[str, list[OwnMail]]:
    groups: dict[str, list[OwnMail]] = defaultdict(list)
    for mail in mails:
        groups[mail.language].append(mail)
    return dict(groups)


def _tongue(language: str, mails: Sequence[OwnMail]) -> Tongue:
    known = pack(language)
    bodies = [mail.body for mail in mails if mail.body.strip()]
    newest = bodies[::-1]
    counted = Counter(word for body in newest[:500] for word in words(folded(body)))
    stock = used_stock(bodies, language) if stock_phrases(language) else {}
    return Tongue(
        mails=len(mails),
        manner=manner(mails),
        habits=habits(newest[:500], known),
        phrases=mine(reversed(mails)),
        common=dict(counted.most_common(MOST_WORDS)),
        letters=count(newest),
        stock=stock,
    )


def _beside(tongues: dict[str, Tongue], others: Iterable[str]) -> dict[str, Tongue]:
    """Each language with the letters other people write in it."""
    received: dict[str, list[str]] = {name: [] for name in tongues}
    for raw in islice(others, MOST_RECEIVED if tongues else 0):
        text = typed(raw[:LONGEST_RECEIVED])
        if text:
            received.setdefault(language_of(text, tuple(tongues), max(tongues)), []).append(text)
    return {name: replace(tongue, others=count(received[name])) for name, tongue in tongues.items()}


def _manners(mails: Iterable[OwnMail], keys: Callable[[OwnMail], Iterable[str]]) -> dict[str, Manner]:
    groups: dict[str, list[OwnMail]] = defaultdict(list)
    for mail in mails:
        for key in keys(mail):
            groups[key.lower()].append(mail)
    most = sorted(groups, key=lambda key: (-len(groups[key]), key))[:MOST_PEOPLE]
    return {key: manner(groups[key]) for key in most}


def manner(mails: Sequence[OwnMail]) -> Manner:
    """How the user addresses and leaves the receivers of these mails."""
    lengths = sorted(mail.length for mail in mails)
    languages = Counter(mail.language for mail in mails)
    gaps = Counter(mail.parts.greeting.gap for mail in mails if mail.parts.greeting.pattern)
    return Manner(
        mails=len(mails),
        greetings=_top(mail.parts.greeting.pattern for mail in mails),
        signoffs=_top(mail.parts.signoff for mail in mails),
        formal=sum(mail.address == "formal" for mail in mails),
        informal=sum(mail.address == "informal" for mail in mails),
        words_median=lengths[len(lengths) // 2] if lengths else 0,
        language=languages.most_common(1)[0][0] if languages else "",
        greeting_gap=gaps.most_common(1)[0][0] if gaps else 1,
        signoff_gap=Counter(mail.parts.gap for mail in mails if mail.parts.signoff).most_common(1)[0][0]
        if any(mail.parts.signoff for mail in mails)
        else 1,
    )


def _top(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common(MOST_PATTERNS))
