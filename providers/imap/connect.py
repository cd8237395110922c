"""Signs in to an IMAP server; never without encryption except on this machine, and says in one sentence what failed."""

from __future__ import annotations

import imaplib
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from providers.base import ProviderError, Refused, SignInNeeded, Unreachable
from providers.patience import Patience

if TYPE_CHECKING:
    from providers.imap.line import ImapLine

PATIENCE = 30.0
"""Seconds for each step; a server that checks a password against a directory takes some."""
WHOLE = 60.0
"""Two steps that each take as long as one may."""


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """How to reach one mailbox."""

    host: str
    port: int = 993
    security: str = "tls"
    """tls, starttls, or none (only to this machine)."""
    user: str = ""
    password: Callable[[], str] | None = field(default=None, repr=False)
    oauth: Callable[[], str] | None = field(default=None, repr=False)
    """Gives an access token for XOAUTH2."""
    address: str = ""
    timeout: float = PATIENCE
    whole: float = WHOLE
    """Seconds until signed in."""
    context: ssl.SSLContext | None = None
    compared_since: datetime | None = None
    """Of mail that came before, only the plain text is read where there is one."""


def connect(settings: ImapSettings) -> ImapLine:
    """A signed-in imapclient, within a time limit for all of it."""
    patience = Patience()
    try:
        with patience.during(settings.whole):
            return _connect(settings, patience)
    except ProviderError:
        if patience.over:
            raise _late(f"{settings.host}:{settings.port}") from None
        raise


def _late(place: str) -> Unreachable:
    return Unreachable(f"{place} did not answer in time. It will be tried again.")


def _connect(settings: ImapSettings, patience: Patience) -> ImapLine:
    from providers.imap.line import ImapLine

    if settings.security == "none" and not is_loopback(settings.host):
        raise Refused(f'{settings.host} is not this machine, so mail needs encryption. Set security = "tls".')
    with explained(settings):
        client = ImapLine(
            patience, settings.host, port=settings.port, ssl=settings.security == "tls", timeout=settings.timeout,
            ssl_context=settings.context or ssl.create_default_context(),
        )  # fmt: skip
    try:
        with explained(settings):
            if settings.security == "starttls":
                _encrypt(client, settings)
            _sign_in(client, settings)
            # Asked for here, where the time is counted; the client keeps the answer.
            client.capabilities()
    except BaseException:
        # After a failed handshake there is nothing left to close.
        with suppress(OSError):
            client.shutdown()
        raise
    return client


def _encrypt(client: ImapLine, settings: ImapSettings) -> None:
    if not client.has_capability("STARTTLS"):
        raise Refused(f'{settings.host}:{settings.port} offers no STARTTLS. Set security = "tls", usually at port 993.')
    client.starttls(settings.context or ssl.create_default_context())


def _sign_in(client: ImapLine, settings: ImapSettings) -> None:
    user = settings.user or settings.address
    if settings.oauth is not None:
        token = settings.oauth()
        _no_control(user, token)
        client.oauth2_login(user, token)
        return
    password = settings.password() if settings.password else ""
    if not password:
        raise SignInNeeded(f"There is no password for {user}. Run `relance setup`.")
    _no_control(user, password)
    if (user + password).isascii():
        client.login(user, password)
    else:
        # LOGIN takes ASCII only.
        client.plain_login(user, password)


def _no_control(*values: str) -> None:
    if any(ord(letter) < 32 or ord(letter) == 127 for value in values for letter in value):
        raise SignInNeeded("The user name or password holds a control character. Store it again without a line break.")


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


@contextmanager
def explained(settings: ImapSettings) -> Iterator[None]:
    """Turns what goes wrong on a connection into one sentence with the next step."""
    place = f"{settings.host}:{settings.port}"
    try:
        yield
    except ProviderError:
        raise
    except ssl.SSLCertVerificationError as problem:
        raise Refused(distrust(settings.host, problem)) from None
    except ssl.SSLError:
        raise Unreachable(f"{place} does not speak TLS as expected. Check port and security in the config.") from None
    except socket.gaierror:
        raise Unreachable(f"There is no host {settings.host}. Check its spelling and your network.") from None
    except ConnectionRefusedError:
        raise Unreachable(f"Nothing answers at {place}. Check host and port in the config.") from None
    except TimeoutError:
        raise _late(place) from None
    except (imaplib.IMAP4.error, OSError, ValueError) as problem:
        raise _protocol(settings, problem) from None


def distrust(host: str, problem: ssl.SSLCertVerificationError) -> str:
    """Why a certificate is not trusted, and what to do."""
    match problem.verify_code:
        case 9 | 10:
            why = "is out of date. Check the clock of this machine, or ask whoever runs the server to renew it."
        case 62 | 64:
            why = "is for another name. Check `host` in the config."
        case 18 | 19 | 20 | 21:
            why = (
                "is signed by nobody this machine knows. Only if the server is your own, let SSL_CERT_FILE name a file "
                "with the certificate of its authority."
            )
        case _:
            why = f"is not trusted ({problem.verify_message or 'it cannot be verified'}). Check `host` in the config."
    return f"The certificate of {host} {why}"


def _protocol(settings: ImapSettings, problem: Exception) -> ProviderError:
    words = str(problem).lower()
    name = type(problem).__name__
    if "socket error" in words:
        # The library takes a line that breaks while it signs in for a refusal.
        return Unreachable(f"The connection to {settings.host} broke. It will be tried again.")
    if name == "LoginError" or "authenticationfailed" in words or "auth" in words:
        if "unavailable" in words or "temporar" in words:
            return Unreachable(f"{settings.host} cannot check sign-ins right now. It will be tried again.")
        user, what = settings.user or settings.address, "sign-in" if settings.oauth else "password"
        return SignInNeeded(f"{settings.host} did not accept the {what} of {user}. Run `relance setup` to renew it.")
    if isinstance(problem, imaplib.IMAP4.abort | OSError):
        return Unreachable(f"The connection to {settings.host} broke. It will be tried again.")
    return Unreachable(f"{settings.host} answered in a way that makes no sense. It will be tried again.")
