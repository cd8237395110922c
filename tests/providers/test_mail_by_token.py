"""IMAP and SMTP let in by a token: Dovecot asks the sign-in server what the token is worth, as the big ones do."""

from __future__ import annotations

import base64
import contextlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from agent.common.home import Home
from agent.mailboxes import accounts
from agent.paths import Places
from agent.running.desk_setup import sender_for
from providers.base import Mailbox, SignInNeeded
from providers.oauth import signin as oauth
from providers.oauth.signin import KeptSignIn
from tests.peers.dovecot import Dovecot, running
from tests.peers.dovecot_config import tokens
from tests.peers.fake_letters import Committed, letter
from tests.peers.fake_server import Answer, FakeServer, Request
from tests.peers.smtp_faults import fault_server

pytestmark = pytest.mark.peer
ME = "sam@y.example"


class Introspection(FakeServer):
    """Says whom a token belongs to."""

    def __init__(self) -> None:
        super().__init__()
        self.live = {"good": ME}

    def handle(self, request: Request) -> Answer:
        token = parse_qs(request.body.decode()).get("token", [""])[0]
        return Answer(200, {"active": token in self.live, "email": self.live.get(token, "")})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dovecot, Introspection]]:
    if shutil.which("dovecot") is None:
        pytest.skip("Dovecot is not installed: apt-get install dovecot-imapd")
    folder = Path("/tmp") / f"tokens-{time.time_ns()}"
    folder.mkdir(mode=0o755)
    with Introspection() as asked:
        known = tokens(
            folder, "xoauth2 oauthbearer", introspection_mode="post", introspection_url=f"{asked.url}/introspect",
            username_attribute="email", active_attribute="active", active_value="true",
        )  # fmt: skip
        with running(known) as dovecot:
            yield dovecot, asked
    shutil.rmtree(folder, ignore_errors=True)


def home(folder: Path, dovecot: Dovecot, token: str, *, smtp: int = 0) -> Home:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(f"""
[[account]]
name = "work"
provider = "imap"
address = "{ME}"
[account.imap]
host = "127.0.0.1"
port = {dovecot.port}
security = "none"
oauth = "microsoft"
[account.smtp]
host = "127.0.0.1"
port = {smtp or 1}
security = "none"
[account.outlook]
client_id = "client"
""")
    opened = Home(Places(folder / "config.toml", folder / "data", folder / "state", folder / "logs"), keyring=False)
    kept = KeptSignIn("microsoft", "r", time.time(), token, time.time() + 10**6, 0.0, oauth.IMAP_MICROSOFT_SEND)
    opened.vault.put("work.sign-in", kept.dumps())
    return opened


def opened(here: Home) -> Mailbox:
    return accounts.open_mailbox(here, here.config.account_named("work"))


def test_a_token_opens_the_mailbox(server: tuple[Dovecot, Introspection], tmp_path: Path) -> None:
    dovecot, asked = server
    mailbox = opened(home(tmp_path, dovecot, "good"))
    assert list(mailbox.changes("")) is not None
    mailbox.close()
    assert asked.count("introspect") >= 1


def test_a_token_that_was_taken_back_asks_for_a_new_sign_in(
    server: tuple[Dovecot, Introspection], tmp_path: Path
) -> None:
    with pytest.raises(SignInNeeded) as problem:
        opened(home(tmp_path, server[0], "stale"))
    assert str(problem.value) == f"127.0.0.1 did not accept the sign-in of {ME}. Run `relance setup` to renew it."


def test_a_token_of_somebody_else_does_not_open_it(server: tuple[Dovecot, Introspection], tmp_path: Path) -> None:
    dovecot, asked = server
    asked.live["hers"] = "eve@y.example"
    with pytest.raises(SignInNeeded):
        opened(home(tmp_path, dovecot, "hers"))


def test_the_same_token_lets_letters_out(server: tuple[Dovecot, Introspection], tmp_path: Path) -> None:
    with fault_server() as smtp, contextlib.closing(home(tmp_path, server[0], "good", smtp=smtp.port)) as here:
        sender = sender_for(here, here.config.account_named("work"))
        sender.send(letter(sender=ME), Committed())
        assert len(smtp.taken) == 1
        (line,) = [line for line in smtp.commands if line.upper().startswith(b"AUTH XOAUTH2 ")]
    assert base64.b64decode(line.split()[2]) == f"user={ME}\x01auth=Bearer good\x01\x01".encode()
