"""Reads a table of people to put under plans, as spreadsheets write it; never guesses what is unclear."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

COLUMNS = ("address", "plan", "about", "date", "name", "say")
NEEDED = COLUMNS[:2]
MOST_ROWS, MOST_BYTES = 2_000, 2_000_000
"""More people than anybody writes to one at a time."""
NUMBERED = re.compile(r"(\d{1,2})\s*=\s*(?=\S)")
"""The number of the touch a text is for, as in `enroll --say`."""


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One row, each cell as it was written."""

    row: int
    """As a spreadsheet counts: the header is 1."""
    address: str
    plan: str
    about: str = ""
    date: str = ""
    name: str = ""
    say: str = ""
    wrong: str = ""
    """Why the row cannot be read."""
    file: str = ""

    @property
    def texts(self) -> dict[int, str]:
        """The own text of a touch by its number; without one it is for the first."""
        text = self.say.strip()
        found = NUMBERED.match(text)
        if found is not None:
            return {int(found[1]): text[found.end() :]}
        return {1: text} if text else {}


def decoded(raw: bytes) -> tuple[str, str]:
    """The text of a file, and the encoding it is in."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError("is UTF-16; save it as CSV in UTF-8")
    if b"\x00" in raw:
        raise ValueError("is no text; save it as CSV in UTF-8")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1"), "latin-1"


def people_in(text: str, file: str = "") -> list[ListedPerson]:
    """Every row below the header; a ValueError says what is wrong with the file itself."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = ";" if first.count(";") > first.count(",") else ","
    rows = _rows(text, mark)
    heads: list[str] = []
    found: list[ListedPerson] = []
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if not heads:
            heads = _heads(cells)
            continue
        if len(found) == MOST_ROWS:
            raise ValueError(f"has more than {MOST_ROWS:,} rows; split it, or use a mailing tool")
        found.append(_person(number, heads, cells, file))
    if not heads:
        raise ValueError("is empty; its first row names the columns: " + ", ".join(COLUMNS))
    return found


def _rows(text: str, mark: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            raise ValueError(f"cannot be read at row {number} ({problem}); look for a quote left open") from None
        yield number, cells


def _heads(cells: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    known = ", ".join(COLUMNS)
    if any("@" in name for name in names):
        raise ValueError(f"has no header; its first row names the columns: {known}")
    for name in names:
        if name not in COLUMNS:
            close = difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.6)
            meant = f"; did you mean {close[0]!r}?" if close else ""
            raise ValueError(f"has a column {name[:40]!r}{meant} Known columns: {known}")
    twice = next((name for name in names if names.count(name) > 1), "")
    missing = next((name for name in NEEDED if name not in names), "")
    if twice or missing:
        wrong = f"names the column {twice!r} twice" if twice else f"has no column {missing!r}"
        raise ValueError(f"{wrong}. Known columns: {known}")
    return names


def _person(number: int, heads: list[str], cells: list[str], file: str) -> ListedPerson:
    said = dict(zip(heads, (cell.strip() for cell in cells), strict=False))
    extra = any(cell.strip() for cell in cells[len(heads) :])
    wrong = f"the row has more cells than the header ({len(heads)}); put texts with commas in quotes" if extra else ""
    return ListedPerson(
        number, said.get("address", ""), said.get("plan", ""), said.get("about", ""), said.get("date", ""),
        said.get("name", ""), said.get("say", ""), wrong, file,
    )  # fmt: skip
