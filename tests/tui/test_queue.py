"""Lists and the line of keys: what is painted, what a click does, where the highlight stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.content import Content

from tests.tui import seeds
from tests.tui.conftest import press, settled, shown
from tests.tui.scripted import ScriptedDoor
from tui.app import Relance
from tui.parts.foot import GAP, FootKey, fitting
from tui.parts.indented import Hanging
from tui.parts.lists import Rows
from tui.text import Foreign, own


class Listed(App[None]):
    """One list and nothing else."""

    def __init__(self, many: int) -> None:
        super().__init__()
        self.painted: list[int] = []
        self.many, self.chosen = many, 0

    def compose(self) -> ComposeResult:
        yield Rows("rows", tall=2)

    @property
    def rows(self) -> Rows:
        return self.query_one(Rows)

    def on_mount(self) -> None:
        self.rows.focus()
        self.rows.show_rows(range(1, self.many + 1), self.row)

    def row(self, place: int, width: int) -> Content:
        del width
        self.painted.append(place)
        return own(f"row {self.rows.numbers[place]}\nbelow")

    def on_rows_chosen(self) -> None:
        self.chosen += 1


async def test_of_ten_thousand_rows_only_those_in_sight_are_painted() -> None:
    app = Listed(10_000)
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        assert set(app.painted) == set(range(10))
        await pilot.press("G")
        assert "▌row 10000" in shown(app)
        assert len(set(app.painted)) <= 20


async def test_the_highlight_stays_on_its_row_when_others_come_and_go() -> None:
    app = Listed(20)
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.press("j", "j", "j")
        assert app.rows.number == 4
        app.rows.show_rows([30, 31, *range(2, 21)], app.row)
        assert app.rows.number == 4
        app.rows.show_rows([30, 31, 2, 3, 5, 6], app.row)
        assert app.rows.number == 5, "the place where it was"
        app.rows.show_rows([], app.row)
        assert app.rows.number == 0


async def test_a_click_goes_to_a_row_and_a_second_one_opens_it() -> None:
    app = Listed(20)
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.click(Rows, offset=(5, 7))
        assert (app.rows.number, app.chosen) == (4, 0)
        await pilot.click(Rows, offset=(5, 6))
        assert (app.rows.number, app.chosen) == (4, 1)
        await pilot.press("g")
        await pilot.click(Rows, offset=(5, 19))
        assert app.rows.number == 10


ENTRIES = st.lists(
    st.builds(
        FootKey, st.text(min_size=1, max_size=6), st.text(min_size=1, max_size=10), st.just("x"), st.booleans(),
        st.integers(0, 9),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@given(ENTRIES, st.integers(10, 160))
def test_the_line_of_keys_fits_and_leaves_out_what_can_be_missed_first(entries: list[FootKey], room: int) -> None:
    kept = fitting(entries, room)
    assert len(kept) == 1 or sum(one.width + GAP for one in kept) - GAP <= room
    left = list(entries)
    for one in kept:
        left.remove(one)
    assert all(one.gives_way >= min(other.gives_way for other in kept) for one in left)
    rest = iter(entries)
    assert all(any(one == other for other in rest) for one in kept), "in the order they came"


async def test_a_click_on_a_key_presses_it_and_a_dim_one_does_nothing(door: ScriptedDoor) -> None:
    door.matters[12] = replace(seeds.TOM, digest="")
    app = Relance(door, dwell=0, poll=0)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        line = shown(app).split("\n")[-1]
        await pilot.click("#foot", offset=(line.index("Approve"), 0))
        await settled(pilot)
        assert [call[0] for call in door.calls] == ["approve"]
        await pilot.click("#foot", offset=(line.index("Approve"), 0))
        await settled(pilot)
        assert len(door.calls) == 1, "the next draft has no digest yet"
        await press(pilot, "j")
        await pilot.click("#foot", offset=(line.index("Skip"), 0))
        await settled(pilot)
        assert [call[0] for call in door.calls] == ["approve", "skip"]


def test_words_hang_under_themselves() -> None:
    rows = [(own("✓ allow"), Content("one two three four five six seven eight nine ten"))]
    lines = [line.plain for line in Hanging(rows, 10, "Title").lines(30)]
    assert lines[0] == "Title"
    assert lines[1].startswith("✓ allow   one")
    assert all(line.startswith(" " * 10) and len(line) <= 30 for line in lines[2:])


def test_wide_letters_keep_their_columns() -> None:
    from rich.cells import cell_len

    from tui.parts.lists import columns
    from tui.text import fitted

    measure: Callable[[str], int] = cell_len
    for text in ("漢字漢字漢字漢字", "plain", "e\u0301" * 9, "👩‍👩‍👧‍👦 x"):
        line = columns(((own(fitted(Foreign(text), 9)), 9), ("end", 3)))
        assert measure(line.plain[: line.plain.index("end")]) == 10, text
