"""A second process may take half of the work of `try`, and never changes what comes out of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.trying import second_process, trial
from agent.trying.second_process import Helper
from tests.peers.generate import mails

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ME = trial.me_from(["me@example.org"])
Outcome = list[tuple[object, ...]]


@pytest.fixture
def big(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mailbox that counts as large, with a copy of a mail that has no id at either end."""
    monkeypatch.setattr(second_process, "WORTH_IT", 10)
    monkeypatch.setattr(second_process, "BATCH", 7)
    nameless = b"From: me@example.org\nTo: ann@org1.example\nSubject: a\n\nCould you look?\n"
    letters = [raw.replace(b"\r\n", b"\n") for raw in mails(3, 60, attachment=200)]
    file = tmp_path / "big.mbox"
    line = b"From a@b Thu Jan  1 00:00:00 2026\n"
    file.write_bytes(b"".join(line + raw + b"\n\n" for raw in (nameless, *letters, nameless)))
    return file


def outcome(file: Path, by: Helper | None) -> Outcome:
    threads = trial.threads_of(file, ME, None, by)
    tried = list(trial.run(threads, ME, trial.TrialWishes(now=NOW, helper=by)))
    keys = [tuple(mail.key for mail in thread.mails) for thread in threads]
    return [*keys, *[(found.judged.summary, found.judged.verdict, found.judged.due) for found in tried]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("start", "helps"),
    [
        (second_process.START, True),
        ("raise SystemExit(1)", False),
        ("import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\5[1,2]'); sys.stdout.flush(); sys.stdin.read()", False),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\xff\\xff\\xff'); sys.stdout.flush(); sys.stdin.read()", False),
    ],
)
def test_whatever_the_other_process_does_the_verdicts_are_the_same(
    start: str, helps: bool, big: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_process, "START", start)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    by = Helper()
    try:
        assert outcome(big, by) == outcome(big, None)
        assert by.working is helps
    finally:
        by.close()


def test_a_small_mailbox_or_a_single_processor_starts_no_process(big: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    alone = Helper()
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(second_process, "WORTH_IT", 1000)
    little = Helper()
    assert outcome(big, alone) == outcome(big, little)
    assert not alone.working
    assert not little.working
