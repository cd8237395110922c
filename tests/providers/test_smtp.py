"""The sending client against a server that misbehaves at every step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from providers.base import Letter, NotSent, ProviderError, Receipt, Sender, SignInNeeded, Unknown, Unreachable
from providers.kits import SenderContract, plain_letter
from providers.senders import MemorySender, SmtpSender
from providers.smtp import sender as smtp
from tests.peers.smtp_faults import CASES, FaultServer, fault_server

RAW = b"From: sam@y.example\r\nSubject: x\r\n\r\nHello\r\n.dot\r\n..two\r\n"
LETTER = Letter("<m@y.example>", "m", "sam@y.example", ("ann@x.example", "bob@x.example"), RAW)


def at(server: FaultServer, **changes: object) -> smtp.Server:
    values = {"user": "sam", "secret": lambda: "pw", "seconds": 1.0, "last_seconds": 0.5, **changes}
    return smtp.Server("127.0.0.1", server.port, "none", **values)  # type: ignore[arg-type]


def outcome(server: smtp.Server, letter: Letter = LETTER) -> tuple[str, int]:
    commits = 0

    def commit() -> None:
        nonlocal commits
        commits += 1

    try:
        SmtpSender(server).send(letter, commit)
    except Unknown:
        return "unknown", commits
    except (NotSent, SignInNeeded, Unreachable):
        return "not_sent", commits
    return "sent", commits


@pytest.mark.parametrize("case", CASES)
def test_the_client_knows_how_far_it_came(case: str) -> None:
    stored, wanted = CASES[case]
    with fault_server(case) as server:
        said, commits = outcome(at(server))
        assert said == wanted
        assert len(server.taken) == int(stored)
        assert server.connections == 1
        # Whatever may have been taken was committed to before.
        assert commits == int(said in {"sent", "unknown"} or case in {"data_451", "data_drop", "dot_550"})


def test_no_outcome_is_called_not_sent_when_the_server_took_it() -> None:
    assert not [case for case, (stored, said) in CASES.items() if stored and said == "not_sent"]
    assert len(CASES) >= 18


def test_all_recipients_or_none() -> None:
    with fault_server("rcpt_second_550") as server:
        outcome(at(server))
        assert not [line for line in server.commands if line.startswith(b"DATA")]
        assert b"RSET\r\n" in server.commands


def test_a_commit_that_fails_sends_nothing() -> None:
    class Stop(Exception):
        pass

    def commit() -> None:
        raise Stop

    with fault_server() as server:
        with pytest.raises(Stop):
            SmtpSender(at(server)).send(LETTER, commit)
        assert server.taken == []
        assert not [line for line in server.commands if line.startswith(b"DATA")]


def test_the_bytes_arrive_as_they_are() -> None:
    with fault_server() as server:
        assert outcome(at(server)) == ("sent", 1)
        assert server.taken == [("sam@y.example", ["ann@x.example", "bob@x.example"], RAW)]


@pytest.mark.parametrize("address", ['"a\rb"@x.y', "a@b.c,d@e.f", "a@x.example> SIZE=1", "a@x.example\r\nDATA", ""])
def test_an_envelope_that_could_be_misread_never_reaches_the_server(address: str) -> None:
    with fault_server() as server:
        letter = Letter("<m@y.example>", "m", "sam@y.example", (address,), RAW)
        assert outcome(at(server), letter) == ("not_sent", 0)
        assert server.connections == 0


@pytest.mark.parametrize("raw", [b"x\n.\r\n", b"x\r.\r\n", b"a\0b\r\n", b"no end"])
def test_loose_line_ends_never_reach_the_server(raw: bytes) -> None:
    with fault_server() as server:
        letter = Letter("<m@y.example>", "m", "sam@y.example", ("ann@x.example",), raw)
        assert outcome(at(server), letter) == ("not_sent", 0)
        assert server.connections == 0


def test_without_encryption_only_this_machine_is_reached() -> None:
    with pytest.raises(NotSent, match="encryption"):
        smtp.send(smtp.Server("mail.example.org", 25, "none"), LETTER, lambda: None)


def test_a_server_that_asks_for_slowness_is_left_alone_for_an_hour() -> None:
    with fault_server("banner_421") as server, pytest.raises(ProviderError) as caught:
        smtp.send(at(server), LETTER, lambda: None)
    assert caught.value.retry_after == smtp.SLOW_DOWN


def test_a_token_signs_in() -> None:
    with fault_server() as server:
        assert outcome(at(server, token=True)) == ("sent", 1)
        assert any(line.startswith(b"AUTH XOAUTH2 ") for line in server.commands)


def test_what_a_server_says_is_made_harmless() -> None:
    assert "\x1b" not in smtp.readable(b"\x1b]0;pwn\x07")
    assert len(smtp.readable(b"y" * 9999)) == 200


def test_microsoft_tells_the_id_it_chose() -> None:
    server = smtp.Server("smtp.office365.com", 587, "starttls")
    receipt = smtp._judge(250, b"2.0.0 OK <AB1@x.prod.outlook.com> [Hostname=AB1]", server, LETTER)
    assert receipt.message_id == "<AB1@x.prod.outlook.com>"
    plain = smtp.Server("smtp.example.org", 587, "starttls")
    assert smtp._judge(250, b"ok <other@x.example>", plain, LETTER).message_id == "<m@y.example>"


class SmtpPosting:
    def __init__(self, server: FaultServer) -> None:
        self.letter = plain_letter()
        self._server = server

    def sender(self) -> Sender:
        return SmtpSender(at(self._server))

    def taken(self) -> int:
        return len(self._server.taken)

    def refuse(self) -> None:
        self._server.case = "dot_550"

    def lose_answer(self) -> None:
        self._server.case = "dot_drop_after_store"


class TestSmtpSender(SenderContract):
    @pytest.fixture
    def posting(self) -> Iterator[SmtpPosting]:
        with fault_server() as server:
            yield SmtpPosting(server)


class MemoryPosting:
    def __init__(self) -> None:
        self.letter = plain_letter()
        self._taken: list[Letter] = []
        self._before: ProviderError | None = None
        self._after: ProviderError | None = None

    def sender(self) -> Sender:
        return MemorySender(self._deliver)

    def _deliver(self, letter: Letter) -> Receipt:
        if self._before is not None:
            raise self._before
        self._taken.append(letter)
        if self._after is not None:
            raise self._after
        return Receipt("memory", letter.message_id)

    def taken(self) -> int:
        return len(self._taken)

    def refuse(self) -> None:
        self._before = NotSent("no", permanent=True)

    def lose_answer(self) -> None:
        self._after = Unknown("lost")


class TestMemorySender(SenderContract):
    @pytest.fixture
    def posting(self) -> MemoryPosting:
        return MemoryPosting()
