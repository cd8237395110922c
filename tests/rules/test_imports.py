"""What may be loaded and who may import whom; a static graph cannot see a lazy import, a process can."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("textual", "openai", "googleapiclient", "msal", "imapclient", "sqlmodel", "sqlalchemy", "apscheduler")
PROBE = """
import sys
from agent.cli import cli
from agent.cli.exit_codes import run
code = run(cli, {words!r})
print("LOADED", *[name for name in {heavy!r} if name in sys.modules], file=sys.stderr)
sys.exit(code)
"""


def loaded(*words: str) -> tuple[int, set[str]]:
    script = PROBE.format(words=list(words), heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    line = next((line for line in done.stderr.splitlines() if line.startswith("LOADED")), None)
    assert line is not None, done.stderr
    return done.returncode, set(line.split()[1:])


def test_help_loads_nothing_heavy() -> None:
    assert loaded("--help") == (0, set())


def test_status_loads_nothing_heavy(private_home: Path) -> None:
    private_home.mkdir(parents=True)
    (private_home / "config.toml").write_text("")
    assert loaded("status") == (0, set())


@pytest.mark.slow
def test_the_layers_hold() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(tool), "--no-cache"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout


def python_files(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.parametrize(
    "file", python_files("agent", "providers", "voice", "tui"), ids=lambda file: str(file.relative_to(ROOT))
)
def test_every_module_says_what_it_is_and_stays_readable(file: Path) -> None:
    import ast

    source = file.read_text(encoding="utf-8")
    words = ast.get_docstring(ast.parse(source))
    assert words, "one sentence at the top"
    assert len(source.splitlines()) <= 400


FORBIDDEN_WORDS = ("/work/", "pypi.org", "files.pythonhosted", "registry.npmjs", "deb.debian.org")


def test_no_file_names_this_workplace() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, cwd=ROOT, check=False).stdout
    found = []
    for name in filter(None, listed.split("\0")):
        file = ROOT / name
        if file == Path(__file__) or not file.is_file():
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        found += [f"{name}: {word}" for word in FORBIDDEN_WORDS if word in text]
    assert found == []


MOST_IN_A_ROOM = 15


def test_no_room_is_a_hall() -> None:
    files = python_files("agent", "providers", "voice", "tui")
    rooms = Counter(str(file.parent.relative_to(ROOT)) for file in files if file.name != "__init__.py")
    assert {room: count for room, count in rooms.items() if count > MOST_IN_A_ROOM} == {}


def test_only_one_place_calls_a_sender() -> None:
    callers = []
    for file in python_files("agent", "providers", "voice", "tui"):
        source = file.read_text(encoding="utf-8")
        if "providers.senders" in source or "from providers import senders" in source:
            callers.append(str(file.relative_to(ROOT)))
    assert set(callers) <= {"agent/sending/outbox.py", "providers/senders.py"}


def test_the_contracts_are_for_tests_alone() -> None:
    files = python_files("agent", "providers", "voice", "tui")
    assert [file for file in files if "providers.kits" in file.read_text(encoding="utf-8")] == []


def test_one_planner_begins_follow_ups() -> None:
    files = python_files("agent", "providers", "voice", "tui")
    planning = {str(file.relative_to(ROOT)) for file in files if "followups.plan(" in file.read_text(encoding="utf-8")}
    assert planning == {"agent/sequences/planner.py", "agent/verbs/correction.py"}


ASKS_SQL = re.compile(r"connection\.execute\(|(?<!\.)\b(?:select|insert|update|delete)\([A-Z]{2}|\.c\.\w+\)?\.where\(")


def test_all_sql_is_in_the_store() -> None:
    files = [file for file in python_files("agent", "providers", "voice", "tui") if "store" not in file.parts]
    assert [str(file.relative_to(ROOT)) for file in files if ASKS_SQL.search(file.read_text(encoding="utf-8"))] == []


def test_no_class_name_stands_for_two_things() -> None:
    named: Counter[str] = Counter()
    for file in python_files("agent", "providers", "voice", "tui"):
        named.update(set(re.findall(r"^class (\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)))
    assert [name for name, count in named.items() if count > 1] == []
