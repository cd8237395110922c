"""The other screens, the palette, help and the first-run page: what they show and what they may do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.tui import seeds
from tests.tui.conftest import painted, press, settled, shown
from tests.tui.scripted import ScriptedDoor
from tui.app import Relance
from tui.door.values import Status
from tui.parts.foot import Foot, told
from tui.screens.welcome import Choice, FirstRun
from tui.text import Foreign

pytestmark = pytest.mark.slow


async def test_what_needs_a_person_stands_on_top_of_the_outbox(app: Relance) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "2")
        text = shown(app)
        order = [text.index(name) for name in ("Marta Silva", "Joe Brandt", "Ines Carvalho", "Omar Haddad")]
        assert order == sorted(order)
        assert "leaves in 24 s" in text
        assert "left 08:56" in text


async def test_undo_in_the_outbox_means_the_highlighted_letter(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "j", "j", "u")
        assert door.calls == [("undo", 23)]


async def test_a_letter_is_shown_with_its_whole_text(app: Relance) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "j", "j", "enter")
        assert "any news on this?" in shown(app)
        assert "Not handed to the server yet." in shown(app)


async def test_settling_asks_for_the_words_before_a_second_copy(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "R", "type:send it again", "enter")
        assert door.calls == [("settle", 21, "resend", "send it again")]
        await press(pilot, "S")
        assert door.calls[-1] == ("settle", 21, "sent", "")


async def test_a_letter_nobody_can_tell_about_offers_no_second_copy(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "j", "R", "C", "u")
        assert door.calls == []


async def test_every_thread_says_why(app: Relance) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "3")
        assert "A robot wrote this" in shown(app)
        await press(pilot, "j", "j", "enter")
        assert "Away until Mon 23 Nov" in shown(app)


async def test_the_filter_of_watching_reads_again(app: Relance) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "3", "slash", "type:robot")
        assert "Bill at Northlight" in shown(app)
        assert "Kofi Mensah" not in shown(app)


async def test_one_key_shows_one_kind_of_reason_and_an_empty_page_says_how_to_lift_it(app: Relance) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "3")
        assert " all 8  due 1  held 1  waiting 1  answered 1  left alone 4 " in shown(app)
        await press(pilot, "f", "f")
        assert "Dr. Feld" in shown(app)
        assert "Anna Weiss" not in shown(app)
        await press(pilot, "slash", "type:weiss", "enter")
        assert "No thread is held and contains “weiss”." in shown(app)
        assert "esc lifts the words" in shown(app)
        await press(pilot, "escape")
        assert "Dr. Feld" in shown(app)
        await press(pilot, "escape")
        assert "Anna Weiss" in shown(app)
        await press(pilot, "slash", "type:nobody", "enter")
        assert "No thread contains “nobody”." in shown(app)


async def test_a_click_on_a_kind_of_reason_shows_it(app: Relance) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "3")
        await pilot.click("#head", offset=(1 + " all 8  due 1  held 1  ".index("held"), 0))
        await settled(pilot)
        assert "Dr. Feld" in shown(app)
        assert "Anna Weiss" not in shown(app)


async def test_a_long_list_is_read_page_by_page(app: Relance, door: ScriptedDoor) -> None:
    first = door.threads[0]
    door.threads = [replace(first, number=number, subject=Foreign(f"Matter {number}")) for number in range(1000)]
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "3")
        watching = app.mode
        assert watching is not None
        assert len(watching.threads) == 200  # type: ignore[attr-defined]
        await press(pilot, "G")
        assert len(watching.threads) == 400  # type: ignore[attr-defined]


async def test_the_log_shows_its_chain_and_whole_records(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "4")
        assert "1 284 events, chain intact" in shown(app)
        await press(pilot, "j", "enter")
        assert "17aa04be" in shown(app)
        await press(pilot, "escape", "e")
        assert door.calls == [("export_log", 0)]


async def test_a_broken_chain_is_loud(app: Relance, door: ScriptedDoor) -> None:
    door.proof = replace(seeds.CHAIN, broken_at=77, words=Foreign("Row 77 was changed."))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "4")
        assert "chain BROKEN at 77" in shown(app)


async def test_the_voice_page_shows_own_phrases_with_counts(app: Relance) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "5")
        await painted(pilot, "from 412 mails")
        await painted(pilot, "any news on")


async def test_the_truths_are_on_every_screen(app: Relance) -> None:
    async with app.run_test() as pilot:
        await settled(pilot)
        for key in "12345":
            await press(pilot, key)
            assert "COPILOT · daemon live · synced 1 m ago" in shown(app)


async def test_without_a_daemon_the_line_says_what_that_means(door: ScriptedDoor) -> None:
    door.state = Status(level="manual")
    app = Relance(door, dwell=0, poll=0)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "MANUAL · no daemon: nothing leaves · synced never" in shown(app)


async def test_help_lists_the_keys_of_the_screen(app: Relance) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await settled(pilot)
        await press(pilot, "4", "question_mark")
        assert "Write the log to a file." in shown(app)
        assert "Never again in this thread." not in shown(app)


@pytest.mark.parametrize("place", ["1", "2", "4"])
async def test_the_palette_goes_to_a_person(place: str, app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, place, "ctrl+p", "type:go to: rania")
        await pilot.pause(0.3)
        await press(pilot, "enter", "s")
        assert door.calls == [("skip", 14)]


async def test_the_line_at_the_bottom_names_no_key_that_would_be_typed(app: Relance) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        for keys, own in (("e", "esc Keep  "), ("3", ""), ("slash", "")):
            await press(pilot, keys)
            if keys != "3":
                assert foot(app).startswith(f"{own}ctrl+p Commands  ctrl+q Quit"), keys
            await press(pilot, "escape")


def foot(app: Relance) -> str:
    """What stands at the bottom."""
    return told(app.screen.query_one(Foot)._said).plain


async def test_the_palette_offers_only_what_is_possible(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test() as pilot:
        await settled(pilot)
        names = {command.title for command in app.get_system_commands(app.screen)}
        assert {"review: Approve", "review: Stop", "relance: Pause", "go to: Anna Weiss"} <= names
        door.items.clear()
        app.mode.refill()  # type: ignore[union-attr]
        await settled(pilot)
        names = {command.title for command in app.get_system_commands(app.screen)}
        assert "review: Approve" not in names


async def test_a_click_on_a_mode_goes_there(app: Relance) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.click("#modes", offset=(16, 0))
        await settled(pilot)
        assert "Marta Silva" in shown(app)


async def test_the_first_page_offers_three_ways_and_takes_no_wrong_answer(tmp_path: Path) -> None:
    (tmp_path / "mail.mbox").write_bytes(b"")
    app = FirstRun()
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "Look around first" in shown(app)
        await press(pilot, "m", f"type:{tmp_path}/nothing.mbox", "enter")
        assert "Nothing lies there." in shown(app)
        # What was typed stands there to be put right.
        await press(pilot, *["backspace"] * len("nothing.mbox"), "type:mail.mbox")
        assert "a file" in shown(app)
        await press(pilot, "enter", "type:sam", "enter")
        assert "That is no mail address." in shown(app)
        await press(pilot, "type:@example.org")
        await pilot.press("enter")
    assert app.return_value == Choice("try", f"{tmp_path}/mail.mbox", "sam@example.org")


async def test_the_demo_is_one_key_away() -> None:
    app = FirstRun()
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("d")
    assert app.return_value == Choice("demo")
