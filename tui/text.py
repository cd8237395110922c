"""The only road from foreign or model text to the screen; never returns markup, never passes a control character."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.content import Content
from textual.widget import Widget

from providers.mail.plain import plain

MOST = 20_000
"""Characters of one text that are worth painting."""
MOST_LINES = 1_500
"""Lines of one text that are worth painting."""
LINE = 200
"""Characters where one line is meant; few terminals show more."""
WIDE_LINE = 2_000
"""Characters of a line within a text; wrapping a longer one takes time, and it holds data."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """Text somebody else chose. It refuses to become a string by accident; the functions below know how."""

    raw: str = ""

    def __str__(self) -> str:
        raise TypeError("Foreign text reaches the screen through tui.text alone.")

    def __format__(self, spec: str) -> str:
        return str(self)

    def __repr__(self) -> str:
        return f"Foreign({len(self.raw)} characters)"

    def __bool__(self) -> bool:
        return bool(self.raw)


NOTHING = Foreign()


def words(value: Foreign, most: int = LINE) -> str:
    """One line of bounded length, for the places that take nothing but a string without markup."""
    kept = " ".join(plain(value.raw[: most * 8]).split())
    return kept if len(kept) <= most else kept[: most - 1].rstrip() + "…"


def paragraphs(value: Foreign, most: int = MOST) -> str:
    """Several lines, each of bounded length, with a word about what was left out."""
    text = plain(value.raw[:most]).expandtabs(4)
    lines = text.split("\n")
    shown = [line if len(line) <= WIDE_LINE else line[: WIDE_LINE - 1] + "…" for line in lines[:MOST_LINES]]
    if len(value.raw) > most or len(lines) > MOST_LINES:
        shown.append("[… shortened]")
    return "\n".join(shown).strip("\n")


def line(value: Foreign, style: str = "", most: int = LINE) -> Content:
    """One line for a widget."""
    return Content.styled(words(value, most), style) if style else Content(words(value, most))


def block(value: Foreign, style: str = "", most: int = MOST) -> Content:
    """A whole text for a widget."""
    text = paragraphs(value, most)
    return Content.styled(text, style) if style else Content(text)


def cell(value: Foreign, width: int, style: str = "") -> Text:
    """One line for a table, cut to a number of columns."""
    text = Text(words(value, max(width * 2, 8)), style=style, no_wrap=True, overflow="ellipsis", end="")
    text.truncate(width, overflow="ellipsis")
    return text


def fitted(value: Foreign, width: int) -> str:
    """One line of exactly so many columns, wide letters counted as two."""
    text = words(value, max(width * 2, 8))
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, max(width - 1, 0)).rstrip() + "…", width)


def address(value: Foreign) -> str:
    """An address as it goes over the wire: ASCII, the domain in punycode, anything else spelled out."""
    text = words(value, 320)
    local, at, domain = text.rpartition("@")
    if not at:
        return text.encode("ascii", "backslashreplace").decode()
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:
            domain = domain.encode("ascii", "backslashreplace").decode()
    return f"{local.encode('ascii', 'backslashreplace').decode()}@{domain}"


def own(text: str, style: str = "") -> Content:
    """Our own words, as content so that a bracket in them means a bracket."""
    return Content.styled(text, style) if style else Content(text)


def titled(widget: Widget, title: Content, under: Content | None = None) -> None:
    """Words in the border of a widget, which would read a plain string as markup."""
    # Textual sets a blank at either side of its own.
    widget.border_title = trimmed(title)
    widget.border_subtitle = trimmed(under) if under is not None else None


def trimmed(text: Content) -> Content:
    """Without the blanks around it."""
    return text[len(text.plain) - len(text.plain.lstrip()) :].rstrip()


def joined(*parts: Content | str) -> Content:
    """Several pieces in a row."""
    return Content("").join([part if isinstance(part, Content) else Content(part) for part in parts])


def matches(needle: str, *values: Foreign) -> bool:
    """Whether any of them contains what a person typed, whatever the case."""
    wanted = needle.strip().casefold()
    return not wanted or any(wanted in words(value, 400).casefold() for value in values)
