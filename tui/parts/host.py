"""What a screen may ask of the app it is shown in; it carries nothing out itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Protocol

from textual.app import App

from tui.door.values import ScreenDoor, Status, Told
from tui.parts.bars import NoticeLine
from tui.text import Foreign


class WaitingPeople(Protocol):
    """Where somebody waits to be decided about."""

    def people(self) -> list[tuple[int, Foreign]]: ...

    def go_to(self, number: int) -> None: ...

    def came_back(self) -> None: ...


class Host(App[None]):
    """The app as the screens know it."""

    door: ScreenDoor
    dwell: float
    status: Status
    counts: dict[str, int]
    notice: NoticeLine
    heard_at: float
    """When the key or the click came that is being worked off; it may have waited."""
    review: WaitingPeople | None
    """Once it was opened; whoever waits there can be gone to from every screen."""

    @abstractmethod
    def ask(self, asker: Any, get: Callable[[], Any], then: Callable[[Any], None], group: str) -> None:
        """Put a question to the door in a thread of its own."""

    @abstractmethod
    def act(self, verb: Callable[[], Told], then: Callable[[Told], None], *, waits: bool = True) -> None:
        """Have the door do something, each in its turn unless it `waits` for none."""

    @abstractmethod
    def simply(self, verb: Callable[[], Told]) -> None:
        """A verb whose own sentence says everything."""

    @abstractmethod
    def say(self, notice: NoticeLine) -> None:
        """Show what happened in the line above the keys."""

    @abstractmethod
    def hint(self, words: str) -> None:
        """Say why a key does nothing."""

    @abstractmethod
    def count(self, mode: str, number: int) -> None:
        """How much lies in a mode."""

    @abstractmethod
    def copy(self, text: Foreign) -> None:
        """Put a text where the terminal's clipboard is."""

    @abstractmethod
    def go_to(self, number: int) -> None:
        """Show a draft in Review."""
