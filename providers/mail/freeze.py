"""Turns a plan of a letter into the exact bytes and proves that they say what was planned; never sends them."""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import hmac
import quopri
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage, Message
from email.utils import format_datetime, getaddresses, parseaddr

from providers.base import Address
from providers.mail.plain import written

MARKER = "X-Relance-Id"
NO_DATE = "Thu, 01 Jan 1970 00:00:00 +0000"
LONGEST_LINE = 998
"""RFC 5322, 2.1.1: no line may be longer."""
LONGEST_PLAIN_LINE = 78
"""RFC 5322, 2.1.1: no line should be longer."""
MOST_REFERENCES = 100
"""Keeps the header within what servers take, with the first mail and the newest ones."""
LARGEST = 200_000
"""Characters; a follow-up has a few hundred, so what is longer is a mistake."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,990}>")
_DATE_LINE = re.compile(rb"(?m)^Date: [^\r\n]*\r\n")
_NEED_QUOTES = re.compile(r"[^A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]")


class NotFreezable(ValueError):
    """The plan holds something that no letter may hold; the message carries no mail content."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The plan of a letter."""

    sender: Address
    to: tuple[Address, ...]
    subject: str
    body: str
    message_id: str
    token: str
    cc: tuple[Address, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    automatic: bool = False
    """Says in a header that no person pressed the button."""

    @property
    def envelope(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(address.email for address in self.to + self.cc))


def identify(secret: str, intent: str, domain: str) -> tuple[str, str]:
    """Token and Message-ID of an intent: the same every time, and telling nobody what it is about."""
    mac = hmac.new(bytes.fromhex(secret), intent.encode(), hashlib.sha256).digest()
    token = base64.b32encode(mac).decode("ascii")[:26].lower()
    if not _ADDRESS.fullmatch(f"{token}@{domain}"):
        raise NotFreezable("The domain of the sender cannot stand in a Message-ID.")
    return token, f"<{token}@{domain.lower()}>"


def freeze(sheet: Sheet) -> bytes:
    """The bytes, dated 1970 until they leave; re-read and compared with the plan before anyone sees them."""
    body = _clean_body(sheet.body)
    encoding, lines = _encode(body)
    head = "".join(f"{name}: {value}\r\n" for name, value in _headers(sheet, body, encoding))
    raw = head.encode("ascii") + b"\r\n" + lines
    _check_bytes(raw)
    _check_meaning(raw, sheet, body)
    return raw


def dated(raw: bytes, when: datetime) -> bytes:
    """The same letter with its date; the writer's own zone is part of `when`."""
    line = b"Date: " + format_datetime(when.replace(microsecond=0)).encode("ascii") + b"\r\n"
    head, end, body = raw.partition(b"\r\n\r\n")
    fresh, count = _DATE_LINE.subn(line, head + b"\r\n", count=1)
    if count != 1:
        raise NotFreezable("The letter has no date line.")
    return fresh[:-2] + end + body


def digest(raw: bytes) -> str:
    """What an approval is bound to: every byte but the date."""
    return hashlib.sha256(dated(raw, datetime(1970, 1, 1, tzinfo=UTC))).hexdigest()


def is_plain_address(text: str) -> bool:
    """An address every mail server reads in the same way."""
    local, _, domain = text.rpartition("@")
    dots = ".." in text or local.startswith(".") or local.endswith(".")
    return (
        len(text) <= 254
        and not dots
        and "=?" not in text
        and bool(_ADDRESS.fullmatch(text))
        and "." in domain.strip(".") + "."
    )


def reply_subject(subject: str) -> str:
    """The subject of the thread, with one `Re:` before it."""
    flat = in_header(subject)[:500]
    return flat if re.match(r"(?i)re\s?:", flat) else f"Re: {flat}".strip()


def in_header(words: str) -> str:
    """Foreign words as they may stand in a header."""
    return " ".join(written(words).split())


def in_body(words: str) -> str:
    """Words as they may stand in the text of a letter."""
    return written(words)


def usable_chain(references: tuple[str, ...]) -> tuple[str, ...]:
    """Ids that can be written as they are; a very long chain keeps its start and its end."""
    kept = tuple(dict.fromkeys(item for item in references if _ID.fullmatch(item)))
    return kept if len(kept) <= MOST_REFERENCES else kept[:1] + kept[1 - MOST_REFERENCES :]


def _headers(sheet: Sheet, body: str, encoding: str) -> list[tuple[str, str]]:
    charset = "us-ascii" if body.isascii() else "utf-8"
    found = [
        ("Date", NO_DATE),
        ("From", _mailbox(sheet.sender)),
        ("To", _mailboxes(sheet.to)),
        ("Cc", _mailboxes(sheet.cc)),
        ("Subject", _words("Subject", sheet.subject)),
        ("Message-ID", _id(sheet.message_id)),
        ("In-Reply-To", _id(sheet.in_reply_to) if sheet.in_reply_to else ""),
        ("References", "\r\n ".join(_id(item) for item in sheet.references)),
        ("Auto-Submitted", "auto-generated" if sheet.automatic else ""),
        (MARKER, _token(sheet.token)),
        ("MIME-Version", "1.0"),
        ("Content-Type", f"text/plain; charset={charset}"),
        ("Content-Transfer-Encoding", encoding),
    ]
    return [(name, value) for name, value in found if value]


def _safe(text: str) -> str:
    if _CONTROL.search(text) or written(text) != text:
        raise NotFreezable("A header would hold a control character.")
    return text


def _words(name: str, text: str) -> str:
    if _safe(text).isascii() and len(text) <= LONGEST_PLAIN_LINE - len(name) - 2 and "=?" not in text:
        return text.strip()
    return Header(text.strip(), "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")


def _mailboxes(addresses: tuple[Address, ...]) -> str:
    return ",\r\n ".join(_mailbox(address) for address in addresses)


def _mailbox(address: Address) -> str:
    if not is_plain_address(address.email):
        raise NotFreezable("An address is not a plain one.")
    name = " ".join(_safe(address.name).split())[:200]
    if not name:
        return address.email
    if not name.isascii() or "=?" in name or len(name) > 60:
        encoded = Header(name, "utf-8", maxlinelen=75, header_name="From").encode(linesep="\r\n")
        return f"{encoded}\r\n <{address.email}>"
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address.email}>' if _NEED_QUOTES.search(name) else f"{name} <{address.email}>"


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise NotFreezable("A Message-ID is not a plain one.")
    return text


def _token(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]{1,64}", text):
        raise NotFreezable("The token is not a plain one.")
    return text


def _clean_body(body: str) -> str:
    text = "\n".join(re.split("\r\n|\r|\n|\u2028|\u2029|\x0b|\x0c|\x85", body)).strip("\n")
    if written(text) != text:
        raise NotFreezable("The text holds a control character.")
    if len(text) > LARGEST:
        raise NotFreezable("The text is too long for a letter.")
    return text + "\n"


def _encode(body: str) -> tuple[str, bytes]:
    if body.isascii() and all(len(line) <= LONGEST_PLAIN_LINE for line in body.split("\n")):
        return "7bit", body.replace("\n", "\r\n").encode("ascii")
    lines = [quopri.encodestring(line.encode(), quotetabs=False).rstrip(b"\n") for line in body.split("\n")]
    return "quoted-printable", b"\r\n".join(lines).replace(b"=\n", b"=\r\n")


def _check_bytes(raw: bytes) -> None:
    stripped = raw.replace(b"\r\n", b"")
    if b"\r" in stripped or b"\n" in stripped or b"\0" in raw or not raw.isascii():
        raise NotFreezable("The letter would not be plain lines of ASCII.")
    if any(len(line) > LONGEST_LINE for line in raw.split(b"\r\n")):
        raise NotFreezable("A line would be longer than mail servers take.")


def _check_meaning(raw: bytes, sheet: Sheet, body: str) -> None:
    """Two parsers read the bytes; both must find the plan and nothing else."""
    old: Message = email.message_from_bytes(raw, policy=email.policy.compat32)
    new = email.message_from_bytes(raw, policy=email.policy.default)
    planned = [name for name, _ in _headers(sheet, body, "7bit")]
    for message in (old, new):
        if message.keys() != planned or message.defects or message.is_multipart():
            raise NotFreezable("The bytes hold other headers than planned.")
    for name, wanted in (("From", (sheet.sender,)), ("To", sheet.to), ("Cc", sheet.cc)):
        _check_addresses(old, new, name, [address.email for address in wanted])
    exact = {"Message-ID": sheet.message_id, "In-Reply-To": sheet.in_reply_to, MARKER: sheet.token}
    if any((old[name] or "") != value for name, value in exact.items()):
        raise NotFreezable("An id changed on its way into the bytes.")
    if (old["References"] or "").split() != list(sheet.references):
        raise NotFreezable("The references changed on their way into the bytes.")
    if not isinstance(new, EmailMessage) or " ".join(str(new["Subject"]).split()) != " ".join(sheet.subject.split()):
        raise NotFreezable("The subject changed on its way into the bytes.")
    if new.get_content().replace("\r\n", "\n") != body:
        raise NotFreezable("The text changed on its way into the bytes.")


def _check_addresses(old: Message, new: Message, name: str, wanted: list[str]) -> None:
    classic = [address for _, address in getaddresses([str(old[name])])] if wanted else []
    modern = [address.addr_spec for address in getattr(new[name], "addresses", ())]
    if classic != wanted or modern != wanted or any(parseaddr(one)[1] != one for one in wanted):
        raise NotFreezable("An address changed on its way into the bytes.")
