"""What keys do in Review: to the door, to the list and to the words on the screen; nothing is sent anywhere."""

from __future__ import annotations

import stat
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.tui import seeds
from tests.tui.conftest import press, settled, shown
from tests.tui.scripted import ScriptedDoor
from tui.app import Relance
from tui.door.values import CheckLine, Hear, Over, Told
from tui.review.events import Dwelt
from tui.text import Foreign


def said(door: ScriptedDoor) -> list[object]:
    return [call[0] for call in door.calls]


def looked_at(app: Relance) -> None:
    """As if the text had been on the screen long enough."""
    assert app.review is not None
    app.review.happen(Dwelt(app.review.state.token))


async def test_a_approves_exactly_the_shown_text_and_the_next_draft_appears(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "a")
        assert door.calls == [("approve", 11, "digest-11")]
        assert "Queued for Anna Weiss" in shown(app)
        assert "leaves in 30 s" in shown(app)
        assert "Draft to tom@harbour.example" in shown(app)


async def test_a_second_press_at_once_does_not_approve_a_draft_nobody_read(door: ScriptedDoor) -> None:
    app = Relance(door, dwell=60, poll=0)
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "a", "a")
        assert door.calls == []
        looked_at(app)
        await press(pilot, "a", "a", "a")
        assert door.calls == [("approve", 11, "digest-11")]


async def test_a_draft_can_be_approved_once_it_was_on_the_screen_for_a_moment(door: ScriptedDoor) -> None:
    app = Relance(door, dwell=0.05, poll=0)
    async with app.run_test() as pilot:
        await settled(pilot)
        while not app.review or not app.review.state.ready:
            await pilot.pause(0.02)
        await press(pilot, "a")
        assert said(door) == ["approve"]


async def test_text_that_changes_under_the_reader_makes_approving_wait_again(door: ScriptedDoor) -> None:
    app = Relance(door, dwell=60, poll=0)
    async with app.run_test() as pilot:
        await settled(pilot)
        looked_at(app)
        door.edit(11, "Another text.")
        app.mode.refill()  # type: ignore[union-attr]
        await settled(pilot)
        await press(pilot, "a")
        assert "approve" not in said(door)
        assert "Another text." in shown(app)


async def test_what_the_gate_refuses_stays_with_its_reason(app: Relance, door: ScriptedDoor) -> None:
    door.answers["approve"] = Told(False, "answered", Foreign("They answered meanwhile."))
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "a")
        assert "They answered meanwhile." in shown(app)
        assert "Anna Weiss" in shown(app)


@pytest.mark.parametrize(("key", "verb", "words"), [("s", "skip", "skipped"), ("x", "stop", "left alone")])
async def test_putting_aside_is_one_key_and_undo_another(
    app: Relance, door: ScriptedDoor, key: str, verb: str, words: str
) -> None:
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, key)
        assert said(door) == [verb]
        assert words in shown(app)
        assert "u undo" in shown(app)
        await press(pilot, "u")
        assert door.calls[-1] == ("undo", 11)
        assert "Draft to" in shown(app)


async def test_undo_of_an_approval_brings_the_draft_back(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "a", "u")
        assert said(door) == ["approve", "undo"]
        assert {item.number for item in door.items} == {11, 12, 13, 14}
        await press(pilot, "u")
        assert "Nothing to undo." in shown(app)
        await press(pilot, "r", "enter", "u")
        assert "[ and ] look through them, t takes one" in shown(app)


async def test_editing_in_place_keeps_on_escape_and_letters_press_no_keys(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "e", "type:asxpu", "escape")
        assert len(door.calls) == 1
        verb, number, text = door.calls[0]
        assert (verb, number) == ("edit", 11)
        assert str(text).endswith("Samasxpu")


async def test_an_edit_that_changes_nothing_makes_no_version(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "e", "escape")
        assert door.calls == []
        await press(pilot, "j")
        assert "Tom Okonjo" in shown(app)


async def test_news_do_not_overwrite_what_is_being_typed(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "e", "X")
        door.items.pop(0)
        app.mode.refill()  # type: ignore[union-attr]
        await settled(pilot)
        assert "SamX" in shown(app)


async def test_a_redo_streams_and_the_versions_can_be_walked(app: Relance, door: ScriptedDoor) -> None:
    def stream(say: str, hear: Hear, over: Over) -> str:
        hear(Foreign("Hi Anna, sho"))
        assert not over()
        return f"Hi Anna, {say}?"

    door.stream = stream
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "r", "type:short", "enter")
        assert door.calls == [("redo", 11, "short")]
        assert "Hi Anna, short?" in shown(app)
        assert "version 3 of 3" in shown(app)
        await press(pilot, "left_square_bracket")
        assert "two rounds" in shown(app)
        await press(pilot, "a")
        assert said(door) == ["redo"], "an older version is not approved by accident"
        assert "An older version; t takes it" in shown(app)
        await press(pilot, "t")
        assert door.calls[-1] == ("choose", 11, 2)
        assert "version 4 of 4" in shown(app)


async def test_escape_stops_a_redo_and_the_text_before_stays(app: Relance, door: ScriptedDoor) -> None:
    def stream(say: str, hear: Hear, over: Over) -> str:
        del say
        hear(Foreign("Hi, half a sent"))
        for _ in range(1_000):
            if over():
                break
            time.sleep(0.01)
        return "Hi"

    door.stream = stream
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "r")
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("escape")
        await settled(pilot)
        assert "two rounds" in shown(app)
        assert "Cancelled; the draft stays as it was." in shown(app)


async def test_a_dim_key_says_why_it_does_nothing(door: ScriptedDoor) -> None:
    door.matters[11] = replace(seeds.ANNA, webmail="")
    app = Relance(door, dwell=60, poll=0)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "a")
        assert "read it first" in shown(app)
        await press(pilot, "o")
        assert "No page in a browser is known" in shown(app)
        await press(pilot, "right_square_bracket")
        assert "This is the newest version." in shown(app)
        assert door.calls == []


async def test_a_check_that_waits_for_the_approval_alone_stops_no_approval(app: Relance, door: ScriptedDoor) -> None:
    asks = CheckLine("level", "hold", Foreign("It waits for your approval: the level is copilot."))
    door.matters[11] = replace(seeds.ANNA, checks=(*seeds.PASSING, asks))
    manual = replace(seeds.TOM, checks=(*seeds.PASSING, asks), level="manual")
    door.matters[12] = manual
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert "gate: 9 of 9 checks pass" in shown(app)
        await press(pilot, "space", "space", "A", "A")
        assert door.calls == [("approve", 11, "digest-11")], "letters to hand over go one by one"


async def test_a_task_is_done_and_never_sent(app: Relance, door: ScriptedDoor) -> None:
    item = replace(seeds.ITEMS[0], task=True)
    door.items[0] = item
    door.matters[11] = replace(seeds.ANNA, item=item, digest="task", checks=())
    door.answers["approve"] = Told(True, "task_done", Foreign("Done; nothing was sent."))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert "TASK" in shown(app)
        assert "For you to do, with anna@weiss.example" in shown(app)
        assert "nothing is sent" in shown(app)
        assert "gate" not in shown(app)
        await press(pilot, "a")
        assert door.calls == [("approve", 11, "task")]
        assert "Anna Weiss: done. Nothing was sent." in shown(app)


async def test_everything_pauses_until_a_time_that_is_typed(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "P", "type:mon 9")
        assert "Monday 2026-11-23 09:00" in shown(app)
        await press(pilot, "enter")
        assert door.calls == [("pause", 0, datetime(2026, 11, 23, 9, tzinfo=seeds.PARIS))]
        await press(pilot, "P", "type:when pigs fly", "enter")
        assert len(door.calls) == 1
        assert "not a time to come" in shown(app), "what was typed stands there to be put right"
        await press(pilot, "ctrl+u", "type:3d", "enter")
        assert len(door.calls) == 2


async def test_snooze_shows_the_local_time_it_means(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "z")
        assert "Monday 2026-11-23 09:00" in shown(app)
        await press(pilot, "d", "type:fri 14:00")
        assert "Friday 2026-11-20 14:00" in shown(app)
        await press(pilot, "enter")
        verb, number, until = door.calls[0]
        assert (verb, number, f"{until:%Y-%m-%d %H:%M}") == ("snooze", 11, "2026-11-20 14:00")


async def test_marked_drafts_are_named_before_they_are_approved_and_held_ones_stay(
    app: Relance, door: ScriptedDoor
) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "space", "j", "space", "A")
        assert "Approve Anna Weiss, Lena Fischer?" in shown(app)
        assert door.calls == []
        await press(pilot, "A")
        assert door.calls == [("approve", 11, "digest-11")]
        assert "1 draft approved. 1 draft kept back" in shown(app)


async def test_an_answer_takes_its_draft_off_the_screen_with_a_word(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        door.items.pop(0)
        door.reasons[11] = (Foreign("Anna Weiss has answered."),)
        door.number += 1
        app.look()
        await settled(pilot)
        assert "Anna Weiss: off the list. Anna Weiss has answered." in shown(app)
        assert "Draft to tom@harbour.example" in shown(app)


async def test_an_empty_queue_says_what_is_watched(app: Relance, door: ScriptedDoor) -> None:
    door.items.clear()
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "Nothing to review." in shown(app)
        assert "14 threads watched" in shown(app)
        await press(pilot, "a", "e", "s", "x", "w", "enter")
        assert door.calls == []


async def test_the_filter_narrows_and_escape_lifts_it(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "slash", "type:redlines", "enter")
        assert "Anna Weiss" not in shown(app)
        assert "Tom Okonjo" in shown(app)
        await press(pilot, "slash", "escape")
        assert "Anna Weiss" in shown(app)


async def test_pause_is_one_key_and_says_so_in_words(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "p")
        assert "PAUSED" in shown(app)
        await press(pilot, "p")
        assert said(door) == ["pause", "resume"]
        assert "PAUSED" not in shown(app)


async def test_the_level_falls_by_a_key_and_rises_by_its_name(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "minus")
        assert door.calls[-1] == ("level", 0, "manual", "")
        await press(pilot, "minus")
        assert len(door.calls) == 1
        await press(pilot, "plus", "type:copilot", "enter")
        assert door.calls[-1] == ("level", 0, "copilot", "copilot")
        await press(pilot, "plus", "escape")
        assert len(door.calls) == 2


async def test_why_and_voice_open_over_the_screen(app: Relance) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "w")
        assert "The gate" in shown(app)
        assert "Nobody answered in this thread" in shown(app)
        await press(pilot, "escape", "v")
        assert "Nearest own mails" in shown(app)


async def test_handing_over_copies_the_text(app: Relance, door: ScriptedDoor) -> None:
    door.answers["approve"] = Told(True, "handed_over", Foreign("Yours."), text=Foreign("Hi Anna"))
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "a")
        assert app.clipboard == "Hi Anna"
        assert "yours to send" in shown(app)


async def test_the_own_editor_gets_a_private_file_that_is_gone_afterwards(
    app: Relance, door: ScriptedDoor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from contextlib import nullcontext

    seen = tmp_path / "mode"
    script = tmp_path / "editor.py"
    script.write_text(
        "import sys, os\n"
        f"open({str(seen)!r}, 'w').write(oct(os.stat(sys.argv[1]).st_mode))\n"
        "open(sys.argv[1], 'w').write('Hello from outside')\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    async with app.run_test() as pilot:
        await settled(pilot)
        monkeypatch.setattr(app, "suspend", nullcontext)
        await press(pilot, "E")
        assert door.calls == [("edit", 11, "Hello from outside")]
    assert stat.S_IMODE(int(seen.read_text(), 8)) == 0o600
    assert list(door.scratch.iterdir()) == []


async def test_a_letter_that_left_says_so_where_it_was_queued(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "a")
        left = seeds.NOW + timedelta(seconds=35)
        door.letters[-1] = replace(door.letters[-1], stage="SENT", leaves_at=None, left_at=left, undoable=False)
        app.look()
        await settled(pilot)
        assert "Anna Weiss: Left 09:20, accepted by server." in shown(app)
        assert "u undo" not in shown(app)


@pytest.mark.slow
@pytest.mark.parametrize("first", ["slash", "e", "r", "z", "plus", "ctrl+p", "question_mark", "w"])
async def test_keys_typed_ahead_after_a_key_that_opens_something_approve_nothing(
    app: Relance, door: ScriptedDoor, first: str
) -> None:
    from textual.events import Key

    async with app.run_test() as pilot:
        await settled(pilot)
        app.post_message(Key(first, None))
        for letter in "claxsaA":
            app.post_message(Key(letter, letter))
        await settled(pilot)
        assert {"approve", "skip", "stop"}.isdisjoint(said(door))  # type: ignore[arg-type]


async def test_a_filter_that_hides_every_draft_leaves_nothing_to_approve(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "slash", "type:nobody", "enter", "a", "s", "x")
        assert door.calls == []
        assert "No draft contains these words." in shown(app)
        await press(pilot, "slash", "escape", "a")
        assert said(door) == ["approve"]
