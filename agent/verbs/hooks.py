"""Takes what other programs of the user know about somebody under a plan: it may end, hold or give a reason to write,
and never approves, sends, raises a level or begins anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.address_forms import address_in
from agent.common.home import Home
from agent.common.person import me_of
from agent.decide.plans.lifecycle import Progress, Stage
from agent.decide.plans.plans import Plan
from agent.decide.values import Me
from agent.errors import RelanceError, UsageError
from agent.sequences.enroll import WantedEnrolment, known_plan, signal
from agent.sequences.plans import all_plans
from agent.sequences.rounds import GONE
from agent.sequences.situation import gather
from agent.store.base.engine import Change
from agent.store.base.values import Followup, KeptEnrolment
from agent.store.work import enrolments, followups, outbox

LONGEST_LINE = 8 * 1024
"""Bytes of one event."""
ENDING = ("converted", "booked", "paid", "signed")
FIELDS = {
    "signal": ("person", "words", "evidence"), "ticket": ("person", "plan"),
    **dict.fromkeys(ENDING, ("person", "plan")),
}  # fmt: skip
"""What each event may say."""
HELD = "A ticket of theirs is open, as another program of yours said."


@dataclass(frozen=True, slots=True)
class Heeded:
    """What an event did."""

    ok: bool
    code: str
    words: str
    event: str = ""
    person: str = ""
    followups: tuple[int, ...] = field(default=())
    """The touches it changed."""

    def document(self) -> dict[str, object]:
        """As the program that told it is answered."""
        return {
            "ok": self.ok, "code": self.code, "words": self.words, "event": self.event or None,
            "person": self.person or None, "ids": list(self.followups),
        }  # fmt: skip


def heed(home: Home, line: bytes) -> Heeded:
    """Do what one line says, or say why not; nothing of a line with an error is done."""
    try:
        said = _read(line)
        return _do(home, said["event"], said)
    except RelanceError as problem:
        return Heeded(False, "wrong" if isinstance(problem, UsageError) else "failed", str(problem))


def _read(line: bytes) -> dict[str, str]:
    if len(line) > LONGEST_LINE:
        raise UsageError(f"The line is longer than {LONGEST_LINE // 1024} KB.", hint="An event is one short line.")
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        raise UsageError("The line is no JSON.", hint='Such as: {"event": "paid", "person": "a@x.example"}') from None
    if not isinstance(said, dict) or any(not isinstance(value, str) for value in said.values()):
        raise UsageError("An event is one JSON object of texts.", hint="Write every value in quotes.")
    event = said.get("event", "")
    if event not in FIELDS:
        raise UsageError(f"There is no event {event[:40]!r}.", hint=f"Known events: {', '.join(FIELDS)}.")
    strange = sorted(set(said) - {"event", *FIELDS[event]})
    if strange:
        known = ", ".join(("event", *FIELDS[event]))
        raise UsageError(f"{event} has no field {strange[0][:40]!r}.", hint=f"Known fields: {known}.")
    said["person"] = address_in(said.get("person", ""))
    if not said["person"]:
        raise UsageError("The field person is the address of somebody.", hint='Such as: "person": "ann@x.example"')
    return said


def _do(home: Home, event: str, said: Mapping[str, str]) -> Heeded:
    person, plan = said["person"], said.get("plan", "")
    plans = all_plans(home.config)
    if plan:
        known_plan(plans, plan)
    with home.store.read() as connection:
        rows = [row for row in enrolments.of_mailbox(connection, person) if plan in {"", row.plan}]
    if not rows:
        under = f"under {plan}" if plan else "under a plan"
        return Heeded(False, "not_enrolled", f"{person} is not {under}; only you begin one.", event, person)
    if event == "signal":
        return _signal(home, person, said)
    me = me_of(home.config, home.zone)
    with home.store.write() as change:
        if event == "ticket":
            return _hold(change, me, plans, rows, person)
        return _end(change, rows, event, person)


def _signal(home: Home, person: str, said: Mapping[str, str]) -> Heeded:
    wanted = WantedEnrolment(person, words=said.get("words", ""), evidence=said.get("evidence", ""))
    done = signal(home, wanted, begins=False)
    return Heeded(done.ok, done.code, done.words, "signal", person, (done.followup,) if done.followup else ())


def _end(change: Change, rows: list[KeptEnrolment], event: str, person: str) -> Heeded:
    touched: list[int] = []
    ended = []
    for row in rows:
        before = enrolments.touches(change.connection, row.id)
        if enrolments.end(change, row.id, f"hook_{event}", actor="user"):
            ended.append(row.plan)
            after = {touch.id: touch.state for touch in enrolments.touches(change.connection, row.id)}
            touched += [touch.id for touch in before if after[touch.id] != touch.state]
    words = f"{', '.join(ended)} ended for {person}." if ended else f"No plan of {person} goes on."
    return Heeded(True, "ended" if ended else "already", words, event, person, tuple(touched))


def _hold(change: Change, me: Me, plans: Mapping[str, Plan], rows: list[KeptEnrolment], person: str) -> Heeded:
    held: list[int] = []
    late: list[int] = []
    for row in rows:
        current = gather(change.connection, me, plans.get(row.plan, GONE), row).current
        if current is None or current.state == Progress.ASKED:
            continue
        (held if _asks(change, current) else late).append(current.id)
    if late:
        words = f"A letter to {person} may be leaving already; `relance show {late[0]}` tells."
        return Heeded(False, "leaving", words, "ticket", person, tuple(held))
    words = f"The next touch for {person} waits for you." if held else f"What comes next for {person} waits already."
    return Heeded(True, "held" if held else "already", words, "ticket", person, tuple(held))


def _asks(change: Change, touch: Followup) -> bool:
    """Whether it waits for the user now; a letter on its way is taken back first, as long as it can be."""
    if touch.state == Progress.OUTBOX:
        letter = outbox.newest_of(change.connection, touch.id)
        if letter is None or letter.state == Stage.SENT or outbox.cancel(change, letter.id) != "cancelled":
            return False
        followups.move(change, touch.id, Progress.DRAFTED, actor="user", code="hook_ticket")
    return followups.move(
        change, touch.id, Progress.ASKED, actor="user", code="hook_ticket", hold="ticket", evidence=HELD
    )
