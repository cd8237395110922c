"""The Drafts folder as a remote control: what a person does there from any mail program is understood and obeyed."""

from __future__ import annotations

import pytest

from agent.drafting import drafts_folder
from agent.judging.judge import judge_changed
from agent.store.mail import laid_drafts
from agent.verbs import actions
from tests.peers.houses import House
from tests.peers.neighbourhood import Build, build, dovecot, house

pytestmark = pytest.mark.slow

__all__ = ["build", "dovecot", "house"]
WORDS = "Any news on this?"


def laid(house: House) -> int:
    house.asked()
    made = house.drafted()
    drafts_folder.keep_up(house.desk)
    assert house.drafts() == [WORDS]
    house.sync()
    return made


def seen(house: House) -> None:
    """One round of the daemon, as far as it concerns drafts."""
    house.sync()
    drafts_folder.keep_up(house.desk)


def remembered(house: House) -> int:
    with house.home.store.read() as connection:
        return len(laid_drafts.everything(connection))


def test_a_draft_lies_in_the_mailbox_once_and_in_the_thread(house: House) -> None:
    made = laid(house)
    for _ in range(3):
        seen(house)
    assert house.drafts() == [WORDS]
    assert house.progress(made)[0] == "drafted"
    with house.home.store.read() as connection:
        query = "SELECT count(DISTINCT thread_id) FROM mail"
        assert connection.exec_driver_sql(query).scalar_one() == 1


def test_another_text_takes_the_place_of_the_first(house: House) -> None:
    made = laid(house)
    assert actions.edit(house.desk, made, "Other words.\n").ok
    seen(house)
    seen(house)
    assert house.drafts() == ["Other words."]


def test_nothing_lies_there_when_drafts_stay_local(build: Build) -> None:
    house = build(drafts="local")
    house.asked()
    house.drafted()
    seen(house)
    assert house.drafts() == []


def test_a_draft_nobody_wants_any_more_is_taken_away(house: House) -> None:
    made = laid(house)
    assert actions.skip(house.desk, made).ok
    seen(house)
    assert (house.drafts(), remembered(house)) == ([], 0)


def test_a_draft_sent_by_hand_is_the_touch(house: House) -> None:
    made = laid(house)
    house.send_by_hand()
    seen(house)
    assert house.progress(made) == ("stopped", "sent_by_hand")
    assert (house.drafts(), house.left(), remembered(house)) == ([], 0, 0)


def test_at_manual_level_approving_leaves_it_to_the_person(build: Build) -> None:
    house = build(level="manual")
    made = laid(house)
    done = actions.approve(house.desk, made)
    assert (done.code, "Drafts folder" in done.words) == ("handed_over", True)
    seen(house)
    house.send_by_hand()
    seen(house)
    assert house.progress(made) == ("stopped", "sent_by_hand")
    assert house.left() == 0


def test_a_draft_deleted_there_is_skipped_but_not_before_it_may_have_been_sent(house: House) -> None:
    made = laid(house)
    house.discard()
    seen(house)
    assert house.progress(made)[0] == "drafted"
    house.forward(minutes=4)
    seen(house)
    assert house.progress(made) == ("skipped", "deleted_in_mailbox")
    house.forward(minutes=4)
    seen(house)
    assert house.drafts() == []


def test_words_changed_there_are_the_person_s_and_wait_for_a_new_approval(house: House) -> None:
    made = laid(house)
    with house.home.store.read() as connection:
        before = actions.view(connection, house.desk, made)
    house.edit("Ann, did it work out?")
    seen(house)
    seen(house)
    assert house.text(made) == ("Ann, did it work out?", "person")
    assert house.progress(made) == ("drafted", "edited_in_mailbox")
    assert house.drafts() == ["Ann, did it work out?"]
    with house.home.store.read() as connection:
        after = actions.view(connection, house.desk, made)
    assert isinstance(before, actions.Viewed)
    assert isinstance(after, actions.Viewed)
    assert before.matter.made.digest != after.matter.made.digest
    assert not actions.approve(house.desk, made, before.matter.made.digest).ok


def test_words_changed_there_leave_once_they_are_approved(house: House) -> None:
    made = laid(house)
    house.edit("Ann, did it work out?")
    seen(house)
    assert actions.approve(house.desk, made, at_once=True).ok
    house.pump()
    assert (house.stage(made), house.left()) == ("SENT", 1)
    house.forward(minutes=20)
    seen(house)
    assert (house.drafts(), remembered(house)) == ([], 0)


def test_a_letter_that_left_leaves_no_draft_behind(house: House) -> None:
    laid(house)
    made = house.queued()
    house.pump()
    assert (house.stage(made), house.left()) == ("SENT", 1)
    house.forward(minutes=20)
    seen(house)
    assert (house.drafts(), remembered(house)) == ([], 0)
    assert house.progress(made)[0] == "outbox"


def test_deleting_the_draft_during_the_hold_cancels_the_letter(house: House) -> None:
    laid(house)
    made = house.queued()
    house.discard()
    house.pump()
    assert (house.stage(made), house.left()) == ("CANCELLED", 0)
    assert house.progress(made) == ("drafted", "missing_in_mailbox")
    seen(house)
    assert house.drafts() == []
    house.forward(minutes=4)
    seen(house)
    assert house.progress(made) == ("skipped", "deleted_in_mailbox")


def test_a_deletion_noticed_before_the_hold_is_over_cancels_the_letter(house: House) -> None:
    laid(house)
    made = house.queued()
    house.discard()
    seen(house)
    assert house.stage(made) == "CANCELLED"


@pytest.mark.parametrize("known", [True, False], ids=["seen before", "seen at the last look"])
def test_editing_the_draft_during_the_hold_keeps_the_letter_here(house: House, known: bool) -> None:
    laid(house)
    made = house.queued()
    house.edit("Ann, did it work out?")
    if known:
        seen(house)
    house.pump()
    assert (house.stage(made), house.left()) == ("CANCELLED", 0)
    seen(house)
    assert house.text(made) == ("Ann, did it work out?", "person")
    assert house.drafts() == ["Ann, did it work out?"]


def test_a_draft_the_person_sends_during_the_hold_leaves_once(house: House) -> None:
    laid(house)
    made = house.queued()
    house.send_by_hand()
    house.pump()
    assert (house.stage(made), house.left()) in {("CANCELLED", 0), ("STOPPED", 0)}


def test_another_recipient_added_there_makes_it_the_person_s_to_send(house: House) -> None:
    made = laid(house)
    house.edit("", cc="boss@x1.example")
    for _ in range(3):
        seen(house)
    assert house.progress(made) == ("approved", "readdressed_in_mailbox")
    assert house.drafts() == [WORDS]


def test_words_the_person_wrote_stay_when_the_follow_up_ends(house: House) -> None:
    made = laid(house)
    house.edit("Ann, did it work out?")
    seen(house)
    assert actions.stop(house.desk, made).ok
    seen(house)
    assert house.drafts() == ["Ann, did it work out?"]
    assert remembered(house) == 0


def test_brought_back_after_it_was_deleted_it_is_laid_again(house: House) -> None:
    made = laid(house)
    house.discard()
    seen(house)
    house.forward(minutes=4)
    seen(house)
    assert actions.edit(house.desk, made, "Once more.\n").ok
    seen(house)
    assert house.drafts() == ["Once more."]


def test_what_relance_laid_there_is_no_draft_the_person_has_begun(house: House) -> None:
    made = laid(house)
    judge_changed(house.home)
    assert house.progress(made)[0] == "drafted"
    house.edit("Ann, did it work out?")
    seen(house)
    house.sync()
    judge_changed(house.home)
    assert house.progress(made)[0] == "drafted"


def test_a_reply_the_person_has_begun_still_asks(house: House) -> None:
    house.asked()
    made = house.drafted()
    house.begin_a_reply()
    house.sync()
    judge_changed(house.home)
    assert house.progress(made) == ("asked", "own_draft")


@pytest.mark.slow
@pytest.mark.parametrize("script", ["laid", "edited", "adopted", "skipped"])
def test_a_process_that_dies_anywhere_leaves_one_draft_and_no_other_story(build: Build, script: str) -> None:
    places = 0
    house = build()
    for place in range(1, 40):
        house = build() if place > 1 else house
        if not died(house, script, place):
            break
        places += 1
        house.die()
        for _ in range(2):
            seen(house)
            house.forward(minutes=4)
        assert house.drafts() == END[script], place
        assert remembered(house) == (1 if END[script] or script == "skipped" else 0), place
    assert places >= LEAST[script]
    assert house.left() == 0


END = {"laid": [WORDS], "edited": ["Other words."], "adopted": ["Ann, did it work out?"], "skipped": []}
LEAST = {"laid": 3, "edited": 4, "adopted": 2, "skipped": 2}


class Killed(BaseException):
    pass


def died(house: House, script: str, place: int) -> bool:
    """Whether the process came as far as this place, and ended there."""
    from agent import failpoints

    house.asked()
    made = house.drafted()
    if script != "laid":
        drafts_folder.keep_up(house.desk)
        house.sync()
    if script == "edited":
        actions.edit(house.desk, made, "Other words.\n")
    if script == "adopted":
        house.edit("Ann, did it work out?")
        house.sync()
    if script == "skipped":
        house.discard()
        seen(house)
        house.forward(minutes=4)
    count = 0

    def handler(name: str) -> None:
        nonlocal count
        count += name.startswith("drafts.")
        if count == place:
            raise Killed

    failpoints.install(handler)
    try:
        drafts_folder.keep_up(house.desk)
    except Killed:
        return True
    finally:
        failpoints.install(None)
    return False
