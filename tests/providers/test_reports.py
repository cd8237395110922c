"""Reports that break their reader: nobody is named as failed, and nothing is printed."""

from __future__ import annotations

import email
import subprocess
import sys
import time

import pytest
from flufl import bounce

from providers.mail import mime, reports

HOSTILE = {
    "mailer": b"From: MAILER-DAEMON@x.example\nX-Mailer: text/plain; charset=\xc3\xbf\n\n<a@b>: gone",
    "encoding": b"From: MAILER-DAEMON@x.example\nContent-Transfer-Encoding: \xff\n\nHi. This is the qmail\n<a@b>:",
    "addresses": b"From: MAILER-DAEMON@x.example\n\n----- The following addresses\n\xc3\xa9@x.example",
    "nothing": b"",
}
RAISED = [ValueError, LookupError, AttributeError, OSError, ArithmeticError, RuntimeError, MemoryError, Exception]


def read(raw: bytes) -> list[str]:
    return reports.from_words({"from": ["MAILER-DAEMON@x.example"]}, "", raw)


def test_there_are_reports_its_reader_fails_on() -> None:
    failures = []
    for raw in HOSTILE.values():
        try:
            bounce.all_failures(email.message_from_bytes(raw))
        except Exception as problem:
            failures.append(type(problem))
    assert failures


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_report_names_nobody_and_prints_nothing(name: str) -> None:
    words = f"from tests.providers import test_reports as t; print(t.read(t.HOSTILE[{name!r}]))"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


@pytest.mark.parametrize("kind", RAISED)
def test_whatever_its_reader_raises_names_nobody(kind: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(message: object) -> None:
        raise kind("inside")

    monkeypatch.setattr(bounce, "all_failures", raises)
    assert read(b"From: MAILER-DAEMON@x.example\n\nx") == []


@pytest.mark.parametrize("found", [None, {"text"}, {3}, 7])
def test_an_answer_of_another_kind_names_nobody(found: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounce, "all_failures", lambda message: ((), found))
    assert read(b"From: MAILER-DAEMON@x.example\n\nx") == []


@pytest.mark.parametrize("head", ["", "Content-Type: multipart/report; boundary=x\n\n--x\n"], ids=["text", "report"])
def test_no_text_in_the_name_of_a_mail_server_takes_a_second_to_read(head: str) -> None:
    pieces = (
        ",",
        "a,",
        "()",
        "<a@b>",
        "a@b.c ",
        "a@b.c\n",
        "\n\n",
        " \n",
        "--x\n",
        "550 \n",
        "," * 990 + "\n",
        "Action: failed\n\n",
    )
    for piece in pieces:
        started = time.process_time()
        mime.parse(f"From: MAILER-DAEMON@x.example\n{head}\n{(piece * 200_000)[:200_000]}".encode())
        assert time.process_time() - started < 1, piece
