"""An account whose provider comes from another package: read like the others, sent from by the config's word alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.common.home import Home
from agent.common.person import servers_named
from agent.config import parse
from agent.errors import ConfigError
from agent.mailboxes import foreign, signins
from agent.mailboxes.accounts import open_mailbox, open_watcher
from agent.running.desk_setup import desk_for, sender_for
from providers.base import Mailbox, NotSent, ProviderError, Unknown
from tests.cli.run import relance
from tests.peers.fake_letters import Committed, letter
from tests.peers.smtp_faults import fault_server
from tests.providers.other_package import ENTRY, GOOD, Shelf, forget

OTHER = (
    '\n[[account]]\nname = "old"\nprovider = "archive"\naddress = "sam@y.example"\n[account.archive]\npath = "PATH"\n'
)
LEAVE = ENTRY.replace("[account.plugin]", 'sender = "post"\n[account.plugin]')
FILE = Path("config.toml")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    monkeypatch.setenv("POST_TOKEN", "hunter2")
    yield Shelf(tmp_path / "packages", monkeypatch)
    forget()


@pytest.fixture
def config(private_home: Path, tmp_path: Path) -> Path:
    (tmp_path / "mails.mbox").write_bytes(b"From x Mon Mar  2 10:00:00 2026\nFrom: a@b.example\nSubject: x\n\nHello\n")
    private_home.mkdir()
    return private_home / "config.toml"


@pytest.fixture
def here(config: Path) -> Iterator[Home]:
    with Home.usual() as opened:
        yield opened


def written(config: Path, tmp_path: Path, entry: str = ENTRY) -> None:
    config.write_text(entry + OTHER.replace("PATH", str(tmp_path / "mails.mbox")))


def test_its_mailbox_is_opened_with_what_its_entry_says_and_no_more(
    shelf: Shelf, config: Path, tmp_path: Path, here: Home
) -> None:
    module = shelf.put()
    written(config, tmp_path)
    box = open_mailbox(here, here.config.account_named("parcel"))
    assert isinstance(box, Mailbox)
    (opening,) = sys.modules[module].OPENED
    assert (opening.account, opening.address, opening.options) == (
        "parcel", "sam@post.example", {"url": "https://post.example"},
    )  # fmt: skip
    assert opening.secret() == "hunter2"
    assert "hunter2" not in repr(opening)
    assert not hasattr(opening, "home")
    assert open_watcher(here, here.config.account_named("parcel")) is None
    assert relance("sync", "--account", "parcel").code == 0


def test_it_sends_nothing_without_leave(shelf: Shelf, config: Path, tmp_path: Path, here: Home) -> None:
    module = shelf.put()
    written(config, tmp_path)
    account = here.config.account_named("parcel")
    with pytest.raises(ConfigError, match="'post' of 'parcel' may read and not send") as caught:
        sender_for(here, account)
    assert 'sender = "post"' in caught.value.hint
    with pytest.raises(ConfigError):
        desk_for(here).sender("parcel")
    # Not even its code is loaded to find that out.
    assert module not in sys.modules
    assert 'sender = "post"' in signins.lacking(here.config, here.vault.get, "copilot")


def test_it_sends_where_the_config_says_so(shelf: Shelf, config: Path, tmp_path: Path, here: Home) -> None:
    shelf.put()
    written(config, tmp_path, LEAVE)
    commit = Committed()
    sender = sender_for(here, here.config.account_named("parcel"))
    assert sender.send(letter(), commit).evidence == "post"
    assert commit.times == 1
    assert "Nothing can leave" not in signins.lacking(here.config, here.vault.get, "copilot")


def test_a_package_that_sends_unasked_is_not_let_try_again(
    shelf: Shelf, config: Path, tmp_path: Path, here: Home
) -> None:
    shelf.put(GOOD.replace("        commit()\n", ""))
    written(config, tmp_path, LEAVE)
    with pytest.raises(NotSent, match=r"relance-post 0\.3 did not wait for leave") as caught:
        sender_for(here, here.config.account_named("parcel")).send(letter(), Committed())
    assert caught.value.permanent


def test_a_package_that_swallows_a_no_has_not_sent(shelf: Shelf, config: Path, tmp_path: Path, here: Home) -> None:
    swallows = "        try:\n            commit()\n        except ValueError:\n            pass\n"
    shelf.put(GOOD.replace("        commit()\n", swallows))
    written(config, tmp_path, LEAVE)
    with pytest.raises(NotSent):
        sender_for(here, here.config.account_named("parcel")).send(letter(), Committed(ValueError("no")))


def test_a_receipt_that_is_none_leaves_the_outcome_unknown(
    shelf: Shelf, config: Path, tmp_path: Path, here: Home
) -> None:
    shelf.put(GOOD.replace('return Receipt("post", letter.message_id)', "return None"))
    written(config, tmp_path, LEAVE)
    with pytest.raises(Unknown):
        sender_for(here, here.config.account_named("parcel")).send(letter(), Committed())


def test_a_provider_may_leave_sending_to_a_mail_server(shelf: Shelf, config: Path, tmp_path: Path, here: Home) -> None:
    shelf.put(GOOD.replace('sender="NAME:Post"', 'sender="smtp"'))
    with fault_server() as server:
        table = f'[account.smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n'
        written(config, tmp_path, LEAVE + table)
        sender_for(here, here.config.account_named("parcel")).send(letter(), Committed())
        assert len(server.taken) == 1
    written(config, tmp_path, LEAVE)
    here.changed()
    with pytest.raises(ConfigError, match=r"no way to send\. Add a table \[account\.smtp\]"):
        sender_for(here, here.config.account_named("parcel"))


def test_leave_helps_no_package_that_cannot_send(shelf: Shelf, config: Path, tmp_path: Path, here: Home) -> None:
    shelf.put(GOOD.replace('sender="NAME:Post", ', ""))
    written(config, tmp_path, LEAVE)
    with pytest.raises(ConfigError, match=r"no way to send\. The package relance-post 0\.3 cannot send"):
        sender_for(here, here.config.account_named("parcel"))


@pytest.mark.parametrize(("entry", "words"), [
    (LEAVE.replace('sender = "post"', 'sender = "other"'), 'line 6: account.sender: write "post", or leave it out'),
    ('[[account]]\nname="a"\nprovider="memory"\naddress="a@b.example"\nsender="post"\n', '"memory" needs no leave'),
    (ENTRY.replace("url =", "api_token ="), "'api_token' sounds like a secret"),
    (ENTRY.replace('{ env = "POST_TOKEN" }', '"hunter2"'), "plain text is refused"),
])  # fmt: skip
def test_an_entry_that_says_too_much_is_refused(shelf: Shelf, entry: str, words: str) -> None:
    shelf.put()
    with pytest.raises(ConfigError) as caught:
        parse(entry, FILE)
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_nothing_a_package_says_makes_its_mail_more_trusted(shelf: Shelf) -> None:
    shelf.put()
    assert servers_named(parse(ENTRY, FILE)) == {}


BROKEN = ["import no_such_module_anywhere", GOOD.replace("OPENED.append(opening)", "raise KeyError('x')"),
          GOOD.replace("class Box:", "class Box_:").replace("class Post:", "class Box:\n    def __init__(self, o): pass\nclass Post:")]  # fmt: skip


@pytest.mark.parametrize("code", BROKEN, ids=["import", "opening", "no mailbox"])
def test_a_broken_package_stops_its_own_account_alone(
    shelf: Shelf, config: Path, tmp_path: Path, here: Home, code: str
) -> None:
    shelf.put(code)
    written(config, tmp_path)
    for words in (["--help"], ["status"], ["sync", "--account", "old"], ["list"], ["plans"], ["config", "check"]):
        ran = relance(*words)
        assert ran.code == 0, (words, ran.err)
    ran = relance("sync", "--account", "parcel")
    assert ran.code == 2
    first, *hint = ran.err.splitlines()
    assert first.startswith("relance: parcel: The package relance-post 0.3 ")
    assert len(hint) == 1
    with pytest.raises(ConfigError):
        open_mailbox(here, here.config.account_named("parcel"))


def test_a_pass_goes_on_with_the_other_accounts(shelf: Shelf, config: Path, tmp_path: Path) -> None:
    shelf.put()
    shelf.put(BROKEN[0], package="relance-crate", provider="crate")
    crate = ENTRY.replace('"post"', '"crate"').replace('"parcel"', '"box"').replace("sam@post", "sam@crate")
    written(config, tmp_path, crate + ENTRY)
    ran = relance("run", "--once")
    assert "box: did not work (PackageError); box: The package relance-crate 0.3 cannot be used" in ran.err
    assert "Read 1 account, " in ran.out
    # Nobody watches a daemon: what it could not read is said wherever accounts are shown.
    assert ", error\n  box: The package relance-crate 0.3 cannot be used" in relance("status").out


READING = '            yield Page("1")\n'
BREAKS = {
    "reading": (GOOD.replace(READING, f"{READING}            raise KeyError('x')\n"), "KeyError: 'x'"),
    "no page": (GOOD.replace(READING, "            yield {}\n"), "TypeError: its changes are no pages of mails"),
    "leaving": (GOOD.replace(READING, "            raise SystemExit('over')\n"), "SystemExit: over"),
    "closing": (GOOD.replace("        pass\n", "        raise OSError('gone.')\n", 1), "OSError: gone"),
}


@pytest.mark.parametrize(("code", "why"), BREAKS.values(), ids=BREAKS)
def test_a_package_that_breaks_off_is_named_and_the_other_accounts_are_read(
    shelf: Shelf, config: Path, tmp_path: Path, code: str, why: str
) -> None:
    shelf.put(code)
    written(config, tmp_path)
    ran = relance("sync")
    assert (ran.code, ran.err.splitlines()) == (2, [
        "old: 1 new mails.",
        f"relance: parcel: The package relance-post 0.3 broke off: {why}.",
        "         Mend or remove that package, or take the account out of the config.",
    ])  # fmt: skip
    assert doctor("account parcel")[0].startswith(
        f"✗ fail account parcel: parcel: The package relance-post 0.3 broke off: {why}. "
    )
    assert f"broke off: {why}. Mend" in relance("status").out


def test_every_account_that_cannot_be_read_is_named(shelf: Shelf, config: Path, tmp_path: Path) -> None:
    shelf.put(BROKEN[0])
    written(config, tmp_path)
    (tmp_path / "mails.mbox").unlink()
    first, _, second, _ = relance("sync").err.splitlines()
    assert first.startswith("relance: parcel: The package relance-post 0.3 cannot be used")
    assert "mails.mbox" in second


def test_a_check_that_breaks_off_is_said_by_doctor(shelf: Shelf, config: Path, tmp_path: Path) -> None:
    shelf.put(
        GOOD.replace('    yield "Its clock is slow."\n', '    yield "Its clock is slow."\n    raise KeyError("x")\n')
    )
    written(config, tmp_path)
    assert doctor("provider post")[1:] == [
        "! warn provider post: parcel: Its clock is slow.",
        "✗ fail provider post: parcel: The package relance-post 0.3 broke off: KeyError: 'x'.",
    ]
    assert doctor("copies:")


ASKS = GOOD.replace('        opening.option("url")\n', "        opening.secret()\n")


@pytest.mark.parametrize(("secret", "said"), [
    ('secret = { env = "POST_TOKEN" }', [
        "relance: The variable POST_TOKEN for parcel.plugin.secret is not set.", "         Set it and try again.",
    ]),
    ("", [
        "relance: No secret is kept for parcel.plugin.secret.",
        "         Keep one with `relance config secret parcel.plugin.secret`, or point `secret` to one.",
    ]),
])  # fmt: skip
def test_a_missing_secret_is_no_fault_of_the_package(
    shelf: Shelf, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str, said: list[str]
) -> None:
    shelf.put(ASKS)
    monkeypatch.delenv("POST_TOKEN")
    written(config, tmp_path, ENTRY.replace('secret = { env = "POST_TOKEN" }', secret))
    ran = relance("sync", "--account", "parcel")
    assert (ran.code, ran.err.splitlines()) == (3, said)
    lines = doctor("fail account parcel")
    assert [" package " in line for line in lines] == [False]
    assert said[0].removeprefix("relance: ") in lines[0]


def test_a_secret_is_kept_where_the_entry_names_none(shelf: Shelf, config: Path, tmp_path: Path) -> None:
    shelf.put(ASKS)
    for secret in ("", "secret = { keyring = true }"):
        written(config, tmp_path, ENTRY.replace('secret = { env = "POST_TOKEN" }', secret))
        assert relance("config", "secret", "parcel.plugin.secret", stdin="hunter2\n").code == 0
        assert relance("sync", "--account", "parcel").code == 0
        assert relance("config", "secret", "--remove", "parcel.plugin.secret").code == 0
    written(config, tmp_path)
    assert "asks for no secret" in relance("config", "secret", "parcel.plugin.secret", stdin="x\n").err


def doctor(name: str) -> list[str]:
    ran = relance("doctor")
    return [line for line in ran.out.splitlines() if name in line]


def test_doctor_names_the_package_its_version_and_what_it_may(shelf: Shelf, config: Path, tmp_path: Path) -> None:
    shelf.put()
    written(config, tmp_path)
    reads = "✓ ok   provider post: parcel: relance-post 0.3 reads; "
    slow = "! warn provider post: parcel: Its clock is slow."
    assert doctor("provider post") == [
        f'{reads}it may not send; `sender = "post"` in its entry lets that package send.', slow,
    ]  # fmt: skip
    written(config, tmp_path, LEAVE)
    assert doctor("provider post") == [f"{reads}it may send.", slow]


def test_doctor_says_what_is_broken_and_goes_on(shelf: Shelf, config: Path, tmp_path: Path) -> None:
    shelf.put(BROKEN[0])
    written(config, tmp_path)
    (line,) = doctor("provider post")
    assert line.startswith("✗ fail provider post: parcel: The package relance-post 0.3 cannot be used")
    assert doctor("copies:")


def test_setup_signs_in_again_without_a_question(shelf: Shelf, config: Path, tmp_path: Path) -> None:
    shelf.put()
    written(config, tmp_path)
    before = config.read_text()
    ran = relance("setup", "--non-interactive", "--name", "parcel", "--no-sync")
    assert (ran.code, config.read_text()) == (0, before), ran.err


def test_what_the_provider_itself_refuses_is_its_own_sentence(
    shelf: Shelf, config: Path, tmp_path: Path, here: Home
) -> None:
    shelf.put()
    written(config, tmp_path, ENTRY.replace("url = ", "address = "))
    with pytest.raises(ProviderError, match="'parcel' needs 'url'"):
        foreign.open_mailbox(here, here.config.account_named("parcel"))
