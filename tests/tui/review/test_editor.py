"""The person's own editor: whatever it does, the screen comes back, says what happened and goes on."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tui.conftest import press, settled, shown
from tests.tui.scripted import ScriptedDoor
from tests.tui.test_terminals import terminal
from tui.app import Relance
from tui.screens import editor


class Lending:
    """Lends the screen as the library does: without giving it back where something is raised meanwhile."""

    def __init__(self) -> None:
        self.lent, self.back = 0, 0

    @contextmanager
    def suspend(self) -> Iterator[None]:
        self.lent += 1
        yield
        self.back += 1


def script(folder: Path, body: str, mode: int = 0o700) -> str:
    file = folder / "editor"
    file.write_text(body)
    file.chmod(mode)
    return str(file)


PROBLEMS = [
    ("missing", "", "/nonexistent/ed", "is not installed"),
    ("not a program", "no interpreter\n", "", "could not be started"),
    ("fails", "#!/bin/sh\nexit 3\n", "", "ended with an error"),
    ("killed", "#!/bin/sh\nkill -9 $$\n", "", "ended with an error"),
    ("takes the file away", '#!/bin/sh\nrm "$1"\n', "", "cannot be read back"),
    ("words that cannot be split", "", "'", ""),
]


@pytest.mark.parametrize(("name", "body", "chosen", "words"), PROBLEMS, ids=[row[0] for row in PROBLEMS])
def test_an_editor_that_fails_gives_the_screen_back_with_words(
    name: str, body: str, chosen: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del name
    monkeypatch.setenv("VISUAL", chosen or script(tmp_path, body))
    monkeypatch.setenv("PATH", "/nonexistent" if chosen == "'" else "/usr/bin:/bin")
    screen = Lending()
    text, problem = editor.edited(screen, tmp_path / "scratch", "Hi")
    assert text is None
    assert words in problem
    assert screen.lent == screen.back
    assert not list((tmp_path / "scratch").glob("*"))


def test_an_editor_that_may_not_be_run_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", script(tmp_path, "#!/bin/sh\n", stat.S_IRUSR))
    assert "may not be run" in editor.edited(Lending(), tmp_path, "Hi")[1]


async def test_the_screen_works_on_after_an_editor_that_is_not_there(
    app: Relance, door: ScriptedDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "/nonexistent/ed")
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "E")
        assert "The editor ed is not installed" in shown(app)
        assert door.calls == []
        await press(pilot, "s")
        assert door.calls == [("skip", 11)]


@pytest.mark.slow
def test_a_real_terminal_is_alive_after_an_editor_that_cannot_be_started(tmp_path: Path) -> None:
    broken = script(tmp_path, "no interpreter\n")
    with terminal(tmp_path, VISUAL=broken) as screen:
        screen.wait(b"checks pass")
        screen.press(b"E", 1)
        screen.wait(b"could not be")
        screen.press(b"s", 1)
        assert "skip" in screen.calls()
