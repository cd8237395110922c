"""Condenses a thread into the few facts the judge of quietness needs; it decides nothing about time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from agent.decide.dates.pauses import Said, governing
from agent.decide.reading.answers import CLAIMED
from agent.decide.reading.expects import Expectation
from agent.decide.reading.sensitive import sensitive
from agent.decide.threads.matter import matter_words
from agent.decide.threads.moves import ANSWERED, Move, doubtful, had, later, moves, there_for
from agent.decide.threads.moves import expected as expected_of
from agent.decide.threads.people import Recipients, recipients
from agent.decide.threads.threads import Thread, families, moment
from agent.decide.threads.waits import Sample, asked_of, from_asked, own_waits, reply_times, usual_wait
from agent.decide.values import Answer, Me, Meaning
from providers.base import Address, Mail
from voice.languages.subjects import prefix

SAYS_NOTHING = frozenset({Meaning.RECEIPT, Meaning.AWAY, Meaning.DELAY, Meaning.OWN, Meaning.LIST, Meaning.BOUNCE})
PAUSING = frozenset({Meaning.LATER, Meaning.AWAY, Meaning.RECEIPT, Meaning.DELAY})


OPT_OUT, BOUNCED = "opt_out", "bounced"


class Stand(NamedTuple):
    """What a mail says of a person that outlives the mail."""

    person: str
    kind: str
    mail: str
    at: str
    """ISO time at which the mailbox got it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One thread, condensed; every field survives JSON."""

    thread: str
    subject: str = ""
    person: str = ""
    name: str = ""
    people: tuple[str, ...] = ()
    last_own: str = ""
    """ISO time of the mail a follow-up would continue; empty when there is none."""
    own_id: str = ""
    own_key: str = ""
    asks: bool = False
    evidence: str = ""
    patient: bool = False
    courtesy: bool = False
    blocked: str = ""
    """A `Reason` code that already settles the thread."""
    blocked_evidence: str = ""
    meaning: str = ""
    """The last answer that counts."""
    answer_evidence: str = ""
    until: str = ""
    answered_at: str = ""
    clock: str = ""
    """ISO time from which the wait runs."""
    touches: int = 0
    sensitive: str = ""
    sensitive_evidence: str = ""
    own_draft: bool = False
    usual_wait: float = 0.0
    samples: tuple[Sample, ...] = ()
    problem: bool = False
    half_read: bool = False
    """A mail after the user's own may say more than was read of it."""
    zone_hint: str = ""
    delegate: str = ""
    matter: tuple[str, ...] = ()
    """The words that tell what the thread is about, from `matter_words`."""
    waits: tuple[int, ...] = ()
    """Workdays between a question of ours and asking again, by hand."""
    stands: tuple[Stand, ...] = ()
    """What its mails say of people, whatever became of the thread."""

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, object]) -> Summary:
        made: Callable[..., Summary] = cls
        stands = values.get("stands", ())
        if not isinstance(stands, list | tuple):
            raise TypeError("stands")
        known = {key: _fixed(value) for key, value in values.items()}
        return made(**{**known, "stands": tuple(Stand(*item) for item in stands)})


def _fixed(value: object) -> object:
    """A list of JSON as the tuple it was."""
    return tuple(map(_fixed, value)) if isinstance(value, list) else value


def summarise(
    thread: Thread,
    me: Me,
    *,
    own_ids: AbstractSet[str] = frozenset(),
    known: Iterable[str] = (),
) -> Summary:
    """The facts of one thread."""
    if not thread.mails:
        return Summary(thread.key, blocked="empty", own_draft=bool(thread.drafts))
    if not wrote_here(thread):
        newest = thread.mails[-1]
        return Summary(thread.key, newest.subject, _writer(newest), blocked="not_mine", problem=_broken(thread))
    read = moves(thread, me, own_ids)
    return replace(_read(thread, me, read, known=known), stands=_stands(read))


def _stands(read: list[Move]) -> tuple[Stand, ...]:
    """What each mail says of its writer, or a server of those we wrote to, however the thread is judged."""
    asked = {key for move in read if move.mine for key in asked_of(move.mail)}
    return tuple(stand for move in read for stand in stands_of(move.mail, move.answer, asked))


def stands_of(mail: Mail, answer: Answer, asked: AbstractSet[str] = frozenset()) -> list[Stand]:
    """What one mail says, by itself."""
    name, at = mail.message_id or mail.key, _iso(mail.received)
    if answer.meaning is Meaning.OPT_OUT:
        return [Stand(writer, OPT_OUT, name, at) for writer in mail.writers]
    if answer.meaning is Meaning.BOUNCE:
        return [Stand(one, BOUNCED, name, at) for one in sorted({one.lower() for one in answer.failed} & asked)]
    return []


def _read(thread: Thread, me: Me, read: list[Move], *, known: Iterable[str]) -> Summary:
    # Who asked never to be written to said more than who said no, whatever date either bears.
    refused = (move for wanted in (Meaning.OPT_OUT, Meaning.DECLINE) for move in read if move.answer.meaning is wanted)
    hard = next(refused, None)
    last = _last_own(read)
    if last is None and (invited := _invited(thread, read)) is not None:
        return invited
    if last is None:
        return Summary(
            thread.key, read[-1].mail.subject, _writer(read[-1].mail), blocked="not_mine", problem=_broken(thread)
        )
    return _with_own(thread, me, read, last, hard, known=known)


def _invited(thread: Thread, read: list[Move]) -> Summary | None:
    """A thread that is only our calendar invitation and what came back; it is never chased."""
    mine = next((move for move in read if move.mine and move.mail.role.value == "sent"), None)
    decisive = _decisive(read[read.index(mine) + 1 :]) if mine is not None else None
    if mine is None or decisive is None:
        return None
    blocked, why = _blocked("", decisive, None)
    people = tuple(address.key for address in mine.mail.to)
    said = decisive.answer
    return Summary(
        thread.key, mine.mail.subject, people[0] if people else "", people=people, last_own=_iso(moment(mine.mail)),
        blocked=blocked, blocked_evidence=why, meaning=str(said.meaning), answer_evidence=said.evidence,
        answered_at=_iso(moment(decisive.mail)), problem=_broken(thread),
    )  # fmt: skip


def waited_from(summary: Summary, left: datetime | None) -> Summary:
    """The wait runs at least from when our own clock saw the last letter leave, whatever day the mailbox puts on it."""
    if left is None or not summary.clock or left <= datetime.fromisoformat(summary.clock):
        return summary
    return replace(summary, clock=_iso(left))


def wrote_here(thread: Thread) -> bool:
    """Whether any mail is ours; threads of others alone need no reading."""
    return any(mail.mine for mail in thread.mails)


def unvouched(thread: Thread, own: Mail) -> Mail | None:
    """A mail that only claims to be ours and came after the one of ours that counts, whatever its date says."""
    return next((mail for mail in reversed(thread.mails) if mail.claimed and later(mail, own)), None)


def _crossing(read: list[Move], last: int) -> list[Move]:
    """Mails written before our last one that reached us after it: we had not seen them when we wrote."""
    own = read[last].mail
    seen = {*own.in_reply_to, *own.references}
    ours = frozenset(move.mail.message_id for move in read if move.mine) - {""}
    return [
        move for move in read[:last]
        if not move.mine and not had(move.mail, own, ours)
        and not (move.mail.message_id in seen - ours and there_for(move.mail, own))
    ]  # fmt: skip


def _with_own(
    thread: Thread,
    me: Me,
    read: list[Move],
    last: int,
    hard: Move | None,
    *,
    known: Iterable[str],
) -> Summary:
    own = read[last]
    to, after = reachable(recipients(own.mail, me.keys, known), [*_crossing(read, last), *read[last + 1 :]])
    start, touches, expected, patient = _asked(read, last)
    topic, words = sensitive(
        move.text for move in read if move.mine or move.answer.meaning not in {Meaning.LIST, Meaning.BOUNCE}
    )
    decisive = hard or _decisive(after)
    earlier = _promise_before(read, last)
    effect = decisive or _pausing(after) or (earlier if not expected.asks else None)
    said = effect.answer if effect else Answer(Meaning.UNSURE, "")
    pausing = effect is not None and said.meaning in PAUSING
    since = moment(start.mail)
    if effect is not None and pausing and effect is not earlier:
        # Whatever date a mail bears, it moves the day away from us and never nearer.
        since = max(since, moment(effect.mail))
    blocked, why = _blocked(to.refusal, decisive, hard)
    if not blocked and unvouched(thread, own.mail) is not None:
        blocked, why = "claimed", CLAIMED
    if not blocked and any(map(doubtful, (move for move in read[read.index(start) :] if move.by_hand))):
        blocked, why = "whose_words", expected.evidence
    people = dict.fromkeys(address.key for address in to.to + to.cc)
    people |= dict.fromkeys(key for mail in thread.mails if mail.mine for key in mail.possible_recipients)
    if len(families(thread)) > 1:
        blocked = blocked or "joined"
        # What becomes of the other matters in here must not be lost to those who are in them.
        people |= {key: None for mail in thread.mails if mail.mine for key in sorted(asked_of(mail))}
    person = to.to[0] if to.to else Address("")
    times = reply_times(read)
    theirs = [days for who, days in times if who == person.key]
    put_off = pausing and any(_promises(move, own.mail) for move in (effect, *after) if move)
    # A day that somebody else names may only put off; nobody is held to it.
    until = said.until if effect is None or said.meaning is not Meaning.LATER or _promises(effect, own.mail) else None
    return Summary(
        thread.key, subject=own.mail.subject, person=person.key, name=person.name,
        people=tuple(people),
        last_own=_iso(moment(own.mail)), own_id=own.mail.message_id, own_key=own.mail.key,
        asks=expected.asks or put_off, evidence=expected.evidence or said.evidence,
        patient=patient, courtesy=expected.courtesy,
        blocked=blocked, blocked_evidence=why or (said.evidence if blocked else ""),
        meaning=str(said.meaning) if effect else "", answer_evidence=said.evidence,
        until=until.isoformat() if until else "", answered_at=_iso(moment(effect.mail)) if effect else "",
        clock=_iso(since if pausing and not touches else max(since, moment(own.mail))), touches=touches,
        sensitive=topic, sensitive_evidence=words, own_draft=bool(thread.drafts),
        usual_wait=usual_wait(theirs), samples=times, problem=_broken(thread), zone_hint=_zone_hint(read),
        half_read=any(move.mail.half_read for move in after if not move.mine),
        delegate=(decisive.answer.delegate or "") if decisive else "",
        matter=matter_words(own.mail.subject, start.text), waits=own_waits(read),
    )  # fmt: skip


def _promises(move: Move, own: Mail) -> bool:
    """Somebody we asked named a time."""
    return move.answer.meaning is Meaning.LATER and from_asked(move.mail, own)


def reachable(to: Recipients, after: list[Move]) -> tuple[Recipients, list[Move]]:
    """Without the recipients a report names as failed, as long as somebody is left; then those reports stop nothing.

    One that names an address nobody knows may be about whoever is left, who has their mail sent on: it still stops.
    """
    failed = {name.lower() for move in after if move.answer.meaning is Meaning.BOUNCE for name in move.answer.failed}
    known = {address.key for address in to.to + to.cc}
    left = tuple(address for address in to.to if address.key not in failed)
    if not failed or not left or not failed & known:
        return to, after
    kept = [
        move for move in after
        if move.answer.meaning is not Meaning.BOUNCE or not move.answer.failed
        or any(name.lower() not in known for name in move.answer.failed)
    ]  # fmt: skip
    copied = tuple(address for address in to.cc if address.key not in failed)
    return replace(to, to=left, cc=copied), kept


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _writer(mail: Mail) -> str:
    return mail.sender.key if mail.sender else ""


def _broken(thread: Thread) -> bool:
    """Whether a mail in it was not read whole, be it one that only claims to be ours."""
    return any(mail.problem for mail in thread.mails)


def _zone_hint(read: list[Move]) -> str:
    dates = [move.mail.date for move in read if not move.mine and move.mail.date is not None]
    offsets = [day.utcoffset() for day in dates]
    known = [offset for offset in offsets if offset]
    return str(int(known[-1].total_seconds())) if known else ""


def _last_own(read: list[Move]) -> int | None:
    return next((place for place in range(len(read) - 1, -1, -1) if read[place].by_hand), None)


def _decisive(after: list[Move]) -> Move | None:
    found = [move for move in after if move.answer.meaning in ANSWERED or move.answer.meaning is Meaning.BOUNCE]
    return found[-1] if found else None


def _pausing(after: list[Move]) -> Move | None:
    place = governing([Said(move.answer, moment(move.mail), _writer(move.mail)) for move in after])
    if place is not None:
        return after[place]
    human = [
        move for move in after if move.answer.meaning is Meaning.RECEIPT and not move.mail.header("auto-submitted")
    ]
    return human[-1] if human else None


def _promise_before(read: list[Move], last: int) -> Move | None:
    """Their promise just before our last mail, which only thanked for it."""
    before = [move for move in read[:last] if not move.mine]
    return before[-1] if before and before[-1].answer.meaning is Meaning.LATER else None


def _asked(read: list[Move], last: int) -> tuple[Move, int, Expectation, bool]:
    """The own mail that asked those the last one went to, how many of ours asked them again, and what is expected.

    Only one of them can have answered in between; what anybody else wrote begins nothing anew.
    """
    run, theirs, people = [read[last]], False, asked_of(read[last].mail)
    for move in reversed(read[:last]):
        if move.by_hand and not people.isdisjoint(asked_of(move.mail)):
            run.append(move)
        elif not move.mine and move.answer.meaning not in SAYS_NOTHING and there_for(move.mail, run[-1].mail):
            theirs = True
            if any(from_asked(move.mail, own.mail) for own in run):
                break
    run.reverse()
    expected = [(move, expected_of(move, answering=theirs or _answers(run[0].mail))) for move in run]
    asking = [(move, found) for move, found in expected if found.asks]
    if not asking:
        return read[last], 0, expected[-1][1], expected[-1][1].patient
    # A letter of relance's is a touch however its words are read: a question it restates can look like a quote.
    touching = [move for move, found in expected if found.asks or move.mail.header("x-relance-id")]
    first = asking[0][0]
    # Nor does the day a server puts on it say that it was none: the server's clock may stand days behind.
    again = [
        move for move in touching
        if move is not first and (move.mail.header("x-relance-id") or _days(first, move) >= 1)
    ]  # fmt: skip
    latest = expected[-1][1]
    closing = latest.courtesy and not latest.asks and len(expected) > 1
    chosen = latest if closing else asking[-1][1]
    return read[last], len(again), chosen, asking[-1][1].patient


def _days(first: Move, later_one: Move) -> int:
    return (moment(later_one.mail).date() - moment(first.mail).date()).days


def _answers(mail: Mail) -> bool:
    """Whether it was written as an answer, be the other mail here or not."""
    return bool(mail.in_reply_to or mail.references) and bool(prefix().match(mail.subject[:300].lower()))


def _blocked(refusal: str, decisive: Move | None, hard: Move | None) -> tuple[str, str]:
    if hard is not None:
        return ("opted_out" if hard.answer.meaning is Meaning.OPT_OUT else "declined"), hard.answer.evidence
    if decisive is not None:
        codes = {
            Meaning.REPLY: "answered",
            Meaning.DELEGATE: "delegated",
            Meaning.BOOKED: "booked",
            Meaning.LEFT: "left",
            Meaning.BOUNCE: "bounced",
            Meaning.UNSURE: "unsure",
        }
        return codes.get(decisive.answer.meaning, "answered"), decisive.answer.evidence
    return refusal, ""
