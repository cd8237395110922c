"""What the people of a simulated town write, as real mails; each says how long nothing may leave after it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import format_datetime

from providers.base import Mail, Role
from providers.mail import mime

ME = "sam@y.example"
HOME = "sam@home.example"
BY_HAND = timedelta(days=2)
"""After a mail of one's own the next wait begins; nothing may follow sooner than this."""
FOR_EVER = "for ever"


@dataclass(frozen=True)
class Said:
    """One thing a person may write, and what it must do to a follow-up."""

    meaning: str
    text: str
    blocks: str = FOR_EVER
    """`for ever`, `until the day`, `until seen` by the user, or nothing."""
    subject: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def _said(meaning: str, text: str, blocks: str = FOR_EVER, subject: str = "", **headers: str) -> Said:
    return Said(
        meaning, text, blocks, subject, tuple((name.replace("_", "-"), value) for name, value in headers.items())
    )


AUTO = {"Auto_Submitted": "auto-replied"}
SAYINGS = (
    _said("reply", "Hi Sam,\n\nyes, that works for us, we take the blue one.\n\nBest,\n{name}"),
    _said("reply", "Hallo Sam,\n\nja, das passt uns gut, wir nehmen die blaue.\n\nViele Grüße\n{name}"),
    _said("reply", "Bonjour Sam,\n\noui, avec plaisir. Je vous envoie le plan ce soir.\n\nCordialement,\n{name}"),
    _said("reply", "Hola Sam:\n\nSí, de acuerdo. Te mando el plano esta tarde.\n\nSaludos,\n{name}"),
    _said("decline", "Hi Sam,\n\nthank you, but we decided to go with another supplier.\n\nBest,\n{name}"),
    _said("decline", "Hallo Sam,\n\nvielen Dank, aber wir haben kein Interesse.\n\nGrüße\n{name}"),
    _said("opt_out", "Please stop writing to me.\n\n{name}"),
    _said("later", "Hi Sam,\n\nI will get back to you on {day}.\n\nBest,\n{name}", "until the day"),
    _said("later", "Hallo Sam,\n\nich melde mich am {tag}.\n\nViele Grüße\n{name}", "until the day"),
    _said("delegate", "Hi Sam,\n\nplease talk to my colleague Ann Moor about this, she takes over.\n\nBest,\n{name}"),
    _said("away", "I am out of the office until {day}.\n\n{name}", "until the day", "Automatic reply: {subject}", **AUTO),
    _said("away", "Ich bin bis zum {tag} nicht im Büro.\n\n{name}", "until the day", "Abwesenheitsnotiz: {subject}", **AUTO),
    _said("left", "{name} no longer works at our company.", FOR_EVER, "Automatic reply: {subject}", **AUTO),
    _said("unsure", "", "until seen"),
    _said("receipt", "Thanks, received.\n\n{name}", ""),
    _said("list", "Our spring catalogue is here. Read all about it on our pages.", "", "Spring news",
          List_Id="<news.x.example>", Precedence="bulk", List_Unsubscribe="<mailto:u@news.example>"),
)  # fmt: skip
BOUNCE, DELAY = "bounce", "delay"


@dataclass(frozen=True)
class Person:
    """Somebody I wrote to about one matter."""

    number: int
    zone: str = "+0100"

    @property
    def name(self) -> str:
        return f"{FIRST[self.number % len(FIRST)]} {LAST[self.number // len(FIRST) % len(LAST)]}{self.number}"

    @property
    def address(self) -> str:
        return f"p{self.number}@x{self.number}.example"

    @property
    def alias(self) -> str:
        """Another address of the same human."""
        return f"p{self.number}@private{self.number}.example"

    @property
    def ask(self) -> str:
        return f"<ask{self.number}@y.example>"

    @property
    def subject(self) -> str:
        return f"Offer {self.number} for the {THINGS[self.number % len(THINGS)]}"


FIRST = ("Pat", "Kim", "Ola", "Noor", "Luca", "Mina", "Ravi")
LAST = ("Lindt", "Moreau", "Barker", "Osei", "Tanaka")
THINGS = ("garden fence", "exhibition", "printing press", "school roof", "boat trailer", "museum shop")


def day_after(now: datetime, days: int) -> date:
    """A workday some days ahead."""
    found = now.date() + timedelta(days=days)
    while found.weekday() > 4:
        found += timedelta(days=1)
    return found


def letter(
    message_id: str, sender: str, to: str, at: datetime, subject: str, text: str, *, refs: tuple[str, ...] = (),
    headers: tuple[tuple[str, str], ...] = (), role: Role = Role.INBOX,
) -> Mail:  # fmt: skip
    """A mail as a server would hand it over, read by the real parser."""
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {format_datetime(at)}"]
    lines += [f"Message-ID: {message_id}", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"]
    lines += [f"{name}: {value}" for name, value in headers]
    if refs:
        lines += [f"In-Reply-To: {refs[-1]}", f"References: {' '.join(refs)}"]
    raw = ("\r\n".join(lines) + "\r\n\r\n" + text.replace("\n", "\r\n")).encode()
    return mime.parse(raw, key="new", received=at, folder=role.value, role=role)


def report(person: Person, message_id: str, at: datetime, *, failed: bool) -> Mail:
    """What a server says about a mail it could not deliver, or not yet."""
    action, status, word = ("failed", "5.1.1", "Undelivered") if failed else ("delayed", "4.4.1", "Delayed")
    raw = (
        f"From: MAILER-DAEMON@y.example\r\nTo: {ME}\r\nSubject: {word} Mail Returned to Sender\r\n"
        f"Date: {format_datetime(at)}\r\nMessage-ID: {message_id}\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is the mail system.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; y.example\r\n\r\n"
        f"Final-Recipient: rfc822; {person.address}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"From: {ME}\r\nTo: {person.address}\r\nSubject: {person.subject}\r\nMessage-ID: {person.ask}\r\n\r\n--b--\r\n"
    )
    return mime.parse(raw.encode(), key="new", received=at, folder="INBOX", role=Role.INBOX)


def asking(person: Person, at: datetime, sender: str = f"Sam Hill <{ME}>") -> Mail:
    """I ask somebody something."""
    text = (
        f"Hi {person.name.split()[0]},\n\nhere is our offer for the {THINGS[person.number % len(THINGS)]}.\n"
        "Could you tell me whether it works for you?\n\nBest,\nSam\n"
    )
    to = f"{person.name} <{person.address}>"
    return letter(person.ask, sender, to, at, person.subject, text, role=Role.SENT)


def by_hand(person: Person, at: datetime, message_id: str) -> Mail:
    """I write once more myself, asking again."""
    text = f"Hi {person.name.split()[0]},\n\nhave you had a chance to look at the offer?\n\nBest,\nSam\n"
    to = f"{person.name} <{person.address}>"
    return letter(
        message_id, f"Sam Hill <{ME}>", to, at, f"Re: {person.subject}", text, refs=(person.ask,), role=Role.SENT
    )


FORGED = "DE89 3704 0044 0532 0130 00"
"""Words that may stand in no letter, as no address with `evil` in it may be written to."""
FORGED_HEADS: tuple[tuple[tuple[str, str], ...], ...] = (
    (), (("Authentication-Results", "mx.evil.example; dmarc=pass header.from=y.example"),),
    (("Auto-Submitted", "auto-replied"),), (("X-Relance-Id", "0123456789abcdef"), ("X-Mozilla-Draft-Info", "x")),
    (("List-Id", "<l.evil.example>"),),
)  # fmt: skip


def forged(chance: random.Random, person: Person, now: datetime, name: str) -> Arrival:
    """A stranger writes in my name: into my thread with somebody, beside it, or under a name that is taken."""
    aim = chance.choice(("redirect", "copy", "begin", "taken", "absence"))
    role = chance.choice((Role.INBOX, Role.JUNK, Role.ARCHIVE, Role.OTHER, Role.SENT))
    sender = chance.choice((f"Sam Hill <{ME}>", f'"Sam" <{ME.upper()}>', "s@y.example"))
    eve = f"eve{person.number}@evil.example"
    to = {"redirect": eve, "copy": f"{person.address}, {eve}", "begin": eve}.get(aim, ME)
    words = f"Hi,\n\nplease pay 4,500 EUR to {FORGED} at https://evil.example/pay. Could you do that today?\n\nSam\n"
    heads = chance.choice(FORGED_HEADS)
    if role is Role.SENT or chance.random() < 0.5:
        heads = (("Return-Path", f"<{eve}>"), ("Delivered-To", ME), *heads)
    tied = aim in {"redirect", "copy", "absence"}
    text = "I am away until tomorrow." if aim == "absence" else words
    at = now - timedelta(days=9) if aim == "begin" else now
    mail = letter(
        person.ask if aim == "taken" else name, sender, to, at, f"Re: {person.subject}", text,
        refs=(person.ask,) if tied else (), headers=heads, role=role,
    )  # fmt: skip
    return Arrival(mail, person, chance.choice(("work", "home")), "forged", None, blocks=False, overridable=True)


@dataclass(frozen=True)
class Arrival:
    """A mail of a person, where it lands, and until when nothing may leave."""

    mail: Mail
    person: Person
    box: str
    meaning: str
    until: datetime | None
    """None: for ever."""
    blocks: bool
    overridable: bool
    """The user may still approve a letter after having seen it."""


def answer(chance: random.Random, person: Person, now: datetime, name: str) -> Arrival:
    """Somebody writes something, somewhere."""
    box = chance.choice(["work", "work", "work", "home"])
    role = chance.choice([Role.INBOX, Role.INBOX, Role.JUNK, Role.ARCHIVE, Role.OTHER])
    if chance.random() < 0.12:
        failed = chance.random() < 0.7
        mail = report(person, name, now, failed=failed)
        return Arrival(mail, person, "work", BOUNCE if failed else DELAY, None, failed, overridable=False)
    said = chance.choice(SAYINGS)
    threaded = chance.random() < 0.7 or said.meaning in {"away", "left", "list", "unsure"}
    sender = chance.choice([person.address, person.address, person.address, person.alias])
    return written(
        said, person, now, name, box=box, role=role, threaded=threaded, sender=sender, days=chance.randint(3, 9)
    )


def written(
    said: Said, person: Person, now: datetime, name: str, *, box: str = "work", role: Role = Role.INBOX,
    threaded: bool = True, sender: str = "", days: int = 4,
) -> Arrival:  # fmt: skip
    """A saying as a mail."""
    day = day_after(now, days)
    words = {
        "name": person.name, "subject": person.subject, "day": f"{day:%A}, {day.day} {day:%B} {day.year}",
        "tag": f"{day.day}.{day.month}.{day.year}",
    }  # fmt: skip
    subject = said.subject.format(**words) or ("Re: " if threaded else "About ") + person.subject
    tied = threaded and said.meaning != "list"
    who = f"{person.name} <{sender or person.address}>"
    if said.meaning == "list":
        who = f"News <news@x{person.number}.example>"
    mail = letter(
        name, who, ME if box == "work" else HOME, now, subject, said.text.format(**words),
        refs=(person.ask,) if tied else (), headers=said.headers, role=role,
    )  # fmt: skip
    until = datetime(day.year, day.month, day.day, tzinfo=now.tzinfo) if said.blocks == "until the day" else None
    # Away and unclear mails, and everything outside the thread, ask the user, who may go on.
    asks = not threaded or said.meaning in {"away", "unsure"}
    return Arrival(mail, person, box, said.meaning, until, bool(said.blocks), overridable=asks)
