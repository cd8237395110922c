"""The first page a newcomer sees: three ways to begin; it only asks, whoever called it does the rest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui import surroundings as looks
from tui.parts.ask import AskLine
from tui.parts.foot import Foot
from tui.parts.lists import Rows
from tui.text import joined, own


@dataclass(frozen=True, slots=True)
class Choice:
    """What a newcomer wants: demo, try or setup."""

    what: str
    path: str = ""
    address: str = ""


WAYS = (
    ("d", "demo", "Look around first", "All of it on a made-up mailbox. No account, no network."),
    ("m", "try", "Try it on a mailbox file", "An mbox or Maildir of yours, read only; nothing leaves it."),
    ("s", "setup", "Connect an account", "IMAP, Gmail or Outlook, step by step; it sends nothing."),
)


class Welcome(Screen[None]):
    """Three rows, one key each."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"take({number})", title) for number, (key, _, title, _) in enumerate(WAYS)),
        Binding("q,escape,ctrl+q", "leave", "Quit", key_display="q"),
        Binding("enter", "take_here", "Begin", show=False),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="welcome"):
            yield Static(joined(own("relance", "bold $text-accent"), own("  the polite follow-up\n\n", "dim"), own(
                "It watches the mail you send, notices what was never answered, and drafts the follow-up in your own "
                "voice. Nothing is configured yet. How do you want to begin?"
            )))  # fmt: skip
            yield Rows("ways", tall=3)
        yield Foot()

    def on_mount(self) -> None:
        rows = self.query_one(Rows)
        rows.show_rows(range(1, len(WAYS) + 1), lambda place, _: _row(*WAYS[place]))
        rows.focus()

    def action_leave(self) -> None:
        self.app.exit(None)

    def action_take(self, number: int) -> None:
        what = WAYS[number][1]
        if what != "try":
            self.app.exit(Choice(what))
            return
        self._ask_path("The path of an mbox file or a Maildir, for instance a Takeout export.")

    def _ask_path(self, words: str, kept: str = "") -> None:
        asked = AskLine(own("Try a mailbox file"), own(words), "~/Mail/All mail.mbox", _lies, kept)
        self.app.push_screen(asked, self._path)

    def _path(self, path: str | None) -> None:
        if path is None:
            return
        if not _lies(path).plain:
            self._ask_path("Nothing lies there. The path of an mbox file or a Maildir; ~ is your home.", path)
            return
        self._ask_me(str(Path(path.strip()).expanduser()), "Your own address in it, so that your mails are known.")

    def _ask_me(self, path: str, words: str, kept: str = "") -> None:
        asked = AskLine(own("Who are you in it?"), own(words), "sam@example.org", kept=kept)
        self.app.push_screen(asked, lambda me: self._me(path, me))

    def _me(self, path: str, me: str | None) -> None:
        if me is None:
            return
        if "@" not in me.strip().strip("@"):
            self._ask_me(path, "That is no mail address. One like sam@example.org, as it stands in your mails.", me)
            return
        self.app.exit(Choice("try", path, me.strip()))

    def action_take_here(self) -> None:
        self.action_take(self.query_one(Rows).place)

    @on(Rows.Chosen)
    def chosen(self, event: Rows.Chosen) -> None:
        event.stop()
        self.action_take_here()


def _lies(typed: str) -> Content:
    """What is at the path so far."""
    try:
        path = Path(typed.strip()).expanduser()
        found = "a folder" if path.is_dir() else "a file" if path.is_file() else ""
    except (OSError, RuntimeError, ValueError):
        found = ""
    return own(found if typed.strip() else "", "dim")


def _row(key: str, _what: str, title: str, words: str) -> Content:
    return joined(own(f" {key}  ", "bold $text-accent"), own(title, "bold"), "\n    ", own(words, "dim"))


class FirstRun(App[Choice | None]):
    """Nothing but that page."""

    TITLE = "relance"
    CSS_PATH = "../style.tcss"
    ENABLE_COMMAND_PALETTE = False

    def on_load(self) -> None:
        looks.in_turn()

    def on_mount(self) -> None:
        looks.dress(self)
        self.push_screen(Welcome())
