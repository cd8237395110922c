"""Labels, folders, categories and keywords named after a plan or a time put a thread under it, and so do words in Bcc
of the user's own mail; what others write, or what only claims to be the user's, begins nothing."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from agent.address_forms import WORD_MARK
from agent.common.home import Home
from agent.decide.plans import notices
from agent.decide.plans.causes import TIMES, Cause, cause_of, day_of, words_in_bcc
from agent.decide.plans.notices import REPORT
from agent.decide.plans.plans import LABEL, Plan
from agent.decide.plans.triggers import Enrolment, Trigger, plans_asked
from agent.decide.threads.summary import Summary
from agent.decide.threads.threads import moment
from agent.decide.values import Me
from agent.sequences.beginning.start import begin, give_way, outranks
from agent.sequences.person_meant import THEIR_WORD, Target, not_in
from agent.sequences.situation import place_of
from agent.store.base import settings
from agent.store.base.engine import Change
from agent.store.base.values import KeptEnrolment
from agent.store.mail.mail_lists import thread_row
from agent.store.work import enrolments
from agent.store.work.enrolments import Marks
from providers.base import Mail


@dataclass(frozen=True, slots=True)
class SaidByWord:
    """What a label or a word in Bcc asks for in one thread."""

    cause: Cause
    plan: Plan
    day: date | None = None
    """The day of the first touch, where the word was a time."""
    written: datetime | None = None
    """When the user wrote the word, where that was in a mail."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What is needed to follow labels and words in Bcc."""

    home: Home
    me: Me
    plans: Mapping[str, Plan]

    def follow(self, change: Change, summaries: Mapping[int, Summary]) -> None:
        """Start and end what the labels and the user's own mails in these threads say now."""
        asked = {
            number: _asked(rows) for number, rows in enrolments.marked(change.connection, summaries, LABEL[:-1]).items()
        }
        for row in enrolments.labelled(change.connection, summaries):
            if _label(row) not in asked.get(row.thread_id, ()):
                enrolments.keep(change, row.id, labelled=0)
                enrolments.end(change, row.id, "unlabelled", actor="policy")
                _end_what_followed(change, row)
        self._won(change, summaries)
        written = self._written(change, summaries)
        for name in settings.starting_with(change.connection, REPORT):
            number = int(name.removeprefix(REPORT))
            if number in summaries and not asked.get(number) and number not in written:
                settings.drop(change, name)
        for number, mail in written.items():
            self._heed_mail(change, number, summaries[number], mail)
        for number, names in asked.items():
            if names:
                self._heed_label(change, number, summaries[number], names)

    def _won(self, change: Change, summaries: Mapping[int, Summary]) -> None:
        """A label that a plan names as its end may be set on any mail of the thread, and long after it came."""
        for row in enrolments.active_in(change.connection, summaries):
            plan = self.plans.get(row.plan)
            if plan is not None and named_label(change.connection, plan, row.thread_id):
                enrolments.end(change, row.id, "exit_rule", actor="policy")

    def _written(self, change: Change, summaries: Mapping[int, Summary]) -> dict[int, Mail]:
        """By thread the user's last mail, where it says a word in Bcc and is not too old to ask about."""
        least = change.now - timedelta(days=self.home.config.followups.max_age_days)
        found = enrolments.own_naming(change.connection, summaries, WORD_MARK)
        return {
            number: mail
            for number, mails in found.items()
            for mail in mails
            if mail.message_id and mail.message_id == summaries[number].own_id
            and words_in_bcc(mail, self.me.keys) and moment(mail) >= least
        }  # fmt: skip

    def _heed_mail(self, change: Change, number: int, summary: Summary, mail: Mail) -> None:
        rows = enrolments.of_thread(change.connection, number)
        if any(cause_of(row.cause).mail == mail.message_id for row in rows) or summary.blocked in THEIR_WORD:
            settings.drop(change, f"{REPORT}{number}")
            return
        words = words_in_bcc(mail, self.me.keys)
        asked = self._meant("bcc", words, moment(mail), mail.message_id)
        if asked is None:
            _report(change, number, words[0], _unknown(words[0], self.plans), "bcc")
            return
        for row in rows:
            # The mail was written by hand after that began, and says what is to follow it.
            enrolments.end(change, row.id, "by_hand", actor="policy")
        self._begin(change, number, summary, asked)

    def _heed_label(self, change: Change, number: int, summary: Summary, names: tuple[str, ...]) -> None:
        rows = enrolments.of_thread(change.connection, number)
        asked = self._meant("label", names, change.now)
        under = next((row for row in rows if row.state == "active"), None)
        if asked is None and under is None:
            _report(change, number, names[0], _unknown(names[0], self.plans))
            return
        stays = under is not None and (asked is None or not outranks(self.plans, asked.plan, under))
        if asked is None or stays or any(row.labelled and _label(row) == asked.cause.word for row in rows):
            settings.drop(change, f"{REPORT}{number}")
            return
        self._begin(change, number, summary, asked, under)

    def _meant(self, by: str, words: Iterable[str], written: datetime, mail: str = "") -> SaidByWord | None:
        """A plan before a time; None where every word is neither."""
        known = {name.lower(): plan for name, plan in self.plans.items()}
        word = max((word for word in words if word in known), key=lambda word: known[word].priority, default=None)
        if word is not None:
            return SaidByWord(Cause(by, word, mail), known[word], written=written)
        days = ((word, day_of(word, written, ZoneInfo(self.me.zone))) for word in words)
        found = next(((word, day) for word, day in days if day is not None), None)
        usual = known.get(self.home.config.followups.plan.lower())
        return SaidByWord(Cause(by, found[0], mail), usual, found[1], written) if found is not None and usual else None

    def _begin(
        self, change: Change, number: int, summary: Summary, asked: SaidByWord, under: KeptEnrolment | None = None
    ) -> None:
        refused = self._start(change, number, summary, asked, under)
        if refused:
            _report(change, number, asked.cause.word, refused, asked.cause.by)
        else:
            settings.drop(change, f"{REPORT}{number}")

    def _start(
        self, change: Change, number: int, summary: Summary, asked: SaidByWord, under: KeptEnrolment | None
    ) -> str:
        """Why it is not followed; empty when it is."""
        row = thread_row(change.connection, number)
        found = not_in(self.home, change.connection, row, summary)
        if found is not None:
            return found.words
        if asked.plan.counts_back:
            return f"{asked.plan.name} counts back from a day; use `relance enroll` with --on."
        target = Target(
            row.account_id, summary.person, summary.name, summary.subject, number, row.root or summary.thread
        )
        zone = ZoneInfo(place_of(change.connection, self.me, summary.person).zone)
        since = asked.day or (asked.written or change.now).astimezone(zone).date()
        usual = Trigger.LABEL if asked.cause.by == "label" else Trigger.ENROLLED
        trigger = Trigger.DATE if asked.day is not None else usual
        value = Enrolment(asked.plan.name, summary.person, target.root, trigger, since=since)
        if under is not None:
            give_way(change, under, asked.plan, actor="policy")
        begin(change, target, value, about="", cause=asked.cause)
        return ""


def named_label(connection: Connection, plan: Plan, thread: int) -> str:
    """The rule of a plan that a label in the thread meets, as a sentence; empty where none does."""
    texts = (text for rule in plan.exit_when if rule.keys == {"label"} for _, text in rule.parts)
    met = next((text for text in texts if _marked(connection, thread, text)), "")
    return f"The plan ends for the label {met}." if met else ""


def _marked(connection: Connection, thread: int, text: str) -> bool:
    rows = enrolments.marked(connection, [thread], text).get(thread, [])
    return any(text.lower() in label.lower() for mail in rows for label in _marks(mail))


def _end_what_followed(change: Change, row: KeptEnrolment) -> None:
    """Without its label nothing goes on of what the plan led to either."""
    following = enrolments.moved_on(change.connection, row)
    while following is not None:
        enrolments.end(change, following.id, "unlabelled", actor="policy")
        following = enrolments.moved_on(change.connection, following)


def _label(row: KeptEnrolment) -> str:
    """What the label said that began it; older rows know only the plan."""
    return cause_of(row.cause).word or row.plan.lower()


def _asked(marked: list[Marks]) -> tuple[str, ...]:
    """Everything that some mail of the thread asks for."""
    names: dict[str, None] = {}
    for mail in marked:
        names.update(dict.fromkeys(plans_asked(mail.labels, mail.folder, mail.flags.split())))
    return tuple(names)


def _marks(mail: Marks) -> list[str]:
    return [*mail.labels, *mail.flags.split(), mail.folder]


def _unknown(name: str, plans: Mapping[str, Plan]) -> str:
    close = difflib.get_close_matches(name, plans, n=1, cutoff=0.5)
    other = f"; did you mean {close[0]!r}?" if close else f", and it is no time to come, such as {TIMES}."
    return f"there is no plan {name[:60]!r}{other}"


def _report(change: Change, number: int, plan: str, why: str, by: str = "label") -> None:
    """Kept once a thread, and shown by `status` until the word or the reason is gone."""
    said = {"plan": plan[:60], "why": why[:300], **({"by": by} if by != "label" else {})}
    kept = json.dumps(said, ensure_ascii=False)
    if settings.get(change.connection, f"{REPORT}{number}") != kept:
        settings.put(change, f"{REPORT}{number}", kept)


def unheeded(connection: Connection) -> list[str]:
    """What labels and words in Bcc asked for and did not get, each reason once."""
    return notices.labels(settings.starting_with(connection, REPORT))
