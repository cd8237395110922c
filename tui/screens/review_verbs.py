"""The verbs of the review screen, each asked of the door in a thread; no other way leads from a key to a letter."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from textual.containers import VerticalScroll
from textual.message import Message

from tui.door.values import Item, ShownMatter, Told, VoiceOf
from tui.parts.bars import NoticeLine
from tui.parts.lists import Rows
from tui.screens import draft_view as reader
from tui.screens.draft_view import DraftArea
from tui.screens.mode import Mode
from tui.text import Foreign, joined, line, own, paragraphs, titled

NEED_DRAFT = frozenset({
    "edit_now", "editor_now", "redo_now", "snooze_now", "skip_now", "stop_now", "why_now", "voice_now", "thread_now",
    "copy_now", "mark_now", "approve_now", "webmail_now", "older_now", "newer_now", "choose_now",
})  # fmt: skip


class ReviewVerbs(Mode):
    """The half of the review screen that acts; the other half paints."""

    class TextCame(Message):
        """More of a text that is being written."""

        def __init__(self, number: int, text: Foreign) -> None:
            super().__init__()
            self.number, self.text = number, text

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[int, Item] = {}
        self.matter: ShownMatter | None = None
        self.place = 0
        """Which version of the draft is shown."""
        self.ready = False
        """The draft was on the screen long enough to be approved."""
        self.marked: set[int] = set()
        self.mine: set[int] = set()
        """Drafts a person has decided about here, until the store has said yes or no."""
        self.streaming = 0
        self.stopping = False

    @property
    def rows(self) -> Rows:
        return self.query_one("#queue", Rows)

    @property
    def draft(self) -> DraftArea:
        return self.query_one("#draft", DraftArea)

    @property
    def editing(self) -> bool:
        return not self.draft.read_only

    def unready(self) -> None:
        """From now on the draft must be on the screen for a moment before it can be approved."""
        raise NotImplementedError

    def paint_rows(self) -> None:
        """The queue again."""
        raise NotImplementedError

    def paint_draft(self, matter: ShownMatter) -> None:
        """The draft again."""
        raise NotImplementedError

    def move_on(self) -> None:
        """The next draft that nothing was decided about comes up; where there is none this one stays."""
        raise NotImplementedError

    def take_off(self, number: int) -> None:
        """It is done with, and goes before the store is read again."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """None leaves a key dim and dead."""
        del parameters
        if action == "keep_now":
            return self.editing
        if action in NEED_DRAFT and (self.matter is None or self.editing or self.streaming or self._decided()):
            return None
        if action == "approve_now":
            return True if self.ready and self._seen_whole() else None
        if action == "approve_marked_now":
            return bool(self.marked - self.mine)
        return self._walks(action) if action in {"older_now", "newer_now", "choose_now", "webmail_now"} else True

    def _decided(self) -> bool:
        return self.matter is not None and self.matter.item.number in self.mine

    def _newest(self) -> bool:
        return self.matter is not None and self.place == len(self.matter.versions) - 1

    def _seen_whole(self) -> bool:
        """The newest text, with a digest of the letter it stands for."""
        return self._newest() and self.matter is not None and bool(self.matter.digest)

    def _walks(self, action: str) -> bool | None:
        if self.matter is None:
            return None
        if action == "webmail_now":
            return bool(self.matter.webmail) or None
        return (self.place > 0 if action == "older_now" else not self._newest()) or None

    def dead(self, action: str) -> str:
        if self.matter is None or action == "keep_now":
            return "There is no draft here."
        if self.editing or self.streaming:
            return "esc ends this first."
        if self._decided():
            return "Decided; it goes as soon as the store has it."
        reasons = {
            "older_now": "This is the first version.", "newer_now": "This is the newest version.",
            "choose_now": "This version is the draft already.",
            "webmail_now": "No page in a browser is known for this thread; its provider names none.",
        }  # fmt: skip
        return reasons.get(action) or self._not_yet()

    def _not_yet(self) -> str:
        if not self._newest():
            return "An older version; t takes it, ] goes back to the newest."
        if not self._seen_whole():
            refused = (
                next((check for check in self.matter.checks if check.verdict == "refuse"), None)
                if self.matter
                else None
            )
            return line(refused.reason, most=160).plain if refused else "The gate is still reading."
        return "It came up this moment; read it first."

    # Approving.

    def _decide(self, matter: ShownMatter, doing: str) -> None:
        """Nobody waits for the store: its row says what is being done, and the next draft comes up."""
        number = matter.item.number
        self.mine.add(number)
        self.unready()
        self.relance.say(NoticeLine(Foreign(doing), number=number, after=f" {words_safe(matter.item.person)} …"))
        self.paint_rows()
        self.move_on()

    def _refused(self, matter: ShownMatter, told: Told) -> None:
        """The row is as it was before, and the line says whose it is."""
        self.mine.discard(matter.item.number)
        self.paint_rows()
        self.unready()
        self.relance.say(NoticeLine(matter.item.person, loud=True, after=f": {line(told.words, most=160).plain}"))

    def action_approve_now(self) -> None:
        matter = self.matter
        if matter is None or matter.item.number in self.mine:
            return
        self._decide(matter, "Approving for")
        self.relance.act(partial(self.door.approve, matter.item.number, matter.digest), partial(self._approved, matter))

    def _approved(self, matter: ShownMatter, told: Told) -> None:
        if not told.ok:
            self._refused(matter, told)
            return
        self.take_off(matter.item.number)
        if told.code == "task_done":
            self.relance.say(
                NoticeLine(matter.item.person, number=matter.item.number, after=": done. Nothing was sent.")
            )
            return
        if told.code == "handed_over":
            self.relance.copy(told.text or matter.draft.body)
            after = ": copied, yours to send. relance will see it in Sent."
            self.relance.say(NoticeLine(matter.item.person, number=matter.item.number, after=after))
            return
        self.relance.say(
            NoticeLine(Foreign("Queued for"), matter.item.person, matter.item.number, told.leaves_at, self.door.now(),
                   after=f" {words_safe(matter.item.person)}")
        )  # fmt: skip

    # Editing.

    def action_edit_now(self) -> None:
        self.draft.open_for(editing=True)
        self.set_focus(self.draft)
        self.draft.move_cursor(self.draft.document.end)
        titled(self.draft, own(" Editing "), own(" esc keeps · ctrl+z undoes "))
        self.refresh_bindings()

    def action_keep_now(self) -> None:
        self.draft.open_for(editing=False)
        self.main_focus()
        if self.matter is not None:
            self._keep(self.draft.text)

    def _keep(self, text: str) -> None:
        matter = self.matter
        if matter is None:
            return
        if not matter.versions or text == paragraphs(matter.draft.body) or not text.strip():
            self.paint_draft(matter)
            return
        self.unready()
        self.relance.act(partial(self.door.edit, matter.item.number, text), self._kept)

    def _kept(self, told: Told) -> None:
        if told.ok:
            self.relance.say(NoticeLine(told.words))

    def action_editor_now(self) -> None:
        from tui.screens.editor import edited

        if self.matter is None:
            return
        text, problem = edited(self.app, self.door.scratch, self.draft.text)
        if problem:
            self.relance.say(NoticeLine(Foreign(problem), loud=True))
        if text is not None:
            self._keep(text)

    # Another text.

    def action_redo_now(self) -> None:
        from tui.parts.ask import AskLine, about

        if self.matter is None:
            return
        matter = self.matter
        text = own("How? Nothing at all asks for another try.")
        self.app.push_screen(AskLine(about(matter.item.person, " Write again to"), text, "shorter, mention Thursday"),
                             partial(self._redo, matter))  # fmt: skip

    def _redo(self, matter: ShownMatter, say: str | None) -> None:
        if say is None:
            return
        number = matter.item.number
        self.streaming, self.stopping = number, False
        self.unready()
        titled(self.draft, own(" Writing … "), own(" esc stops "))
        self.refresh_bindings()
        hear, over = partial(self._hear, number), (lambda: self.stopping)
        self.relance.act(partial(self.door.redo, number, say, hear, over), self._redone, waits=False)

    def _hear(self, number: int, text: Foreign) -> None:
        self.post_message(self.TextCame(number, text))

    def on_review_verbs_text_came(self, message: TextCame) -> None:
        if message.number == self.streaming:
            self.draft.text = paragraphs(message.text)

    def _redone(self, told: Told) -> None:
        self.streaming = 0
        if told.ok:
            self.relance.say(NoticeLine(told.words))
        elif self.matter is not None:
            self.paint_draft(self.matter)
        self.refresh_bindings()

    def on_unmount(self) -> None:
        # Whoever leaves while a text is being written does not wait for the end of it.
        self.stopping = True

    def on_key(self, event: Any) -> None:
        if event.key == "escape" and self.streaming:
            event.stop()
            self.stopping = True
            self.relance.say(NoticeLine(Foreign("Stopping; the text before stays.")))
            return
        super().on_key(event)

    def action_older_now(self) -> None:
        self._walk(-1)

    def action_newer_now(self) -> None:
        self._walk(1)

    def _walk(self, by: int) -> None:
        if self.matter is not None:
            self.place = min(max(self.place + by, 0), len(self.matter.versions) - 1)
            self.unready()
            self.paint_draft(self.matter)

    def action_choose_now(self) -> None:
        if self.matter is not None:
            version = self.matter.versions[self.place].number
            self.relance.simply(partial(self.door.choose, self.matter.item.number, version))

    # Putting aside.

    def action_snooze_now(self) -> None:
        from tui.parts.ask import about
        from tui.parts.when_back import Later

        if self.matter is not None:
            matter = self.matter
            title = about(matter.item.person, " Snooze")
            self.app.push_screen(Later(title, self.door.now(), self.door.zone), partial(self._snooze, matter))

    def _snooze(self, matter: ShownMatter, until: datetime | None) -> None:
        if until is not None:
            at = f": comes back {until.astimezone(self.door.zone):%A %Y-%m-%d %H:%M}."
            self._aside(matter, partial(self.door.snooze, matter.item.number, until), at)

    def action_skip_now(self) -> None:
        if self.matter is not None:
            self._aside(self.matter, partial(self.door.skip, self.matter.item.number), ": skipped.")

    def action_stop_now(self) -> None:
        if self.matter is not None:
            self._aside(self.matter, partial(self.door.stop, self.matter.item.number), ": this thread is left alone.")

    def _aside(self, matter: ShownMatter, verb: Any, after: str) -> None:
        self._decide(matter, "Putting aside")
        self.relance.act(verb, partial(self._put_aside, matter, after))

    def _put_aside(self, matter: ShownMatter, after: str, told: Told) -> None:
        if not told.ok:
            self._refused(matter, told)
            return
        self.take_off(matter.item.number)
        self.relance.say(NoticeLine(matter.item.person, number=matter.item.number, after=after))

    # Reading.

    def action_why_now(self) -> None:
        self._page("Why", reader.why_blocks)

    def action_voice_now(self) -> None:
        matter = self.matter
        if matter is not None and matter.versions:
            body = matter.versions[self.place].body
            self.read(partial(self.door.voice_of, matter.item.number, body), self._voice_page, "voice")

    def _voice_page(self, voice: VoiceOf) -> None:
        self._page("Voice of the draft to", lambda _: reader.voice_blocks(voice))

    def action_thread_now(self) -> None:
        now, zone = self.door.now(), self.door.zone
        self._page("Thread with", lambda matter: [reader.mails(matter.mails, now, zone, unfold=True)], at_end=True)

    def _page(self, title: str, blocks: Any, *, at_end: bool = False) -> None:
        from tui.parts.sheet import SheetPage

        if self.matter is not None:
            head = joined(own(f" {title} "), line(self.matter.item.person, most=40), " · ",
                          line(self.matter.item.subject, most=40), " ")  # fmt: skip
            self.app.push_screen(SheetPage(head, blocks(self.matter), at_end=at_end))

    def action_copy_now(self) -> None:
        if self.matter is not None:
            self.relance.copy(self.matter.versions[self.place].body)
            self.relance.say(NoticeLine(Foreign("Copied.")))

    def action_webmail_now(self) -> None:
        if self.matter is not None and self.matter.webmail.startswith("https://"):
            self.app.open_url(self.matter.webmail)

    def action_down_now(self) -> None:
        self.rows.step(1)

    def action_up_now(self) -> None:
        self.rows.step(-1)

    def action_scroll_down_now(self) -> None:
        self.query_one("#thread", VerticalScroll).scroll_relative(y=6, animate=False)

    def action_scroll_up_now(self) -> None:
        self.query_one("#thread", VerticalScroll).scroll_relative(y=-6, animate=False)


def words_safe(value: Foreign) -> str:
    """A name short enough for a line with others."""
    return line(value, most=40).plain
