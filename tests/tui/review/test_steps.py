"""What follows from each event of the review screen, without a screen: the next state and what is to be done."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tui import seeds
from tests.tui.review.states import FILLED, OPEN, after, told
from tui.door.values import Told, VoiceOf
from tui.parts.bars import NoticeLine
from tui.review import effects as do
from tui.review import events as on
from tui.review.state import ReviewState, alive, dead
from tui.text import Foreign

ANNA, TOM, LENA, RANIA = seeds.ITEMS
ROOM = Path(__file__).parents[3] / "tui" / "review"
YES = Told(True, "queued", Foreign("Queued."), leaves_at=seeds.NOW + timedelta(seconds=30))
NO = Told(False, "answered", Foreign("They answered meanwhile."))
APPROVE = do.Verb("approve", ANNA, ("digest-11",), seeds.ANNA.draft.body)
EDIT = do.Verb("edit", ANNA, ("Hi",))
OTHER = replace(seeds.LENA, digest="of another text")
LATER = seeds.NOW + timedelta(days=3)


def press(*keys: str) -> tuple[on.Event, ...]:
    return tuple(on.Pressed(key) for key in keys)


VERBS = [
    ("approve", press("approve"), APPROVE),
    ("approve at once", press("approve_at_once"), do.Verb("approve", ANNA, ("digest-11", True), APPROVE.body)),
    ("skip", press("skip"), do.Verb("skip", ANNA)),
    ("stop", press("stop"), do.Verb("stop", ANNA)),
    ("snooze", (on.UntilTold(ANNA, LATER),), do.Verb("snooze", ANNA, (LATER,))),
    ("redo", (on.HowTold(ANNA, "shorter"),), do.Verb("redo", ANNA, ("shorter",))),
    ("edit", (*press("edit"), on.TextKept("Hi")), EDIT),
    ("own editor", (on.EditorEnded("Hi", ""),), EDIT),
    ("choose", press("older", "choose"), do.Verb("choose", ANNA, (1,))),
    ("marked", press("mark", "approve_marked", "approve_marked"), do.ApproveMarked(((11, "digest-11"),))),
]
"""How each verb comes about, and what the door is asked."""
NO_VERB = [
    ("a snooze thought better of", (on.UntilTold(ANNA, None),)),
    ("a redo thought better of", (on.HowTold(ANNA, None),)),
    ("an edit that changes nothing", (*press("edit"), on.TextKept(seeds.ANNA.draft.body.raw))),
    ("an edit that leaves nothing", (*press("edit"), on.TextKept("  \n"))),
    ("an editor that failed", (on.EditorEnded(None, "It could not be started."),)),
    ("keys while editing", press("edit", "approve", "skip", "stop", "snooze", "redo", "mark")),
    ("keys while a text is written", (on.HowTold(ANNA, ""), *press("skip", "stop", "edit", "copy"))),
    ("an older version", press("older", "approve")),
    ("marked and asked once", press("mark", "approve_marked")),
    ("marked anew after it was asked", press("mark", "approve_marked", "mark", "approve_marked")),
    ("held, one key", (on.Highlighted(13), *press("approve"))),
    ("held, another key between", (on.Highlighted(13), *press("approve", "copy", "approve"))),
    (
        "held, looked away",
        (on.Highlighted(13), *press("approve"), on.Highlighted(12), on.Highlighted(13), *press("approve")),
    ),
    ("held, another text since", (on.Highlighted(13), *press("approve"), on.MatterCame(OTHER), *press("approve"))),
    ("at once at manual level", (on.MatterCame(replace(seeds.ANNA, level="manual")), *press("approve_at_once"))),
    ("nothing shown", (on.RowsCame(()), *press("approve", "skip", "stop", "edit", "copy", "why"))),
]


def verbs(effects: tuple[do.Effect, ...]) -> list[do.Effect]:
    return [effect for effect in effects if isinstance(effect, do.Verb | do.ApproveMarked)]


@pytest.mark.parametrize(("name", "events", "verb"), VERBS, ids=[row[0] for row in VERBS])
def test_each_verb_names_the_draft_that_stood_there(
    name: str, events: tuple[on.Event, ...], verb: do.Verb | do.ApproveMarked
) -> None:
    del name
    _, effects = told(OPEN, *events)
    assert verbs(effects) == [verb]


@pytest.mark.parametrize(("name", "events"), NO_VERB, ids=[row[0] for row in NO_VERB])
def test_no_verb_comes_of(name: str, events: tuple[on.Event, ...]) -> None:
    del name
    state = OPEN
    for event in events:
        was = state.streaming
        state, effects = told(state, event)
        assert not [verb for verb in verbs(effects) if was or getattr(verb, "name", "") != "redo"]


def test_what_the_gate_holds_takes_a_second_key_after_the_words_that_hold_it() -> None:
    state, effects = told(OPEN, on.Highlighted(13), on.Pressed("approve"))
    notice = next(effect.notice for effect in effects if isinstance(effect, do.Say))
    assert notice.after == ": held (sensitive). a once more approves it all the same."
    assert (state.cursor, state.mine) == (13, frozenset())
    _, effects = told(state, on.Pressed("approve"))
    assert [verb.given for verb in effects if isinstance(verb, do.Verb)] == [("digest-13",)]


def test_the_second_key_counts_only_once_the_words_stood_there() -> None:
    slow = after(replace(OPEN, dwells=True), on.Highlighted(13))
    asked = after(slow, on.Dwelt(slow.token), on.Pressed("approve"))
    assert not verbs(told(asked, on.Pressed("approve"))[1])
    assert verbs(told(asked, on.Dwelt(asked.token), on.Pressed("approve"))[1])
    early = on.Pressed("approve", at=1.0)
    here = after(OPEN, on.Highlighted(13))
    here = after(replace(here, painted=0.5), early)
    assert not verbs(told(after(here, on.Painted(here.token, 2.0)), early)[1]), "typed before it was painted"


def test_what_waits_for_a_good_moment_says_so() -> None:
    late = replace(YES, leaves_at=seeds.NOW + timedelta(hours=20))
    notices = [
        effect.notice.after
        for answer in (YES, late)
        for effect in told(OPEN, on.VerbTold(APPROVE, answer, seeds.NOW))[1]
        if isinstance(effect, do.Say)
    ]
    assert notices == [" Anna Weiss", " Anna Weiss, for a good moment"]


PAGES = [
    ("why", do.OpenWhy(seeds.ANNA)),
    ("thread", do.OpenThread(seeds.ANNA)),
    ("voice", do.ReadVoice(ANNA, seeds.ANNA.draft.body)),
    ("webmail", do.OpenBrowser("https://mail.okafor.example/thread")),
    ("redo", do.AskHow(ANNA)),
    ("snooze", do.AskUntil(ANNA)),
    ("editor", do.LendToEditor(seeds.ANNA.draft.body)),
    ("copy", do.Copy(seeds.ANNA.draft.body)),
]


@pytest.mark.parametrize(("key", "effect"), PAGES)
def test_a_key_that_only_shows_changes_nothing(key: str, effect: do.Effect) -> None:
    state, effects = told(OPEN, on.Pressed(key))
    assert state == replace(OPEN, painted=0.0)
    assert effects[0] == effect


SAID = [
    ("queued", APPROVE, YES, "Queued for", " Anna Weiss", 11),
    ("handed over", APPROVE, Told(True, "handed_over", Foreign("Yours.")), "Anna Weiss", ": copied, yours to send; 2 keeps it", 11),
    ("done", APPROVE, Told(True, "task_done", Foreign("Done.")), "Anna Weiss", ": done. Nothing was sent.", 11),
    ("refused", APPROVE, NO, "Anna Weiss", ": They answered meanwhile.", 0),
    ("skipped", do.Verb("skip", ANNA), Told(True, "skipped", Foreign("")), "Anna Weiss", ": skipped.", 11),
    ("stopped", do.Verb("stop", ANNA), Told(True, "stopped", Foreign("")), "Anna Weiss", ": this thread", 11),
    ("put off", do.Verb("snooze", ANNA, (LATER,)), Told(True, "snoozed", Foreign("")), "Anna Weiss", ": comes back", 11),
    ("edited", EDIT, Told(True, "edited", Foreign("Saved.")), "Saved.", "", 0),
    ("written", do.Verb("redo", ANNA, ("",)), Told(True, "redone", Foreign("Again.")), "Again.", "", 0),
    ("taken", do.Verb("choose", ANNA, (1,)), Told(True, "chosen", Foreign("Taken.")), "Taken.", "", 0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "verb", "answer", "words", "after_it", "undo"), SAID, ids=[row[0] for row in SAID])
def test_what_the_door_answered_is_said_in_words(
    name: str, verb: do.Verb, answer: Told, words: str, after_it: str, undo: int
) -> None:
    del name
    _, effects = told(OPEN, on.VerbTold(verb, answer, seeds.NOW))
    notice = next(effect.notice for effect in effects if isinstance(effect, do.Say))
    assert (notice.words.raw, notice.after[: len(after_it)], notice.number) == (words, after_it, undo)


def test_what_is_decided_goes_only_once_the_door_has_said_yes() -> None:
    decided = after(OPEN, on.Pressed("approve"))
    assert (decided.cursor, decided.shown_number, decided.mine) == (12, 12, {11})
    assert 11 in decided.items
    refused = after(decided, on.VerbTold(APPROVE, NO, seeds.NOW))
    assert (refused.mine, 11 in refused.items) == (frozenset(), True)
    taken = after(decided, on.VerbTold(APPROVE, YES, seeds.NOW))
    assert (taken.mine, taken.numbers) == (frozenset(), (12, 13, 14))


def test_a_draft_that_was_decided_about_takes_no_second_decision() -> None:
    state = after(OPEN, *press("approve"), on.Highlighted(11))
    assert dead(state, "skip") == "Decided; it goes as soon as the store has it."
    assert not verbs(told(state, on.Pressed("skip"))[1])


def test_the_last_draft_that_goes_leaves_nothing_to_decide() -> None:
    one = after(ReviewState(dwells=False), on.RowsCame([ANNA]), on.MatterCame(seeds.ANNA))
    state = after(one, on.Pressed("approve"), on.VerbTold(APPROVE, YES, seeds.NOW))
    assert (state.numbers, state.shown) == ((), None)
    state, effects = told(state, on.RowsCame(()))
    assert effects == (do.Count(0), do.ReadStatus())
    assert after(state, on.StatusCame(seeds.STATUS)).nothing == seeds.STATUS


ROWS = [
    ("the same", seeds.ITEMS, 12, (11, 12, 13, 14)),
    ("one above goes", (TOM, LENA, RANIA), 12, (12, 13, 14)),
    ("its own row goes", (ANNA, LENA, RANIA), 13, (11, 13, 14)),
    ("all below go too", (ANNA,), 11, (11,)),
    ("new ones above", (replace(ANNA, number=9), *seeds.ITEMS), 12, (9, 11, 12, 13, 14)),
]


@pytest.mark.parametrize(("name", "items", "cursor", "numbers"), ROWS, ids=[row[0] for row in ROWS])
def test_the_highlight_stays_on_its_row(
    name: str, items: tuple[seeds.Item, ...], cursor: int, numbers: tuple[int, ...]
) -> None:
    del name
    state = after(OPEN, on.Highlighted(12), on.RowsCame(items))
    assert (state.cursor, state.numbers) == (cursor, numbers)


def test_who_went_off_the_list_is_asked_about_but_not_who_was_decided_about() -> None:
    _, effects = told(OPEN, on.RowsCame(seeds.ITEMS[1:]))
    assert do.ReadReason(ANNA) in effects
    _, effects = told(OPEN, on.Pressed("skip"), on.RowsCame(seeds.ITEMS[1:]))
    assert do.ReadReason(ANNA) not in effects
    _, said = told(OPEN, on.ReasonCame(ANNA, [Foreign("She has answered."), Foreign("More.")]))
    after_it = ": off the list. She has answered."
    assert said == (do.Say(NoticeLine(ANNA.person, loud=True, after=after_it)),)


def test_a_draft_is_read_first_as_text_and_then_with_its_checks() -> None:
    _, effects = told(ReviewState(), on.RowsCame(seeds.ITEMS))
    assert effects == (do.Count(4), do.ReadPreview(11), do.AwaitPaint(1))
    preview = replace(seeds.ANNA, digest="", checks=())
    state, effects = told(FILLED, on.PreviewCame(preview))
    assert effects == (do.AwaitPaint(2), do.ToNewestMail(), do.ReadMatter(11, painted_first=True))
    assert dead(state, "approve") == "The gate is still reading."
    state, effects = told(state, on.MatterCame(seeds.ANNA))
    assert effects == (do.AwaitPaint(3), do.ToNewestMail(), do.ReadMatter(12, ahead=True))
    assert alive(state, "approve")


def test_a_text_must_be_on_the_screen_for_a_moment() -> None:
    state = after(ReviewState(), on.RowsCame(seeds.ITEMS), on.MatterCame(seeds.ANNA))
    assert dead(state, "approve") == "It came up this moment; read it first."
    assert not after(state, on.Dwelt(state.token - 1)).ready
    state = after(state, on.Dwelt(state.token))
    assert alive(state, "approve")
    assert after(state, on.MatterCame(seeds.ANNA)).ready, "the same text again"
    for event in (on.MatterCame(replace(seeds.ANNA, digest="other")), on.Pressed("older"), on.Highlighted(12)):
        assert not after(state, event).ready, event


def test_a_draft_that_comes_late_is_kept_but_not_shown_over_another() -> None:
    state = after(FILLED, on.MatterCame(seeds.ANNA), on.Highlighted(12), on.MatterCame(seeds.LENA))
    assert (state.cursor, 13 in state.read_ahead) == (12, True)
    assert after(state, on.MatterCame(None)) == state
    assert after(state, on.MatterCame(seeds.TOM)).shown == seeds.TOM


def test_news_leave_what_is_being_typed_or_written() -> None:
    for begun in (after(OPEN, on.Pressed("edit")), after(OPEN, on.HowTold(ANNA, ""))):
        state = after(begun, on.LookAgain(), on.RowsCame(seeds.ITEMS[1:]), on.MatterCame(seeds.TOM))
        assert state.shown == seeds.ANNA


def test_what_was_typed_stands_there_until_the_store_shows_it() -> None:
    state = after(OPEN, on.Pressed("edit"), on.TextKept("Hi"))
    assert (state.editing, state.kept) == (False, "Hi")
    state = after(state, on.VerbTold(EDIT, Told(True, "edited", Foreign("Saved.")), seeds.NOW))
    assert state.kept == "Hi"
    assert after(state, on.MatterCame(seeds.ANNA)).kept is None
    assert after(state, on.VerbTold(EDIT, NO, seeds.NOW)).kept is None


def test_a_text_that_is_written_again_grows_until_it_is_there_or_stopped() -> None:
    verb = do.Verb("redo", ANNA, ("",))
    state = after(OPEN, on.HowTold(ANNA, ""), on.MoreText(12, Foreign("not here")), on.MoreText(11, Foreign("Hi An")))
    assert (state.streaming, state.stream) == (11, Foreign("Hi An"))
    stopped = after(state, on.Pressed("escape"))
    assert stopped.stopping
    assert after(stopped, on.VerbTold(verb, NO, seeds.NOW)).kept is None
    done = after(state, on.VerbTold(verb, Told(True, "redone", Foreign("")), seeds.NOW))
    assert (done.streaming, done.kept) == (0, "Hi An")
    assert after(state, on.Left()).stopping


def test_the_filter_hides_rows_and_what_is_hidden_is_not_approved() -> None:
    state, effects = told(OPEN, on.Pressed("mark"), on.Filtered("redlines"))
    assert (state.numbers, state.cursor, state.to_approve) == ((12,), 12, ())
    assert effects == (do.ReadQueue(),)
    assert after(OPEN, on.Filtered("nobody")).shown is None


def test_marked_drafts_go_together_and_lose_their_mark() -> None:
    state = after(OPEN, *press("mark", "mark", "approve_marked", "approve_marked"))
    assert (state.mine, state.cursor) == ({11, 12}, 13)
    answer = Told(True, "marked", Foreign("1 draft approved."))
    state = after(state, on.MarkedTold(do.ApproveMarked(((11, "digest-11"), (12, "digest-12"))), [11], answer))
    assert (state.mine, state.marked, state.numbers) == (frozenset(), {}, (12, 13, 14))


def test_the_voice_of_a_draft_is_a_page() -> None:
    assert told(OPEN, on.VoiceCame(ANNA, VoiceOf(0.9)))[1] == (do.OpenVoice(ANNA, VoiceOf(0.9)),)


DEAD = [
    ((), "older", ""), ((), "newer", "This is the newest version."), ((), "keep", "There is no draft here."),
    (press("older"), "older", "This is the first version."), (press("older"), "approve", "An older version;"),
    (press("edit"), "skip", "esc ends this first."), ((on.Highlighted(12),), "choose", "This version is the draft"),
]  # fmt: skip


@pytest.mark.parametrize(("events", "key", "why"), DEAD)
def test_a_dead_key_says_why(events: tuple[on.Event, ...], key: str, why: str) -> None:
    state = after(OPEN, *events)
    assert bool(alive(state, key)) == (not why)
    if why and key != "keep":
        (hint,) = told(state, on.Pressed(key))[1]
        assert isinstance(hint, do.Hint)
        assert hint.words.startswith(why)


@pytest.mark.parametrize("file", sorted(ROOM.glob("*.py")), ids=lambda file: file.name)
def test_the_room_is_made_without_the_library_of_the_screens(file: Path) -> None:
    named = {
        name
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        )
    }  # fmt: skip
    assert not [name for name in named if name.startswith(("textual", "tui.screens", "tui.app", "agent", "threading"))]
