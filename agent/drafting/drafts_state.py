"""What is known of one follow-up and of its draft in the mailbox; looks, and never changes either."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from agent.common.desk import Desk, Seat
from agent.common.outcome import Done
from agent.decide.gate.case import CheckVerdict
from agent.decide.plans.lifecycle import WAITING, Progress, Stage
from agent.decide.plans.remote import SeenInMailbox, WantedDraft, Was, seen_in_mailbox
from agent.decide.threads.threads import Thread, is_draft, moment
from agent.failpoints import reach
from agent.sending.compose import Composed, people, whole_thread
from agent.store.base.values import DraftVersion, Followup, KeptLetter
from agent.store.mail import laid_drafts
from agent.store.mail.laid_drafts import LaidDraft
from agent.store.mail.mail_codec import from_row
from agent.store.mail.mail_lists import own_since
from agent.store.work import followups, outbox
from agent.verbs.actions import view
from providers.base import Draft, Drafts, Mail, Role
from providers.drafts import flat, mark_of_bytes, ordered

TRANSIT = timedelta(minutes=15)
"""A letter on its way from Drafts to Sent may be in neither for a while; longer, and it is somewhere else."""
OVERLAP = timedelta(minutes=5)
"""The clocks of a mailbox and of this machine differ by less, or both are of no use."""
MOST_TEXT = 50_000
"""Characters; a draft that was written here is shorter."""


@dataclass(frozen=True, slots=True)
class DraftScene:
    """Everything known about one follow-up and its draft in the mailbox."""

    followup: Followup | None
    seat: Seat
    thread: Thread
    draft: DraftVersion | None
    row: KeptLetter | None
    """Its newest letter in the outbox."""
    record: LaidDraft | None
    number: int

    @property
    def was(self) -> Was:
        return self.record.was if self.record else Was.NEVER


def scene_of(desk: Desk, connection: Connection, number: int) -> DraftScene | None:
    """Everything known about one follow-up's draft in the mailbox; None where its account is gone."""
    record, followup = laid_drafts.of(connection, number), followups.find(connection, number)
    account = followup.account_id if followup else record.account if record else 0
    seat = desk.seat(account)
    if seat is None:
        return None
    thread = whole_thread(connection, followup) if followup else Thread("", ())
    draft = followups.newest_draft(connection, number) if followup else None
    return DraftScene(followup, seat, thread, draft, outbox.newest_of(connection, number), record, number)


def wanted_of(desk: Desk, scene: DraftScene) -> WantedDraft:
    """What ought to lie in the Drafts folder, by where the follow-up and its letter stand."""
    followup, row = scene.followup, scene.row
    if followup is None or scene.draft is None or not desk.drafts_in_mailbox:
        return WantedDraft.NOTHING
    match Progress(followup.state):
        case Progress.DRAFTED | Progress.APPROVED:
            return WantedDraft.TEXT
        case Progress.ASKED if scene.record is not None:
            return WantedDraft.TEXT
        case Progress.OUTBOX if row is not None:
            return _wanted_by_letter(desk, scene, row)
        case _:
            return WantedDraft.NOTHING


def _wanted_by_letter(desk: Desk, scene: DraftScene, row: KeptLetter) -> WantedDraft:
    stage = Stage(row.state)
    if stage in WAITING or (stage is Stage.NEEDS_REVIEW and not row.was_uncertain):
        return WantedDraft.QUEUED
    if stage is Stage.SENT:
        spends = desk.mailbox(scene.seat.name).capabilities.spends_drafts
        filed = any(_is_letter(mail, row) for mail in scene.thread.mails)
        # What is being moved to Sent may look like a draft until it is there.
        return (
            WantedDraft.LEAVING
            if spends and not filed and not _past(desk, row.changed, TRANSIT)
            else WantedDraft.NOTHING
        )
    return WantedDraft.TEXT if stage is Stage.FAILED else WantedDraft.LEAVING


def _past(desk: Desk, when: datetime, span: timedelta) -> bool:
    return desk.store.clock() - when > span


def _is_letter(mail: Mail, row: KeptLetter) -> bool:
    named = mail.header("x-relance-id") == row.token or mail.message_id in {row.message_id, row.carried_id}
    return named and mail.mine


def current_of(desk: Desk, scene: DraftScene, wanted: WantedDraft) -> str:
    """The mark of what should lie there now."""
    record, draft = scene.record, scene.draft
    if wanted is WantedDraft.QUEUED and scene.row is not None and not (record and record.theirs):
        return mark_of_bytes(scene.row.letter)
    if record is not None and (record.theirs or draft is None or record.version == draft.version):
        return record.current
    made = made_of(desk, scene)
    return mark_of_bytes(made.letter.raw) if made else (record.current if record else "")


def made_of(desk: Desk, scene: DraftScene) -> Composed | None:
    """The letter as it may lie there; None where the gate would never let it leave."""
    with desk.store.read() as connection:
        seen = view(connection, desk, scene.number)
    if isinstance(seen, Done) or any(check.verdict is CheckVerdict.REFUSE for check in seen.decision.checks):
        return None
    return seen.matter.made


def look(desk: Desk, scene: DraftScene, current: str) -> tuple[SeenInMailbox, Draft | None]:
    """What really lies there, and what the person has done with it."""
    record = scene.record
    assert record is not None
    if _sent_by_hand(desk, scene, record):
        return SeenInMailbox.SENT, None
    if record.was is Was.GONE:
        return SeenInMailbox.ABSENT, None
    box = desk.mailbox(scene.seat.name)
    assert isinstance(box, Drafts)
    lies = box.read_draft(record.key) if record.key and record.was is Was.LYING else None
    found = (lies,) if lies else box.find_drafts(record.token) or _heirs(box, scene, record)
    reach("drafts.looked")
    return seen_in_mailbox(found, current, record.digests)


def _heirs(box: Drafts, scene: DraftScene, record: LaidDraft) -> tuple[Draft, ...]:
    """Mail programs save an edited draft as a new one, and may leave out every mark of the old."""
    kept = [
        mail for mail in scene.thread.drafts if mail.role is Role.DRAFTS and mail.received >= record.since - OVERLAP
    ]
    found = (box.read_draft(mail.key) for mail in kept[-3:])
    return tuple(draft for draft in found if draft is not None)


MOST_OWN = 500
"""Own mails since a draft was laid that are looked at; a person writes fewer."""


def _sent_by_hand(desk: Desk, scene: DraftScene, record: LaidDraft) -> bool:
    """A mail of the person's own since then: in the thread whatever it says, elsewhere if it says the same."""
    since = record.since - OVERLAP
    row = scene.row
    for mail in scene.thread.mails:
        late = moment(mail) >= since and mail.mine and not is_draft(mail)
        if late and not (row is not None and row.state == Stage.SENT and _is_letter(mail, row)):
            return True
    with desk.store.read() as connection:
        others = [from_row(found) for found in own_since(connection, scene.seat.number, since, MOST_OWN)]
    inside = {mail.key for mail in scene.thread.mails}
    return any(mail.key not in inside and moment(mail) >= since and _same(mail, scene, record) for mail in others)


def _same(mail: Mail, scene: DraftScene, record: LaidDraft) -> bool:
    """Ours by its marks, or by its people and words where every mark was rewritten."""
    if mail.header("x-relance-id") == record.token or mail.message_id == record.message_id:
        return not (scene.row is not None and scene.row.state == Stage.SENT)
    words = flat(scene.draft.body) if scene.draft else ""
    person = scene.followup.person.lower() if scene.followup else ""
    to = ordered(address.email for address in mail.recipients)
    return bool(words) and person in to and flat(mail.text[:MOST_TEXT]).startswith(words)


def expected(desk: Desk, scene: DraftScene) -> tuple[str, ...]:
    """Whom the letter would go to."""
    if scene.followup is None:
        return ()
    return ordered(address.email for address in people(desk, scene.followup, scene.thread))
