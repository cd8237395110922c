"""Turns a scripted mail into the bytes a mail program would have made; never decides what a mail says or means."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from agent.demo.days import names_of
from agent.demo.people import DemoPerson

PROVIDER = "mx.okafor.example"
MAIL_PROGRAMS = {
    "apple": "Apple Mail (2.3826)",
    "thunderbird": "Mozilla Thunderbird",
    "outlook": "Microsoft Outlook 16.0",
}
INTRODUCTIONS = {
    "en": "On {day} {month} {year}, at {time}, {name} <{email}> wrote:",
    "fr": "Le {day} {month} {year} à {time}, {name} <{email}> a écrit :",
    "de": "Am {day}. {month} {year} um {time} schrieb {name} <{email}>:",
    "es": "El {day} de {month} de {year}, a las {time}, {name} <{email}> escribió:",
}
OUTLOOK_WORDS = {
    "en": ("From:", "Sent:", "To:", "Subject:"),
    "fr": ("De :", "Envoyé :", "À :", "Objet :"),
    "de": ("Von:", "Gesendet:", "An:", "Betreff:"),
    "es": ("De:", "Enviado:", "Para:", "Asunto:"),
}


@dataclass(frozen=True, slots=True)
class DemoLetter:
    """A mail of the script, with everybody and every date filled in."""

    message_id: str
    at: datetime
    sender: DemoPerson
    to: tuple[DemoPerson, ...]
    subject: str
    text: str
    cc: tuple[DemoPerson, ...] = ()
    parent: DemoLetter | None = None
    chain: tuple[str, ...] = ()
    """The Message-IDs before this one, oldest first."""
    quotes: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What the writer typed, with the signature the mail program adds to the first mail of a thread."""
        typed = self.text.strip("\n")
        if not self.sender.signature or self.parent:
            return f"{typed}\n"
        return f"{typed}\n\n-- \n{self.sender.signature.strip()}\n"


def dressed(written: DemoLetter) -> EmailMessage:
    """The headers that every mail has, without a body."""
    message = EmailMessage(policy=SMTP)
    message["Date"] = format_datetime(written.at)
    message["From"] = written.sender.header
    message["To"] = ", ".join(person.header for person in written.to)
    if written.cc:
        message["Cc"] = ", ".join(person.header for person in written.cc)
    message["Subject"] = written.subject
    message["Message-ID"] = written.message_id
    if written.chain:
        message["In-Reply-To"] = written.chain[-1]
        message["References"] = " ".join(written.chain)
    if written.sender.client in MAIL_PROGRAMS:
        message["X-Mailer"] = MAIL_PROGRAMS[written.sender.client]
    for name, value in written.headers.items():
        message[name] = value
    return message


def plain_mail(written: DemoLetter) -> EmailMessage:
    """What a person sends: text, and HTML beside it where the program always adds some."""
    message = dressed(written)
    set_text(message, written.words + quoted(written))
    if written.sender.client in ("gmail", "outlook"):
        message.add_alternative(as_html(written), subtype="html", cte="quoted-printable")
        message.set_boundary(boundary(written))
    return message


def set_text(message: EmailMessage, text: str) -> None:
    """Plain text in the smallest honest encoding."""
    message.set_content(text, cte="7bit" if text.isascii() else "quoted-printable")


def boundary(written: DemoLetter, part: str = "") -> str:
    """The same for the same mail, unlike the random one of the library."""
    return "=_" + hashlib.sha256(f"{written.message_id}{part}".encode()).hexdigest()[:28]


def quoted(written: DemoLetter) -> str:
    """The mail before, as this writer's program puts it below the answer."""
    parent = written.parent
    if parent is None or not written.quotes:
        return ""
    body = (parent.words + quoted(parent)).rstrip("\n")
    if written.sender.client == "outlook":
        return f"\n{'_' * 32}\n{outlook_block(written, parent)}\n\n{body}\n"
    lines = "\n".join(f"> {line}".rstrip() for line in body.split("\n"))
    return f"\n{introduction(written, parent)}\n\n{lines}\n"


def introduction(written: DemoLetter, parent: DemoLetter) -> str:
    """The line above a quoted mail."""
    language = written.sender.language
    at = parent.at.astimezone(written.at.tzinfo)
    return INTRODUCTIONS[language].format(
        day=at.day,
        month=names_of("months", language)[at.month - 1],
        year=at.year,
        time=f"{at:%H:%M}",
        name=parent.sender.name,
        email=parent.sender.email,
    )


def outlook_block(written: DemoLetter, parent: DemoLetter) -> str:
    """The header lines Outlook repeats above a quoted mail."""
    language = written.sender.language
    at = parent.at.astimezone(written.at.tzinfo)
    weekday, month = names_of("weekdays", language)[at.weekday()], names_of("months", language)[at.month - 1]
    when = f"{weekday} {at.day} {month} {at.year} {at:%H:%M}"
    to = "; ".join(f"{person.name} <{person.email}>" for person in parent.to)
    values = (f"{parent.sender.name} <{parent.sender.email}>", when, to, parent.subject)
    return "\n".join(f"{word} {value}" for word, value in zip(OUTLOOK_WORDS[language], values, strict=True))


def as_html(written: DemoLetter) -> str:
    """The same words once more, as the program shows them."""
    body = escape(written.words.rstrip("\n")).replace("\n", "<br>\n")
    below = escape(quoted(written).strip("\n")).replace("\n", "<br>\n")
    if not below:
        return f'<html><body><div dir="ltr">{body}</div></body></html>\n'
    name = "gmail_quote" if written.sender.client == "gmail" else "divRplyFwdMsg"
    return f'<html><body><div dir="ltr">{body}</div><br><div class="{name}">{below}</div></body></html>\n'


def arrived(message: EmailMessage, written: DemoLetter, received: datetime) -> bytes:
    """The bytes as the own provider delivered them, with its trace and its verdict on the sender on top."""
    domain = written.sender.domain
    verdict = written.headers.get("Authentication-Results")
    del message["Authentication-Results"]
    passed = f"dkim=pass header.d={domain}; spf=pass smtp.mailfrom={domain}; dmarc=pass header.from={domain}"
    queue = hashlib.sha256(written.message_id.encode()).hexdigest()[:10].upper()
    trace = EmailMessage(policy=SMTP)
    trace["Return-Path"] = written.headers.get("Return-Path", f"<{written.sender.email}>")
    del message["Return-Path"]
    trace["Received"] = (
        f"from mail.{domain} (mail.{domain} [192.0.2.{int(queue[:2], 16)}]) by {PROVIDER} with ESMTPS id {queue}; "
        f"{format_datetime(received)}"
    )
    trace["Authentication-Results"] = verdict or f"{PROVIDER}; {passed}"
    return trace.as_bytes().rstrip(b"\r\n") + b"\r\n" + message.as_bytes()
