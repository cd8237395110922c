"""Real stops, and the mail a stranger may add to them; what `tests.sim.unstopped` puts into its mailboxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from random import Random

from providers.base import Role
from tests.peers.houses import ME, person
from tests.sim.forged import FROM

NAMES = {
    "latin": ("Anna Berta Carl Dora Emil Frida Gustav Hanna Ivan Julia Karl Lena",
              "Adler Bauer Cramer Decker Ebert Fuchs Gruber Huber Jansen Keller Lindt Maurer"),
    "polish": ("Łukasz Żaneta Józef Paweł Grażyna Błażej Światosław Łucja Elżbieta Bożena Wacław Michał",
               "Świątek Wiśniewska Żak Dąbrowski Kamiński Wójcik Król Gołąb Zając Śliwa Lewczyński Gębski"),
    "cyrillic": ("Ольга Иван Анна Пётр Мария Сергей Елена Павел Нина Юрий Вера Олег",
                 "Петрова Смирнов Кузнецова Попов Соколова Лебедев Козлова Новиков Морозова Волков Зайцева Титов"),
    "chinese": ("小明 小红 志强 秀英 建国 丽娜 国华 海燕 春梅 文杰 晓东 玉兰",
                "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙"),
}  # fmt: skip
OUT = "Please never write to me again. Remove me from your list."
ACCEPTED = (
    "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Matter\r\n"
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:{0}\r\nEND:VEVENT\r\nEND:VCALENDAR"
)
MDN = ("message/disposition-notification", "Disposition: manual-action/MDN-sent-manually; displayed")
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.y.example>"
BY_RULE = "Return-Path: <eve@evil.example>\r\nDelivered-To: sam@y.example\r\n"


@dataclass(frozen=True)
class Note:
    """One mail, and where and when it comes."""

    name: str
    sender: str
    at: datetime
    """Its Date."""
    words: str
    refs: tuple[str, ...] = ()
    subject: str = "Re: Matter"
    head: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    top: str = "multipart/mixed"
    to: str = ME
    role: Role = Role.INBOX
    folder: str = ""
    came: datetime | None = None
    """When it came, where that is not its Date."""
    key: str = ""
    flags: frozenset[str] = frozenset()

    def raw(self) -> bytes:
        tie = f"In-Reply-To: {self.refs[-1]}\r\nReferences: {' '.join(self.refs)}\r\n" if self.refs else ""
        above = (
            f"{self.head}From: {self.sender}\r\nTo: {self.to}\r\nSubject: {self.subject}\r\n"
            f"Date: {format_datetime(self.at)}\r\nMessage-ID: {self.name}\r\n{tie}MIME-Version: 1.0\r\n"
        )
        if not self.parts:
            return f"{above}Content-Type: text/plain; charset=utf-8\r\n\r\n{self.words}\r\n".encode()
        told = (("text/plain; charset=utf-8", self.words), *self.parts) if self.words else self.parts
        inner = "".join(f"--bnd\r\nContent-Type: {kind}\r\n\r\n{text}\r\n" for kind, text in told)
        return f"{above}Content-Type: {self.top}; boundary=bnd\r\n\r\n{inner}--bnd--\r\n".encode()


@dataclass(frozen=True)
class Scene:
    """One person who was asked something, and the names of everything around them."""

    number: int
    called: str
    asked: datetime

    @property
    def p(self) -> str:
        return person(self.number)

    @property
    def name(self) -> str:
        first, last = (words.split() for words in NAMES[self.called])
        return f"{first[self.number % 12]} {last[self.number // 12 % 12]}"

    @property
    def shown(self) -> str:
        return self.with_name(self.p)

    def with_name(self, address: str) -> str:
        return f"{Header(self.name, 'utf-8').encode() if not self.name.isascii() else self.name} <{address}>"

    @property
    def ask(self) -> str:
        return f"<ask{self.number}@y.example>"

    @property
    def earlier(self) -> str:
        """The user's older question to the same person."""
        return f"<earlier{self.number}@y.example>"

    @property
    def stop(self) -> str:
        return f"<stop{self.number}@x{self.number}.example>"

    @property
    def eve(self) -> str:
        return f"eve@evil{self.number}.example"

    @property
    def to_eve(self) -> str:
        return f"<toeve{self.number}@y.example>"

    @property
    def to_third(self) -> str:
        return f"<tothird{self.number}@y.example>"

    @property
    def ours(self) -> str:
        """Where a letter of ours left, its name and token are put in their place."""
        return f"<ours{self.number}@y.example>"

    def fresh(self, kind: str, count: int = 0) -> str:
        return f"<{kind}{self.number}-{count}@evil{self.number}.example>"


def failed(scene: Scene, at: datetime, refs: str, whom: str, name: str, **more: object) -> Note:
    """A delivery report."""
    status = f"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; {whom}\r\nAction: failed\r\nStatus: 5.1.1"
    given = {"subject": "Undelivered Mail Returned to Sender", **more}
    return Note(name, DAEMON, at, "It could not be delivered.", (refs,) if refs else (),
                parts=(("message/delivery-status", status),), top="multipart/report; report-type=delivery-status", **given)  # type: ignore[arg-type]  # fmt: skip


def stop_of(kind: str, scene: Scene, at: datetime) -> Note:
    """The one real stop."""
    said = Note(scene.stop, scene.shown, at, "We take the green one, it is nicer.", (scene.ask,))
    private = scene.with_name(f"private{scene.number}@home.example")
    match kind:
        case "answer":
            return said
        case "answer, new thread":
            return replace(said, refs=(), subject="Your question", words="We take the green one, please order it.")
        case "answer, other address":
            return replace(said, refs=(), subject="Question", sender=private, words="We take the green one, please.")
        case "answer, attachment":
            return replace(said, words="", parts=(("application/pdf; name=choice.pdf", "JVBERi0="),))
        case "answer, colleague":
            return replace(said, sender=f"Bob Colleague <bob@x{scene.number}.example>")
        case "decline":
            return replace(said, words="No, thank you. We are not interested.")
        case "opt-out":
            return replace(said, words=OUT)
        case "opt-out, other thread":
            return replace(said, words=OUT, refs=(scene.earlier,))
        case "opt-out, alone":
            return replace(said, words=OUT, refs=(), subject="Your mails")
        case "calendar":
            return replace(said, words="", parts=(("text/calendar; method=REPLY", ACCEPTED.format(scene.p)),))
        case "bounce":
            return failed(scene, at, scene.ask, scene.p, scene.stop)
        case "bounce, earlier mail":
            return failed(scene, at, scene.earlier, scene.p, scene.stop)
        case "left":
            return replace(said, words="I have left the company and no longer work here.")
        case "delegate":
            return replace(said, words=f"Please talk to Bob instead, he decides: bob@x{scene.number}.example.")
        case "by hand":
            return replace(said, name=f"<hand{scene.number}@y.example>", sender=FROM["me"], to=scene.shown, role=Role.SENT,
                           words="Hi,\n\nno need to answer any more, I have taken the first one.\n\nBest,\nSam")  # fmt: skip
        case _:
            return replace(said, name=f"<half{scene.number}@y.example>", sender=FROM["me"], to=scene.shown,
                           role=Role.DRAFTS, words="Hi,\n\none more thing", flags=frozenset(("draft",)))  # fmt: skip


STOPS = (
    "answer", "answer, new thread", "answer, other address", "answer, attachment", "answer, colleague", "decline",
    "opt-out", "opt-out, other thread", "opt-out, alone", "calendar", "bounce", "bounce, earlier mail", "left",
    "delegate", "by hand", "own draft",
)  # fmt: skip
EVERYWHERE = frozenset({"opt-out", "opt-out, other thread", "opt-out, alone", "bounce", "bounce, earlier mail"})
"""After these no other letter to the person may leave either."""
OLD = frozenset({"opt-out, other thread", "opt-out, alone", "bounce, earlier mail"})
"""These may have come long before the question."""
Made = Callable[[Scene, Note, datetime, Random], list[Note]]
SAYS = {
    "decline": "No, thank you. We are not interested.", "answer": "We take the blue one.", "please": "Please go on, write to me again.",
    "promise": "I will get back to you tomorrow.", "absence": "I am out of the office until tomorrow.",
    "receipt": "Thanks, received.", "note": "Note.", "empty": "", "opt-in": "I changed my mind, do write to me as often as you like.",
    "optout": OUT, "question": "Could you tell me which of the two offers for the roof we should take?",
}  # fmt: skip
HEADS = {
    "auto": "Auto-Submitted: auto-replied\r\n", "list": "List-Id: <l.evil.example>\r\n", "bulk": "Precedence: bulk\r\n",
    "unsubscribe": "List-Unsubscribe: <https://evil.example/u>\r\n", "bare": "", "draft": "X-Mozilla-Draft-Info: internal/draft\r\n",
    "status": "X-Status: T\r\n", "robot": "Auto-Submitted: auto-generated\r\nReturn-Path: <>\r\n", "token": "X-Relance-Id: 0123456789abcdef\r\n",
}  # fmt: skip
PARTS = {
    "mdn": ((MDN,), "multipart/report; report-type=disposition-notification"),
    "invitation": ((("text/calendar; method=REQUEST", ACCEPTED.replace("REPLY", "REQUEST")),), "multipart/mixed"),
    "delay": ((("message/delivery-status", "Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; dan@d.example\r\nAction: delayed\r\nStatus: 4.0.0"),),
              "multipart/report; report-type=delivery-status"),
    "complaint": ((("message/feedback-report", "Feedback-Type: abuse\r\nUser-Agent: x\r\nVersion: 1"),), "multipart/report; report-type=feedback-report"),
}  # fmt: skip
KEYS = ("", "memory/0", "memory/~", "A", "zz")
PLACES = ((Role.INBOX, ""), (Role.INBOX, ""), (Role.JUNK, ""), (Role.ARCHIVE, ""), (Role.OTHER, "Projects"), (Role.TRASH, ""), (Role.SENT, ""), (Role.DRAFTS, ""))  # fmt: skip


def laid(note: Note, chance: Random) -> Note:
    """Somewhere: in any folder, the key sorting before or after others."""
    role, folder = chance.choice(PLACES)
    head = note.head + BY_RULE if role is Role.SENT else note.head
    key = chance.choice(KEYS)
    return replace(note, role=role, folder=folder, head=head, key=key and f"{key}-{note.name}-{chance.random()}")


def dated(scene: Scene, stop: Note, came: datetime, chance: Random) -> datetime:
    """Its writer dates a mail as they like."""
    return chance.choice((came, came, stop.at - timedelta(hours=1), stop.at + timedelta(hours=1), stop.at, scene.asked - timedelta(days=1),
                          scene.asked + timedelta(minutes=1), came + timedelta(days=30), scene.asked - timedelta(days=60)))  # fmt: skip


def copy(scene: Scene, stop: Note, came: datetime, chance: Random) -> list[Note]:
    """The stop once more, with other headers, parts, text or date."""
    kind = chance.choice(("head", "parts", "parts", "text", "date", "writer"))
    note = replace(stop, role=Role.INBOX, flags=frozenset(), came=came)
    if note.sender == FROM["me"]:
        note = replace(note, head=BY_RULE)
    match kind:
        case "head":
            note = replace(note, head=note.head + chance.choice(list(HEADS.values())),
                           subject=chance.choice((stop.subject, "Automatic reply: Matter")))  # fmt: skip
        case "parts":
            parts, top = chance.choice(list(PARTS.values()))
            note = replace(note, parts=parts, top=top)
        case "text":
            note = replace(note, words=chance.choice(list(SAYS.values())))
        case "date":
            note = replace(note, at=dated(scene, stop, came, chance))
        case "writer":
            note = replace(note, sender=chance.choice((f"Eve <{scene.eve}>", scene.p.upper(), f'"{ME}" <{scene.p}>', FROM["me"])), head=BY_RULE)  # fmt: skip
    if chance.random() < 0.3:
        note = replace(note, refs=chance.choice(((), (scene.ask,), (scene.earlier,), (scene.to_third,))))
    return [laid(note, chance)]


def words(scene: Scene, stop: Note, came: datetime, chance: Random) -> list[Note]:
    """Eve, or somebody with the address or the name of p, says something in the thread."""
    sender = chance.choice(
        (f"Eve <{scene.eve}>", f"Eve <{scene.eve}>", scene.shown, scene.p, scene.with_name(scene.eve))
    )
    refs = chance.choice(((scene.ask,), (scene.stop,), (scene.ask, scene.stop), (scene.earlier,), (stop.name,), ()))
    note = Note(scene.fresh("words", chance.randrange(10**6)), sender, dated(scene, stop, came, chance), chance.choice(list(SAYS.values())),
                refs, head=chance.choice(("", "", "", *HEADS.values())), came=came,
                subject=chance.choice(("Re: Matter", f"Re: Matter {scene.number}", "Automatic reply: Matter", "News")))  # fmt: skip
    return [laid(note, chance)]


def merge(scene: Scene, stop: Note, came: datetime, chance: Random) -> list[Note]:
    """One mail that names two threads of the user's."""
    some = [scene.ask, scene.stop, scene.earlier, stop.name]
    names = [chance.choice(some), chance.choice((scene.to_eve, scene.to_third, "<past1@y.example>", scene.earlier))]
    chance.shuffle(names)
    sender = chance.choice((f"Eve <{scene.eve}>", scene.shown, FROM["me"]))
    note = Note(scene.fresh("merge", chance.randrange(10**6)), sender, dated(scene, stop, came, chance), chance.choice(list(SAYS.values())),
                tuple(names), came=came, head=BY_RULE if sender == FROM["me"] else "")  # fmt: skip
    return [laid(note, chance)]


def junk(scene: Scene, stop: Note, came: datetime, chance: Random) -> list[Note]:
    """Twenty-one to forty mails that bear the address of p."""
    refs = chance.choice(((), (), (scene.ask,), (scene.earlier,)))
    return [
        Note(scene.fresh("junk", one), scene.p, came, f"Cheap pills number {one}, buy now.", refs, subject=f"Pills {one}", role=Role.JUNK, came=came)
        for one in range(chance.randint(21, 40))
    ]  # fmt: skip


def pill(scene: Scene, stop: Note, came: datetime, chance: Random) -> list[Note]:
    """One such mail."""
    return junk(scene, stop, came, chance)[:1]


def flood(scene: Scene, stop: Note, came: datetime, chance: Random) -> list[Note]:
    """More mails in a thread than anybody writes."""
    refs = chance.choice(((scene.ask,), (scene.stop,), (scene.earlier,)))
    at = dated(scene, stop, came, chance)
    return [
        Note(scene.fresh("flood", one), f"Eve <{scene.eve}>", at, f"Note {one}.", refs, came=came) for one in range(305)
    ]


def claims(scene: Scene, stop: Note, came: datetime, chance: Random) -> list[Note]:
    """A mail in the user's name that nothing proves."""
    name = chance.choice(
        (scene.fresh("claims", chance.randrange(10**6)), scene.stop, scene.ask, stop.name, scene.earlier, scene.ours)
    )
    refs = chance.choice(((), (scene.ask,), (scene.stop,), (scene.ask, scene.stop), (scene.to_third, scene.ask)))
    text = "Hi,\n\nCould you tell me which of the two offers for the roof we should take?\n\nBest,\nSam"
    note = Note(name, FROM["me"], dated(scene, stop, came, chance), chance.choice((text, "I have done it.", stop.words)),
                tuple(one for one in refs if one != name), to=chance.choice((scene.shown, scene.eve, f"{scene.p}, {scene.eve}")),
                head=BY_RULE + chance.choice(("", *HEADS.values())), came=came)  # fmt: skip
    return [laid(note, chance)]


def takes(scene: Scene, stop: Note, came: datetime, chance: Random) -> list[Note]:
    """A mail of a stranger's under a name that is taken."""
    name = chance.choice((scene.ask, scene.stop, stop.name, scene.earlier, scene.ours, scene.to_third))
    refs = chance.choice(((), (scene.ask,), (scene.stop,), (scene.to_third,), (scene.to_eve,), (scene.earlier,)))
    note = Note(name, chance.choice((f"Eve <{scene.eve}>", scene.shown, DAEMON)), dated(scene, stop, came, chance), chance.choice(list(SAYS.values())),
                tuple(one for one in refs if one != name), came=came)  # fmt: skip
    return [laid(note, chance)]


def reports(scene: Scene, stop: Note, came: datetime, chance: Random) -> list[Note]:
    """A report about somebody else, or a success."""
    whom = chance.choice(("dan@d.example", scene.eve, f"bob@x{scene.number}.example", scene.p, ME))
    refs = chance.choice((scene.ask, scene.stop, scene.earlier, ""))
    note = failed(
        scene, dated(scene, stop, came, chance), refs, whom, scene.fresh("dsn", chance.randrange(10**6)), came=came
    )
    return [laid(note, chance)]


def marked(scene: Scene, stop: Note, came: datetime, chance: Random) -> list[Note]:
    """A mail with the mark of a letter of ours."""
    (note,) = words(scene, stop, came, chance)
    sender = chance.choice((note.sender, FROM["me"]))
    return [replace(note, sender=sender, head=f"{note.head}X-Relance-Id: TOKEN{scene.number}\r\n{BY_RULE}")]


def plus(scene: Scene, stop: Note, came: datetime, chance: Random) -> list[Note]:
    """From or to an address with a plus."""
    (note,) = words(scene, stop, came, chance)
    local, _, domain = scene.p.partition("@")
    other = f"{local}+shop@{domain}"
    return [
        replace(note, sender=scene.with_name(other)) if chance.random() < 0.6 else replace(note, to="sam+x@y.example")
    ]


def display(scene: Scene, stop: Note, came: datetime, chance: Random) -> list[Note]:
    """A name that looks like an address, or like the user."""
    (note,) = words(scene, stop, came, chance)
    sender = chance.choice((f'"{scene.p}" <{scene.eve}>', f'"Sam" <{scene.eve}>', f'"{ME}" <{scene.eve}>', f'"Eve" <{scene.p.upper()}>',
                            f'"Sam" <{scene.p}>', f'"{scene.eve}" <{scene.p}>', f"<{scene.p}>, <{scene.eve}>"))  # fmt: skip
    return [replace(note, sender=sender)]


ACTS: dict[str, Made] = {
    "copy": copy, "words": words, "merge": merge, "junk": junk, "pill": pill, "flood": flood, "claims": claims, "takes": takes,
    "reports": reports, "marked": marked, "plus": plus, "display": display,
}  # fmt: skip
