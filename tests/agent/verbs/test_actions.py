"""The verbs: one change and one event each, sentences that are true, drafts that are never lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from agent.common.desk import Judgement
from agent.decide.gate.case import Content
from agent.decide.gate.levels import DEFAULT, Kind, Level, Scope, parse_scope
from agent.sending import outbox, reconcile
from agent.store.work import budgets, followups
from agent.store.work import outbox as rows
from agent.verbs import actions
from agent.verbs.actions import Done, Viewed
from agent.verbs.bringing_back import bring_back, take_back
from agent.verbs.settling import RESEND
from providers.base import Role
from tests.sim.world import ME, Scene, ask, drafted, mail, meaning, reply, scene, sync


@pytest.fixture
def here() -> Iterator[Scene]:
    opened = scene()
    yield opened
    opened.close()


@pytest.fixture
def made(here: Scene) -> int:
    ask(here.world, 1)
    sync(here.desk)
    return drafted(here.desk, 1)


def go(here: Scene, seconds: float = 40) -> None:
    here.world.pass_time(seconds=seconds)
    outbox.pump(here.desk)


def stage(here: Scene, number: int) -> str:
    with here.store.read() as connection:
        row = rows.newest_of(connection, number)
    return str(row.state) if row else ""


def seen(here: Scene, number: int) -> Viewed:
    with here.store.read() as connection:
        found = actions.view(connection, here.desk, number)
    assert isinstance(found, Viewed)
    return found


def text(here: Scene, number: int) -> str:
    with here.store.read() as connection:
        draft = followups.newest_draft(connection, number)
    assert draft is not None
    return str(draft.body)


def test_an_approval_is_bound_to_the_bytes_that_were_seen(here: Scene, made: int) -> None:
    shown = seen(here, made).matter.made.digest
    actions.edit(here.desk, made, "Something else\n")
    assert actions.approve(here.desk, made, shown).code == "changed"
    assert actions.approve(here.desk, made, seen(here, made).matter.made.digest).ok


def test_approving_twice_is_one_letter(here: Scene, made: int) -> None:
    assert actions.approve(here.desk, made).ok
    assert actions.approve(here.desk, made).ok
    go(here)
    assert actions.approve(here.desk, made).code == "sent"
    go(here, 400_000)
    assert len(here.world.delivered) == 1


def test_undo_in_time_keeps_the_draft_and_a_person_may_approve_anew(here: Scene, made: int) -> None:
    actions.approve(here.desk, made)
    done = actions.undo(here.desk, made)
    assert (done.code, stage(here, made), text(here, made)) == ("cancelled", "CANCELLED", "Any news on this?\n")
    go(here)
    assert here.world.delivered == []
    assert actions.approve_by_policy(here.desk, made).ok is False
    assert actions.approve(here.desk, made).ok
    go(here)
    assert len(here.world.delivered) == 1


def test_undo_after_it_left_says_so_and_stops_what_is_near(here: Scene, made: int) -> None:
    actions.approve(here.desk, made)
    go(here)
    done = actions.undo(here.desk, made)
    assert (done.ok, done.code) == (False, "sent")
    assert "cannot be taken back" in done.words
    ask(here.world, 2, "p1@x1.example")
    sync(here.desk)
    other = drafted(here.desk, 2, "p1@x1.example")
    assert actions.approve(here.desk, other).code in {"handed_over", "maybe_answered"}


def test_undo_of_nothing_says_so(here: Scene, made: int) -> None:
    assert actions.undo(here.desk, made).code == "nothing"


def test_editing_a_queued_letter_takes_it_back_first(here: Scene, made: int) -> None:
    actions.approve(here.desk, made)
    assert actions.edit(here.desk, made, "My own words\n").ok
    go(here)
    assert (here.world.delivered, text(here, made)) == ([], "My own words\n")
    assert actions.approve(here.desk, made).ok
    go(here)
    assert b"My own words" in here.world.delivered[0][3]


def test_a_text_of_mine_is_kept_when_another_is_asked_for(here: Scene, made: int) -> None:
    actions.edit(here.desk, made, "Mine\n")
    actions.redo(here.desk, made, "Shorter\n", writer="phrasebook")
    with here.store.read() as connection:
        bodies = list(connection.exec_driver_sql("SELECT body FROM draft ORDER BY version").scalars())
    assert bodies == ["Any news on this?\n", "Mine\n", "Shorter\n"]


def test_the_last_thing_done_is_taken_back_whatever_it_was(here: Scene, made: int) -> None:
    assert take_back(here.desk, made).code == "nothing"
    for verb in (actions.skip, actions.stop):
        assert verb(here.desk, made).ok
        assert take_back(here.desk, made).code == "brought_back"
    assert actions.approve(here.desk, made).ok
    assert take_back(here.desk, made).code == "cancelled"
    assert actions.approve(here.desk, 99).code == "unknown"


@pytest.mark.parametrize(("written", "end"), [(True, "drafted"), (False, "quiet")])
def test_what_is_brought_back_has_a_draft_or_gets_one(here: Scene, made: int, written: bool, end: str) -> None:
    if not written:
        with here.store.write() as change:
            change.connection.exec_driver_sql("DELETE FROM draft")
    assert actions.stop(here.desk, made).ok
    assert bring_back(here.desk, made).ok
    with here.store.read() as connection:
        row = followups.find(connection, made)
    assert row is not None and row.state == end


@pytest.mark.parametrize("verb", ["skip", "stop", "snooze"])
def test_putting_it_aside_takes_a_queued_letter_back(here: Scene, made: int, verb: str) -> None:
    actions.approve(here.desk, made)
    if verb == "snooze":
        assert actions.snooze(here.desk, made, here.world.now + timedelta(days=3)).ok
    else:
        assert getattr(actions, verb)(here.desk, made).ok
    go(here)
    assert here.world.delivered == []


def test_what_was_stopped_cannot_be_approved(here: Scene, made: int) -> None:
    actions.stop(here.desk, made)
    assert not actions.approve(here.desk, made).ok


def test_manual_hands_the_letter_over(here: Scene, made: int) -> None:
    actions.set_level(here.desk, DEFAULT, Level.MANUAL)
    done = actions.approve(here.desk, made)
    assert done.code == "handed_over"
    assert done.letter is not None
    assert done.letter.recipients == ("p1@x1.example",)
    go(here)
    assert (here.world.connections, stage(here, made)) == (0, "")


def test_raising_a_level_takes_the_word_and_lowering_takes_none(here: Scene) -> None:
    scope = Scope(Kind.PERSON, "ann@x.example")
    assert actions.set_level(here.desk, scope, Level.AUTOPILOT).code == "word"
    assert actions.set_level(here.desk, scope, Level.AUTOPILOT, "copilot").code == "word"
    assert actions.set_level(here.desk, scope, Level.AUTOPILOT, "autopilot").ok
    assert actions.set_level(here.desk, scope, Level.COPILOT).ok
    thread = Scope(Kind.THREAD, "<t@x>")
    actions.set_level(here.desk, Scope(Kind.DOMAIN, "x.example"), Level.MANUAL)
    assert actions.set_level(here.desk, thread, Level.COPILOT).code == "word"
    assert actions.set_level(here.desk, thread, Level.COPILOT, "copilot").code == "unknown_thread"


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("default", 1), ("p1@x1.example", 1), ("p1+work@x1.example", 1), ("@x1.example", 1), ("*@x1.example", 1),
        ('"p1"@x1.example', 1), ("person:<p1@x1.example>", 1), ("p2@x2.example", 0), ("x2.example", 0),
        ("plan:sales", 0),
    ],
)  # fmt: skip
def test_a_pause_says_what_it_covers(here: Scene, made: int, text: str, covered: int) -> None:
    scope = parse_scope(text)
    assert scope is not None
    done = actions.pause(here.desk, scope)
    said = "It covers 1 follow-up that waits now." if covered else "It covers nothing that waits now."
    assert done.ok and done.words.endswith(said) and ("nothing leaves" in done.words) is bool(covered)
    assert actions.approve(here.desk, made, at_once=True).ok or covered
    here.world.pass_time(seconds=60)
    go(here)
    assert (stage(here, made) == "SENT") is not bool(covered)
    assert actions.resume(here.desk, scope).ok


def test_a_pause_of_a_thread_is_of_one_that_is_there(here: Scene, made: int) -> None:
    with here.store.read() as connection:
        root = followups.find(connection, made).root  # type: ignore[union-attr]
    assert actions.pause(here.desk, Scope(Kind.THREAD, root)).words.endswith("It covers 1 follow-up that waits now.")
    assert actions.resume(here.desk, Scope(Kind.THREAD, root)).ok
    done = actions.pause(here.desk, Scope(Kind.THREAD, "<p1@x1.example>"))
    assert done.code == "unknown_thread" and "For the person write p1@x1.example" in done.words
    assert actions.resume(here.desk, Scope(Kind.THREAD, "<p1@x1.example>")).code == "unknown_thread"
    with here.store.read() as connection:
        assert not budgets.pauses(connection)


def test_autopilot_sends_alone_only_where_every_check_allows(here: Scene, made: int) -> None:
    assert not actions.approve_by_policy(here.desk, made).ok
    actions.set_level(here.desk, DEFAULT, Level.AUTOPILOT, "autopilot")
    done = actions.approve_by_policy(here.desk, made)
    assert done.ok
    go(here, 9 * 60)
    assert here.world.delivered == []
    go(here, 66)
    assert b"\r\nAuto-Submitted: auto-generated\r\n" in here.world.delivered[0][3]


def test_autopilot_lets_a_doubtful_text_wait(here: Scene, made: int) -> None:
    actions.set_level(here.desk, DEFAULT, Level.AUTOPILOT, "autopilot")
    here.desk.judgement = Judgement(
        meaning=meaning, content=lambda *_: Content(voice=0.9, learned_mails=99, unsupported=("x",))
    )
    assert actions.approve_by_policy(here.desk, made).code == "new_facts"
    assert actions.approve(here.desk, made).ok
    go(here)
    assert len(here.world.delivered) == 1


@pytest.mark.parametrize(("word", "code"), [("away", "copilot"), ("receipt", "queued")])
def test_after_an_absence_the_user_says_when_to_go_on(here: Scene, word: str, code: str) -> None:
    actions.set_level(here.desk, DEFAULT, Level.AUTOPILOT, "autopilot")
    ask(here.world, 2)
    here.world.put("work", reply(here.world, 2, word=word))
    sync(here.desk)
    here.world.pass_time(minutes=1)
    number = drafted(here.desk, 2)
    assert actions.approve_by_policy(here.desk, number).code == code
    assert actions.approve(here.desk, number).ok


def test_lowering_the_level_holds_what_autopilot_queued(here: Scene, made: int) -> None:
    actions.set_level(here.desk, DEFAULT, Level.AUTOPILOT, "autopilot")
    actions.approve_by_policy(here.desk, made)
    actions.set_level(here.desk, DEFAULT, Level.COPILOT)
    go(here, 700)
    assert (here.world.delivered, stage(here, made)) == ([], "NEEDS_REVIEW")


def uncertain(here: Scene, made: int) -> None:
    here.world.fault, here.world.files_copy = "lost_before", "never"
    actions.approve(here.desk, made)
    go(here)
    assert actions.settle(here.desk, made, "cancel").code == "looking"
    for _ in range(30):
        here.world.pass_time(minutes=5)
        reconcile.reconcile(here.desk)
    assert stage(here, made) == "NEEDS_REVIEW"


def test_an_uncertain_letter_is_sent_again_only_with_the_words_for_it(here: Scene, made: int) -> None:
    uncertain(here, made)
    assert not actions.approve(here.desk, made).ok
    assert not actions.settle(here.desk, made, "again").ok
    assert actions.settle(here.desk, made, "resend", "yes").code == "word"
    here.world.fault = "ok"
    here.world.pass_time(days=1)
    assert actions.settle(here.desk, made, "resend", RESEND).ok
    go(here)
    assert stage(here, made) == "SENT"
    assert len(here.world.delivered) == 1


@pytest.mark.parametrize(("verb", "end"), [("sent", "SENT"), ("cancel", "CANCELLED")])
def test_a_person_may_say_what_became_of_it(here: Scene, made: int, verb: str, end: str) -> None:
    uncertain(here, made)
    assert actions.settle(here.desk, made, verb).ok
    assert stage(here, made) == end
    go(here, 90_000)
    assert here.world.delivered == []


def test_what_may_have_left_is_not_approved_anew_after_it_was_given_up(here: Scene, made: int) -> None:
    uncertain(here, made)
    here.world.fault = "ok"
    assert actions.settle(here.desk, made, "cancel").ok
    assert actions.approve(here.desk, made).code == "uncertain"
    go(here, 90_000)
    assert here.world.delivered == []


def test_a_touch_that_left_leaves_from_no_other_account_with_the_same_address(here: Scene, made: int) -> None:
    work, home = here.desk.seats
    here.desk.seats = (work, replace(home, own=home.own | work.own))
    here.world.files_copy = "never"
    actions.approve(here.desk, made)
    actions.undo(here.desk, made)
    # Approved anew it is another intent, so that the intent alone would not tell.
    actions.approve(here.desk, made)
    go(here)
    assert len(here.world.delivered) == 1
    with here.store.write() as change:
        first = followups.find(change.connection, made)
        assert first is not None
        same = {name: getattr(first, name) for name in ("thread_id", "root", "basis", "person", "subject", "touch")}
        twin, fresh = followups.plan(change, account_id=home.number, state="drafted", level="copilot", **same)
        followups.add_draft(change, twin, writer="phrasebook", body="Any news on this?\n", subject="Offer")
    assert fresh
    assert actions.approve(here.desk, twin).code == "sent"


@pytest.mark.parametrize(("headers", "ok"), [({"auto-submitted": ("auto-replied",)}, True), ({}, False)])
def test_what_a_machine_wrote_in_my_name_is_no_mail_of_mine(
    here: Scene, made: int, headers: dict[str, tuple[str, ...]], ok: bool
) -> None:
    note = mail("<note@y.example>", ME, "p1@x1.example", here.world.now, refs=("<ask1@y.example>",), role=Role.SENT)
    here.world.put("work", replace(note, headers=headers))
    sync(here.desk)
    assert actions.approve(here.desk, made).ok is ok


def test_approving_anew_asks_again_whether_it_is_a_draft_and_the_thread_is_free(here: Scene, made: int) -> None:
    actions.approve(here.desk, made)
    actions.undo(here.desk, made)
    actions.snooze(here.desk, made, here.world.now + timedelta(days=2))
    assert actions.approve(here.desk, made).code == "state"
    assert bring_back(here.desk, made).ok
    with here.store.write() as change:
        first = followups.find(change.connection, made)
        assert first is not None
        same = {
            name: getattr(first, name) for name in ("account_id", "thread_id", "root", "basis", "person", "subject")
        }
        second, _ = followups.plan(change, touch=2, state="drafted", level="copilot", **same)
        followups.add_draft(change, second, writer="phrasebook", body="Any news on this, Pat?\n", subject="Offer")
    assert actions.approve(here.desk, second).code == "queued"
    assert actions.approve(here.desk, made).code == "thread_busy"


def test_a_stranger_never_becomes_a_recipient(here: Scene) -> None:
    ask(here.world, 1)
    evil = reply(here.world, 1, word="receipt")
    from dataclasses import replace

    from providers.base import Address

    here.world.put("work", replace(evil, reply_to=(Address("evil@z.example"),), cc=(Address("evil@z.example"),)))
    sync(here.desk)
    made = drafted(here.desk, 1)
    assert seen(here, made).matter.made.letter.recipients == ("p1@x1.example",)


def test_every_verb_leaves_the_log_whole(here: Scene, made: int) -> None:
    for act in (actions.approve, actions.undo, actions.approve, actions.undo, actions.skip):
        assert isinstance(act(here.desk, made), Done)
    actions.pause(here.desk)
    actions.resume(here.desk)
    assert here.store.verify().broken_at is None
