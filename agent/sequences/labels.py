"""Labels, folders, categories and keywords named after a plan put a thread under it, and taking them away ends that;
only what lies on the user's own mail in their own mailbox counts."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from agent.common.home import Home
from agent.decide.plans import notices
from agent.decide.plans.notices import REPORT
from agent.decide.plans.plans import LABEL, Plan
from agent.decide.plans.triggers import Enrolment, Trigger, plans_asked
from agent.decide.threads.summary import Summary
from agent.decide.values import Me
from agent.sequences.enroll import begin
from agent.sequences.person_meant import Target, not_in
from agent.sequences.situation import place_of
from agent.store.base import settings
from agent.store.base.engine import Change
from agent.store.mail.mail_lists import thread_row
from agent.store.work import enrolments
from agent.store.work.enrolments import Marks


@dataclass(frozen=True, slots=True)
class Labels:
    """What is needed to follow labels."""

    home: Home
    me: Me
    plans: Mapping[str, Plan]

    def follow(self, change: Change, summaries: Mapping[int, Summary]) -> None:
        """Start and end what the labels of these threads say now."""
        asked = {
            number: _asked(rows) for number, rows in enrolments.marked(change.connection, summaries, LABEL[:-1]).items()
        }
        for row in enrolments.labelled(change.connection, summaries):
            if row.plan.lower() not in asked.get(row.thread_id, ()):
                enrolments.keep(change, row.id, labelled=0)
                enrolments.end(change, row.id, "unlabelled", actor="policy")
        self._won(change, summaries)
        for name in settings.starting_with(change.connection, REPORT):
            number = int(name.removeprefix(REPORT))
            if number in summaries and not asked.get(number):
                settings.drop(change, name)
        for number, names in asked.items():
            if names:
                self._heed(change, number, summaries[number], names)

    def _won(self, change: Change, summaries: Mapping[int, Summary]) -> None:
        """A label that a plan names as its end may be set on any mail of the thread, and long after it came."""
        for row in enrolments.active_in(change.connection, summaries):
            plan = self.plans.get(row.plan)
            if plan is not None and named_label(change.connection, plan, row.thread_id):
                enrolments.end(change, row.id, "exit_rule", actor="policy")

    def _heed(self, change: Change, number: int, summary: Summary, names: tuple[str, ...]) -> None:
        known = {name.lower(): plan for name, plan in self.plans.items()}
        plan = next((known[name] for name in names if name in known), None)
        if plan is None:
            _report(change, number, names[0], _unknown(names[0], self.plans))
            return
        rows = enrolments.of_thread(change.connection, number)
        if any((row.labelled and row.plan == plan.name) or row.state == "active" for row in rows):
            settings.drop(change, f"{REPORT}{number}")
            return
        refused = self._start(change, number, summary, plan)
        if refused:
            _report(change, number, plan.name, refused)
        else:
            settings.drop(change, f"{REPORT}{number}")

    def _start(self, change: Change, number: int, summary: Summary, plan: Plan) -> str:
        """Why the label is not followed; empty when it is."""
        row = thread_row(change.connection, number)
        found = not_in(self.home, change.connection, row, summary)
        if found is not None:
            return found.words
        if any(touch.before_anchor for touch in plan.touches):
            return f"{plan.name} counts back from a day; use `relance enroll` with --on."
        target = Target(
            row.account_id, summary.person, summary.name, summary.subject, number, row.root or summary.thread
        )
        place = place_of(change.connection, self.me, summary.person)
        since = change.now.astimezone(ZoneInfo(place.zone)).date()
        value = Enrolment(plan.name, summary.person, target.root, Trigger.LABEL, since=since)
        begin(change, target, value, about="", labelled=True)
        return ""


def named_label(connection: Connection, plan: Plan, thread: int) -> str:
    """The rule of a plan that a label in the thread meets, as a sentence; empty where none does."""
    texts = (text for rule in plan.exit_when if rule.keys == {"label"} for _, text in rule.parts)
    met = next((text for text in texts if _marked(connection, thread, text)), "")
    return f"The plan ends for the label {met}." if met else ""


def _marked(connection: Connection, thread: int, text: str) -> bool:
    rows = enrolments.marked(connection, [thread], text).get(thread, [])
    return any(text.lower() in label.lower() for mail in rows for label in _marks(mail))


def _asked(marked: list[Marks]) -> tuple[str, ...]:
    """Every plan that some mail of the thread asks for."""
    names: dict[str, None] = {}
    for mail in marked:
        names.update(dict.fromkeys(plans_asked(mail.labels, mail.folder, mail.flags.split())))
    return tuple(names)


def _marks(mail: Marks) -> list[str]:
    return [*mail.labels, *mail.flags.split(), mail.folder]


def _unknown(name: str, plans: Mapping[str, Plan]) -> str:
    close = difflib.get_close_matches(name, plans, n=1, cutoff=0.5)
    return f"there is no plan {name[:60]!r}" + (f"; did you mean {close[0]!r}?" if close else ".")


def _report(change: Change, number: int, plan: str, why: str) -> None:
    """Kept once a thread, and shown by `status` until the label or the reason is gone."""
    kept = json.dumps({"plan": plan[:60], "why": why[:300]}, ensure_ascii=False)
    if settings.get(change.connection, f"{REPORT}{number}") != kept:
        settings.put(change, f"{REPORT}{number}", kept)


def unheeded(connection: Connection) -> list[str]:
    """What labels asked for and did not get, each reason once."""
    return notices.labels(settings.starting_with(connection, REPORT))
