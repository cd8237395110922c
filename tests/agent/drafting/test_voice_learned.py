"""The voice learned from the store knows how other people write, as counts of letters and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.decide.threads.origin import Door, mails_with_origin
from agent.decide.threads.threads import Thread, gather
from agent.decide.values import Me
from agent.drafting import writing
from agent.drafting.draft import PROFILE, learn_voice, profile_of
from agent.drafting.writing import Received, learn
from agent.store.base import settings
from agent.store.mail.origins import written_here
from agent.trying.trial import me_from
from providers.base import Role
from providers.mail.mime import parse
from tests.agent.small import BO, ME, letter, small_home
from tests.conftest import Ticking
from tests.store.test_outbox import put

OWN = (
    "The roof is done.", "The gate needs paint.", "A table came.", "Some chairs are missing.", "That lamp is broken.",
    "Our fence fell.", "The boat leaks.", "A window stuck.", "The stove works.", "Two shelves are left.",
)  # fmt: skip
THEIRS = "Hello Noor,\n\nMarvellous! Wonderfully generous quotations, kindest congratulations.\n\nBo"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_letters_of_received_mail_are_kept_in_the_store_without_a_word_of_it(
    private_home: Path, clock: Ticking
) -> None:
    home = small_home(private_home, clock, theirs=THEIRS)
    learned = learn_voice(home)
    assert learned.tongue("en").others.texts == 1
    assert "quot" in learned.tongue("en").others.grams
    assert profile_of(home) == learned
    with home.store.read() as connection:
        kept = str(settings.get(connection, PROFILE))
    assert not [word for word in THEIRS.split() if len(word) > 5 and word.strip(".,!") in kept]
    home.close()


def test_only_what_people_wrote_is_counted_and_the_newest_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = [
        letter("<1@x>", ME, BO, AT, "Which one?", subject="Terrace"),
        letter("<2@x>", BO, ME, AT + timedelta(days=1), "The red one.", subject="Re: Terrace", refs="<1@x>"),
        letter("<3@x>", BO, ME, AT + timedelta(days=2), "Or the blue one.", subject="Re: Terrace", refs="<1@x>"),
        b"Auto-Submitted: auto-replied\r\n"
        + letter("<4@x>", BO, ME, AT + timedelta(days=3), "I am away.", subject="Away", refs="<1@x>"),
        b"List-Unsubscribe: <https://x.example/u>\r\n"
        + letter("<5@x>", BO, ME, AT + timedelta(days=4), "Our spring offers.", subject="News", refs="<1@x>"),
        letter(
            "<6@x>", ME, BO, AT + timedelta(days=5), "The blue one.", subject="Re: Terrace", refs="<2@x> <3@x> <5@x>"
        ),
        letter("<7@x>", BO, ME, AT + timedelta(days=6), "I never got an answer to this.", subject="x", refs="<1@x>"),
    ]
    me = me_from([ME])
    read = [
        parse(mail, key=str(number), role=Role.SENT if number in {0, 5} else Role.INBOX)
        for number, mail in enumerate(raw)
    ]
    threads = gather(mails_with_origin(read, Door(me.keys)))
    assert heard(threads, me) == ["Or the blue one.", "The red one."]
    assert learn(threads).tongue("en").others.texts == 2
    monkeypatch.setattr(writing, "MOST_RECEIVED", 1)
    assert heard(reversed(threads), me) == ["Or the blue one."]


def heard(threads: Iterable[Thread], me: Me) -> list[str]:
    found = Received()
    for thread in threads:
        found.add(thread)
    return [text.strip() for text in found.texts()]


def letters_of_ours(marked: Sequence[bool]) -> list[bytes]:
    """Follow-ups as they lie in Sent, with our mark or without it."""
    return [
        (b"X-Relance-Id: 0123456789abcdef\r\n" if mark else b"")
        + letter(
            f"<ours{number}@example.org>", ME, BO, AT + timedelta(days=number % 90),
            f"Dear Bo,\n\nI am writing once more, number {number}: which one should it be?\n\nYours sincerely,\nNoor",
            subject=f"Offer {number}",
        )
        for number, mark in enumerate(marked)
    ]  # fmt: skip


def test_two_hundred_letters_of_its_own_leave_the_voice_as_it_is() -> None:
    texts = [f"Hi Bo,\n\n{words} Any news on the {words.split()[1]}?\n\nTa,\nNoor" for words in OWN]
    typed = [
        letter(f"<own{n}@example.org>", ME, BO, AT + timedelta(days=n), text, subject=f"{n}")
        for n, text in enumerate(texts)
    ]
    ours = letters_of_ours([number % 2 == 0 for number in range(200)])
    names = frozenset(f"<ours{number}@example.org>" for number in range(200))
    alone, beside = (
        gather(
            mails_with_origin(
                [parse(raw, key=str(n), role=Role.SENT) for n, raw in enumerate(raws)], Door(me_from([ME]).keys)
            )
        )
        for raws in (typed, [*typed, *ours])
    )
    fed = replace(learn(beside, names), left_out={})
    assert fed == replace(learn(alone), left_out={})
    assert learn(alone).mails == len(OWN)
    assert learn(beside).mails > len(OWN), "without their names those that lost their mark would count"


def test_what_was_ever_to_leave_is_known_by_name_and_by_mark(private_home: Path, clock: Ticking) -> None:
    home = small_home(private_home, clock)
    put(home.store, message_id="<left@example.org>", token="feedfacefeedface")
    with home.store.read() as connection:
        known = written_here(connection)
    home.close()
    marked = parse(b"X-Relance-Id: feedfacefeedface\r\nMessage-ID: <new@server.example>\r\n\r\nHi", key="1")
    named = parse(b"Message-ID: <left@example.org>\r\n\r\nHi", key="2")
    assert known.has(marked) and known.has(named)
    assert not known.has(parse(b"Message-ID: <by-hand@example.org>\r\n\r\nHi", key="3"))
