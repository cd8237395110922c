"""Setup in a real terminal on a machine without browser and keyring, the way docs/providers.md walks through it."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from agent.paths import Places
from tests.peers.certificates import authority
from tests.peers.fake_letters import SAM, incoming
from tests.peers.fake_server import Answer
from tests.peers.fake_signin import SigninFake
from tests.peers.gmail_fake import GmailFake
from tests.peers.graph_fake import GraphFake

pytestmark = pytest.mark.slow
CONFIG = f"""
[[account]]
name = "private"
provider = "gmail"
address = "{SAM}"
[account.gmail]
client_id = "client"
client_secret = {{{{ env = "GOOGLE_SECRET" }}}}
endpoint = "{{mailbox}}"
authority = "{{signin}}"
"""


class Terminal:
    """The real program with somebody in front of it."""

    def __init__(self, *words: str) -> None:
        program = Path(sys.executable).with_name("relance")
        self.line, theirs = pty.openpty()
        # Whoever runs the tests in the background passes on that ctrl-c is to be ignored.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.child = subprocess.Popen(
            [program, *words], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )  # fmt: skip
        signal.signal(signal.SIGINT, before)
        os.close(theirs)
        self.shown = ""

    def until(self, pattern: str) -> str:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            found = re.search(pattern, self.shown)
            if found:
                return found[0]
            if select.select([self.line], [], [], 0.2)[0]:
                self.shown += self._read()
        raise AssertionError(self.shown)

    def say(self, words: str) -> None:
        os.write(self.line, f"{words}\n".encode())

    def end(self) -> int:
        end = time.monotonic() + 60
        while True:
            if not select.select([self.line], [], [], max(end - time.monotonic(), 0))[0]:
                self.child.kill()
                raise AssertionError(f"it does not end: {self.shown}")
            more = self._read()
            if not more:
                os.close(self.line)
                return self.child.wait(30)
            self.shown += more

    def _read(self) -> str:
        try:
            return os.read(self.line, 65536).decode(errors="replace")
        except OSError:
            return ""


@pytest.fixture
def signin(where: Places, monkeypatch: pytest.MonkeyPatch) -> Iterator[SigninFake]:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("GOOGLE_SECRET", "hush")
    monkeypatch.setenv("BROWSER", "/bin/true")
    with SigninFake(secret="hush") as server, GmailFake() as mailbox:
        mailbox.tokens = server.live
        mailbox.store.address = SAM
        mailbox.store.deliver(incoming())
        where.config_file.parent.mkdir(parents=True, exist_ok=True)
        where.config_file.write_text(CONFIG.format(mailbox=mailbox.url, signin=server.url))
        yield server


def test_the_address_the_browser_ends_on_is_pasted(signin: SigninFake) -> None:
    terminal = Terminal("setup", "--headless")
    terminal.until("Account .private.")
    terminal.say("")
    link = terminal.until(r"http://\S+/authorize\S+state=\S+")
    assert "paste it here" in terminal.shown
    terminal.say(requests.get(link, allow_redirects=False, timeout=10).headers["Location"])
    assert terminal.end() == 0, terminal.shown
    assert "private: 1 new mails." in terminal.shown


@pytest.mark.parametrize(("words", "code", "said"), [
    ("http://127.0.0.1:8400/?code=x&state=other", 3, "does not belong to this sign-in"),
    ("", 2, "Nothing was pasted."),
    ("\x1b[31mhello\x1b[0m", 3, "does not belong to this sign-in"),
])  # fmt: skip
def test_anything_else_that_is_pasted_is_refused(signin: SigninFake, words: str, code: int, said: str) -> None:
    terminal = Terminal("setup", "--name", "private", "--headless")
    terminal.until("authorize")
    terminal.say(words)
    assert terminal.end() == code, terminal.shown
    assert said in terminal.shown
    assert signin.count("POST") == 0


def test_the_answer_comes_back_by_itself_to_a_browser_on_this_machine(signin: SigninFake) -> None:
    terminal = Terminal("setup", "--name", "private", "--no-sync")
    link = terminal.until(r"http://\S+/authorize\S+login_hint=\S+")
    page = requests.get(link, timeout=10)
    assert "Signed in" in page.text
    assert terminal.end() == 0, terminal.shown


def test_ctrl_c_while_waiting_for_the_browser_changes_nothing(signin: SigninFake, where: Places) -> None:
    before = where.config_file.read_text()
    terminal = Terminal("setup", "--name", "private")
    terminal.until("authorize")
    terminal.child.send_signal(signal.SIGINT)
    assert terminal.end() == 130, terminal.shown
    assert where.config_file.read_text() == before


OUTLOOK = f"""
[[account]]
name = "work"
provider = "outlook"
address = "{SAM}"
[account.outlook]
client_id = "{{client}}"
graph_url = "{{mailbox}}"
authority = "{{signin}}/common"
"""


class SecureSignin(SigninFake):
    """The same over TLS, which msal insists on."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        made = authority(folder)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(made.issue("127.0.0.1"))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.trust = str(made.file)

    @property
    def url(self) -> str:
        return super().url.replace("http:", "https:")

    def _configuration(self) -> Answer:
        answer = super()._configuration()
        answer.value = {
            key: value.replace("https://login.microsoftonline.com", self.url) for key, value in answer.value.items()
        }
        return answer


@pytest.fixture
def microsoft(where: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecureSignin]:
    monkeypatch.setenv("BROWSER", "/bin/true")
    with SecureSignin(tmp_path) as server, GraphFake() as mailbox:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", server.trust)
        mailbox.tokens = server.live
        mailbox.store.deliver(incoming())
        where.config_file.parent.mkdir(parents=True, exist_ok=True)
        where.config_file.write_text(OUTLOOK.format(client="client", mailbox=mailbox.graph_url, signin=server.url))
        yield server


def test_a_code_is_typed_on_another_device(microsoft: SecureSignin) -> None:
    terminal = Terminal("setup", "--name", "work", "--headless")
    assert terminal.end() == 0, terminal.shown
    assert "Open https://login.example/device on any device and type the code ABCD-EFGH." in terminal.shown
    assert "work: 1 new mails." in terminal.shown


def test_microsoft_answers_a_browser_on_this_machine(microsoft: SecureSignin) -> None:
    terminal = Terminal("setup", "--name", "work", "--no-sync")
    link = terminal.until(r"https://\S+/authorize\S+response_mode=form_post\S*(?=\s)")
    form = requests.get(link, timeout=10, verify=microsoft.trust).json()
    assert form["action"].startswith("http://localhost:")
    assert "Signed in" in requests.post(form["action"], data=form["fields"], timeout=10).text
    assert terminal.end() == 0, terminal.shown


def test_a_client_id_microsoft_does_not_know(microsoft: SecureSignin, where: Places) -> None:
    where.config_file.write_text(where.config_file.read_text().replace('"client"', '"nobody"'))
    terminal = Terminal("setup", "--name", "work", "--headless")
    assert terminal.end() == 3, terminal.shown
    assert "Microsoft does not know this client id in that tenant." in terminal.shown
