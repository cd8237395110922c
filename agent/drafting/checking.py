"""What can be said about a draft and the mails around it without a model; never changes either."""

from __future__ import annotations

import contextlib
import difflib
import json
import re
from collections.abc import Callable
from functools import lru_cache

from agent.common.desk import Judgement
from agent.decide.facts import check as facts
from agent.decide.gate.case import Content
from agent.decide.reading.answers import read_answer
from agent.decide.reading.expects import expectation
from agent.decide.reading.sensitive import sensitive
from agent.decide.threads.received import mails_received_by
from agent.decide.threads.threads import Thread, moment
from agent.decide.values import Me, Meaning
from agent.store.base.values import DraftVersion, Followup
from providers.base import Mail, Origin
from voice.languages import packs
from voice.languages.quotes import typed
from voice.languages.shapes import CJK, either

MOST_TEXT = 20_000
"""Characters of a mail that a draft's facts are looked for in; as many as judging reads."""
INJECTION = re.compile(
    r"(?i)\b(?:ignore|disregard|forget) (?:all |any )?(?:the |your )?(?:previous|prior|above|earlier) "
    r"(?:instructions?|prompts?|rules)|\bsystem prompt\b|\byou are (?:now )?an? (?:ai|assistant|language model)\b"
    r"|<\|?(?:im_start|system|assistant)\|?>|\bassistant\s?:\s"
)


@lru_cache(maxsize=1)
def attachment() -> re.Pattern[str]:
    """What speaks of a file that comes with the mail, in any language; where no spaces are, anywhere in a word."""
    spaced = [word for word in packs.everywhere("tells", "attachment") if not CJK.search(word)]
    rest = [word for word in packs.everywhere("tells", "attachment") if CJK.search(word)]
    return re.compile(rf"(?i)\b(?:{either(spaced)})\b|{either(rest)}")


def judgement(
    me: Me, *, learned: Callable[[], int] = lambda: 0, touches: Callable[[str], int] | None = None
) -> Judgement:
    """The real judges, for one person."""

    def meaning(mail: Mail, thread: Thread, _own: frozenset[str]) -> str:
        ids = {item.message_id for item in thread.mails if item.mine}
        found = read_answer(mail, me=me, own_ids=ids, in_thread=len(thread.mails) > 1 or None).meaning
        # What claims to be the user's own and is not in Sent may be anybody's.
        return Meaning.UNSURE.value if found is Meaning.OWN else found.value

    def content(thread: Thread, draft: DraftVersion, followup: Followup) -> Content:
        return read_draft(thread, draft, followup, me, learned())

    usual = Judgement()
    return Judgement(meaning=meaning, content=content, touches=touches or usual.touches)


def read_draft(thread: Thread, draft: DraftVersion, followup: Followup, me: Me, learned: int) -> Content:
    """Facts, likeness, delicate matters and attempts to steer."""
    mine = mails_received_by(thread, followup.basis, followup.person, me.keys)
    theirs = [mail for mail in thread.mails if mail.origin is Origin.OTHER]
    subjects, taken = facts.subjects(
        [(moment(mail), mail.subject) for mail in mine], [(moment(mail), mail.subject) for mail in theirs]
    )
    own = [*(typed(mail.text[:MOST_TEXT]) for mail in mine), *subjects]
    names = [address.name for mail in mine for address in mail.to]
    named = [me.name, followup.person, followup.about, followup.signal]
    others = [mail.text[:MOST_TEXT] for mail in theirs]
    report = facts.check(
        draft.body, own, others, named, language=language_of(mine, " ".join(named[2:])),
        allowed=_kept(draft, "allowed"), taken=[*taken, *names, *(mail.sender.name for mail in theirs if mail.sender)],
    )  # fmt: skip
    topic, _ = sensitive([mail.text[:MOST_TEXT] for mail in thread.mails])
    steering = any(INJECTION.search(mail.text[:MOST_TEXT]) for mail in thread.mails if not mail.mine)
    return Content(
        unsupported=tuple(item.text for item in report.unsupported),
        from_others=tuple(item.text for item in report.marked),
        voice=_number(draft.voice),
        learned_mails=learned,
        tells=_kept(draft, "tells"),
        languages=languages(draft, mine, theirs),
        pretends=pretends(draft, mine),
        sensitive=topic,
        injection="instructions" if steering else "",
        likeness=max((likeness(draft.body, mail.text) for mail in thread.mails if mail.mine), default=0.0),
        mentions_attachment=bool(attachment().search(draft.body[:MOST_TEXT])),
    )


def pretends(draft: DraftVersion, mine: list[Mail]) -> str:
    """Words of a text of the program's that speak of a question, where no mail of the user's here asked one."""
    if draft.writer == "person" or not mine:
        return ""
    from voice.languages import packs
    from voice.languages.text import found_marks

    said = typed(draft.body[:MOST_TEXT])
    found = found_marks(said, packs.listed(language_of(mine), "steps", "asked_marks"))
    asked = found and any(expectation(typed(mail.text[:MOST_TEXT])).asks for mail in mine)
    return "" if asked or not found else min(found)


def languages(draft: DraftVersion, mine: list[Mail], theirs: list[Mail]) -> tuple[str, str]:
    """What a text of the program's is in, and what the user writes in here; of their own words nobody asks."""
    if draft.writer == "person":
        return "", ""
    from voice.languages.detect import language_of as guess
    from voice.languages.detect import spoken

    own, others = ([typed(mail.text[:MOST_TEXT]) for mail in mails] for mails in (mine, theirs))
    return guess(draft.body, fallback=""), spoken(own, others, "")


def language_of(mine: list[Mail], told: str = "") -> str:
    """The language the user writes in here; before the first mail, that of what they said it is about."""
    from voice.languages.detect import language_of as guess
    from voice.languages.pack import LANGUAGES

    text = typed(mine[-1].text[:MOST_TEXT]) if mine else told
    return guess(text, LANGUAGES) if text.strip() else "en"


def _kept(draft: DraftVersion, name: str) -> tuple[str, ...]:
    """What was noted when the text was written, such as the words its writer computed; a person's text has none."""
    try:
        kept = json.loads(draft.facts or "{}")
    except ValueError:
        return ()
    return tuple(str(item) for item in kept.get(name, ())) if draft.writer != "person" else ()


def _number(text: str) -> float | None:
    with contextlib.suppress(ValueError):
        return float(text)
    return None


def likeness(one: str, other: str) -> float:
    """Of the words, 1 being the same; long texts are compared by their beginning."""
    first, second = one.lower().split()[:300], other.lower().split()[:300]
    return difflib.SequenceMatcher(None, first, second, autojunk=False).ratio()
