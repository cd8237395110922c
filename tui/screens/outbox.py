"""What the person is to send, what leaves and when, the letters that need them on top; it never sends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from tui import keys, words
from tui.door.values import Handed, Leaving, Told
from tui.parts.ask import AskLine, about
from tui.parts.bars import NoticeLine
from tui.parts.lists import Rows
from tui.parts.sheet import SheetPage
from tui.screens.mode import Mode
from tui.text import Foreign, address, block, fitted, joined, line, own

YOURS = "YOURS"
FOR_YOURS = frozenset({"copy_now", "mail_now", "eml_now", "done_now"})
ORDER = (
    YOURS,
    "NEEDS_REVIEW",
    "UNCERTAIN",
    "SUBMITTING",
    "CLAIMED",
    "HELD",
    "DEFERRED",
    "FAILED",
    "SENT",
    "STOPPED",
    "CANCELLED",
)
STYLES = {
    YOURS: "bold $text-accent",
    "NEEDS_REVIEW": "bold $text-error", "UNCERTAIN": "bold $text-warning", "SUBMITTING": "bold $text-accent",
    "HELD": "$text-primary", "DEFERRED": "$text-warning", "FAILED": "bold $text-error", "SENT": "$text-success",
}  # fmt: skip
RESEND = "send it again"


class Outbox(Mode):
    """One letter a row, with the words for where it stands."""

    MODE = "outbox"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("outbox")]

    def __init__(self) -> None:
        super().__init__()
        self.letters: dict[int, Leaving] = {}

    def middle(self) -> ComposeResult:
        yield Rows("letters", tall=3)

    @property
    def rows(self) -> Rows:
        return self.query_one("#letters", Rows)

    @property
    def letter(self) -> Leaving | None:
        return self.letters.get(self.rows.number) if self.letters else None

    def main_focus(self) -> None:
        self.rows.focus()

    def refill(self) -> None:
        self.read(self.door.outbox, self._filled)

    def _filled(self, letters: Sequence[Leaving]) -> None:
        ordered = sorted(letters, key=lambda one: (ORDER.index(one.stage), one.leaves_at or self.door.now()))
        self.letters = {letter.number: letter for letter in ordered}
        self._paint()
        self.empty(None if letters else _nothing())
        if self.focused is None:
            self.main_focus()
        self.refresh_bindings()

    def _paint(self) -> None:
        self.rows.show_rows(list(self.letters), partial(self._painted, list(self.letters.values())))

    def _painted(self, letters: Sequence[Leaving], place: int, width: int) -> Content:
        return self._row(letters[place], width)

    def tick(self) -> None:
        super().tick()
        if any(letter.leaves_at for letter in self.letters.values()):
            self._paint()

    def _row(self, letter: Leaving, width: int) -> Content:
        when = self._when(letter)
        stage = words.STAGES.get(letter.stage, letter.stage)
        who = max(width - 2 - 19 - len(when) - 1, 12)
        first = joined(
            own(f"{words.GLYPHS.get(letter.stage, '·')} {stage:<19}", STYLES.get(letter.stage, "dim")),
            own(fitted(letter.person, who), "bold"), " ", own(when),
        )  # fmt: skip
        style = "italic" if letter.stage in {"NEEDS_REVIEW", "UNCERTAIN"} else "dim"
        indent = " " * 21
        second = joined(own(f"{indent}to {address(letter.address)}  ", "dim"), line(letter.subject, "dim", most=40))
        return joined(
            first, "\n", second, "\n", own(indent), own(fitted(letter.words, max(width - 21, 20)).rstrip(), style)
        )

    def _when(self, letter: Leaving) -> str:
        now, zone = self.door.now(), self.door.zone
        if letter.left_at is not None:
            return f"left {words.moment(letter.left_at, now, zone)}"
        return words.left(letter.leaves_at, now, zone) if letter.leaves_at is not None else ""

    def undo_target(self) -> int:
        letter = self.letter
        return letter.number if letter is not None and letter.undoable else 0

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        del parameters
        stage = self.letter.stage if self.letter is not None else ""
        if action in FOR_YOURS:
            return stage == YOURS
        if stage == YOURS and action.startswith("settle"):
            return False
        if action == "settle_sent_now":
            return stage in {"UNCERTAIN", "NEEDS_REVIEW"} or None
        if action in {"settle_cancel_now", "settle_resend_now"}:
            return stage == "NEEDS_REVIEW" or None
        return bool(stage) or None if action == "letter_now" else True

    def dead(self, action: str) -> str:
        if self.letter is None:
            return "Nothing is on its way."
        if action == "settle_sent_now":
            return "Only a letter nobody knows the end of can be noted as sent."
        return "Only a letter marked “Needs you” can be settled like that."

    def on_rows_row_moved(self, event: Rows.RowMoved) -> None:
        event.stop()
        self.refresh_bindings()

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        event.stop()
        self.action_letter_now()

    def action_settle_sent_now(self) -> None:
        self._settle("sent", "")

    def action_settle_cancel_now(self) -> None:
        self._settle("cancel", "")

    def action_settle_resend_now(self) -> None:
        letter = self.letter
        if letter is not None:
            text = joined(
                "It may already have been delivered; then they get it twice.\nType ", own(RESEND, "bold"), "."
            )
            self.app.push_screen(AskLine(about(letter.person, " Send again to"), text, RESEND), self._resend)

    def _resend(self, typed: str | None) -> None:
        if typed is not None:
            self._settle("resend", typed.strip())

    def _settle(self, verb: str, typed: str) -> None:
        if self.letter is not None:
            self.relance.simply(partial(self.door.settle, self.letter.number, verb, typed))

    # What the person sends themselves.

    def _hand(self, then: Callable[[Leaving, Handed], None]) -> None:
        letter = self.letter
        if letter is not None:
            self.read(partial(self.door.handed, letter.number), partial(self._handed, letter, then), "handed")

    def _handed(self, letter: Leaving, then: Callable[[Leaving, Handed], None], found: Handed | None) -> None:
        if found is None:
            self.relance.say(NoticeLine(letter.person, loud=True, after=": this letter cannot be made any more."))
            return
        then(letter, found)

    def action_copy_now(self) -> None:
        self._hand(self._copied)

    def _copied(self, letter: Leaving, found: Handed) -> None:
        self.relance.copy(found.text)
        self.relance.say(NoticeLine(letter.person, after=": copied."))

    def action_mail_now(self) -> None:
        self._hand(self._opened)

    def _opened(self, letter: Leaving, found: Handed) -> None:
        self.app.open_url(found.mailto)
        if "&body=" in found.mailto:
            after = ": handed to your mail program. Where none opens, c copies the text."
        else:
            self.relance.copy(found.text)
            after = ": handed to your mail program; the text is long, so paste it there."
        self.relance.say(NoticeLine(letter.person, after=after))

    def action_eml_now(self) -> None:
        if self.letter is not None:
            self.relance.simply(partial(self.door.write_letter, self.letter.number))

    def action_done_now(self) -> None:
        letter = self.letter
        if letter is not None:
            self.relance.act(partial(self.door.skip, letter.number), partial(self._done, letter))

    def _done(self, letter: Leaving, told: Told) -> None:
        if told.ok:
            after = ": done. Nothing is sent; the thread stays watched."
            self.relance.say(NoticeLine(letter.person, number=letter.number, after=after))

    def action_letter_now(self) -> None:
        letter = self.letter
        if letter is not None:
            self.read(partial(self._known, letter.number), partial(self._page, letter), "letter")

    def _known(self, number: int) -> tuple[Foreign, Sequence[Foreign]]:
        return self.door.letter(number), self.door.why(number)

    def _page(self, letter: Leaving, known: tuple[Foreign, Sequence[Foreign]]) -> None:
        text, why = known
        stage = words.STAGES.get(letter.stage, letter.stage)
        state = joined(own(f"{words.GLYPHS.get(letter.stage, '·')} {stage}", "bold"), "  ", own(self._when(letter)))
        if letter.stage == YOURS:
            self._lay(letter, [state, line(letter.words, most=600), *([block(text)] if text else [])])
            return
        handed = f"Handed to the server {words.count(letter.tries, 'time')}." if letter.tries else ""
        tries = own(handed or "Not handed to the server yet.", "dim")
        blocks = [state, line(letter.words, most=600), *([block(text)] if text else []), tries]
        self._lay(letter, [*blocks, *(block(one) for one in why)])

    def _lay(self, letter: Leaving, blocks: Sequence[Content]) -> None:
        head = joined(own(" Letter to "), own(address(letter.address)), " ")
        self.app.push_screen(SheetPage(head, list(blocks)))


def _nothing() -> Content:
    return joined(own("Nothing on its way.\n\n", "bold"), own("What you approve waits here first, with time to undo."))
