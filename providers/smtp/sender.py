"""Hands one letter to an SMTP server and knows exactly how far it came; one attempt, never a retry."""

from __future__ import annotations

import base64
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from providers.base import Letter, NotSent, ProviderError, Receipt, SignInNeeded, Unknown, Unreachable
from providers.mail.freeze import is_plain_address
from providers.patience import Patience
from providers.smtp.line import SmtpLine, open_line

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
SLOWEST = 4_000
"""Bytes of a letter a server must take in a second."""
SLOW_DOWN = 3600.0
"""Seconds to leave a server alone that asked for it."""
REWRITES_IDS = (".office365.com", ".outlook.com")
_NEW_ID = re.compile(r"<([\x21-\x3b\x3d\x3f-\x7e]{3,300}@[A-Za-z0-9.-]{1,253})>")

Reach = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Server:
    """Where and how to sign in."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    user: str = ""
    secret: Callable[[], str] | None = None
    token: bool = False
    """The secret is an OAuth access token."""
    hello: str = "localhost"
    """What we call ourselves; the name of this machine is nobody's business."""
    seconds: float = 30.0
    whole_seconds: float = 90.0
    """How long each of these may take in all: to connect, to sign in, to name the recipients."""
    last_seconds: float = 600.0
    """How long to wait after the end of the letter: hanging up earlier is how duplicates are born."""


def send(server: Server, letter: Letter, commit: Callable[[], None], reach: Reach = lambda _: None) -> Receipt:
    """Everything up to the recipients, then `commit`, then the letter."""
    envelope(letter)
    with _connection(server, reach) as smtp:
        with smtp.patience.during(server.whole_seconds):
            _address(smtp, letter)
        reach("smtp.addressed")
        try:
            commit()
        except BaseException:
            _reset(smtp)
            raise
        return _data(smtp, server, letter, reach)


def envelope(letter: Letter) -> None:
    """Only addresses that no program on the way reads differently."""
    for address in (letter.sender, *letter.recipients):
        if not is_plain_address(address) or smtplib.quoteaddr(address) != f"<{address}>":
            raise NotSent("An address cannot stand in an envelope.", permanent=True)
    if not letter.recipients or not letter.raw.endswith(b"\r\n"):
        raise NotSent("The letter is not complete.", permanent=True)
    stripped = letter.raw.replace(b"\r\n", b"")
    if b"\r" in stripped or b"\n" in stripped or b"\0" in stripped:
        raise NotSent("The letter has loose line ends.", permanent=True)


@contextmanager
def _connection(server: Server, reach: Reach) -> Iterator[SmtpLine]:
    if server.security == "none" and server.host not in LOOPBACK:
        raise NotSent("The server would be reached without encryption.", permanent=True)
    patience = Patience()
    with patience.during(server.whole_seconds):
        smtp = _connect(server, patience)
    try:
        reach("smtp.connected")
        with patience.during(server.whole_seconds):
            _sign_in(smtp, server)
        reach("smtp.signed_in")
        yield smtp
        # Its answer to this changes nothing, so nobody waits for it.
        _quietly(lambda: smtp.putcmd("QUIT"))
    finally:
        smtp.close()


def _connect(server: Server, patience: Patience) -> SmtpLine:
    context = ssl.create_default_context()
    tls = context if server.security == "tls" else None
    try:
        smtp = open_line(patience, (server.host, server.port), server.hello, seconds=server.seconds, context=tls)
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
    except smtplib.SMTPResponseException as problem:
        raise _early(problem.smtp_code, problem.smtp_error, "The server did not want to talk") from None
    except (OSError, smtplib.SMTPException) as problem:
        raise Unreachable(f"The mail server cannot be reached ({type(problem).__name__}).") from None
    return smtp


def _sign_in(smtp: smtplib.SMTP, server: Server) -> None:
    if server.secret is None:
        return
    secret = server.secret()
    try:
        if server.token:
            _xoauth2(smtp, server.user, secret)
        else:
            smtp.login(server.user, secret)
    except smtplib.SMTPResponseException as problem:
        if problem.smtp_code >= 500:
            raise SignInNeeded("The mail server refused the sign-in for sending.") from None
        raise _early(problem.smtp_code, problem.smtp_error, "The server could not sign in now") from None
    except (OSError, smtplib.SMTPException) as problem:
        raise Unreachable(f"Signing in to send failed ({type(problem).__name__}).") from None


def _xoauth2(smtp: smtplib.SMTP, user: str, token: str) -> None:
    packed = base64.b64encode(f"user={user}\x01auth=Bearer {token}\x01\x01".encode()).decode("ascii")
    code, words = smtp.docmd("AUTH", f"XOAUTH2 {packed}")
    if code == 334:  # the server explains itself after an empty line
        code, words = smtp.docmd("")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, words)


def _address(smtp: smtplib.SMTP, letter: Letter) -> None:
    """All recipients or none."""
    commands = [f"MAIL FROM:<{letter.sender}>", *(f"RCPT TO:<{address}>" for address in letter.recipients)]
    for command in commands:
        try:
            code, words = smtp.docmd(command)
        except (OSError, smtplib.SMTPException) as problem:
            raise Unreachable(f"The server hung up before the letter ({type(problem).__name__}).") from None
        if code not in {250, 251}:
            _reset(smtp)
            raise _early(code, words, "The server refused the sender or a recipient")


def _data(smtp: SmtpLine, server: Server, letter: Letter, reach: Reach) -> Receipt:
    reach("smtp.before_data")
    try:
        with smtp.patience.during(server.whole_seconds):
            code, words = smtp.docmd("DATA")
    except (OSError, smtplib.SMTPException) as problem:
        raise NotSent(f"The server hung up before the letter ({type(problem).__name__}).", permanent=False) from None
    if code != 354:
        _reset(smtp)
        raise _early(code, words, "The server did not want the letter")
    try:
        with smtp.patience.during(server.whole_seconds + len(letter.raw) / SLOWEST):
            _body(smtp, letter.raw, reach)
        if smtp.sock is not None:
            smtp.sock.settimeout(server.last_seconds)
        reach("smtp.letter_out")
        with smtp.patience.during(server.last_seconds):
            code, words = smtp.getreply()
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        raise Unknown(f"No answer came after the letter ({type(problem).__name__}).") from None
    reach("smtp.answered")
    return _judge(code, words, server, letter)


def _body(smtp: smtplib.SMTP, raw: bytes, reach: Reach) -> None:
    stuffed = re.sub(rb"(?m)^\.", b"..", raw)
    middle = len(stuffed) // 2
    smtp.send(stuffed[:middle])
    reach("smtp.half_out")
    smtp.send(stuffed[middle:] + b".\r\n")


def _judge(code: int, words: bytes, server: Server, letter: Letter) -> Receipt:
    said = readable(words)
    if code == 250:
        return Receipt(f"250 {said}", _carried(said, server, letter))
    if 500 <= code <= 599:
        raise NotSent(f"The server refused the letter: {code} {said}", permanent=True)
    # Some servers say "later" and deliver all the same, so anything else is not known.
    raise Unknown(f"The server answered the letter with {code} {said}")


def _carried(said: str, server: Server, letter: Letter) -> str:
    if server.host.endswith(REWRITES_IDS) and (match := _NEW_ID.search(said)):
        return match[0]
    return letter.message_id


def _early(code: int, words: object, what: str) -> ProviderError:
    """Proof that nothing was taken, with how long to wait."""
    said = readable(words)
    if 500 <= code <= 599:
        return NotSent(f"{what}: {code} {said}", permanent=True)
    slow = code in {421, 429} or said.startswith("4.7.")
    return NotSent(f"{what}: {code} {said}", permanent=False, retry_after=SLOW_DOWN if slow else None)


def readable(words: object) -> str:
    """What a server said, short and harmless."""
    text = words.decode("ascii", "replace") if isinstance(words, bytes) else str(words)
    return " ".join("".join(sign if " " <= sign <= "~" else " " for sign in text[:1000]).split())[:200]


def _reset(smtp: smtplib.SMTP) -> None:
    _quietly(lambda: smtp.docmd("RSET"))


def _quietly(act: Callable[[], object]) -> None:
    try:
        act()
    except (OSError, smtplib.SMTPException):
        return
