"""Questions to the door: the newest wins, none piles up, and a slow one holds nobody."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from textual.app import App

from tests.tui.conftest import settled
from tests.tui.scripted import ScriptedDoor
from tui.app import Relance
from tui.parts.background import Questions
from tui.screens.welcome import FirstRun


def test_only_the_newest_of_many_questions_is_asked_after_the_one_under_way() -> None:
    asking, begun, go = Questions(), threading.Event(), threading.Event()
    asked: list[int] = []
    answers: list[int] = []

    def slow() -> int:
        begun.set()
        go.wait(10)
        return 0

    def quick(number: int) -> int:
        asked.append(number)
        return number

    asking.ask("group", slow, answers.append)
    assert begun.wait(10)
    for number in range(1, 50):
        asking.ask("group", lambda number=number: quick(number), answers.append)  # type: ignore[misc]
    go.set()
    wait(asking)
    assert asked == [49]
    assert answers == [49], "the answer nobody waits for any more is dropped"


def test_groups_do_not_wait_for_each_other() -> None:
    asking, go, answers = Questions(), threading.Event(), []
    asking.ask("slow", lambda: go.wait(10), lambda _: None)
    asking.ask("other", lambda: 1, answers.append)
    end = time.monotonic() + 10
    while not answers and time.monotonic() < end:
        time.sleep(0.005)
    assert answers == [1]
    go.set()
    wait(asking)


def test_no_question_keeps_the_program_from_ending() -> None:
    asking, go = Questions(), threading.Event()
    asking.ask("stuck", lambda: go.wait(10), lambda _: None)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "stuck")
    go.set()
    wait(asking)


async def test_an_answer_that_comes_while_the_program_ends_paints_nothing(tmp_path: Path) -> None:
    app, painted = Relance(ScriptedDoor(tmp_path)), []
    async with app.run_test() as pilot:
        await settled(pilot)
        app.on_relance_answer_came(app.AnswerCame(app, painted.append, "while it runs"))
    app.on_relance_answer_came(app.AnswerCame(app, painted.append, "too late"))
    assert painted == ["while it runs"]


def wait(asking: Questions) -> None:
    end = time.monotonic() + 10
    while asking.busy and time.monotonic() < end:
        time.sleep(0.005)
    assert not asking.busy


def test_a_door_that_closes_under_a_question_when_the_screen_goes_is_no_failure() -> None:
    asking, begun, go = Questions(), threading.Event(), threading.Event()
    answers: list[int] = []

    def closing() -> int:
        begun.set()
        go.wait(10)
        raise ValueError("closed")

    asking.ask("group", closing, answers.append)
    assert begun.wait(10)
    asking.close()
    go.set()
    wait(asking)
    assert answers == []


@pytest.mark.parametrize("program", ["screens", "first run"])
async def test_tasks_begin_in_their_turn_whatever_textual_wants(program: str, tmp_path: Path) -> None:
    asyncio.get_running_loop().set_task_factory(lambda loop, work, **how: asyncio.Task(work, loop=loop, **how))
    app: App[Any] = Relance(ScriptedDoor(tmp_path)) if program == "screens" else FirstRun()
    async with app.run_test():
        assert asyncio.get_running_loop().get_task_factory() is None
