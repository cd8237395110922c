"""Carries out what the review screen is to do: questions and verbs to the door, pages over it; never decides which."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from textual.containers import VerticalScroll
from textual.message import Message

from tui.door.values import Item, ScreenDoor, Told
from tui.parts.host import Host
from tui.review import effects as do
from tui.review import events as on
from tui.review.doing import approved, carried_out
from tui.review.state import ReviewState
from tui.screens import draft_view as reader
from tui.screens.mode import Mode
from tui.text import Foreign, joined, line, own, paragraphs


class TextGrew(Message):
    """More of a text that is being written."""

    def __init__(self, number: int, text: Foreign) -> None:
        super().__init__()
        self.number, self.text = number, text


class HandsOn(Mode):
    """The screen as its hands know it."""

    state: ReviewState

    @abstractmethod
    def happen(self, event: on.Event) -> None:
        """Tell it what came of something."""

    @abstractmethod
    def filled(self, items: Sequence[Item]) -> None:
        """Hand it the queue that was read."""


class Hands:
    """What the screen reaches out with; one way for every effect."""

    def __init__(self, screen: HandsOn) -> None:
        self._screen = screen
        self._ways: dict[type, Callable[[Any], None]] = {
            do.ReadQueue: self._read_queue,
            do.ReadStatus: self._read_status,
            do.ReadPreview: self._read_preview,
            do.ReadMatter: self._read_matter,
            do.ReadReason: self._read_reason,
            do.ReadVoice: self._read_voice,
            do.Verb: self._verb,
            do.ApproveMarked: self._approve_marked,
            do.Say: self._say,
            do.Hint: self._hint,
            do.AwaitPaint: self._wait,
            do.LendToEditor: self._lend,
            do.AskHow: self._ask_how,
            do.AskUntil: self._ask_until,
            do.OpenWhy: self._open_why,
            do.OpenThread: self._open_thread,
            do.OpenVoice: self._open_voice,
            do.OpenBrowser: self._open_browser,
            do.Copy: self._copy,
            do.ToNewestMail: self._to_newest_mail,
            do.Count: self._count,
        }

    def carry_out(self, effect: do.Effect) -> None:
        """Whatever it is."""
        self._ways[type(effect)](effect)

    @property
    def _app(self) -> Host:
        return self._screen.relance

    @property
    def _door(self) -> ScreenDoor:
        return self._screen.door

    def _read(self, get: Callable[[], Any], then: Callable[[Any], None], group: str = "read") -> None:
        self._screen.read(get, then, group)

    def _read_queue(self, effect: do.ReadQueue) -> None:
        del effect
        self._read(self._door.queue, self._screen.filled)

    def _read_status(self, effect: do.ReadStatus) -> None:
        del effect
        self._read(self._door.status, lambda status: self._screen.happen(on.StatusCame(status)), "status")

    def _read_preview(self, effect: do.ReadPreview) -> None:
        get = partial(self._door.preview, effect.number)
        self._read(get, lambda matter: self._screen.happen(on.PreviewCame(matter)), "matter")

    def _read_matter(self, effect: do.ReadMatter) -> None:
        get = partial(self._door.matter, effect.number)
        group = "ahead" if effect.ahead else "matter"
        ask = partial(self._read, get, lambda matter: self._screen.happen(on.MatterCame(matter)), group)
        breath: float = getattr(self._door, "breath", 0.0)
        if effect.painted_first and breath:
            # First the words on the screen, then the checks, which load a good part of the program.
            self._screen.call_after_refresh(ask)
        else:
            ask()

    def _read_reason(self, effect: do.ReadReason) -> None:
        get = partial(self._door.why, effect.item.number)
        self._read(get, lambda why: self._screen.happen(on.ReasonCame(effect.item, why)), "gone")

    def _read_voice(self, effect: do.ReadVoice) -> None:
        get = partial(self._door.voice_of, effect.item.number, effect.body)
        self._read(get, lambda voice: self._screen.happen(on.VoiceCame(effect.item, voice)), "voice")

    def _verb(self, verb: do.Verb) -> None:
        hear = partial(self._hear, verb.item.number)
        act = partial(carried_out, self._door, verb, hear, lambda: self._screen.state.stopping)
        self._app.act(act, partial(self._told, verb), waits=verb.name != "redo")

    def _hear(self, number: int, text: Foreign) -> None:
        self._screen.post_message(TextGrew(number, text))

    def _told(self, verb: do.Verb, told: Told) -> None:
        self._screen.happen(on.VerbTold(verb, told, self._door.now()))

    def _approve_marked(self, asked: do.ApproveMarked) -> None:
        done: list[int] = []
        act = partial(approved, self._door, asked, done)
        self._app.act(act, lambda told: self._screen.happen(on.MarkedTold(asked, done, told)))

    def _say(self, effect: do.Say) -> None:
        self._app.say(effect.notice)

    def _hint(self, effect: do.Hint) -> None:
        self._app.hint(effect.words)

    def _wait(self, effect: do.AwaitPaint) -> None:
        self._screen.call_after_refresh(self._painted, effect.token)

    def _painted(self, token: int) -> None:
        # Whatever the library's clock is, the keys are read on it.
        self._screen.happen(on.Painted(token, Message().time))
        if self._app.dwell > 0:
            self._screen.set_timer(self._app.dwell, partial(self._screen.happen, on.Dwelt(token)))

    def _lend(self, effect: do.LendToEditor) -> None:
        from tui.screens.editor import edited

        text, problem = edited(self._app, self._door.scratch, paragraphs(effect.text))
        self._screen.happen(on.EditorEnded(text, problem))

    def _ask_how(self, effect: do.AskHow) -> None:
        from tui.parts.ask import AskLine, about

        text = own("How? Nothing at all asks for another try.")
        ask = AskLine(about(effect.item.person, " Write again to"), text, "shorter, mention Thursday")
        self._app.push_screen(ask, lambda say: self._screen.happen(on.HowTold(effect.item, say)))

    def _ask_until(self, effect: do.AskUntil) -> None:
        from tui.parts.ask import about
        from tui.parts.when_back import Later

        ask = Later(about(effect.item.person, " Snooze"), self._door.now(), self._door.zone)
        zone = self._door.zone
        self._app.push_screen(
            ask, lambda until: self._screen.happen(on.UntilTold(effect.item, until.astimezone(zone) if until else None))
        )

    def _open_why(self, effect: do.OpenWhy) -> None:
        self._page("Why", effect.matter.item, reader.why_blocks(effect.matter))

    def _open_thread(self, effect: do.OpenThread) -> None:
        mails = reader.mails(effect.matter.mails, self._door.now(), self._door.zone, unfold=True)
        self._page("Thread with", effect.matter.item, [mails], at_end=True)

    def _open_voice(self, effect: do.OpenVoice) -> None:
        self._page("Voice of the draft to", effect.item, reader.voice_blocks(effect.voice))

    def _page(self, title: str, item: Item, blocks: Any, *, at_end: bool = False) -> None:
        from tui.parts.sheet import SheetPage

        head = joined(own(f" {title} "), line(item.person, most=40), " · ", line(item.subject, most=40), " ")
        self._app.push_screen(SheetPage(head, blocks, at_end=at_end))

    def _open_browser(self, effect: do.OpenBrowser) -> None:
        self._app.open_url(effect.address)

    def _copy(self, effect: do.Copy) -> None:
        self._app.copy(effect.text)

    def _to_newest_mail(self, effect: do.ToNewestMail) -> None:
        del effect
        self._screen.query_one("#thread", VerticalScroll).scroll_end(animate=False)

    def _count(self, effect: do.Count) -> None:
        self._app.count("review", effect.number)
