"""Every key of the terminal UI in one table: bindings, help, docs and overrides are made of it; never acts itself."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from textual.binding import Binding

from agent.errors import ConfigError

EVERYWHERE = "everywhere"
TITLES = {
    EVERYWHERE: "Everywhere",
    "review": "Review",
    "outbox": "Outbox",
    "watching": "Watching",
    "audit": "Audit",
    "voice": "Voice",
    "editing": "While editing",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One thing a key does in one place."""

    place: str
    name: str
    keys: str
    words: str
    tip: str
    command: str = ""
    """The same verb on the command line."""
    shown: bool = True
    """Whether it belongs into the line at the bottom even where that is short."""
    gives_way: int = 0
    """The higher, the sooner that line leaves it out. A key that is not `shown` needs one to stand there at all."""

    @property
    def id(self) -> str:
        return f"{self.place}.{self.name}"


KEYS = (
    Key("review", "approve", "a", "Approve", "Queue exactly this text, or hand it to you at manual level.", "approve"),
    Key("review", "approve_at_once", "exclamation_mark", "Approve, at once",
        "Queue it for the end of the time to undo, not for a good moment in their day.", "approve", shown=False),
    Key("review", "edit", "e", "Edit", "Edit the draft in place.", "edit"),
    Key("review", "editor", "E", "$EDITOR", "Edit the draft in your own editor.", "edit", shown=False),
    Key("review", "redo", "r", "Redo", "Write it again; say how in a few words, or nothing for another try.", "redo"),
    Key("review", "snooze", "z", "Snooze", "Not now: choose when it comes back.", "snooze"),
    Key("review", "skip", "s", "Skip", "Not this follow-up; the thread stays watched.", "skip"),
    Key("review", "stop", "x", "Stop", "Never again in this thread.", "stop"),
    Key("review", "why", "w", "Why", "The evidence, and what every check of the gate says.", "why"),
    Key("review", "voice", "v", "Voice", "How far the draft sounds like you, and where that comes from.", "voice",
        shown=False, gives_way=4),
    Key("review", "thread", "enter", "Thread", "The whole thread.", "show", shown=False, gives_way=5),
    Key("review", "older", "left_square_bracket", "Older version", "Look at the version before.", shown=False),
    Key("review", "newer", "right_square_bracket", "Newer version", "Look at the version after.", shown=False),
    Key("review", "choose", "t", "Take version", "The version you look at becomes the draft again.", "redo",
        shown=False),
    Key("review", "mark", "space", "Mark", "Mark this draft for approval together with others.", shown=False,
        gives_way=8),
    Key("review", "approve_marked", "A", "Approve marked", "Approve every marked draft that the gate lets pass.",
        "approve", shown=False),
    Key("review", "webmail", "o", "Webmail", "Open the thread in a browser.", shown=False, gives_way=9),
    Key("review", "copy", "c", "Copy", "Copy the draft.", shown=False),
    Key("review", "filter", "slash", "Filter", "Show only what contains your words.", shown=False, gives_way=6),
    Key("review", "down", "j,down", "Next", "The next draft.", shown=False),
    Key("review", "up", "k,up", "Previous", "The draft before.", shown=False),
    Key("review", "scroll_down", "d,pagedown", "Scroll down", "Further down in the thread.", shown=False),
    Key("review", "scroll_up", "b,pageup", "Scroll up", "Further up in the thread.", shown=False),
    Key("editing", "keep", "escape", "Keep", "Keep the text; it is checked again.", "edit"),
    Key("outbox", "letter", "enter", "Letter", "The letter and what is known about it.", "show"),
    Key("outbox", "copy", "c", "Copy", "Copy a letter that is yours to send."),
    Key("outbox", "mail", "o", "Open", "Open a letter that is yours to send in your mail program."),
    Key("outbox", "eml", "e", "Write .eml", "Write a letter that is yours to send to a file.", "approve"),
    Key("outbox", "done", "d", "Done", "You sent it some other way: it is off the list, its thread stays watched.",
        "skip"),
    Key("outbox", "settle_sent", "S", "Was sent", "You found it in Sent: note it as sent."),
    Key("outbox", "settle_cancel", "C", "Not sent", "Nothing more of it may leave; the draft is kept."),
    Key("outbox", "settle_resend", "R", "Send again", "Risk a second copy; asks for the words.", shown=False),
    Key("watching", "reason", "enter", "Why", "Why this thread is touched or left alone.", "why"),
    Key("watching", "filter", "slash", "Filter", "Show only what contains your words.", "list"),
    Key("watching", "reasons", "f", "Reasons", "Only threads with the next kind of reason; esc shows all.", "list"),
    Key("audit", "record", "enter", "Record", "The whole record.", "audit"),
    Key("audit", "filter", "slash", "Filter", "Show only what contains your words.", "audit"),
    Key("audit", "export", "e", "Export", "Write the log to a file.", "audit"),
    Key("voice", "scroll_down", "j,down,pagedown", "Down", "Further down.", shown=False),
    Key("voice", "scroll_up", "k,up,pageup", "Up", "Further up.", shown=False),
    Key(EVERYWHERE, "undo", "u", "Undo", "Take the last action back, or the highlighted letter.", "undo", gives_way=2),
    Key(EVERYWHERE, "pause", "p", "Pause", "Nothing leaves until you press it again.", "pause", gives_way=1),
    Key(EVERYWHERE, "pause_until", "P", "Pause until", "Nothing leaves until a time you type.", "pause", shown=False),
    Key(EVERYWHERE, "lower", "minus", "Level down", "Less without asking, at once.", "level", shown=False),
    Key(EVERYWHERE, "raise", "plus", "Level up", "More without asking; the level's name must be typed.", "level",
        shown=False),
    Key(EVERYWHERE, "review", "1", "Review", "Drafts that wait for you.", "list", shown=False),
    Key(EVERYWHERE, "outbox", "2", "Outbox", "What leaves, and when.", "list", shown=False),
    Key(EVERYWHERE, "watching", "3", "Watching", "Every thread with its reason.", "list", shown=False),
    Key(EVERYWHERE, "audit", "4", "Audit", "Everything that happened.", "audit", shown=False),
    Key(EVERYWHERE, "voice", "5", "Voice", "How you write.", "voice", shown=False),
    Key(EVERYWHERE, "palette", "ctrl+p", "Commands", "Every verb by name, and everybody to go to.", shown=False,
        gives_way=7),
    Key(EVERYWHERE, "help", "question_mark", "Help", "The keys of this screen."),
    Key(EVERYWHERE, "quit", "q,ctrl+q", "Quit", "Leave; a daemon goes on working.", shown=False, gives_way=3),
)  # fmt: skip

BY_ID = {key.id: key for key in KEYS}
RANKS = {f"{key.name}_now": number for number, key in enumerate(KEYS) if key.name != "help"} | {"help_now": len(KEYS)}
SPOKEN = {
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "slash": "/",
    "question_mark": "?",
    "exclamation_mark": "!",
    "minus": "-",
    "plus": "+",
    "escape": "esc",
    "pagedown": "page down",
    "pageup": "page up",
}


def of_place(place: str) -> tuple[Key, ...]:
    """The keys of one place."""
    return tuple(key for key in KEYS if key.place == place)


def named(identity: str) -> Key:
    """A key by its id, such as `review.approve`."""
    return BY_ID[identity]


def gives_way(identity: str) -> int:
    """How soon the line at the bottom leaves this key out."""
    return BY_ID[identity].gives_way if identity in BY_ID else 0


def rank(action_of: str) -> int:
    """The place of an action in that line: in the order of the table, help at its end."""
    return RANKS.get(action_of.rpartition(".")[2], 0)


def bindings(place: str) -> list[Binding]:
    """The same as Textual wants them; actions are called like the keys."""
    return [
        Binding(
            key.keys, action(key), key.words, show=key.shown, tooltip=key.tip, id=key.id,
            key_display=spoken(key.keys.split(",")[0]) if key.shown or key.gives_way else None, system=not key.shown,
        )
        for key in of_place(place)
    ]  # fmt: skip


def action(key: Key) -> str:
    """The name of the action; those of everywhere belong to the app."""
    return f"app.{key.name}_now" if key.place == EVERYWHERE else f"{key.name}_now"


def spoken(keys: str) -> str:
    """How a person says a key."""
    return " or ".join(SPOKEN.get(one, one) for one in keys.split(","))


def keymap(chosen: Mapping[str, str]) -> dict[str, str]:
    """What the config changes, checked: every name known, no key twice in one place."""
    for name in chosen:
        if name not in BY_ID:
            close = difflib.get_close_matches(name, BY_ID, n=1)
            hint = f"Did you mean {close[0]!r}?" if close else "docs/keys.md lists the names."
            raise ConfigError(f"keys: there is no key called {name!r}.", hint=hint)
    _no_key_twice({key.id: chosen.get(key.id, key.keys) for key in KEYS})
    return dict(chosen)


def _no_key_twice(bound: Mapping[str, str]) -> None:
    for place in TITLES:
        if place == EVERYWHERE:
            continue
        seen: dict[str, str] = {}
        for key in (*of_place(place), *of_place(EVERYWHERE)):
            for one in bound[key.id].split(","):
                if seen.setdefault(one.strip(), key.id) != key.id:
                    raise ConfigError(
                        f"keys: {one.strip()!r} would be both {seen[one.strip()]} and {key.id}.",
                        hint="Choose another key for one of them.",
                    )


def as_markdown() -> str:
    """The page docs/keys.md."""
    parts = [
        "# Keys",
        "Made from `tui/keys.py`. Change a key in `config.toml` by its name:",
        '```toml\n[keys]\n"review.approve" = "y"\n```',
        "Every verb is also a command, named in the last column.",
    ]
    for place, title in TITLES.items():
        rows = [_row(key) for key in of_place(place)]
        parts.append("\n".join([f"## {title}", "", "| key | name | does | command |", "|---|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _row(key: Key) -> str:
    keys = ", ".join(f"`{SPOKEN.get(one, one)}`" for one in key.keys.split(","))
    command = f"`relance {key.command}`" if key.command else ""
    return f"| {keys} | `{key.id}` | {key.tip} | {command} |"
