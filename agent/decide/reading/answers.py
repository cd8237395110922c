"""Says what one incoming mail means for the matter; a mail with a person's words never becomes a machine's."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import replace

from agent.decide.dates.named_days import writes_month_first
from agent.decide.machines.calendar import read_calendar
from agent.decide.machines.carriers import Carrier, answers_nobody, carrier
from agent.decide.machines.reports import read_report, report_words
from agent.decide.reading.explained import INVITATION, RECALL, answering, beyond
from agent.decide.reading.signs import MailWords, Reading
from agent.decide.reading.wording import read_words
from agent.decide.values import Answer, Certainty, Me, Meaning
from providers.base import Mail
from voice.languages import subjects
from voice.languages.lexicon import heard, kinds
from voice.languages.quoted import typed
from voice.languages.tongues import everywhere, normal

ADORNMENTS = (
    "image/", "text/vcard", "text/x-vcard", "application/pgp-", "application/pkcs7-", "application/x-pkcs7-",
    "application/ms-tnef",
)  # fmt: skip
CLAIMED = "a mail in your name that your provider did not vouch for"
MUTE = frozenset({Meaning.RECEIPT, Meaning.DELAY, Meaning.LIST, Meaning.AWAY})
"""What stops nothing, so that it takes more than a mark."""
SLASHED = re.compile(r"\d/\d")
WORDS = re.compile(r"[^\W\d_]{2,}")
MOST_POINTING = 45
"""Words in a mail that does no more than name another address."""
SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s")
CALLED = re.compile(r"@?([^\W\d_]{2,30})\s?[,:–-]\s\S")
ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")


def read_answer(
    mail: Mail,
    *,
    me: Me,
    parent_text: str = "",
    own_ids: AbstractSet[str] = frozenset(),
    in_thread: bool | None = None,
    new_text: str | None = None,
) -> Answer:
    """What a mail means. `in_thread`: it continues a thread of ours; None lets its references tell."""
    if mail.mine:
        return Answer(Meaning.OWN, mail.sender.email if mail.sender else "", certainty=Certainty.SURE)
    if mail.claimed:
        return Answer(Meaning.UNSURE, CLAIMED, certainty=Certainty.UNSURE)
    if mail.said and not mail.text:
        return Answer(Meaning(mail.said), failed=mail.failed)
    ours = _continues(mail, own_ids) if in_thread is None else in_thread
    report = read_report(mail, me, own_ids)
    if report is not None and report.meaning not in MUTE:
        return report
    said = _words_of(mail, parent_text, new_text)
    if report is not None:
        left = report_words(mail, said)
        return _by_words(report, mail, said, me, left) if left else report
    answer, left = _read(mail, said, me, parent_text, ours=ours)
    return _by_words(answer, mail, said, me, left) if left else answer


def _words_of(mail: Mail, parent_text: str, new_text: str | None) -> MailWords:
    """The words of a mail, taken up once; where it is known what its writer typed, that alone."""
    reply_of_machine = _begins_as_reply_of_machine(mail.subject)
    text = typed(mail.text, parent_text) if new_text is None else new_text
    offset = mail.at.utcoffset()
    hours = offset.total_seconds() / 3600 if offset is not None else None
    named = f"{mail.sender.name} {mail.sender.key.partition('@')[0]}" if mail.sender else ""
    return MailWords(
        text,
        heard(text),
        writer=frozenset(WORDS.findall(normal(named[:200]))),
        name=frozenset(WORDS.findall(normal(mail.sender.name))) if mail.sender else frozenset(),
        month_first=bool(SLASHED.search(text)) and writes_month_first(normal(text[:2000]), hours),
        reply_of_machine=reply_of_machine,
        booked=mail.subject[:200] if "booked" in kinds(normal(mail.subject[:300]), everywhere()) else "",
    )


def _begins_as_reply_of_machine(subject: str) -> bool:
    """A subject that begins as an automatic reply does; one that answers such a mail does not."""
    head = normal(subject.strip()).lstrip("[(* ")
    if subjects.answering().match(head):
        return False
    begins = re.split(r"[:\]\-–—()]", head, maxsplit=1)[0][:60]
    return "auto_subject" in kinds(begins, everywhere())


def _read(mail: Mail, said: MailWords, me: Me, parent_text: str, *, ours: bool) -> tuple[Answer, str]:
    """What a mail that is no report means, and the words that its marks do not explain."""
    by = carrier(mail, me)
    if said.reply_of_machine and answers_nobody(mail):
        by = replace(by, automatic=True)
    reading = read_words(said, mail.at.date(), me.workdays, automatic=by.automatic or said.reply_of_machine)
    if reading.recalls:
        return Answer(Meaning.LIST, mail.subject[:200], certainty=Certainty.LIKELY), beyond(said, RECALL)
    calendar = read_calendar(mail)
    if calendar is not None and (calendar.meaning is not Meaning.REPLY or reading.verdict is not Meaning.DECLINE):
        blast = calendar.meaning is Meaning.LIST
        return calendar, beyond(said, INVITATION) if blast and (ours or _replies(mail)) else ""
    answer = _judge(mail, reading, by, ours, parent_text)
    if answer.meaning not in MUTE or (answer.meaning is Meaning.LIST and not _replies(mail)):
        return answer, ""
    return _put_off(answer, reading, mail), answering(said)


def _put_off(answer: Answer, reading: Reading, mail: Mail) -> Answer:
    """A day on which they will answer is waited for, whoever carried the word; a form letter names none."""
    form = reading.receipt or reading.automatic or reading.boilerplate or reading.absent or reading.returns
    if answer.until is not None or not reading.later_day or (form and answer.meaning is not Meaning.LIST):
        return answer
    alone = _human(mail, reading, ours=True)
    return alone if alone.meaning is Meaning.LATER else answer


def _by_words(answer: Answer, mail: Mail, said: MailWords, me: Me, left: str) -> Answer:
    """A mark does not explain them: the words say the same by themselves or refuse, or the mail is unclear."""
    alone = _human(mail, read_words(said, mail.at.date(), me.workdays), ours=True)
    if alone.meaning is answer.meaning:
        return answer
    if alone.meaning in {Meaning.OPT_OUT, Meaning.DECLINE}:
        return alone
    return Answer(Meaning.UNSURE, left, certainty=Certainty.UNSURE)


def _replies(mail: Mail) -> bool:
    return bool(mail.in_reply_to or mail.references or subjects.prefix().match(mail.subject[:300].lower()))


def _continues(mail: Mail, own_ids: AbstractSet[str]) -> bool:
    tied = set(mail.in_reply_to) | set(mail.references)
    return bool(tied & own_ids) if own_ids else bool(tied)


def _judge(mail: Mail, reading: Reading, by: Carrier, ours: bool, parent_text: str) -> Answer:
    robotic = by.settles or by.robot or by.automatic
    if robotic and not (by.bulk and not by.settles):
        settled = reading.settled or reading.said.booked
        if settled:
            return Answer(Meaning.BOOKED, settled, certainty=Certainty.LIKELY)
        if reading.signs and not ours:
            return Answer(Meaning.UNSURE, reading.signs, certainty=Certainty.UNSURE)
    if by.bulk and not ours:
        return Answer(Meaning.LIST, by.evidence, certainty=Certainty.SURE)
    if reading.empty:
        return _without_words(mail, by, reading, parent_text)
    automatic = by.automatic or reading.said.reply_of_machine
    if automatic:
        return _automatic(mail, reading, by, ours)
    if by.robot:
        return _robot(reading, by, ours)
    return _human(mail, reading, ours)


def _asks(text: str) -> bool:
    return text.rstrip().endswith(("?", "\uff1f"))


def _without_words(mail: Mail, by: Carrier, reading: Reading, parent_text: str) -> Answer:
    if reading.emoji:
        fits = bool(parent_text) and _asks(parent_text)
        return Answer(
            Meaning.REPLY if fits else Meaning.UNSURE,
            reading.emoji,
            certainty=Certainty.LIKELY if fits else Certainty.UNSURE,
        )
    if reading.said.reply_of_machine and by.exchange:
        return Answer(Meaning.AWAY, mail.subject[:200], certainty=Certainty.LIKELY)
    if mail.attachments and _asks(parent_text) and not (by.automatic or by.robot or by.bulk):
        return Answer(Meaning.REPLY, mail.attachments[0].name[:200], certainty=Certainty.LIKELY)
    return Answer(Meaning.UNSURE, mail.subject[:200], certainty=Certainty.UNSURE)


def _automatic(mail: Mail, reading: Reading, by: Carrier, ours: bool) -> Answer:
    """The headers or the subject say machine: the words must agree."""
    sure = Certainty.SURE if by.automatic else Certainty.LIKELY
    if reading.hard is not None and not reading.boilerplate:
        return _human(mail, reading, ours)
    if reading.left:
        return Answer(Meaning.LEFT, reading.left, certainty=sure, delegate=_address(mail, reading))
    told = reading.until or reading.boilerplate or reading.said.reply_of_machine
    absent = reading.absent or (reading.returns if told else "")
    if absent and reading.other and not by.automatic:
        return _human(mail, reading, ours)
    if absent:
        return Answer(Meaning.AWAY, absent, reading.until or reading.any_day, sure, _address(mail, reading))
    return _acknowledged(mail, reading, by, ours)


def _acknowledged(mail: Mail, reading: Reading, by: Carrier, ours: bool) -> Answer:
    """An automatic mail that speaks of no absence."""
    stranger = by.robot and not ours and not by.settles
    receipt = "" if ours and _speaks(reading) else reading.receipt or reading.automatic
    if stranger and not reading.receipt:
        return Answer(Meaning.LIST, by.evidence, certainty=Certainty.LIKELY)
    if receipt and not (reading.other and not by.automatic):
        return Answer(Meaning.RECEIPT, receipt, certainty=Certainty.LIKELY)
    if reading.said.reply_of_machine and by.automatic:
        return Answer(Meaning.AWAY, mail.subject[:200], reading.any_day, Certainty.LIKELY, _address(mail, reading))
    if stranger:
        return Answer(Meaning.LIST, by.evidence, certainty=Certainty.LIKELY)
    if by.settles and not ours:
        return Answer(Meaning.UNSURE, reading.first, certainty=Certainty.UNSURE)
    if reading.personal or reading.verdict is not Meaning.REPLY:
        return _human(mail, reading, ours)
    return Answer(Meaning.UNSURE, reading.first, certainty=Certainty.UNSURE)


def _speaks(reading: Reading) -> bool:
    """Whether somebody greets and asks, or goes to the matter at once and puts the ticket's number below."""
    return reading.personal and (reading.asked or (reading.others > 1 and reading.other == reading.first))


def _robot(reading: Reading, by: Carrier, ours: bool) -> Answer:
    if reading.receipt or reading.automatic:
        return Answer(Meaning.RECEIPT, reading.receipt or reading.automatic, certainty=Certainty.LIKELY)
    if ours or by.settles:
        return Answer(Meaning.UNSURE, reading.first, certainty=Certainty.UNSURE)
    return Answer(Meaning.LIST, by.evidence, certainty=Certainty.LIKELY)


def _human(mail: Mail, reading: Reading, ours: bool) -> Answer:
    """A person's words, the firmest first."""
    if reading.bare_no:
        return Answer(Meaning.DECLINE, reading.bare_no, certainty=Certainty.LIKELY)
    if reading.hard is not None:
        return Answer(reading.hard, reading.hard_words, certainty=Certainty.LIKELY if reading.loose else Certainty.SURE)
    if reading.left:
        return Answer(Meaning.LEFT, reading.left, delegate=_address(mail, reading))
    absent = reading.absent or (reading.returns if reading.boilerplate else "")
    if absent and not reading.other:
        return Answer(Meaning.AWAY, absent, reading.until, Certainty.LIKELY, _address(mail, reading))
    handed = reading.delegate or _addressed(mail, reading) or _pointing(reading)
    if handed:
        return Answer(Meaning.DELEGATE, handed, delegate=_address(mail, reading, copies=True))
    if (reading.settled and not ours) or reading.booking:
        return Answer(Meaning.BOOKED, reading.settled or reading.booking)
    if reading.waits:
        return Answer(Meaning.REPLY, reading.first, certainty=Certainty.LIKELY)
    softer = _points_elsewhere(mail, reading) or _softer(reading, ours)
    if softer.meaning is Meaning.RECEIPT and brings(mail):
        # "Thanks, received", and the signed order beside it: nobody here can tell what was meant.
        return Answer(Meaning.UNSURE, softer.evidence, certainty=Certainty.UNSURE)
    return softer


def brings(mail: Mail) -> bool:
    """Whether something is attached that may be the answer; logos, cards and signatures are none."""
    return any(not file.content_type.lower().startswith(ADORNMENTS) for file in mail.attachments)


def _pointing(reading: Reading) -> str:
    """Words that name somebody else for it, where nothing is agreed or asked."""
    return "" if reading.agreed or reading.asked else reading.pointing


def _addressed(mail: Mail, reading: Reading) -> str:
    """The sentence in which somebody in copy is asked to take over; a greeting of several is none."""
    if reading.agreed or not mail.cc:
        return ""
    first = {words[0] for address in mail.cc if (words := WORDS.findall(address.name.lower()))}
    if first & set(WORDS.findall(reading.handover.lower())):
        return reading.handover
    whole = reading.said.text
    for line in whole[whole.find(reading.first) + 1 :][:4000].splitlines():
        for piece in SENTENCE_ENDS.split(line)[:40]:
            called = CALLED.match(piece.strip())
            if called and called[1].lower() in first and piece.strip().endswith("?"):
                return piece.strip()[:200]
    return ""


def _points_elsewhere(mail: Mail, reading: Reading) -> Answer | None:
    """A short mail that asks and settles nothing and names somebody else's address hands the matter over."""
    whole = reading.said.text[:8000]
    busy = reading.agreed or reading.wants or reading.later or reading.receipt or reading.refusal
    if busy or "@" not in whole or "?" in whole or len(whole.split()) > MOST_POINTING:
        return None
    named = _address(mail, reading)
    line = next((line for line in whole.split("\n") if named and named in line.lower() and len(line.split()) > 2), None)
    if line is None or named is None or any(word in named for word in reading.said.name):
        return None
    return Answer(Meaning.DELEGATE, line.strip()[:200], delegate=named)


def _softer(reading: Reading, ours: bool) -> Answer:
    """Acknowledgements, deferrals and everything that is simply an answer."""
    ticket = reading.receipt and reading.acknowledges > 1 and not (reading.other or reading.agreed or reading.later_day)
    if ticket:
        return Answer(Meaning.RECEIPT, reading.receipt)
    if reading.later and not reading.agreed and (reading.later_day or not reading.asks_back):
        return Answer(Meaning.LATER, reading.later, reading.later_day)
    if reading.thanked:
        return Answer(Meaning.RECEIPT, reading.thanked)
    if reading.refusal:
        return Answer(Meaning.DECLINE, reading.refusal, certainty=Certainty.LIKELY)
    return Answer(Meaning.REPLY, reading.first, certainty=Certainty.SURE if ours else Certainty.LIKELY)


def _address(mail: Mail, reading: Reading, *, copies: bool = False) -> str | None:
    """The address of the person named instead, from the words, else the one in copy."""
    writer = mail.sender.key if mail.sender else ""
    known = {address.key for address in mail.to}
    for found in ADDRESS.findall(reading.said.text[:8000]):
        if found.lower() != writer and found.lower() not in known:
            return str(found).rstrip(".").lower()
    others = [address.key for address in mail.cc if address.key != writer]
    return others[0] if copies and len(others) == 1 else None
