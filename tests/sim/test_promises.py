"""Small runs of the promises; the whole ones are make targets."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from tests.sim import attacks, crash_matrix, forged, interleave, judged, mutants, scenarios, simulate, strangers, tamper
from tests.sim.world import memory_folder

LONG = [pytest.mark.slow]
HEAVY = {"A3", *(f"B{number}" for number in range(1, 14)), *(f"C{number}" for number in range(1, 8))} - {"B1", "B5"}
"""Planted bugs that take a whole home, and days of its time, to show."""


QUICK = {judged.it_leaves_when_nothing_comes, judged.an_answer_in_junk, judged.a_mail_by_hand_is_a_touch}


def slow_if_long(story: Callable[[], list[str]]) -> object:
    long = story is scenarios.caps_hold or (story in judged.STORIES and story not in QUICK)
    return pytest.param(story, id=story.__name__, marks=LONG if long else [])


@pytest.mark.parametrize("story", [slow_if_long(story) for story in scenarios.STORIES])
def test_each_story_ends_well(story: Callable[[], list[str]]) -> None:
    assert story() == []


@pytest.mark.parametrize("story", [slow_if_long(story) for story in judged.STORIES])
def test_each_story_of_the_whole_program_ends_well(story: Callable[[], list[str]]) -> None:
    assert story() == []


ANSWERS = list(judged.every_answer())
A_FEW = ANSWERS[5::168]


@pytest.mark.parametrize("story", A_FEW, ids=lambda story: story.__name__)
def test_nothing_leaves_after_an_answer_that_came_during_the_hold(story: Callable[[], list[str]]) -> None:
    assert story() == []


@pytest.mark.slow
def test_nothing_leaves_after_any_answer_in_any_place() -> None:
    assert [found for story in ANSWERS[::5] for found in story()] == []


@pytest.mark.parametrize("name", [pytest.param(name, marks=LONG if name in HEAVY else []) for name in mutants.MUTANTS])
def test_each_planted_bug_is_noticed(name: str) -> None:
    assert mutants.hunt(name)


SLOW = {"control-bytes", "two-agents", "evil-model", "unsubscribe", "many-accounts"}
CASES = [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in attacks.ATTACKS]


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_no_attack_breaks_a_promise(name: str) -> None:
    assert attacks.ATTACKS[name]()[0] == []


@pytest.mark.slow
def test_random_days_break_no_promise() -> None:
    total = simulate.simulate(18, 2)
    assert total.wrong == []
    assert total.letters >= 1


@pytest.mark.slow
def test_more_random_days_break_no_promise() -> None:
    total = simulate.Tally()
    for seed in range(100, 106):
        total.add(simulate.simulate(seed))
    assert total.wrong == []
    assert total.crashes > 10


@pytest.mark.slow
def test_a_process_killed_at_a_boundary_breaks_no_promise() -> None:
    count, wrong = crash_matrix.matrix("lost_after", "racing", pairs=False, firsts=range(3, 40, 9))
    assert wrong == []
    assert count >= 3


@pytest.mark.slow
@pytest.mark.parametrize("fault", crash_matrix.FAULTS)
def test_a_process_killed_at_every_boundary_breaks_no_promise(fault: str) -> None:
    count, wrong = crash_matrix.matrix(fault, "waiting", pairs=False, firsts=range(1, crash_matrix.HIGHEST, 2))
    assert wrong == []
    assert count > 5


@pytest.mark.slow
def test_cancelled_is_true_whichever_way_undo_and_sending_meet() -> None:
    count, wrong = interleave.explore(("worker", "undo"))
    assert wrong == []
    assert count > 10


@pytest.mark.slow
def test_cancelled_is_true_also_when_an_answer_comes_between() -> None:
    count, wrong = interleave.explore(("worker", "undo", "answer"))
    assert wrong == []
    assert count > 100


def test_every_kind_of_change_to_the_log_is_found() -> None:
    count, missed = tamper.tamper(every=23)
    assert missed == []
    assert count > 50


@pytest.mark.slow
def test_every_single_change_to_the_log_is_found() -> None:
    assert tamper.tamper()[1] == []


def test_the_killed_process_is_really_killed() -> None:
    root = memory_folder("kill")
    base = root / "template"
    base.mkdir()
    try:
        crash_matrix.template(base, "ok", "none")
        code = crash_matrix.in_child(lambda: crash_matrix.life(base, first=True, answer="none"), base / "note", 2)  # type: ignore[arg-type, return-value]
        assert code == 137
    finally:
        shutil.rmtree(root)


@pytest.mark.slow
def test_a_forged_mail_adds_nothing_to_what_leaves() -> None:
    assert forged.quick() == []


@pytest.mark.parametrize("story", [forged.a_forged_copy_of_our_letter, forged.a_look_without_inbox])
def test_a_name_alone_proves_nothing_and_no_inbox_is_no_mailbox(story: Callable[[], list[str]]) -> None:
    assert story() == []


@pytest.mark.slow
@pytest.mark.parametrize("level", ["copilot", "autopilot"])
@pytest.mark.parametrize("kind", ["memory", pytest.param("imap", marks=pytest.mark.peer), "gmail", "outlook"])
def test_forged_mail_of_every_kind_on_every_kind_of_mailbox(kind: str, level: str) -> None:
    if kind == "imap" and shutil.which("dovecot") is None:
        pytest.skip("Dovecot is not installed: apt-get install dovecot-imapd")
    with forged.houses(kind) as made:
        house = made(level)
        try:
            assert forged.run(house, forged.cases()[3::29], approving=level == "copilot").broken == []
        finally:
            house.close()


def test_strangers_only_take_away() -> None:
    strangers.prove(6)


@pytest.mark.slow
def test_strangers_only_take_away_from_many_mailboxes() -> None:
    strangers.prove(400, start=7)
