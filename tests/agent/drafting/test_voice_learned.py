"""The voice learned from the store knows how other people write, as counts of letters and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.decide.threads.origin import Door, told
from agent.decide.threads.threads import Thread, gather
from agent.decide.values import Me
from agent.drafting import writing
from agent.drafting.draft import PROFILE, learn_voice, profile_of
from agent.drafting.writing import Received, learn
from agent.store.base import settings
from agent.trying.trial import me_from
from providers.base import Role
from providers.mail.mime import parse
from tests.agent.small import BO, ME, letter, small_home
from tests.conftest import Ticking

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
    threads = gather(told(read, Door(me.keys)))
    assert heard(threads, me) == ["Or the blue one.", "The red one."]
    assert learn(threads).tongue("en").others.texts == 2
    monkeypatch.setattr(writing, "MOST_RECEIVED", 1)
    assert heard(reversed(threads), me) == ["Or the blue one."]


def heard(threads: Iterable[Thread], me: Me) -> list[str]:
    found = Received()
    for thread in threads:
        found.add(thread)
    return [text.strip() for text in found.texts()]
