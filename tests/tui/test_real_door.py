"""The screens on a real store with a mailbox in memory: what each shows, and what others change meanwhile."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.common.home import Home
from agent.demo.story import DemoScene, stage
from agent.running.desk_setup import desk_for
from agent.running.jobs import one_pass, wake_up
from agent.verbs import actions
from tests.tui.conftest import press, settled, shown
from tui.app import Relance
from tui.door.real import RealDoor
from tui.door.rows import body_of
from tui.start import working
from tui.text import paragraphs, words

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 18, 8, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DemoScene, RealDoor]]:
    """Read, judged, drafted. The tests that share it change different follow-ups."""
    with stage(tmp_path_factory.mktemp("morning"), NOW) as scene:
        scene.prepare()
        door = RealDoor(scene.home, scene.desk(), beside=True)
        yield scene, door
        door.close()


async def until(app: Relance, holds: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, shown(app)
        await asyncio.sleep(0.05)


def test_the_queue_and_a_draft_are_those_of_the_store(morning: tuple[DemoScene, RealDoor]) -> None:
    scene, door = morning
    items = door.queue()
    assert items
    assert all(item.touch <= item.touches for item in items)
    matter = door.matter(items[0].number)
    assert matter is not None
    with scene.home.store.read() as connection:
        seen = actions.view(connection, scene.desk(), items[0].number)
    assert isinstance(seen, actions.Viewed)
    assert matter.digest == seen.matter.made.digest
    assert [words(one) for one in matter.recipients] == list(seen.matter.made.letter.recipients)
    assert len(matter.checks) == len(seen.decision.checks)
    assert matter.mails, "the thread is there"
    assert paragraphs(matter.draft.body).strip() in body_of(seen.matter.made.letter.raw).replace("\r", "")


def test_a_delicate_draft_names_the_words_that_make_it_so(morning: tuple[DemoScene, RealDoor]) -> None:
    _, door = morning
    found = [matter for item in door.queue() if (matter := door.matter(item.number)) is not None]
    delicate = [matter for matter in found if any(check.name == "sensitive" for check in matter.holds)]
    assert delicate
    assert all(matter.delicate for matter in delicate)


def test_the_voice_of_a_draft_comes_with_parts_and_own_mails(morning: tuple[DemoScene, RealDoor]) -> None:
    _, door = morning
    matter = door.matter(door.queue()[0].number)
    assert matter is not None
    voice = door.voice_of(matter.item.number, matter.draft.body)
    assert voice.score is not None
    assert dict(voice.parts).keys() >= {"greeting", "length", "words"}
    assert voice.nearest
    assert voice.learned > 0
    sheet = door.voice()
    assert sheet.mails > 0
    assert sheet.lists


def test_every_thread_is_watched_with_a_reason(morning: tuple[DemoScene, RealDoor]) -> None:
    _, door = morning
    page = door.watching(0, 500, "", "")
    assert page.total == len(page.rows)
    assert all(row.reason and row.words for row in page.rows)
    first = page.rows[0]
    assert len(door.why_thread(first.number)) > 1
    found = door.watching(0, 500, words(first.subject)[:12], "")
    assert first.number in {row.number for row in found.rows}


def test_the_log_proves_itself_and_pages_from_the_newest(morning: tuple[DemoScene, RealDoor]) -> None:
    _, door = morning
    page = door.events(0, 5, "")
    assert [row.seq for row in page.rows] == sorted((row.seq for row in page.rows), reverse=True)
    assert page.total > 5
    assert door.chain().broken_at is None
    assert door.status().beside


def test_an_approved_letter_stands_in_the_outbox_until_it_is_taken_back(morning: tuple[DemoScene, RealDoor]) -> None:
    _, door = morning
    matter = next(found for item in door.queue() if (found := door.matter(item.number)) is not None and found.free)
    number = matter.item.number
    assert not door.approve(number, "of another text").ok
    told = door.approve(number, matter.digest)
    assert told.code == "queued", words(told.words)
    assert "UTC" not in words(told.words)
    letter = next(one for one in door.outbox() if one.number == number)
    assert (letter.stage, letter.undoable) == ("HELD", True)
    assert paragraphs(door.letter(number)).split() == paragraphs(matter.draft.body).split()
    assert door.undo(number).ok
    assert number in {item.number for item in door.queue()}


async def test_what_another_program_does_is_on_the_screen_at_the_next_look(morning: tuple[DemoScene, RealDoor]) -> None:
    scene, door = morning
    app = Relance(door, dwell=0, poll=0.1)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        mode: Any = app.mode
        number = door.queue()[-1].number
        with Home(scene.home.places, clock=scene.clock, keyring=False) as other:
            assert actions.skip(desk_for(other), number).ok
        await until(app, lambda: number not in mode.state.items)
        await until(app, lambda: "off the list" in shown(app))
        with Home(scene.home.places, clock=scene.clock, keyring=False) as other:
            assert actions.pause(desk_for(other)).ok
        await until(app, lambda: "PAUSED" in shown(app))
        await press(pilot, "p")
        await until(app, lambda: "PAUSED" not in shown(app))


@pytest.mark.slow
async def test_an_answer_takes_its_draft_off_the_screen_while_the_jobs_work_beside_it(tmp_path: Path) -> None:
    with stage(tmp_path, NOW) as scene:
        scene.prepare()
        desk = scene.desk()
        door = RealDoor(scene.home, desk, beside=True)
        maya = next(item.number for item in door.queue() if words(item.person) == "Maya Cohen")
        scene.arrives("junk", "intro-maya")

        def jobs(over: threading.Event) -> None:
            wake_up(desk)
            while not over.wait(0.2):
                one_pass(desk, scene.jobs())

        app = Relance(door, dwell=0, poll=0.1)
        async with app.run_test(size=(120, 40)) as pilot:
            await settled(pilot)
            mode: Any = app.mode
            assert maya in mode.state.items
            assert "no daemon: works while open" in shown(app)
            with working(jobs):
                await until(app, lambda: maya not in mode.state.items)
                await until(app, lambda: "Maya Cohen: off the list. Maya Cohen has answered." in shown(app))
        door.close()
