"""Where a person decides about drafts: it paints what `tui.review` says and carries out its effects; never decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui import keys, words
from tui.door.values import Item, ShownMatter, Status
from tui.parts.lists import Rows
from tui.review import events as on
from tui.review import state as states
from tui.review.state import ReviewState
from tui.review.step import step
from tui.screens import draft_view as reader
from tui.screens.draft_view import DraftArea
from tui.screens.review_hands import Hands, HandsOn, TextGrew
from tui.text import Foreign, joined, line, own, paragraphs, titled


def _pressing(key: str) -> Callable[[Review], None]:
    return lambda screen: screen.happen(on.Pressed(key, screen.relance.heard_at))


class Review(HandsOn):
    """One draft at a time, with everything that speaks for and against it."""

    MODE = "review"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("review")]

    def __init__(self) -> None:
        super().__init__()
        self.state = ReviewState()
        self._hands = Hands(self)

    def middle(self) -> ComposeResult:
        with Horizontal(id="desk"):
            yield Rows("queue", tall=2, moved=self._moved)
            with Vertical(id="reader"):
                yield Static(Content(""), id="why")
                with VerticalScroll(id="thread", can_focus=False):
                    yield Static(Content(""), id="mails")
                draft = DraftArea("", id="draft", soft_wrap=True)
                draft.open_for(editing=False)
                yield draft

    def on_mount(self) -> None:
        self.relance.review = self
        self.state = replace(self.state, dwells=self.relance.dwell > 0)

    @property
    def rows(self) -> Rows:
        return self.query_one("#queue", Rows)

    @property
    def draft(self) -> DraftArea:
        return self.query_one("#draft", DraftArea)

    def main_focus(self) -> None:
        self.set_focus(self.rows)

    # Events.

    def happen(self, event: on.Event) -> None:
        """What follows from it is painted and carried out at once, before another key is looked at."""
        before = self.state
        self.state, effects = step(before, event)
        if self.state is not before:
            self._paint(before, self.state)
        for effect in effects:
            self._hands.carry_out(effect)

    def refill(self) -> None:
        self.happen(on.LookAgain() if self.wanted == self.state.wanted else on.Filtered(self.wanted))

    def _moved(self) -> None:
        self.happen(on.Highlighted(self.rows.number))

    def on_text_grew(self, message: TextGrew) -> None:
        self.happen(on.MoreText(message.number, message.text))

    def on_unmount(self) -> None:
        # Its widgets are gone, so nothing is painted.
        self.state, _ = step(self.state, on.Left())

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape" and self.state.streaming:
            event.stop()
            event.prevent_default()
            self.happen(on.Pressed("escape"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """None leaves a key dim and dead."""
        del parameters
        return states.alive(self.state, action.removesuffix("_now"))

    def dead(self, action: str) -> str:
        return states.dead(self.state, action.removesuffix("_now"))

    def action_keep_now(self) -> None:
        self.happen(on.TextKept(self.draft.text))

    def action_down_now(self) -> None:
        self.rows.step(1)

    def action_up_now(self) -> None:
        self.rows.step(-1)

    def action_scroll_down_now(self) -> None:
        self.query_one("#thread", VerticalScroll).scroll_relative(y=6, animate=False)

    def action_scroll_up_now(self) -> None:
        self.query_one("#thread", VerticalScroll).scroll_relative(y=-6, animate=False)

    action_approve_now = _pressing("approve")
    action_approve_at_once_now = _pressing("approve_at_once")
    action_edit_now = _pressing("edit")
    action_editor_now = _pressing("editor")
    action_redo_now = _pressing("redo")
    action_snooze_now = _pressing("snooze")
    action_skip_now = _pressing("skip")
    action_stop_now = _pressing("stop")
    action_why_now = _pressing("why")
    action_voice_now = _pressing("voice")
    action_thread_now = _pressing("thread")
    action_older_now = _pressing("older")
    action_newer_now = _pressing("newer")
    action_choose_now = _pressing("choose")
    action_mark_now = _pressing("mark")
    action_approve_marked_now = _pressing("approve_marked")
    action_webmail_now = _pressing("webmail")
    action_copy_now = _pressing("copy")

    def nothing_to_undo(self) -> str:
        """A text that was written again is no letter; its versions are looked through."""
        several = self.state.shown is not None and len(self.state.shown.versions) > 1
        return (
            "Nothing to undo. Earlier texts: [ and ] look through them, t takes one." if several else "Nothing to undo."
        )

    def people(self) -> list[tuple[int, Foreign]]:
        """Whom the command palette can go to."""
        return [(item.number, item.person) for item in self.state.items.values()]

    def came_back(self) -> None:
        """From another screen; a key typed ahead was not about what stands here."""
        self.happen(on.CameBack())

    def go_to(self, number: int) -> None:
        """Highlight one of them."""
        self.rows.go(number)

    # Painting.

    def _paint(self, before: ReviewState, now: ReviewState) -> None:
        if _differs(before, now, "numbers", "items", "marked", "mine"):
            shown = [now.items[number] for number in now.numbers]
            self.rows.show_rows(now.numbers, partial(self._row, shown))
        self.rows.go(now.cursor)
        if _differs(before, now, "items", "numbers", "nothing"):
            self.empty(self._nothing(now))
        if now.shown is not None and now.shown is not before.shown:
            self._paint_matter(now.shown)
        if now.shown is not None:
            self._paint_draft(before, now, now.shown)
        self.refresh_bindings()

    def _row(self, shown: Sequence[Item], place: int, width: int) -> Content:
        item, state = shown[place], self.state
        return reader.row(item, width, marked=item.number in state.marked, decided=item.number in state.mine)

    def _nothing(self, state: ReviewState) -> Content | None:
        if state.items:
            return None if state.numbers else own("No draft contains these words.")
        return self._nothing_waits(state.nothing) if state.nothing is not None else None

    def _nothing_waits(self, status: Status) -> Content:
        now, zone = self.door.now(), self.door.zone
        look = f"next look {words.moment(status.next_look, now, zone)}; " if status.next_look else ""
        slot = f"next slot {words.moment(status.next_slot, now, zone)}." if status.next_slot else "no slot planned."
        return joined(
            own("Nothing to review.\n\n", "bold"),
            own(f"{words.count(status.watched, 'thread')} watched; {look}{slot}"),
            own("\n\n2 shows what leaves, 3 why the rest is left alone.", "dim"),
        )

    def _paint_matter(self, matter: ShownMatter) -> None:
        now, zone = self.door.now(), self.door.zone
        self.query_one("#why").set_class(bool(matter.holds), "-held")
        self._line("#why", reader.why(matter, now, zone), layout=True)
        titled(self.query_one("#why"), own(""), line(matter.item.subject, most=80))
        self._line("#mails", reader.mails(matter.mails, now, zone), layout=True)

    def _paint_draft(self, before: ReviewState, now: ReviewState, matter: ShownMatter) -> None:
        if now.editing != before.editing:
            self.draft.open_for(editing=now.editing)
            self.set_focus(self.draft if now.editing else self.rows)
            if now.editing:
                self.draft.move_cursor(self.draft.document.end)
        text = paragraphs(now.stream if now.streaming else now.body)
        text = text if now.kept is None else now.kept
        if not now.editing and self.draft.text != text:
            self.draft.text = text
        self.draft.set_class(not matter.free, "-held")
        if now.editing:
            titled(self.draft, own(" Editing "), own(" esc keeps · ctrl+z undoes "))
        elif now.streaming:
            titled(self.draft, own(" Writing … "), own(" esc stops "))
        else:
            titled(self.draft, reader.draft_title(matter, now.place), reader.draft_foot(matter))

    def filled(self, items: Sequence[Item]) -> None:
        """The queue was read."""
        self.happen(on.RowsCame(items))
        if items and self.focused is None:
            self.main_focus()


def _differs(before: ReviewState, now: ReviewState, *names: str) -> bool:
    return any(getattr(before, name) != getattr(now, name) for name in names)
