"""The way from a verb of the review screen to the door, in whatever thread it is called; it knows no screen."""

from __future__ import annotations

from collections.abc import Callable

from tui import words
from tui.door.values import Hear, Over, ScreenDoor, Told
from tui.review.effects import ApproveMarked, Verb
from tui.text import Foreign


def carried_out(door: ScreenDoor, verb: Verb, hear: Hear, over: Over) -> Told:
    """What the door says to it."""
    if verb.name == "approve":
        digest, *at_once = verb.given
        return door.approve(verb.item.number, str(digest), at_once=bool(at_once))
    more = (hear, over) if verb.name == "redo" else ()
    method: Callable[..., Told] = getattr(door, verb.name)
    return method(verb.item.number, *verb.given, *more)


def approved(door: ScreenDoor, asked: ApproveMarked, done: list[int]) -> Told:
    """Each of the marked drafts that nothing but this word is missing for; `done` takes those that went."""
    new = 0
    for number, digest in asked.seen:
        matter = door.matter(number)
        if matter is not None and matter.digest != digest:
            new += 1
            continue
        # At manual level each letter is handed over by itself, so none goes with others.
        may = matter is not None and matter.free and matter.checks and matter.level != "manual"
        told = door.approve(number, digest) if may else None
        if told is not None and told.ok:
            done.append(number)
    held = len(asked.seen) - len(done) - new
    kept = f" {words.count(held, 'draft')} kept back: the gate holds." if held else ""
    unseen = f" {words.count(new, 'draft')} kept back: the text is another one since." if new else ""
    return Told(True, "marked", Foreign(f"{words.count(len(done), 'draft')} approved.{kept}{unseen}"))
