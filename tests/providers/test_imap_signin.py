"""Signing in to an IMAP server: certificates, STARTTLS, passwords and tokens, each failure in one clear sentence."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from providers.base import Refused, SignInNeeded, Unreachable
from providers.imap.mailbox import ImapMailbox, ImapSettings
from providers.kits import read_all
from tests.peers.certificates import Authority, authority
from tests.peers.dovecot import Dovecot, free_port, running
from tests.peers.dovecot_config import encrypted, tokens
from tests.peers.scripted_imap import Gmail, gmail_at

GOOD = "a-good-token"


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@contextlib.contextmanager
def answering(*, certificate: Path | None = None, lines: tuple[bytes, ...] = ()) -> Iterator[int]:
    """A server for one connection: it shows a certificate or says plain lines, each after it heard something."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            line, _ = server.accept()
            with line:
                if certificate is not None:
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                    context.load_cert_chain(certificate)
                    line = context.wrap_socket(line, server_side=True)
                for one in lines:
                    line.sendall(one)
                    line.recv(4096)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.close()
        thread.join(5)


def settings(port: int, **changed: object) -> ImapSettings:
    values = {"host": "127.0.0.1", "port": port, "security": "tls", "user": "u", "password": lambda: "secret"}
    return ImapSettings(**({"timeout": 5.0} | values | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "days", "known", "said"),
    [
        ("127.0.0.1", 30, False, "signed by nobody this machine knows"),
        ("127.0.0.1", -3, True, "out of date"),
        ("other.example", 30, True, "for another name"),
    ],
)
def test_a_certificate_that_is_not_trusted_is_explained(
    signer: Authority, host: str, days: int, known: bool, said: str
) -> None:
    context = signer.context() if known else None
    shown = signer.issue(host, days=days)
    with answering(certificate=shown) as port, pytest.raises(Refused, match=said) as problem:
        ImapMailbox(settings(port, context=context))
    assert str(problem.value).startswith("The certificate of 127.0.0.1 ")
    assert len(str(problem.value)) < 220


def test_a_server_without_tls_at_that_port_is_said_so() -> None:
    with answering(lines=(b"* OK plain words\r\n",)) as port, pytest.raises(Unreachable, match="does not speak TLS"):
        ImapMailbox(settings(port))


def test_a_server_that_offers_no_starttls_gets_no_password() -> None:
    gmail = Gmail()
    with gmail_at(gmail) as port, pytest.raises(Refused, match="offers no STARTTLS"):
        ImapMailbox(settings(port, security="starttls"))
    assert b"secret" not in b"".join(gmail.heard)


def test_a_host_that_does_not_exist_is_said_so() -> None:
    with pytest.raises(Unreachable, match="There is no host imap.relance.invalid"):
        ImapMailbox(settings(993, host="imap.relance.invalid"))


@pytest.mark.parametrize("host", ["192.0.2.1", "imap.example.org", "0.0.0.0", "127.0.0.1.example.org"])
def test_nothing_is_sent_in_the_clear_to_another_machine(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("a connection was tried"))
    with pytest.raises(Refused, match="needs encryption"):
        ImapMailbox(settings(143, host=host, security="none"))


@pytest.mark.parametrize("secret", ["two\nlines", "nul\x00", "del\x7f"])
def test_a_secret_with_a_control_character_is_never_sent(secret: str) -> None:
    gmail = Gmail()
    with gmail_at(gmail) as port, pytest.raises(SignInNeeded, match="control character"):
        ImapMailbox(settings(port, security="none", password=lambda: secret))
    assert [line.split()[1] for line in gmail.heard] == [b"CAPABILITY"]


class Introspection(BaseHTTPRequestHandler):
    """Says whose token it is; a wrong one belongs to nobody."""

    def do_GET(self) -> None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        body = json.dumps({"email": "oauth@example.org", "active": "yes" if token == GOOD else "no"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def secure(signer: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dovecot, int]]:
    """A Dovecot with TLS, STARTTLS and tokens; and its TLS port."""
    if shutil.which("dovecot") is None:
        pytest.skip("Dovecot is not installed: apt-get install dovecot-imapd")
    http = ThreadingHTTPServer(("127.0.0.1", 0), Introspection)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    folder = tmp_path_factory.mktemp("oauth")
    for one in (folder, *folder.parents[:3]):
        one.chmod(0o755)
    known = tokens(
        folder, "xoauth2", introspection_mode="auth", introspection_url=f"http://127.0.0.1:{http.server_port}/userinfo",
        username_attribute="email", active_attribute="active", active_value="yes",
    )  # fmt: skip
    port = free_port() + 1000
    try:
        with running(encrypted(signer.issue("127.0.0.1"), port) + known) as server:
            yield server, port
    finally:
        http.shutdown()
        thread.join(5)
        http.server_close()


@pytest.mark.peer
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_encrypted_connection_reads_mail_and_knows_what_the_server_can(
    secure: tuple[Dovecot, int], signer: Authority, security: str
) -> None:
    server, port = secure
    chosen = port if security == "tls" else server.port
    mailbox = ImapMailbox(settings(chosen, security=security, user=f"u{security}", context=signer.context()))
    try:
        assert mailbox._client._imap.sock.version().startswith("TLS")
        assert {"QRESYNC", "LIST-STATUS"} <= mailbox._known
        assert mailbox.capabilities.drafts
        assert read_all(mailbox)[0] == {}
    finally:
        mailbox.close()


@pytest.mark.peer
def test_starttls_with_an_unknown_certificate_gets_no_password(secure: tuple[Dovecot, int]) -> None:
    asked: list[str] = []
    with pytest.raises(Refused, match="signed by nobody"):
        ImapMailbox(settings(secure[0].port, security="starttls", password=lambda: asked.append("x") or "secret"))
    assert asked == []


@pytest.mark.peer
def test_a_token_signs_in_and_a_wrong_one_asks_to_sign_in(secure: tuple[Dovecot, int], signer: Authority) -> None:
    chosen = settings(secure[1], user="oauth@example.org", password=None, oauth=lambda: GOOD, context=signer.context())
    mailbox = ImapMailbox(chosen)
    mailbox.close()
    with pytest.raises(SignInNeeded, match="did not accept the sign-in of oauth@example.org"):
        ImapMailbox(replace(chosen, oauth=lambda: "stale"))
    with pytest.raises(SignInNeeded, match="control character"):
        ImapMailbox(replace(chosen, oauth=lambda: "a\x01b"))


@pytest.mark.peer
@pytest.mark.parametrize("password", ["wrong", "wröng", 'wr"ong\\'])
def test_a_wrong_password_is_said_so_whatever_letters_it_has(
    secure: tuple[Dovecot, int], signer: Authority, password: str
) -> None:
    with pytest.raises(SignInNeeded, match="did not accept the password of u"):
        ImapMailbox(settings(secure[1], password=lambda: password, context=signer.context()))
