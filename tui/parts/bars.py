"""The lines around every screen: modes, the truths about the program, and what the last action did; never a verb."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from textual.content import Content
from textual.style import Style

from tui import words
from tui.door.values import Status
from tui.text import NOTHING, Foreign, joined, line, own

MODES = ("review", "outbox", "watching", "audit", "voice")
BAR = 20
"""Cells of the bar that counts down; it leaves the words beside it their room."""
SOON = 120
"""Seconds before leaving during which the bar counts down."""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """What the last action did and whether it can be taken back."""

    words: Foreign = NOTHING
    person: Foreign = NOTHING
    number: int = 0
    """Of the follow-up that `undo` would take back; 0 for none."""
    leaves_at: datetime | None = None
    made_at: datetime | None = None
    loud: bool = False
    after: str = ""
    """Our own words after the foreign ones."""
    passing: bool = False
    """It makes room after a moment for what stood there before."""

    def without_undo(self) -> NoticeLine:
        return replace(self, number=0, leaves_at=None)


def tabs(current: str, counts: dict[str, int], *, narrow: bool) -> Content:
    """The modes, each with its key and how much lies in it; a click goes there."""
    parts: list[Content | str] = [" "]
    for number, mode in enumerate(MODES, 1):
        some = f" {counts[mode]}" if counts.get(mode) and not (narrow and mode not in {"review", "outbox"}) else ""
        text = f" {number} {mode.title()}{some} "
        here = "bold reverse" if mode == current else "dim"
        click = Style.from_meta({"@click": f"app.{mode}_now"})
        parts.append(Content.styled(text, here).stylize(click))
    return joined(*parts)


def truths(status: Status, now: datetime, room: int) -> Content:
    """Level, who works, how old the data is; in fewer words where there is no room for all, but never cut."""
    if not status.known:
        return own("opening …", "dim")
    whole = _truths(status, now, short=False)
    return whole if whole.cell_length <= room else _truths(status, now, short=True)


def _truths(status: Status, now: datetime, *, short: bool) -> Content:
    level = own(status.level.upper(), "bold")
    if status.daemon:
        works = own("daemon live", "$text-success")
    elif status.beside:
        works = own("works while open" if short else "no daemon: works while open", "$text-warning")
    else:
        works = own("nothing leaves" if short else "no daemon: nothing leaves", "$text-warning bold")
    demo = own("DEMO · ", "bold $text-accent") if status.demo else own("")
    late = status.synced_at is None or (now - status.synced_at).total_seconds() > 900
    synced = own(
        f"{'' if short else 'synced '}{words.age(status.synced_at, now)}", "$text-warning bold" if late else ""
    )
    return joined(demo, level, " · ", works, " · ", synced)


def banner(status: Status) -> Content:
    """What stops everything; empty when nothing does."""
    if status.paused:
        return joined("PAUSED  ", line(status.paused), "  Nothing leaves. p lets it go on.")
    return joined("LOOK  ", line(status.trouble)) if status.trouble else own("")


def notice(said: NoticeLine, now: datetime, zone: tzinfo) -> Content:
    """The last action, with a bar that shrinks while it can still be taken back."""
    parts: list[Content | str] = [line(said.words, "bold" if said.loud else ""), own(said.after)]
    if said.leaves_at is not None:
        parts.append(own(f" — {words.left(said.leaves_at, now, zone)} "))
        parts.append(_shrinking(said, now))
    if said.number:
        parts += [own("   u", "bold $text-accent"), own(" undo", "dim")]
    return joined(*parts)


def _shrinking(said: NoticeLine, now: datetime) -> Content:
    if said.leaves_at is None or said.made_at is None:
        return own("")
    whole = (said.leaves_at - said.made_at).total_seconds()
    rest = (said.leaves_at - now).total_seconds()
    if whole > SOON or rest <= 0:
        return own("")
    filled = round(BAR * rest / whole)
    return joined(own("━" * filled, "$text-warning"), own("╌" * (BAR - filled), "dim"))
