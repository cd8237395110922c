"""The screens that a number leads to, each loaded when it is first wanted; none is opened here."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen


def review() -> Screen[None]:
    from tui.screens.review import Review

    return Review()


def outbox() -> Screen[None]:
    from tui.screens.outbox import Outbox

    return Outbox()


def watching() -> Screen[None]:
    from tui.screens.watching import WatchingScreen

    return WatchingScreen()


def audit() -> Screen[None]:
    from tui.screens.audit import Audit

    return Audit()


def voice() -> Screen[None]:
    from tui.screens.voice import Voice

    return Voice()


MODES: dict[str, Callable[[], Screen[None]]] = {
    "review": review,
    "outbox": outbox,
    "watching": watching,
    "audit": audit,
    "voice": voice,
}
