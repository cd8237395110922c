"""Keeps the Drafts folder of a mailbox and the follow-ups in step, both ways; never sends and never undoes an edit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from agent.common.desk import Desk
from agent.decide.plans.lifecycle import WAITING, Progress, Stage
from agent.decide.plans.remote import Act, SeenInMailbox, WantedDraft, Was, decide
from agent.drafting.drafts_state import MOST_TEXT, DraftScene, current_of, expected, look, made_of, scene_of, wanted_of
from agent.failpoints import reach
from agent.sending import handed_over
from agent.sending.compose import date_for
from agent.sending.outbox import Halt
from agent.store.base.audit import Event
from agent.store.base.engine import Change
from agent.store.base.values import KeptLetter
from agent.store.mail import laid_drafts
from agent.store.mail.laid_drafts import LaidDraft
from agent.store.work import followups, outbox
from agent.store.work.followup_lists import numbers_in
from providers.base import Draft, Drafts, ProviderError
from providers.drafts import flat, mark_of_bytes
from providers.mail import freeze

SHOWN = (Progress.DRAFTED.value, Progress.APPROVED.value)
PATIENCE = timedelta(minutes=3)
"""A mail sent by hand may be in neither folder for as long as this."""
REMEMBERED = timedelta(days=1)
"""What is gone from a mailbox for so long stays gone; its record is let go, and a new draft may be laid."""
MOST_AT_ONCE = 100
"""Of one pass, those due first; laying a draft takes a few requests."""


SAID = {
    "edited_in_mailbox": "You changed the draft in your mailbox: your words count, and wait for approval.",
    "readdressed_in_mailbox": "You changed in your mailbox whom the draft goes to: it is yours to send.",
    "deleted_in_mailbox": "You deleted its draft in your mailbox.",
    "missing_in_mailbox": "Its draft is not in your mailbox any more, so it was taken back.",
    "sent_by_hand": "You sent it yourself.",
}


def keep_up(desk: Desk) -> int:
    """One round over all drafts. Says how many changed; a mailbox that cannot be reached fails alone, and last."""
    changed, failed = handed_over.settle(desk), {}
    with desk.store.read() as connection:
        numbers = _numbers(desk, connection)
    for number in numbers:
        with desk.store.read() as connection:
            scene = scene_of(desk, connection, number)
        if scene is None or scene.seat.name in failed:
            continue
        try:
            changed += _one(desk, scene)
        except ProviderError as problem:
            failed[scene.seat.name] = problem
    if failed:
        raise next(iter(failed.values()))
    return changed


def heed(desk: Desk, row: KeptLetter) -> None:
    """Just before a letter leaves: what the person did with its draft comes first, and may keep it here."""
    with desk.store.read() as connection:
        known = laid_drafts.of(connection, row.followup_id) is not None
        scene = scene_of(desk, connection, row.followup_id) if known else None
    if scene is None or scene.was is not Was.LYING:
        return
    seen, draft = look(desk, scene, mark_of_bytes(row.letter))
    act = decide(Was.LYING, WantedDraft.QUEUED, seen)
    if act in {Act.CANCEL, Act.ADOPT, Act.COUNT}:
        DO[act](desk, scene, draft)
        raise Halt("taken_back")


def _numbers(desk: Desk, connection: Connection) -> list[int]:
    known = set(laid_drafts.everything(connection))
    if not desk.drafts_in_mailbox:
        return sorted(known)
    queued = {row.followup_id for row in outbox.rows(connection, outbox.OUTBOX.c.state.in_(WAITING))}
    return sorted(known | queued | set(numbers_in(connection, SHOWN, MOST_AT_ONCE, by_due=True)))


def _one(desk: Desk, scene: DraftScene) -> bool:
    wanted = wanted_of(desk, scene)
    now = desk.store.clock()
    if wanted is WantedDraft.LEAVING or (scene.record is None and wanted is WantedDraft.NOTHING):
        return False
    box = desk.mailbox(scene.seat.name)
    there = isinstance(box, Drafts) and box.capabilities.drafts
    _note_folder(desk, scene.seat.name, there=there)
    if not there:
        return False
    seen, draft = look(desk, scene, current_of(desk, scene, wanted)) if scene.record else (SeenInMailbox.ABSENT, None)
    missed = scene.record.missed if scene.record else None
    act = decide(
        scene.was, wanted, seen, patient=missed is None or now - missed < PATIENCE,
        old=missed is not None and now - missed > REMEMBERED,
    )  # fmt: skip
    return DO[act](desk, scene, draft)


def _note_folder(desk: Desk, account: str, *, there: bool) -> None:
    with desk.store.read() as connection:
        known = account not in laid_drafts.without_folder(connection)
    if known is not there:
        with desk.store.write() as change:
            laid_drafts.note_folder(change, account, there=there)


def _nothing(desk: Desk, scene: DraftScene, draft: Draft | None) -> bool:
    """It lies as it should; if it was missed before, it is not any more."""
    record = scene.record
    if record is not None and draft is not None and (record.missed or record.key != draft.key):
        _remember(desk, replace(record, key=draft.key, missed=None))
    return False


def _lay(desk: Desk, scene: DraftScene, draft: Draft | None) -> bool:
    """Say what is about to be written, write it, say where it lies; being killed in between costs nothing."""
    made = made_of(desk, scene)
    if made is None or scene.draft is None or scene.followup is None:
        return False
    letter = replace(made.letter, raw=freeze.dated(made.letter.raw, date_for(desk, desk.store.clock())))
    before = scene.record
    record = LaidDraft(
        scene.number, scene.seat.number, letter.token, letter.message_id, desk.store.clock(), Was.LAYING,
        draft.key if draft else before.key if before else "", scene.draft.version,
        (*(before.digests if before else ()), mark_of_bytes(letter.raw)),
    )  # fmt: skip
    _remember(desk, record)
    reach("drafts.announced")
    box = desk.mailbox(scene.seat.name)
    assert isinstance(box, Drafts)
    laid = box.put_draft(letter, draft.key if draft else "")
    reach("drafts.put")
    _tidy(box, letter.token, laid.key, (*record.digests, laid.digest))
    digests = (*record.digests, laid.digest) if laid.digest != record.current else record.digests
    _remember(desk, replace(record, was=Was.LYING, key=laid.key, message_id=laid.message_id, digests=digests), "laid")
    reach("drafts.recorded")
    return True


def _tidy(box: Drafts, token: str, keep: str, ours: tuple[str, ...]) -> None:
    """Older texts of ours that a killed process left beside the new one."""
    for other in box.find_drafts(token):
        if other.key != keep and other.finished and other.digest in ours:
            box.drop_draft(other.key)


def _note(desk: Desk, scene: DraftScene, draft: Draft | None) -> bool:
    """It was laid by a process that could not say so any more."""
    record = scene.record
    if record is None or draft is None:
        return False
    box = desk.mailbox(scene.seat.name)
    assert isinstance(box, Drafts)
    _tidy(box, record.token, draft.key, record.digests)
    digests = (*(one for one in record.digests if one != draft.digest), draft.digest)
    _remember(desk, replace(record, was=Was.LYING, key=draft.key, digests=digests, missed=None), "laid")
    return True


def _wait(desk: Desk, scene: DraftScene, draft: Draft | None) -> bool:
    del draft
    if scene.record is not None and scene.record.missed is None:
        _remember(desk, replace(scene.record, missed=desk.store.clock()))
    return False


def _adopt(desk: Desk, scene: DraftScene, draft: Draft | None) -> bool:
    """The person's words become the text; what waited of the old ones is taken back."""
    record, followup = scene.record, scene.followup
    if record is None or followup is None or draft is None:
        return False
    theirs = draft.recipients != expected(desk, scene)
    with desk.store.write() as change:
        if not _cancelled(change, scene, "edited_in_mailbox"):
            return False
        version = _take_over(change, scene, draft)
        end = Progress.APPROVED if theirs else Progress.DRAFTED
        _move(change, scene, Progress.DRAFTED, "edited_in_mailbox")
        if theirs:
            _move(change, scene, end, "readdressed_in_mailbox")
        digests = (*(one for one in record.digests if one != draft.digest), draft.digest)
        fresh = replace(
            record, was=Was.LYING, key=draft.key, message_id=draft.message_id, version=version, digests=digests,
            missed=None, adopted=True, theirs=theirs,
        )  # fmt: skip
        laid_drafts.keep(change, fresh)
    reach("drafts.adopted")
    return True


def _take_over(change: Change, scene: DraftScene, draft: Draft) -> int:
    newest = scene.draft
    body = draft.text.replace("\r\n", "\n").strip()[:MOST_TEXT] + "\n"
    if newest is not None and flat(newest.body) == flat(body):
        return newest.version
    subject = newest.subject if newest else ""
    return followups.add_draft(change, scene.number, writer="person", body=body, subject=subject) or 0


def _move(change: Change, scene: DraftScene, end: Progress, code: str) -> None:
    """What a person did in the mailbox counts as theirs."""
    followups.move(change, scene.number, end, actor="user", code=code, evidence=SAID[code])


def _cancelled(change: Change, scene: DraftScene, code: str) -> bool:
    """Whether no letter of the old text can leave any more."""
    row = outbox.newest_of(change.connection, scene.number)
    if row is None or Stage(row.state) in {Stage.CANCELLED, Stage.STOPPED, Stage.FAILED}:
        return True
    # A letter a worker holds is given back by that worker, which asks here before it goes on.
    return outbox.cancel(change, row.id, code=code) in {"cancelled", "leaving"}


def _missing(desk: Desk, scene: DraftScene, draft: Draft | None) -> bool:
    """Deleted in the mailbox: nothing of it leaves, and it is skipped."""
    del draft
    record = scene.record
    if record is None:
        return False
    with desk.store.write() as change:
        if not _cancelled(change, scene, "deleted_in_mailbox"):
            return False
        _move(change, scene, Progress.SKIPPED, "deleted_in_mailbox")
        laid_drafts.keep(change, replace(record, was=Was.GONE, missed=record.missed or change.now))
    reach("drafts.missed")
    return True


def _withdraw(desk: Desk, scene: DraftScene, draft: Draft | None) -> bool:
    """Its letter is taken back at once; whether it was deleted, changed or sent shows a little later."""
    del draft
    record = scene.record
    if record is None:
        return False
    with desk.store.write() as change:
        if not _cancelled(change, scene, "missing_in_mailbox"):
            return False
        _move(change, scene, Progress.DRAFTED, "missing_in_mailbox")
        laid_drafts.keep(change, replace(record, missed=record.missed or change.now))
    reach("drafts.withdrawn")
    return True


def _remove(desk: Desk, scene: DraftScene, draft: Draft | None) -> bool:
    """Nothing wants it any more; but words the person wrote go only once they were sent."""
    box = desk.mailbox(scene.seat.name)
    assert isinstance(box, Drafts)
    record, sent = scene.record, scene.row is not None and scene.row.state == Stage.SENT
    if draft is not None and record is not None and not record.theirs and (sent or not record.adopted):
        box.drop_draft(draft.key)
    reach("drafts.dropped")
    return _forget(desk, scene, "removed")


def _release(desk: Desk, scene: DraftScene, draft: Draft | None) -> bool:
    del draft
    return _forget(desk, scene, "released")


def _count(desk: Desk, scene: DraftScene, draft: Draft | None) -> bool:
    """Sent by hand: that was the touch, and nothing else of it may leave."""
    del draft
    record = scene.record
    if record is None:
        return False
    box = desk.mailbox(scene.seat.name)
    assert isinstance(box, Drafts)
    _drop_ours(box, record)
    with desk.store.write() as change:
        if not _cancelled(change, scene, "by_hand"):
            return False
        _move(change, scene, Progress.STOPPED, "sent_by_hand")
        laid_drafts.drop(change, scene.number)
    reach("drafts.counted")
    return True


def _drop_ours(box: Drafts, record: LaidDraft) -> None:
    for draft in () if record.adopted else box.find_drafts(record.token):
        if draft.finished and draft.digest in record.digests:
            box.drop_draft(draft.key)


def _forget(desk: Desk, scene: DraftScene, code: str) -> bool:
    with desk.store.write() as change:
        laid_drafts.drop(change, scene.number)
        change.record(Event("draft.unlaid", followups.name(scene.number), "policy", code=code))
    return True


def _remember(desk: Desk, record: LaidDraft, code: str = "") -> None:
    with desk.store.write() as change:
        laid_drafts.keep(change, record)
        if code:
            change.record(Event("draft.laid", followups.name(record.followup), "policy", code=code))


DO: Mapping[Act, Callable[[Desk, DraftScene, Draft | None], bool]] = {
    Act.NOTHING: _nothing, Act.LAY: _lay, Act.REPLACE: _lay, Act.NOTE: _note, Act.WAIT: _wait, Act.ADOPT: _adopt,
    Act.SKIP: _missing, Act.CANCEL: _withdraw, Act.REMOVE: _remove, Act.RELEASE: _release, Act.COUNT: _count,
}  # fmt: skip
