"""At level manual the person sends: relance recognises it wherever the draft lies, and hears of answers before."""

from __future__ import annotations

import pytest

from agent.drafting import drafts_folder
from agent.judging.judge import judge_changed
from agent.verbs import actions
from tests.peers.houses import ME, House, person
from tests.peers.neighbourhood import Build, build, dovecot

__all__ = ["build", "dovecot"]
PLACES = pytest.mark.parametrize("drafts", ["local", "mailbox"])


def handed_over(build: Build, drafts: str) -> tuple[House, int]:
    house = build(level="manual", drafts=drafts)
    house.asked()
    made = house.drafted()
    round_of(house)
    assert actions.approve(house.desk, made).code == "handed_over"
    round_of(house)
    assert house.progress(made) == ("approved", "handed_over")
    return house, made


def round_of(house: House) -> None:
    house.sync()
    judge_changed(house.home)
    drafts_folder.keep_up(house.desk)


@PLACES
def test_a_mail_the_person_sends_in_the_thread_is_the_touch(build: Build, drafts: str) -> None:
    house, made = handed_over(build, drafts)
    house.answer(folder="sent", sender=ME, to=person(1))
    round_of(house)
    round_of(house)
    assert house.progress(made) == ("stopped", "sent_by_hand")
    assert (house.left(), house.drafts()) == (0, [])


@PLACES
def test_an_answer_that_comes_first_ends_it(build: Build, drafts: str) -> None:
    house, made = handed_over(build, drafts)
    house.answer()
    round_of(house)
    round_of(house)
    assert house.progress(made)[0] == "answered"
    assert (house.left(), house.drafts()) == (0, [])


@PLACES
def test_a_mail_of_somebody_else_elsewhere_leaves_it_alone(build: Build, drafts: str) -> None:
    house, made = handed_over(build, drafts)
    house.answer(2, threaded=False)
    round_of(house)
    assert house.progress(made) == ("approved", "handed_over")
