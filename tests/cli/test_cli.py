"""What a stranger types, and the sentence that comes back."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import click
import pytest

from agent.errors import Exit
from agent.paths import Places
from agent.store.base.audit import Event
from agent.store.base.engine import Store
from providers.base import SignInNeeded
from tests.cli.run import relance
from tests.rows import followup
from tests.store.test_audit import tamper

ACCOUNT = """
[[account]]
name = "work"
provider = "imap"
address = "sam@example.org"
[account.imap]
host = "127.0.0.1"
port = 1
security = "none"
password = { env = "MAIL_PASSWORD" }
"""


@pytest.fixture
def configured(private_home: Path) -> Path:
    private_home.mkdir(parents=True, exist_ok=True)
    (private_home / "config.toml").write_text("")
    return private_home


def test_without_a_config_the_next_step_is_named() -> None:
    for words in (["status"], ["list"], ["sync"], ["audit", "list"]):
        ran = relance(*words)
        assert ran.code == 2, words
        assert "relance setup" in ran.err
        assert ran.out == ""


def test_an_unknown_command_names_the_nearest() -> None:
    ran = relance("statu")
    assert ran.code == 2
    assert "Did you mean 'status'" in ran.err


def test_a_damaged_config_names_file_line_and_key(configured: Path) -> None:
    (configured / "config.toml").write_text("[gate]\nlevle = 'manual'\n")
    ran = relance("status")
    assert ran.code == 2
    assert "config.toml, line 2" in ran.err
    assert "'level'" in ran.err


def test_another_config_file_is_used_when_named(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('[gate]\nlevel = "copilot"\n')
    ran = relance("--config", str(tmp_path / "other.toml"), "config", "check")
    assert ran.code == 0
    assert "level copilot" in ran.out


def test_status_on_an_empty_home_says_what_to_do(configured: Path) -> None:
    ran = relance("status")
    assert ran.code == 0
    assert "relance setup" in ran.out


def test_status_json_has_the_contract_s_names(configured: Path) -> None:
    (configured / "config.toml").write_text(ACCOUNT)
    document = json.loads(relance("status", "--json").out)
    assert document["schema"] == 1
    assert set(document) >= {"accounts", "counts", "daemon", "paused"}
    assert set(document["accounts"][0]) >= {
        "name",
        "provider",
        "last_sync",
        "last_look",
        "health",
        "messages",
        "threads",
    }
    assert document["daemon"] == {"alive": False, "pid": None}


def test_lists_have_an_empty_state(configured: Path) -> None:
    assert "No follow-ups yet" in relance("list").out
    assert "log is empty" in relance("audit", "list").out
    assert relance("list", "--json").out == ""


def test_an_unreachable_host_is_temporary(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (configured / "config.toml").write_text(ACCOUNT)
    monkeypatch.setenv("MAIL_PASSWORD", "x")
    ran = relance("sync")
    assert ran.code == 4
    assert "127.0.0.1" in ran.err


def test_a_missing_secret_asks_for_sign_in(configured: Path) -> None:
    (configured / "config.toml").write_text(ACCOUNT)
    ran = relance("sync")
    assert ran.code == 3
    assert "MAIL_PASSWORD" in ran.err


def test_a_second_instance_is_refused_with_its_own_code(configured: Path, where: Places) -> None:
    from agent.lock import held

    (configured / "config.toml").write_text(ACCOUNT)
    with held(where.lock, "sync"):
        ran = relance("sync")
    assert ran.code == 75
    assert str(os.getpid()) in ran.err


def test_a_damaged_database_is_one_sentence(configured: Path, where: Places) -> None:
    relance("list")
    where.database.write_bytes(b"nonsense " * 2000)
    for words in (["list"], ["status"], ["audit", "verify"]):
        ran = relance(*words)
        assert ran.code == 1, words
        assert "damaged" in ran.err


def test_audit_verify_speaks_in_exit_codes(configured: Path, store: Store) -> None:
    assert relance("audit", "verify").code == 0
    with store.write() as change:
        change.record(Event("touch.queued"), Event("touch.sent"))
    assert relance("audit", "verify").code == 1
    store.anchor()
    ran = relance("audit", "verify", "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["rows"] == 2
    tamper(store, "UPDATE event SET code = 'x' WHERE seq = 1")
    ran = relance("audit", "verify")
    assert ran.code == 6
    assert "BROKEN at 1" in ran.out
    assert "Not proven" in ran.out


def test_audit_rows_come_as_json_lines(configured: Path, store: Store, tmp_path: Path) -> None:
    with store.write() as change:
        change.record(Event("touch.queued", object="followup:1", from_state="drafted", to_state="approved"))
    (line,) = relance("audit", "list", "--json").out.splitlines()
    assert {"schema", "seq", "at", "actor", "event", "object", "from", "to", "hash"} <= set(json.loads(line))
    assert relance("audit", "export", "--to", str(tmp_path / "log.jsonl")).code == 0
    assert stat.S_IMODE((tmp_path / "log.jsonl").stat().st_mode) == 0o600


def test_backup_and_restore_go_together(configured: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert relance("backup", "--to", str(copy)).code == 0
    ran = relance("restore", str(copy), "--yes")
    assert ran.code == 0
    assert "paused" in ran.err
    assert relance("restore", str(copy), stdin="n\n").code == 130
    assert relance("restore", str(tmp_path / "none.db"), "--yes").code == 2


def test_forget_wants_an_address_and_a_yes(configured: Path) -> None:
    assert relance("forget", "Ann").code == 2
    assert relance("forget", "ann@x.example", stdin="n\n").code == 130
    ran = relance("forget", "ann@x.example", "--yes")
    assert ran.code == 0
    assert "Removed 0 mails" in ran.out


def test_doctor_has_one_line_per_check(configured: Path) -> None:
    ran = relance("doctor", "--json")
    checks = [json.loads(line) for line in ran.out.splitlines()]
    assert {check["name"] for check in checks} >= {"python", "names", "config", "disk", "secrets", "store"}
    assert all(check["state"] in {"ok", "warn", "fail"} for check in checks)


def test_nothing_is_coloured_when_piped(configured: Path) -> None:
    assert "\x1b" not in relance("doctor").out + relance("--help").out


@pytest.mark.parametrize(("terminal", "plain"), [(True, ""), (True, "1"), (False, "")])
def test_bold_is_for_terminals_that_did_not_ask_for_plain_text(
    terminal: bool, plain: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from agent.cli import exit_codes, output

    monkeypatch.setenv("NO_COLOR", plain)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    output.table([("1", "x")], ("id", "why"))
    exit_codes.say("No.", "", Exit.FAILED)
    written = "".join(capsys.readouterr())
    assert ("\x1b[1m" in output.bold("id") + output.bold("id", err=True)) == (terminal and not plain)
    assert terminal or "\x1b" not in written
    assert not plain or "\x1b" not in written


@pytest.mark.parametrize("said", ["Sign in again: `relance setup`.", "The server wants a password."])
def test_the_way_to_sign_in_again_is_said_once(said: str, capsys: pytest.CaptureFixture[str]) -> None:
    from agent.cli import exit_codes

    assert exit_codes.end(SignInNeeded(said)) == Exit.SIGN_IN
    assert capsys.readouterr().err.count("relance setup") == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed(shell: str) -> None:
    assert "_RELANCE_COMPLETE" in relance("completion", shell).out


def test_files_are_private(configured: Path, where: Places) -> None:
    relance("list")
    for file in [*where.data.rglob("*"), *where.state.rglob("*")]:
        assert not stat.S_IMODE(file.stat().st_mode) & 0o077, file


def test_a_long_reason_is_cut_only_where_a_terminal_ends(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent.cli import output

    rows = [("1", "漢字", "because " * 30)]
    output.table(rows, ("id", "who", "why"))
    assert "because " * 29 in capsys.readouterr().out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    output.table(rows, ("id", "who", "why"))
    head, line = capsys.readouterr().out.splitlines()
    assert line.endswith("…")
    assert click.unstyle(head).index("why") == line.index("because") + 2, "wide letters take two columns"


def test_a_question_that_nobody_answers_is_no_interruption(configured: Path) -> None:
    ran = relance("forget", "ann@x.example")
    assert ran.code == 2
    assert "nobody is there to answer" in ran.err


@pytest.mark.parametrize("words", [
    ("approve", "99"), ("edit", "99", "--body-file", "-"), ("redo", "99"), ("snooze", "99", "3d"), ("skip", "99"),
    ("stop", "99"), ("undo", "99"), ("settle", "99", "cancel"), ("show", "99"), ("approve", "x"),
])  # fmt: skip
def test_a_number_that_is_not_there_is_named_by_every_verb(configured: Path, words: tuple[str, ...]) -> None:
    ran = relance(*words, stdin="Hello")
    assert ran.code == 2, ran.err
    assert f"There is no follow-up {words[1]!r}" in ran.err


def test_an_editor_is_not_started_where_nobody_sees_it(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from agent.store.shown import views

    monkeypatch.setattr(views, "one", lambda *_: followup(id=1))
    ran = relance("edit", "1")
    assert ran.code == 2
    assert "--body-file" in ran.err


def test_the_level_of_one_scope_says_where_it_comes_from(configured: Path) -> None:
    relance("level", "acme.example", "autopilot", "--yes-raise")
    assert relance("level", "ann@acme.example").out.split("\n")[0] == (
        "autopilot  person:ann@acme.example, as set for domain:acme.example"
    )
    assert "manual" in relance("level", "label:friends").out
    assert relance("level", "nonsense").code == 2


def test_raising_without_a_terminal_names_the_option(configured: Path) -> None:
    assert "--yes-raise" in relance("level", "default", "copilot").err


def test_without_a_command_voice_and_audit_show_what_there_is(configured: Path) -> None:
    assert json.loads(relance("voice", "--json").out)["schema"] == 1
    rows = relance("audit", "--json").out.splitlines()
    assert json.loads(rows[0])["schema"] == 1
    assert relance("audit", "--json", "verify").code == 2


def test_a_missing_config_is_said_once_and_leaves_no_key(private_home: Path) -> None:
    said = relance("doctor").out
    assert said.count("There is no config file") == 1
    relance("list")
    assert not private_home.exists()


def test_a_strange_address_and_a_file_that_is_no_mail_are_asked_about(tmp_path: Path) -> None:
    letters = tmp_path / "box.mbox"
    letters.write_text("From x\nFrom: Ann <ann@x.example>\nTo: sam@o.example\nMessage-ID: <1@x.example>\n\nHello\n\n")
    asked = "No mail in it was sent by other@o.example"
    assert asked in relance("try", str(letters), "--me", "other@o.example").err
    assert relance("try", str(letters), "--me", "Ann@x.example").err == ""
    assert "no mail at all" in relance("inspect", __file__).err
    assert "no mail at all" not in relance("inspect", str(letters)).err


def test_a_mail_without_a_date_came_now(tmp_path: Path) -> None:
    file = tmp_path / "away.eml"
    file.write_text("From: Ann <ann@x.example>\nTo: sam@o.example\nSubject: Away\n\nI am away until 3 December.\n")
    said = json.loads(relance("inspect", str(file), "--now", "2026-11-20", "--json").out)
    assert (said["meaning"], said["until"]) == ("away", "2026-12-04")
