"""What a person approved at manual level stands in Outbox until it was sent: to copy, to open, to write, to take back."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.demo.story import DemoScene, stage
from tests.tui.conftest import press, settled, shown
from tests.tui.scripted import ScriptedDoor
from tui.app import Relance
from tui.door.real import RealDoor
from tui.door.values import Handed, Leaving
from tui.text import Foreign, paragraphs, words

LETTER = Handed(Foreign("Hi Ines,\n\nany news?\n\nSam"), "mailto:ines@carvalho.example?subject=Re%3A%20x&body=Hi")
YOURS = Leaving(
    31, Foreign("Ines Carvalho"), Foreign("ines@carvalho.example"), Foreign("Workshop dates"), "YOURS",
    words=Foreign("Send it yourself; relance will see it in Sent."), undoable=True,
)  # fmt: skip


@pytest.fixture
def handed(door: ScriptedDoor) -> ScriptedDoor:
    door.letters.append(YOURS)
    door.yours[31] = LETTER
    return door


async def test_it_stands_on_top_and_is_counted(app: Relance, handed: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert "2 Outbox 6" in shown(app)
        await press(pilot, "2")
        assert "» Yours to send" in shown(app).split("\n")[1]
        assert "c Copy" in shown(app).split("\n")[-1]
        await press(pilot, "j")
        assert "c Copy" not in shown(app).split("\n")[-1], "the next one is on its way"
        await press(pilot, "c", "o", "e", "d")
        assert handed.calls == []


async def test_its_text_can_be_copied_and_opened(
    app: Relance, handed: ScriptedDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(app, "open_url", opened.append)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "c")
        assert app.clipboard == LETTER.text.raw
        assert "Ines Carvalho: copied." in shown(app)
        await press(pilot, "o")
        assert opened == [LETTER.mailto]
        handed.yours[31] = Handed(Foreign("a long text"), "mailto:ines@carvalho.example?subject=x")
        await press(pilot, "o")
        assert app.clipboard == "a long text"
        assert "paste it there" in shown(app)
        del handed.yours[31]
        await press(pilot, "c")
        assert "cannot be made any more" in shown(app)


@pytest.mark.parametrize(
    ("key", "call", "said"),
    [("e", "write_letter", "write_letter done."), ("d", "skip", "Nothing is sent"), ("u", "undo", "undo done.")],
)
async def test_each_key_asks_the_door_about_that_letter(
    key: str, call: str, said: str, app: Relance, handed: ScriptedDoor
) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "2", key)
        assert handed.calls == [(call, 31)]
        assert said in shown(app)


async def test_the_letter_is_a_page(app: Relance, handed: ScriptedDoor) -> None:
    handed.texts[31] = LETTER.text
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "enter")
        assert "any news?" in shown(app)
        assert "handed to the server" not in shown(app)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_it_is_painted_as_accepted(
    size: tuple[int, int], app: Relance, handed: ScriptedDoor, snapshot: Callable[[Any, str], None]
) -> None:
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "2")
        assert "? Help" in shown(app).split("\n")[-1]
        snapshot(app, f"outbox-yours-{size[0]}x{size[1]}-dark")


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DemoScene, RealDoor]]:
    with stage(tmp_path_factory.mktemp("manual"), datetime(2026, 11, 18, 8, 20, tzinfo=UTC)) as scene:
        scene.prepare()
        door = RealDoor(scene.home, scene.desk(), beside=True)
        assert door.set_level("manual", "").ok
        yield scene, door
        door.close()


@pytest.mark.slow
def test_a_real_letter_is_handed_over_in_every_form_and_comes_back(manual: tuple[DemoScene, RealDoor]) -> None:
    scene, door = manual
    matter = next(
        found
        for item in door.queue()
        if (found := door.matter(item.number)) is not None and found.free and found.level == "manual"
    )
    number = matter.item.number
    assert door.approve(number, matter.digest).code == "handed_over"
    (row,) = [letter for letter in door.outbox() if letter.number == number]
    assert (row.stage, row.undoable) == ("YOURS", True)
    letter = door.handed(number)
    assert letter is not None
    body = paragraphs(matter.draft.body).split()
    assert paragraphs(letter.text).split() == body == paragraphs(door.letter(number)).split()
    asked = parse_qs(urlsplit(letter.mailto).query)
    assert urlsplit(letter.mailto).path == words(matter.recipients[0])
    assert asked["body"][0].split() == body
    assert asked["in-reply-to"][0].startswith("<")
    assert door.write_letter(number).ok
    (file,) = (scene.home.places.data / "exports").glob("*.eml")
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["Subject"] == asked["subject"][0]
    assert not door.write_letter(number).ok, "never over another file"
    assert door.undo(number).ok
    assert number in {item.number for item in door.queue()}
    assert number not in {letter.number for letter in door.outbox()}
    assert door.approve(number, matter.digest).ok
    assert door.skip(number).ok
    assert number not in {letter.number for letter in door.outbox()}
