"""The road from foreign text to the screen, and that there is no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.hostile import TEXTS
from tui import text
from tui.text import Foreign

TUI = Path(__file__).parents[2] / "tui"
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")


def test_foreign_text_does_not_become_a_string_by_accident() -> None:
    with pytest.raises(TypeError):
        str(Foreign("x"))
    with pytest.raises(TypeError):
        f"{Foreign('x')}"
    assert "secret" not in repr(Foreign("secret"))


@given(st.text(max_size=400), st.integers(4, 60))
def test_whatever_comes_in_nothing_hidden_comes_out(raw: str, width: int) -> None:
    value = Foreign(raw)
    for made in (text.words(value), text.paragraphs(value), text.line(value).plain, text.cell(value, width).plain):
        assert not HIDDEN.search(made)
    assert "\n" not in text.words(value)
    assert cell_len(text.fitted(value, width)) == width
    assert cell_len(text.cell(value, width).plain) <= width


@given(st.text(max_size=80))
def test_content_never_reads_markup(raw: str) -> None:
    value = Foreign(f"[b]{raw}[/b]")
    assert text.line(value).plain.startswith("[b]")
    assert text.block(value).spans == []


@pytest.mark.parametrize("name", TEXTS)
def test_long_text_is_cut_and_says_so(name: str) -> None:
    made = text.paragraphs(Foreign(TEXTS[name]))
    assert len(made) <= text.MOST + 400_000
    assert max(map(len, made.split("\n"))) <= text.WIDE_LINE
    if len(TEXTS[name]) > text.MOST:
        assert made.endswith("[… shortened]")


@pytest.mark.parametrize(
    ("raw", "made"),
    [
        ("anna@weiss.example", "anna@weiss.example"),
        ("anna@wéiss.example", "anna@xn--wiss-bpa.example"),
        ("аnna@weiss.example", "\\u0430nna@weiss.example"),
        ("\u202eanna@weiss.example", "anna@weiss.example"),
        ("no address", "no address"),
        ("a@" + "ä" * 300 + ".example", "a@" + "\\xe4" * 300 + ".example"),
    ],
)
def test_an_address_is_shown_as_the_wire_has_it(raw: str, made: str) -> None:
    assert text.address(Foreign(raw)).isascii()
    assert text.address(Foreign(raw)) == made or len(raw) > 300


def test_the_filter_looks_at_what_is_shown() -> None:
    assert text.matches("ANNA", Foreign("a\u200bnna Weiss"))
    assert not text.matches("tom", Foreign("anna"))
    assert text.matches("  ")


def python_files() -> list[Path]:
    return sorted(TUI.rglob("*.py"))


def test_only_the_road_and_the_door_look_inside_foreign_text() -> None:
    looking = {str(file.relative_to(TUI)) for file in python_files() if re.search(r"\.raw\b", file.read_text("utf-8"))}
    assert looking <= {"text.py", "door/matter.py", "door/real.py", "door/handed.py"}


PAINTS = {"Static", "Option", "update", "Label", "notify", "border_title", "border_subtitle", "render_str"}


@pytest.mark.parametrize("file", python_files(), ids=lambda file: str(file.relative_to(TUI)))
def test_no_string_is_handed_to_a_widget(file: Path) -> None:
    wrong = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            first = node.args[0]
            if name in PAINTS and isinstance(first, ast.JoinedStr | ast.Constant | ast.BinOp):
                wrong.append(f"{file.name}:{node.lineno} {name}")
    assert wrong == []


@pytest.mark.parametrize("word", ["Markdown", "ListView", "from_markup", "markup=True", "Text.from"])
def test_what_reads_markup_is_not_used(word: str) -> None:
    assert [file.name for file in python_files() if word in file.read_text(encoding="utf-8")] == []
