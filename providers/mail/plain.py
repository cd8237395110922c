"""The only road from foreign text to a screen, terminal, notification or log; lets no control character through."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable

# Whole sequences go first, or their harmless-looking rest would stay visible.
ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x9b[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]"
)
IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\u2800"
)
"""Default_Ignorable_Code_Point of DerivedCoreProperties.txt (Unicode 15.1), and the empty pattern of Braille."""
UNSEEN = re.compile(f"[{IGNORABLE}]")
HIDDEN = re.compile(
    f"[{IGNORABLE}"
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 without tab and newline
    "\u2028\u2029\ufff9-\ufffb\U00013430-\U0001345f"  # line ends and format controls of other scripts
    "\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff]"  # surrogates, private use
)
MARKS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def plain(text: str) -> str:
    """Readable text and nothing else: letters, marks, emoji, tabs and newlines."""
    if text.isascii() and text.isprintable():
        return text
    text = (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\x85", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n")
    )
    text = HIDDEN.sub("", ESCAPES.sub("", text))
    if not text.isascii():
        text = MARKS.sub(r"\1", unicodedata.normalize("NFC", text))
    return text


LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
JOINERS = "\u200c\u200d"
SELECTORS = "\u180b\u180c\u180d\u180f"
OF_EMOJI = "\ufe0e\ufe0f"
"""Of the variation selectors these two alone; the others would carry data nobody sees."""
KEYS, KEYCAP = "#*0123456789", "\u20e3"
SIGNS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""To be seen, though Unicode calls them format characters."""
JOINING = (
    "ARABIC", "SYRIAC", "MONGOLIAN", "NKO", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU",
    "KANNADA", "MALAYALAM", "SINHALA", "MYANMAR", "KHMER", "TIBETAN", "BALINESE", "JAVANESE",
)  # fmt: skip
"""Scripts in which a joiner changes how a word is written."""
MOST_ROUNDS = 8
"""Nobody types so many hidden letters in a row that more are worth the time."""


def written(text: str) -> str:
    """Text as a letter may carry it: nothing that steers or hides, joiners only where a script or emoji needs one."""
    if text.isascii() and text.isprintable():
        return text
    text = ESCAPES.sub("", LINE_ENDS.sub("\n", text))
    for _ in range(MOST_ROUNDS):
        before, text = text, _needed(text)
        if text == before:
            return text
    return "".join(filter(_is_seen, text))


def _needed(text: str) -> str:
    """Without what is hidden and not needed beside its neighbours, which may be dropped themselves."""
    kept: list[str] = []
    for place, letter in enumerate(text):
        if _is_seen(letter) or _is_needed(letter, kept[-1] if kept else "", text[place + 1 : place + 2]):
            kept.append(letter)
    return "".join(kept)


def _is_seen(letter: str) -> bool:
    if UNSEEN.match(letter):
        return False
    return letter in "\t\n" or letter in SIGNS or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co"}


def _is_needed(letter: str, before: str, after: str) -> bool:
    """Whether this one changes how the letters beside it are written; never a second time."""
    if letter in SELECTORS:
        return before not in SELECTORS and _named(before, ("MONGOLIAN",))
    if letter in OF_EMOJI:
        return _is_emoji(before) or (bool(before) and before in KEYS and after == KEYCAP)
    if letter not in JOINERS:
        return False
    if _named(before, JOINING):
        return _named(after, JOINING) or (letter == "\u200d" and not after.strip())
    return letter == "\u200d" and (_is_emoji(before) or before == "\ufe0f") and _is_emoji(after)


def _named(letter: str, scripts: tuple[str, ...]) -> bool:
    return bool(letter) and unicodedata.name(letter, "").startswith(scripts)


def _is_emoji(letter: str) -> bool:
    return (
        bool(letter)
        and ("\u2190" <= letter <= "\u2bff" or "\U0001f000" <= letter <= "\U0001faff" or letter in "©®‼⁉™ℹ")
        and letter != "\u2800"
    )


NOT_ASCII = re.compile(r"[^\x20-\x7e]+")


def in_json(value: object, default: Callable[[object], object] | None = None) -> str:
    """One line of JSON; what cannot be seen is escaped, so a reader gets the same value and a terminal no order."""
    return NOT_ASCII.sub(_visible, json.dumps(value, ensure_ascii=False, default=default))


def in_cell(text: str) -> str:
    """Text for one cell of a table in a file: as JSON would write it, without the marks around; tabs and lines stay."""
    parts = re.split("([\t\n])", text.replace("\\", "\\\\"))
    return "".join(part if part in "\t\n" else NOT_ASCII.sub(_visible, part) for part in parts)


def _visible(found: re.Match[str]) -> str:
    return "".join(
        letter if letter.isprintable() and not UNSEEN.match(letter) else _escape(letter) for letter in found[0]
    )


def _escape(letter: str) -> str:
    """The way JSON writes a letter in ASCII: two numbers for one beyond the first plane."""
    return json.dumps(letter)[1:-1] if letter >= " " else f"\\u{ord(letter):04x}"
