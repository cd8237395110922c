"""The terminal UI as one app: modes, what every screen shares, and the verbs on their way to the door; never sends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any, ClassVar

from textual.app import SystemCommand
from textual.binding import BindingType
from textual.events import Event, InputEvent
from textual.message import Message
from textual.screen import Screen

from agent.decide.dates.when import parse
from agent.errors import RelanceError
from tui import keys
from tui import surroundings as looks
from tui.door.values import Leaving, ScreenDoor, Status, Told
from tui.modes import MODES
from tui.parts.background import Questions
from tui.parts.bars import NoticeLine
from tui.parts.host import Host, WaitingPeople
from tui.screens.mode import Mode
from tui.text import Foreign

DWELL = 0.5
"""Seconds a draft must have been on the screen before a key may approve it."""

HINT = 4.0
"""Seconds a word about a key that does nothing stays."""

GUIDE = "Try it: a approves, u takes it back, w says why, 2 shows what leaves, ? keys."


@dataclass(frozen=True, slots=True)
class StoreLook:
    """What the regular look at the store found."""

    version: int
    status: Status
    letters: tuple[Leaving, ...]


class Relance(Host):
    """Paints what the door tells, and tells the door what a person wants."""

    TITLE = "relance"
    CSS_PATH = "style.tcss"
    MODES: ClassVar[dict[str, Any]] = MODES
    DEFAULT_MODE = "review"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.EVERYWHERE)]
    COMMAND_PALETTE_BINDING = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (116, "-wide")]  # noqa: RUF012 (Textual's own type)

    class AnswerCame(Message):
        """What a thread found out, with what to do about it."""

        def __init__(self, asker: Any, then: Callable[[Any], None], value: Any) -> None:
            super().__init__()
            self.asker, self.then, self.value = asker, then, value

    def __init__(
        self, door: ScreenDoor, *, dwell: float = DWELL, poll: float = 1.0, chosen: Mapping[str, str] | None = None,
        loaded: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.door, self.dwell, self._poll = door, dwell, poll
        self._loaded = loaded
        self._chosen = keys.keymap(chosen or {})
        self.status = Status()
        self.counts: dict[str, int] = {}
        self.review: WaitingPeople | None = None
        """Once it was opened; whoever waits there can be gone to from every screen."""
        self.heard_at = inf
        """When the key or the click came that is being worked off; it may have waited."""
        self.notice = NoticeLine()
        self._lasting = self._guide = NoticeLine()
        self._version = -1
        self.asking = Questions()
        self._turn = asyncio.Lock()
        looks.dress(self)

    def on_load(self) -> None:
        looks.in_turn()
        self.status = self.door.status()
        if self.status.demo:
            self.notice = self._guide = NoticeLine(Foreign(GUIDE))

    def on_mount(self) -> None:
        self.set_keymap(self._chosen)
        breath = getattr(self.door, "breath", 0.0)
        if breath:
            self.set_timer(breath, self._first_look)
        else:
            self.look()
        if self._poll:
            self.set_interval(self._poll, self.look)
            self.set_interval(0.5, self._tick)

    def on_unmount(self) -> None:
        self.asking.close()

    @property
    def mode(self) -> Mode | None:
        """The screen of the mode, also while a page lies over it."""
        return next((screen for screen in self.screen_stack if isinstance(screen, Mode)), None)

    async def on_event(self, event: Event) -> None:
        if isinstance(event, InputEvent):
            self.heard_at = event.time
        await super().on_event(event)

    async def run_action(self, action: Any, default_namespace: Any = None, namespaces: Any = None) -> bool:
        done = await super().run_action(action, default_namespace, namespaces)
        # Of keys that came together, one may have made the next one dead after the screen let it pass.
        if not done and isinstance(default_namespace, Mode) and default_namespace.check_action(action, ()) is None:
            self.hint(default_namespace.dead(action))
        return done

    def _tick(self) -> None:
        if self.mode is not None and self.mode.is_mounted and self.notice.leaves_at is not None:
            self.mode.tick()

    # What is read and done happens in threads; they answer with messages and never touch a widget.

    def ask(self, asker: Any, get: Callable[[], Any], then: Callable[[Any], None], group: str) -> None:
        """Run `get` in a thread and `then` with its value here, unless a newer question of the group came."""
        name = f"{type(asker).__name__}.{group}"
        self.asking.ask(name, partial(self._get, get), partial(self._answer, asker, then))

    def _get(self, get: Callable[[], Any]) -> Any:
        try:
            return get()
        except RelanceError as problem:
            return problem

    def _answer(self, asker: Any, then: Callable[[Any], None], value: Any) -> None:
        if isinstance(value, RelanceError):
            self.post_message(self.AnswerCame(self, self._failed, value))
        else:
            self.post_message(self.AnswerCame(asker, then, value))

    def on_relance_answer_came(self, message: AnswerCame) -> None:
        # While the app ends its screens lose their widgets one by one.
        if self.is_running and (message.asker is self or message.asker.is_attached):
            message.then(message.value)

    def _failed(self, problem: RelanceError) -> None:
        self.say(NoticeLine(Foreign(str(problem)), loud=True))

    def _first_look(self) -> None:
        # What was painted so far was read before the store was open; from now on its own word counts.
        self.look()
        if self.mode is not None:
            self.mode.refill()

    def look(self) -> None:
        """See whether anything was written since."""
        self.ask(self, self._looked_at, self._looked, "look")

    def _looked_at(self) -> StoreLook:
        return StoreLook(self.door.version(), self.door.status(), self.door.outbox())

    def _looked(self, found: StoreLook) -> None:
        changed = self._version not in {-1, found.version}
        self._version, self.status = found.version, found.status
        self.counts["outbox"] = sum(letter.stage not in looks.OVER for letter in found.letters)
        self.counts["watching"] = found.status.watched
        self.notice = looks.followed(self.notice, found.letters, self.door)
        if self._loaded is not None and self.status.known:
            self._loaded()
            self._loaded = None
        screen = self.mode
        if screen is not None and screen.is_mounted:
            screen.lines()
            if changed:
                screen.refill()

    def act(self, verb: Callable[[], Told], then: Callable[[Told], None], *, waits: bool = True) -> None:
        """Run a verb; its sentence is shown whatever comes of it. Verbs go one after the other, and none is dropped;
        only one that may take long does not make the others wait."""
        self.run_worker(self._in_turn(verb, then) if waits else self._do(verb, then), exclusive=False, group="verb")

    async def _in_turn(self, verb: Callable[[], Told], then: Callable[[Told], None]) -> None:
        async with self._turn:
            await self._do(verb, then)

    async def _do(self, verb: Callable[[], Told], then: Callable[[Told], None]) -> None:
        try:
            told = await asyncio.to_thread(verb)
        except RelanceError as problem:
            told = Told(False, "failed", Foreign(str(problem)))
        self.post_message(self.AnswerCame(self, partial(self._done, then), told))

    def _done(self, then: Callable[[Told], None], told: Told) -> None:
        if not told.ok:
            self.say(NoticeLine(told.words, loud=True))
        then(told)
        # The screen reads again right here, so the look need not have it read once more.
        self._version = -1
        self.look()
        if self.mode is not None and self.mode.is_mounted:
            self.mode.refill()

    def say(self, notice: NoticeLine) -> None:
        """Show what happened in the line above the keys."""
        self.notice = notice
        if self.mode is not None and self.mode.is_mounted:
            self.mode.tick()

    def hint(self, words: str) -> None:
        """Say why a key does nothing. What stood there before comes back, for it may be what `undo` is about."""
        if not self.notice.passing:
            self._lasting = self.notice
        said = NoticeLine(Foreign(words), passing=True)
        self.say(said)
        self.set_timer(HINT, partial(self._unhint, said))

    def _unhint(self, said: NoticeLine) -> None:
        if self.notice is said:
            self.say(self._lasting)

    def simply(self, verb: Callable[[], Told]) -> None:
        """A verb whose own sentence says everything."""
        self.act(verb, self._say_told)

    def _say_told(self, told: Told) -> None:
        if told.ok:
            self.say(NoticeLine(told.words))

    def count(self, mode: str, number: int) -> None:
        """How much lies in a mode; the terminal's title says it for Review."""
        if self.counts.get(mode) == number:
            return
        self.counts[mode] = number
        if mode == "review":
            looks.title(self, number)
        if self.mode is not None and self.mode.is_mounted:
            self.mode.lines()

    # The verbs of every screen.

    def action_undo_now(self) -> None:
        if self.notice.passing:
            self.notice = self._lasting
        target = self.mode.undo_target() if self.mode is not None else 0
        number = target or self.notice.number
        if not number:
            self.hint(self.mode.nothing_to_undo() if self.mode is not None else "Nothing to undo.")
            return
        self.notice = self.notice.without_undo()
        self.simply(lambda: self.door.undo(number))

    def action_pause_now(self) -> None:
        self.simply(self.door.resume if self.status.paused else self.door.pause)

    def action_pause_until_now(self) -> None:
        self.push_screen(looks.pausing(self.door), self._pause_until)

    def _pause_until(self, typed: str | None) -> None:
        if typed is None:
            return
        until = parse(typed, self.door.now(), self.door.zone)
        if until is None:
            self.say(NoticeLine(Foreign("That is no time to come; nothing was changed."), loud=True))
            return
        self.simply(partial(self.door.pause, until))

    def action_lower_now(self) -> None:
        lower = looks.lower(self.status.level)
        if lower is None:
            self.say(NoticeLine(Foreign("Already at manual: nothing is sent from here.")))
            return
        self.simply(lambda: self.door.set_level(lower, ""))

    def action_raise_now(self) -> None:
        higher = looks.higher(self.status.level)
        if higher is None:
            self.say(NoticeLine(Foreign("Already at autopilot.")))
            return
        self.push_screen(looks.raising(higher), partial(self._raise, higher))

    def _raise(self, level: str, typed: str | None) -> None:
        if typed is not None:
            self.simply(lambda: self.door.set_level(level, typed.strip()))

    def action_review_now(self) -> None:
        self._go("review")

    def go_to(self, number: int) -> None:
        """Somebody's draft, from whatever screen."""
        self._go("review")
        if self.review is not None:
            self.review.go_to(number)

    def action_outbox_now(self) -> None:
        self._go("outbox")

    def action_watching_now(self) -> None:
        self._go("watching")

    def action_audit_now(self) -> None:
        self._go("audit")

    def action_voice_now(self) -> None:
        self._go("voice")

    def _go(self, mode: str) -> None:
        if self.screen is self.mode:
            if self.notice.passing:
                self.notice = self._lasting
            # What can still be taken back, and what went wrong, goes along; the rest belonged to the other screen.
            if not self.notice.number and not self.notice.loud:
                self.notice = self._guide
            self.switch_mode(mode)
            if mode == "review" and self.review is not None:
                self.review.came_back()

    def action_palette_now(self) -> None:
        from tui.parts.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def action_help_now(self) -> None:
        if self.mode is not None:
            self.push_screen(looks.help_of(self.mode.MODE))

    async def action_quit_now(self) -> None:
        # What was asked for before is done first.
        self.run_worker(self._quit(), group="quit", exclusive=True)

    async def _quit(self) -> None:
        async with self._turn:
            self.exit()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:  # noqa: ARG002
        yield SystemCommand("view: Theme", "Dark, light, or the terminal's own colours.", self.action_change_theme)
        yield from looks.commands(self, self.mode)

    def copy(self, text: Foreign) -> None:
        """Put a text where the terminal's clipboard is."""
        from tui.text import paragraphs

        self.copy_to_clipboard(paragraphs(text))
