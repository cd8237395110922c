"""Where a person decides about drafts: the queue, the reason, the thread, the draft; every verb goes to the door."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui import keys, words
from tui.door.values import Item, ShownMatter
from tui.parts.bars import NoticeLine
from tui.parts.lists import Rows
from tui.screens import draft_view as reader
from tui.screens.draft_view import DraftArea
from tui.screens.review_marked import Marking
from tui.text import Foreign, joined, line, matches, own, paragraphs, titled


class Review(Marking):
    """One draft at a time, with everything that speaks for and against it."""

    MODE = "review"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("review")]

    def __init__(self) -> None:
        super().__init__()
        self._read_ahead: dict[int, ShownMatter] = {}
        self._token = 0

    def middle(self) -> ComposeResult:
        with Horizontal(id="desk"):
            yield Rows("queue", tall=2)
            with Vertical(id="reader"):
                yield Static(Content(""), id="why")
                with VerticalScroll(id="thread", can_focus=False):
                    yield Static(Content(""), id="mails")
                draft = DraftArea("", id="draft", soft_wrap=True)
                draft.open_for(editing=False)
                yield draft

    def on_mount(self) -> None:
        self.relance.review = self

    def main_focus(self) -> None:
        self.set_focus(self.rows)

    def refill(self) -> None:
        self._read_ahead.clear()
        self.read(self.door.queue, self._filled)

    def _filled(self, items: Sequence[Item]) -> None:
        known = {item.number: item for item in items}
        stay = known.keys() | self.mine
        self._tell_gone([item for number, item in self.items.items() if number not in stay])
        self.items = known
        self.marked &= known.keys()
        self.relance.count("review", len(known))
        self.paint_rows()
        if not known:
            self.matter = None
            self.read(self.door.status, self._say_empty, "status")
            return
        self.empty(None if self.rows.numbers else own("No draft contains these words."))
        if not self.rows.numbers:
            self.matter = None
            self.refresh_bindings()
        if self.rows.number and not self.editing and not self.streaming:
            self._load(self.rows.number)
        if self.focused is None:
            self.main_focus()

    def move_on(self) -> None:
        numbers, place = self.rows.numbers, self.rows.place
        left = [number for number in (*numbers[place + 1 :], *reversed(numbers[:place])) if number not in self.mine]
        if left:
            self.rows.go(left[0])
        elif self.matter is not None:
            self.paint_draft(self.matter)

    def take_off(self, number: int) -> None:
        self.mine.discard(number)
        if self.items.pop(number, None) is None or not self.items:
            return
        self.marked.discard(number)
        self.paint_rows()
        here = self.matter.item.number if self.matter is not None else 0
        if self.rows.number not in {0, here} and not self.editing and not self.streaming:
            self._load(self.rows.number)

    def _tell_gone(self, gone: Sequence[Item]) -> None:
        if gone:
            item = gone[0]
            self.read(partial(self.door.why, item.number), partial(self._gone, item), "gone")

    def _gone(self, item: Item, why: Sequence[Foreign]) -> None:
        reason = words_of(why)
        self.relance.say(NoticeLine(item.person, loud=True, after=f": off the list. {reason}"))

    def paint_rows(self) -> None:
        asked = self.wanted
        wanted = [item for item in self.items.values() if matches(asked, item.person, item.subject, item.address)]
        self.rows.show_rows([item.number for item in wanted], partial(self._row, wanted))

    def _row(self, shown: Sequence[Item], place: int, width: int) -> Content:
        item = shown[place]
        return reader.row(item, width, marked=item.number in self.marked, decided=item.number in self.mine)

    def _say_empty(self, status: Any) -> None:
        now, zone = self.door.now(), self.door.zone
        look = f"next look {words.moment(status.next_look, now, zone)}; " if status.next_look else ""
        slot = f"next slot {words.moment(status.next_slot, now, zone)}." if status.next_slot else "no slot planned."
        watched = f"{words.count(status.watched, 'thread')} watched; {look}{slot}"
        self.empty(
            joined(
                own("Nothing to review.\n\n", "bold"),
                own(watched),
                own("\n\n2 shows what leaves, 3 why the rest is left alone.", "dim"),
            )
        )

    def on_rows_row_moved(self, event: Rows.RowMoved) -> None:
        event.stop()
        if self.rows.number and not self.editing and not self.streaming:
            self._load(self.rows.number)

    def _load(self, number: int) -> None:
        known = self._read_ahead.get(number)
        if known is not None:
            self._show(known)
            return
        if self.matter is None:
            self.read(partial(self.door.preview, number), self._previewed, "matter")
            return
        if self.matter.item.number != number:
            self.unready()
        self.read(partial(self.door.matter, number), self._loaded, "matter")

    def _previewed(self, matter: ShownMatter | None) -> None:
        if matter is None:
            return
        if matter.item.number == self.rows.number and not self.editing and not self.streaming:
            self._show(matter)
        whole = partial(self.read, partial(self.door.matter, self.rows.number), self._loaded, "matter")
        if getattr(self.door, "breath", 0.0):
            # First the words on the screen, then the checks, which load a good part of the program.
            self.call_after_refresh(whole)
        else:
            whole()

    def _loaded(self, matter: ShownMatter | None) -> None:
        if matter is None:
            return
        self._read_ahead[matter.item.number] = matter
        if matter.item.number == self.rows.number and not self.editing and not self.streaming:
            self._show(matter)

    def _show(self, matter: ShownMatter) -> None:
        before = self.matter
        same = before is not None and _text_of(before) == _text_of(matter)
        self.matter = matter
        if not same:
            self.place = len(matter.versions) - 1
            self.unready()
        self.place = min(self.place, len(matter.versions) - 1)
        self._paint(matter, scroll=not same)
        if matter.digest:
            self._read_next(matter.item.number)

    def _paint(self, matter: ShownMatter, *, scroll: bool) -> None:
        now, zone = self.door.now(), self.door.zone
        self._line("#why", reader.why(matter, now, zone), layout=True)
        titled(self.query_one("#why"), own(""), line(matter.item.subject, most=80))
        self._line("#mails", reader.mails(matter.mails, now, zone), layout=True)
        self.paint_draft(matter)
        if scroll:
            self.query_one("#thread", VerticalScroll).scroll_end(animate=False)

    def paint_draft(self, matter: ShownMatter) -> None:
        text = paragraphs(matter.versions[self.place].body) if matter.versions else ""
        if self.draft.text != text:
            self.draft.text = text
        self.draft.set_class(not matter.free, "-held")
        titled(self.draft, reader.draft_title(matter, self.place), reader.draft_foot(matter))
        self.refresh_bindings()

    def _read_next(self, number: int) -> None:
        numbers = self.rows.numbers
        after = numbers.index(number) + 1 if number in numbers else 0
        if after < len(numbers) and numbers[after] not in self._read_ahead:
            self.read(partial(self.door.matter, numbers[after]), self._loaded, "ahead")

    def unready(self) -> None:
        """A key that sends is dead until the text was on the screen for a moment."""
        self.ready = False
        self._token += 1
        token = self._token
        self.refresh_bindings()
        if self.relance.dwell <= 0:
            self.ready = True
            return
        self.call_after_refresh(self.set_timer, self.relance.dwell, partial(self._dwelt, token))

    def _dwelt(self, token: int) -> None:
        if token == self._token:
            self.ready = True
            self.refresh_bindings()

    def nothing_to_undo(self) -> str:
        """A text that was written again is no letter; its versions are looked through."""
        several = self.matter is not None and len(self.matter.versions) > 1
        return (
            "Nothing to undo. Earlier texts: [ and ] look through them, t takes one." if several else "Nothing to undo."
        )

    def people(self) -> list[tuple[int, Foreign]]:
        """Whom the command palette can go to."""
        return [(item.number, item.person) for item in self.items.values()]

    def go_to(self, number: int) -> None:
        """Highlight one of them."""
        self.rows.go(number)


def words_of(why: Sequence[Foreign]) -> str:
    """The first sentence of a reason, made safe."""
    return line(why[0], most=160).plain if why else ""


def _text_of(matter: ShownMatter) -> tuple[object, ...]:
    """What must have been on the screen before it may be approved."""
    return matter.item.number, matter.digest, matter.versions
