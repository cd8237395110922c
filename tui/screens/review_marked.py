"""Marked drafts, approved together after one line that names them; none goes that the gate does not let pass."""

from __future__ import annotations

from functools import partial

from tui import words
from tui.door.values import Told
from tui.parts.bars import NoticeLine
from tui.screens.review_verbs import ReviewVerbs, words_safe
from tui.text import Foreign


class Marking(ReviewVerbs):
    """The keys for several drafts at once."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_marked: tuple[int, ...] = ()

    def action_mark_now(self) -> None:
        number = self.rows.number
        self.marked ^= {number}
        self.paint_rows()
        self.rows.step(1)
        self.refresh_bindings()

    def action_approve_marked_now(self) -> None:
        chosen = tuple(number for number in self.rows.numbers if number in self.marked - self.mine)
        names = ", ".join(words_safe(self.items[number].person) for number in chosen)
        if chosen != self.asked_marked:
            self.asked_marked = chosen
            self.relance.say(NoticeLine(Foreign("Approve"), loud=True, after=f" {names}? A once more does it."))
            return
        done: list[int] = []
        self.asked_marked = ()
        self.mine |= set(chosen)
        self.paint_rows()
        self.refresh_bindings()
        self.relance.act(partial(self._approve_all, chosen, done), partial(self._approved_all, chosen, done))

    def _approve_all(self, chosen: tuple[int, ...], done: list[int]) -> Told:
        for number in chosen:
            matter = self.door.matter(number)
            # At manual level each letter is handed over by itself, so none goes with others.
            may = matter is not None and matter.free and matter.checks and matter.level != "manual"
            told = self.door.approve(number, matter.digest) if matter is not None and may else None
            if told is not None and told.ok:
                done.append(number)
        left = len(chosen) - len(done)
        kept = f" {words.count(left, 'draft')} kept back: the gate holds." if left else ""
        return Told(True, "marked", Foreign(f"{words.count(len(done), 'draft')} approved.{kept}"))

    def _approved_all(self, chosen: tuple[int, ...], done: list[int], told: Told) -> None:
        self.marked.clear()
        self.mine -= set(chosen)
        for number in done:
            self.take_off(number)
        self.paint_rows()
        self.relance.say(NoticeLine(told.words))
