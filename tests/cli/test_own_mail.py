"""`setup` and `doctor` say how the user's own mail is known, and what follows where it is not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from agent.cli.setting_up.first_look import without_sent
from agent.common.home import Home
from agent.doctor import examine
from agent.judging.judge import judge_changed
from agent.mailboxes.sync import sync_account
from agent.paths import places
from agent.store.mail import origins
from providers.base import Role
from providers.local.memory import MemoryServer
from tests.agent.small import BO, CONFIG, ME, letter
from tests.conftest import Ticking

pytestmark = pytest.mark.slow


@pytest.fixture
def home(private_home: Path, clock: Ticking) -> Home:
    private_home.mkdir(parents=True)
    (private_home / "config.toml").write_text(CONFIG)
    made = Home(places(), clock=clock, keyring=False)
    made.servers["home"] = MemoryServer(clock)
    return made


def read(home: Home) -> None:
    sync_account(home, home.config.account[0])
    judge_changed(home)


def lines(home: Home) -> list[str]:
    return [f"{check.state} {check.words}" for check in examine(home) if check.name == "own mail home"]


def test_without_a_sent_folder_both_say_what_follows(home: Home, clock: Ticking) -> None:
    home.servers["home"].deliver(
        letter("<1@x>", ME, BO, clock(), "Could you look?", subject="Terrace"), role=Role.OTHER
    )
    read(home)
    assert "nothing can be followed up" in without_sent(home, "home")
    warned, known = lines(home)
    assert warned.startswith("warn No mail of yours")
    assert known == "ok no server is known to vouch; 1 claimed"
    home.servers["home"].deliver(letter("<2@x>", ME, BO, clock(), "Could you look?", subject="Gate"), role=Role.SENT)
    read(home)
    assert without_sent(home, "home") == ""
    assert lines(home) == ["ok no server is known to vouch; 1 sent, 1 claimed"]
    home.close()


def test_an_own_server_is_learned_from_mail_and_shown_with_its_evidence(home: Home, clock: Ticking) -> None:
    server, me = home.servers["home"], ME
    for number in range(24):
        person, at = f"p{number}@x{number % 6}.example", clock() - timedelta(days=40 + number)
        asked, answer = f"<a{number}@example.org>", f"<b{number}@x.example>"
        server.deliver(
            letter(asked, me, person, at, f"Could you send {number}?", subject="x"), role=Role.SENT, received=at
        )
        head = f"Authentication-Results: mx.example.org; dmarc=pass header.from=x{number % 6}.example\r\n".encode()
        server.deliver(head + letter(answer, person, me, at, "Here.", subject="Re: x", refs=asked), received=at)
    shown = f"Authentication-Results: mx.example.org; dkim=pass header.d=example.org; spf=pass smtp.mailfrom={ME}\r\n"
    copy = shown.encode() + b"Delivered-To: x\r\n"
    server.deliver(copy + letter("<bcc@example.org>", me, BO, clock(), "Could you look?", subject="Gate"))
    read(home)
    judge_changed(home)
    assert lines(home) == ["ok mx.example.org vouches (learned from 24 mails of 6 organisations); 24 sent, 1 proven"]
    plain = letter("<c@x0.example>", "p0@x0.example", me, clock(), "And this?", subject="y")
    server.deliver(plain)
    read(home)
    with home.store.read() as connection:
        assert origins.counted(connection, 1) == {"sent": 24, "claimed": 1}, "one mail without it is enough to doubt"
    home.close()
