"""From a mailbox to drafts: what changed is judged, what is due is written, what was answered ends."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent import logs
from agent.common.home import Home
from agent.common.person import me_of
from agent.decide.threads.quiet import Reason
from agent.demo import mailbox as demo
from agent.drafting.draft import draft_due, profile_of
from agent.judging import condensing, open_threads
from agent.judging.judge import judge_changed
from agent.judging.many_threads import judge_all
from agent.mailboxes.sync import sync_account
from agent.sequences.plans import plan_named
from agent.store.mail import mails, verdicts
from agent.verbs import actions
from providers.base import Role
from tests.agent import small
from tests.agent.office import ANN, ME, office
from tests.conftest import Ticking

pytestmark = pytest.mark.slow


def read_and_judge(home: Home) -> None:
    sync_account(home, home.config.account[0])
    judge_changed(home)


def states(home: Home) -> dict[str, str]:
    with home.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT person, state FROM followup").fetchall()
    return {row.person: row.state for row in rows}


def test_every_thread_has_a_reason_and_the_quiet_ones_a_follow_up(demo_home: Home) -> None:
    read_and_judge(demo_home)
    with demo_home.store.read() as connection:
        reasons = connection.exec_driver_sql("SELECT reason, sentence, quiet FROM thread").fetchall()
        made = connection.exec_driver_sql("SELECT count(*) FROM followup WHERE state = 'quiet'").scalar()
    assert all(row.reason and row.sentence for row in reasons)
    assert made == sum(row.quiet for row in reasons)
    assert made >= 12


def test_judging_again_changes_nothing(demo_home: Home) -> None:
    read_and_judge(demo_home)
    with demo_home.store.read() as connection:
        before = connection.exec_driver_sql("SELECT * FROM followup").fetchall()
    assert judge_changed(demo_home).read == 0
    with demo_home.store.read() as connection:
        assert connection.exec_driver_sql("SELECT * FROM followup").fetchall() == before


def test_drafts_are_written_in_the_person_s_voice_and_only_once(demo_home: Home) -> None:
    read_and_judge(demo_home)
    first = draft_due(demo_home)
    assert first.written >= 12
    assert draft_due(demo_home).written == 0
    assert profile_of(demo_home).mails > 100


def test_an_answer_ends_a_follow_up_at_the_next_judging(demo_home: Home, clock: Ticking) -> None:
    read_and_judge(demo_home)
    draft_due(demo_home)
    (thread,) = [talk for talk in demo.conversations(clock()) if talk.name == "maquette-claire"]
    person = "claire@atelier-moreau.example"
    assert states(demo_home)[person] == "drafted"
    clock.forward(minutes=5)
    answer = demo.arrival("answer", clock(), follows=[thread.mails[-1].message_id], subject="Maquette du livret")
    demo_home.servers["demo"].deliver(answer.raw, role=answer.role, folder=answer.folder, received=clock())
    read_and_judge(demo_home)
    assert states(demo_home)[person] == "answered"


def test_an_answer_that_comes_while_its_thread_is_read_is_read_next(
    private_home: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office(private_home, clock) as here:
        text = "Hi Ann,\n\nCould you tell me whether the offer suits you?\n\nBest,\nSam"
        name = here.mail(ME, ANN, "The offer", text, at=clock() - timedelta(days=20))
        here.passes()
        (made,) = here.rows(ANN)
        here.mail(ME, ANN, "Re: The offer", "By the way, the price stands.", follows=name)
        sync_account(here.home, here.home.config.account[0])
        read = condensing.summarise

        def slowly(*given: Any, **named: Any) -> Any:
            found = read(*given, **named)
            monkeypatch.setattr(condensing, "summarise", read)
            here.mail(ANN, ME, "Re: The offer", "Yes, it suits me.", follows=name)
            sync_account(here.home, here.home.config.account[0])
            return found

        monkeypatch.setattr(condensing, "summarise", slowly)
        judge_changed(here.home)
        assert here.one(made.id).state == "answered"


def test_what_was_put_off_can_be_approved_when_its_day_comes(private_home: Path, clock: Ticking) -> None:
    with office(private_home, clock) as here:
        text = "Hi Ann,\n\nCould you tell me whether the offer suits you?\n\nBest,\nSam"
        name = here.mail(ME, ANN, "The offer", text, at=clock() - timedelta(days=20))
        here.passes()
        (made,) = here.rows(ANN)
        assert made.state == "drafted"
        clock.forward(minutes=5)
        here.mail(ANN, ME, "Re: The offer", "I will get back to you on 2 December.", follows=name)
        here.passes()
        assert here.one(made.id).state == "watching"
        assert not actions.approve(here.desk, made.id).ok
        here.runs(days=15, hours=24)
        shown = actions.approve(here.desk, made.id)
        assert shown.ok, shown.words


def test_only_open_threads_are_judged_again(demo_home: Home) -> None:
    read_and_judge(demo_home)
    with demo_home.store.read() as connection:
        threads = connection.exec_driver_sql("SELECT count(*) FROM thread").scalar_one()
        assert len(verdicts.open_threads(connection)) < threads / 2


def test_in_small_parts_the_verdicts_are_the_same_as_with_everything_in_memory(
    demo_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, moment = me_of(demo_home.config, demo_home.zone), demo_home.clock() + timedelta(days=3)
    at_home = b"From: Claire Moreau <claire@chez-elle.example>\r\nTo: sam@okafor.example\r\nSubject: Bonjour\r\n\r\nC'est vu.\r\n"
    demo_home.servers["demo"].deliver(at_home, received=demo_home.clock())
    read_and_judge(demo_home)
    demo_home.clock = lambda: moment
    with demo_home.store.read() as connection:
        numbers = verdicts.open_threads(connection)
        everything = connection.exec_driver_sql("SELECT id FROM thread ORDER BY last").scalars().all()
        threads = mails.thread_mails(connection, everything)
    plan = plan_named(demo_home.config, demo_home.config.followups.plan)
    judged = judge_all(list(threads.values()), me, plan, moment)
    wanted = {number: (one.verdict, one.due) for number, one in zip(threads, judged, strict=True) if number in numbers}
    assert {Reason.BOOKED, Reason.MAYBE_ANSWERED, Reason.TOO_OLD} <= {verdict.reason for verdict, _ in wanted.values()}
    claire = {one.verdict.reason for one in judged if one.summary.name == "Claire Moreau"}
    assert Reason.MAYBE_ANSWERED in claire and Reason.DUE not in claire
    for together in (2, len(numbers)):
        monkeypatch.setattr(open_threads, "TOGETHER", together)
        parts = list(open_threads.Open(demo_home, me, numbers).judged())
        assert len(parts) == -(-len(numbers) // together)
        assert {item.number: (verdict, due) for part in parts for item, verdict, due in part} == wanted


def test_what_is_too_old_is_judged_once_a_day_or_with_news_of_its_own(demo_home: Home, clock: Ticking) -> None:
    old = "SELECT count(*) FROM thread WHERE open = 1 AND reason = 'too_old'"
    read_and_judge(demo_home)
    with demo_home.store.read() as connection:
        everything, left_alone = len(verdicts.open_threads(connection)), connection.exec_driver_sql(old).scalar_one()
    assert left_alone > 0
    clock.forward(hours=1)
    assert judge_changed(demo_home).judged == everything - left_alone
    clock.forward(hours=1)
    query = (
        "UPDATE thread SET changed = 1 WHERE id = (SELECT max(id) FROM thread WHERE open = 1 AND reason = 'too_old')"
    )
    with demo_home.store.write() as change:
        change.connection.exec_driver_sql(query)
    assert judge_changed(demo_home).judged == everything - left_alone + 1
    clock.forward(days=1)
    assert judge_changed(demo_home).judged == everything


def test_a_damaged_row_is_read_anew_and_keeps_no_other_from_being_judged(
    demo_home: Home, clock: Ticking, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "SELECT id, summary, reason FROM thread ORDER BY id"
    read_and_judge(demo_home)
    with demo_home.store.write() as change:
        before = change.connection.exec_driver_sql(told).fetchall()
        opened = change.connection.exec_driver_sql("SELECT id FROM thread WHERE open = 1 LIMIT 4").scalars().all()
        closed = change.connection.exec_driver_sql("SELECT id FROM thread WHERE open = 0 LIMIT 1").scalars().all()
        poison = ("", "{", "[]", '{"thread": "t", "last_own": "some day"}', '{"colour": 1}')
        for number, words in zip((*opened, *closed), poison, strict=True):
            change.connection.exec_driver_sql("UPDATE thread SET summary = ? WHERE id = ?", (words, number))
    clock.forward(hours=1)
    monkeypatch.setattr(logs.LOG, "propagate", True)
    with caplog.at_level("INFO", logger="relance"):
        assert judge_changed(demo_home).read == len(poison)
    assert [line for line in caplog.messages if line.startswith("summary.damaged")] == ["summary.damaged count='5'"]
    with demo_home.store.read() as connection:
        assert connection.exec_driver_sql(told).fetchall() == before


def test_what_a_robot_settled_is_asked_about_and_not_chased(demo_home: Home) -> None:
    read_and_judge(demo_home)
    found = states(demo_home)
    assert found["emma.price@littlewood.example"] == "asked"
    assert found["elena@marin-ux.example"] == "asked"


def test_what_waits_for_a_person_says_what_came(private_home: Path, clock: Ticking) -> None:
    home = small.small_home(private_home, clock)
    draft_due(home)
    forged = small.letter("<f@evil.example>", small.ME, "eve@evil.example", clock(), "Pay.", subject="Terrace",
                          refs="<a1@example.org>")  # fmt: skip
    home.servers["home"].deliver(forged, role=Role.JUNK)
    small.read(home)
    with home.store.read() as connection:
        query = "SELECT state, reason, evidence FROM followup WHERE person = ?"
        (row,) = connection.exec_driver_sql(query, (small.BO,)).all()
    assert (row.state, row.reason) == ("asked", "claimed")
    assert "did not vouch for" in row.evidence
    home.close()
