"""No command prints a character that steers a terminal or hides, as text or as JSON, whatever the mailbox holds."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import mailbox
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from agent.cli import cli
from agent.cli.showing.figures import _cell
from agent.common.home import Home
from agent.store.shown import views
from tests.cli.hostile_home import HOSTILE, hostile_home, hostile_mail
from tests.cli.run import Ran, relance
from tests.conftest import Ticking

BAD = frozenset("\u034f\u115f\u1160\u3164\uffa0")
WORDS: dict[str, list[list[str]]] = {
    "status": [[]], "list": [[], ["--threads"], ["--state", HOSTILE], ["--reason", HOSTILE]], "show": [["ID"], [HOSTILE]],
    "why": [["ID"], [HOSTILE], ["<h1@evil.example>"]], "plans": [[]], "plans jobs": [[]], "plans new": [[HOSTILE]], "plans test": [["sales"], [HOSTILE]], "stats": [[]], "languages": [[]], "doctor": [[]], "version": [[]],
    "export": [[], ["--format", "csv"]], "audit": [[]], "audit list": [[]], "audit verify": [[]],
    "audit export": [[], ["--anchor"]], "voice": [[]], "voice show": [[]], "voice build": [[]], "voice check": [[]],
    "voice question": [["ID"]], "voice forget": [[HOSTILE]], "level": [[], [f"person:{HOSTILE}"]], "config check": [[]],
    "config path": [[]], "config secret": [["nothing"]], "completion": [["bash"]], "service status": [[]],
    "service install": [["--print"]], "enroll": [["bo@lund.example"], [HOSTILE]], "settle": [["ID", "sent"]],
    "signal": [["bo@lund.example", HOSTILE], [HOSTILE, "word"]], "edit": [["ID", "--subject", HOSTILE]],
    "redo": [["ID", "--say", HOSTILE]], "snooze": [["ID", "3d"], ["ID", HOSTILE]], "approve": [["ID"], [HOSTILE]],
    "undo": [["ID"]], "pause": [[HOSTILE], []], "resume": [[HOSTILE], []], "skip": [["ID"]], "stop": [["ID"]],
    "inspect": [["MAIL"], [HOSTILE]], "try": [["MBOX", "--me", "noor@example.org", "--drafts", "--no-model"]],
    "sync": [["--account", HOSTILE], []], "run": [["--once"]], "forget": [[HOSTILE, "--yes"], ["eve0@evil.example", "--yes"]],
    "backup": [["--to", "COPY"]], "restore": [[HOSTILE]],
    "hook": [[]], "owed": [[]], "quiet": [[], ["--weeks", HOSTILE], ["--weeks", "1"]], "import": [["ROWS", "--yes"], ["ROWS", "--dry-run"], [HOSTILE]],
}  # fmt: skip
ELSEWHERE = {
    "demo": "it brings its own mailbox", "setup": "it asks a terminal", "service remove": "it changes the machine",
}  # fmt: skip


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from leaves(found, (*path, name))
    if path and (not isinstance(command, click.Group) or command.invoke_without_command):
        yield " ".join(path), command


LEAVES = dict(leaves(cli))


def bad(text: str) -> list[str]:
    """The characters nobody may print."""
    return sorted({
        f"U+{ord(letter):04X}" for letter in text
        if letter not in "\n\t" and (letter in BAD or unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    })  # fmt: skip


@pytest.fixture
def home(private_home: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    with hostile_home(private_home, clock) as made:
        monkeypatch.setattr(Home, "usual", classmethod(lambda _cls, _file=None: made))
        yield made


def first(home: Home) -> str:
    with home.store.read() as connection:
        return str(connection.exec_driver_sql("SELECT min(id) FROM followup").scalar_one())


def asked(home: Home, words: list[str], folder: Path, clock: Ticking) -> list[str]:
    """The words of a command, with the files and numbers of this home in them."""
    (folder / "one.eml").write_bytes(hostile_mail(1, clock))
    lines = b"".join(b"From x Mon Nov 16 10:00:00 2026\n" + hostile_mail(number, clock) + b"\n" for number in range(3))
    (folder / "box.mbox").write_bytes(lines)
    (folder / "rows.csv").write_text(
        f'address,plan,about\n"{HOSTILE}",sales,x\nbo@lund.example,"{HOSTILE}",x\nbo@lund.example,sales,"{HOSTILE}"\n'
    )
    names = {
        "ROWS": str(folder / "rows.csv"), "ID": first(home), "MAIL": str(folder / "one.eml"), "MBOX": str(folder / "box.mbox"),
        "COPY": str(folder / "copy.db"),
    }  # fmt: skip
    return [names.get(word, word) for word in words]


def clean(ran: Ran, words: list[str]) -> None:
    said = ran.out.replace("\r\n", "\n")
    assert not bad(said), (words, "stdout", bad(said))
    assert not bad(ran.err), (words, "stderr", bad(ran.err))
    assert "Traceback" not in ran.err


def test_every_command_is_walked() -> None:
    assert set(LEAVES) == set(WORDS) | set(ELSEWHERE)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(WORDS))
def test_no_command_prints_what_steers_or_hides(name: str, home: Home, tmp_path: Path, clock: Ticking) -> None:
    command = LEAVES[name]
    for words in WORDS[name]:
        given = [*name.split(), *asked(home, words, tmp_path, clock)]
        if any(option.name == "as_json" for option in command.params):
            ran = relance(*given, "--json")
            clean(ran, given)
            for line in ran.out.splitlines():
                json.loads(line)
        clean(relance(*given), given)


def test_json_keeps_the_value(home: Home) -> None:
    (told,) = [json.loads(line) for line in relance("list", "--json").out.splitlines()]
    assert told["subject"] == HOSTILE
    assert json.loads(relance("why", first(home), "--json").out)["evidence"] == HOSTILE + "\ud800"


@pytest.mark.parametrize(
    "value", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "＋1", "－1", "＠x", "\r=1", "\n=1", "'a", "%1", "|x"]
)
def test_a_cell_is_no_formula_and_gives_its_value_back(value: str) -> None:
    cell = _cell(value)
    assert cell[0] in "'\\"
    assert json.loads('"' + cell.removeprefix("'").replace("\t", "\\t").replace("\n", "\\n") + '"') == value


@pytest.mark.parametrize("value", ["plain", "<a@b>", "a=b", 5, None, "Ärger"])
def test_other_cells_stay_as_they_are(value: object) -> None:
    assert _cell(value) == value


def test_a_csv_of_hostile_words_is_defused_and_quoted(home: Home) -> None:
    with home.store.write() as change:
        change.connection.exec_driver_sql("UPDATE followup SET subject = '=cmd()', evidence = 'a;=cmd()'")
    text = relance("export", "--format", "csv").out
    (row,) = list(csv.DictReader(io.StringIO(text)))
    assert row["subject"] == "'=cmd()"
    assert '"a;=cmd()"' in text


def test_a_line_that_begins_another_mail_stays_in_its_mail(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = b"From: a@b.c\r\nTo: d@e.f\r\n\r\nHi\r\nFrom eve@evil.example Mon Nov 16 10:00:00 2026\r\nBcc: x\r\n"
    monkeypatch.setattr(views, "sent_letters", lambda _connection: [raw, raw])
    assert relance("export", "--format", "mbox", "--to", str(tmp_path / "sent.mbox")).code == 0
    with contextlib.closing(mailbox.mbox(tmp_path / "sent.mbox")) as box:
        assert [mail["From"] for mail in box] == ["a@b.c", "a@b.c"]
        assert all(b">From eve" in bytes(mail) for mail in box)
