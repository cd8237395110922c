"""The config file is refused with a sentence that mends it."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from agent.config import Config, Secret, load, parse
from agent.config_errors import model_in
from agent.errors import ConfigError, Exit

FILE = Path("config.toml")
EXAMPLE = Path(__file__).parents[1] / "config.example.toml"

ACCOUNT = """
[[account]]
name = "work"
provider = "imap"
address = "sam@example.org"
[account.imap]
host = "imap.example.org"
"""

WRONG: list[tuple[str, str, list[str]]] = [
    ("an unknown key", '[me]\nnme = "Sam"\n', ["line 2", "me.nme", "Did you mean 'name'"]),
    ("an unknown table", "[followup]\nplan = 'x'\n", ["line 1", "followup", "'followups'"]),
    ("a key nothing is like", "[storage]\nzzzz = 1\n", ["line 2", "zzzz", "Known keys there: encrypt, keep_days, url"]),
    ("a key in the second account", ACCOUNT + ACCOUNT.replace("work", "home") + "hst = 'x'\n", ["hst", "'host'"]),
    ("a plain password", ACCOUNT + 'password = "hunter2"\n', ["line 8", "plain text is refused", "keyring"]),
    ("two places for a secret", ACCOUNT + 'password = { env = "A", keyring = true }\n', ["exactly one"]),
    ("a wrong type", "[gate]\nper_day = 'many'\n", ["line 2", "gate.per_day", "`int`"]),
    ("more than the ceiling", "[gate]\nper_day = 500\n", ["line 2", "<= 100"]),
    ("a hold below its floor", '[gate]\nhold_approved = "2s"\n', ["gate.hold_approved"]),
    ("a duration that is none", '[gate]\nhold_autopilot = "soon"\n', ["10m"]),
    ("a zone that is none", '[me]\ntimezone = "Mars/Olympus"\n', ["Europe/Paris"]),
    ("hours that run backwards", '[me]\nworking_hours = "18:00-09:00"\n', ["09:00-18:00"]),
    ("an address that is none", ACCOUNT.replace("sam@example.org", "Sam <sam@example.org>"), ["plain address"]),
    ("an account without its table", "[[account]]\nname='a'\nprovider='imap'\naddress='a@b.c'\n", ["[account.imap]"]),
    ("two accounts of one name", ACCOUNT + ACCOUNT, ["same name"]),
    ("a scope of two kinds", "[[gate.scope]]\ndomain='x'\nplan='y'\nlevel='manual'\n", ["exactly one of account"]),
    (
        "a domain with a sign",
        "[[gate.scope]]\ndomain='@x.example'\nlevel='manual'\n",
        ["line 2", "domain", "plain domain"],
    ),
    ("a domain with a star", "[[model.scope]]\ndomain='*.x.example'\negress='off'\n", ["domain", "plain domain"]),
    (
        "several people at once",
        "[[gate.scope]]\nperson='a@x.example,b@x.example'\nlevel='manual'\n",
        ["person", "plain address"],
    ),
    ("a thread without brackets", "[[gate.scope]]\nthread='t2@y.example'\nlevel='manual'\n", ["thread", "brackets"]),
    ("a cap without prices", "[model]\nbase_url='http://x'\nname='m'\nspend_per_day='1 USD'\n", ["price_in"]),
    ("a store we do not have", '[storage]\nurl = "postgresql+psycopg://x"\n', ["sqlite"]),
    ("no TOML at all", "me = x", ["not valid TOML", "line 1"]),
]


@pytest.mark.parametrize(("name", "text", "words"), WRONG, ids=[row[0] for row in WRONG])
def test_a_mistake_is_named_with_its_place_and_its_cure(name: str, text: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, FILE)
    said = str(caught.value)
    assert all(word in said for word in ["config.toml", *words]), said
    assert "hunter2" not in said
    assert caught.value.code == Exit.USAGE


def test_an_empty_file_means_the_defaults() -> None:
    config = parse("", FILE)
    assert config == Config()
    assert config.gate.level == "manual"
    assert config.gate.hold_autopilot == timedelta(minutes=10)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="relance setup"):
        load(tmp_path / "config.toml")


def test_a_file_that_is_not_text_says_so(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load(tmp_path / "config.toml")


def uncommented() -> str:
    """The example with every `# key = value` line switched on; prose keeps its `##`."""
    lines = []
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        is_key = line.startswith("# ") and not line.startswith("## ")
        lines.append(line[2:] if is_key else line)
    return "\n".join(lines)


def test_the_example_loads_as_it_stands_and_means_the_defaults() -> None:
    assert load(EXAMPLE) == Config()


def test_every_line_of_the_example_is_valid_and_defaults_are_told_truly() -> None:
    config = parse(uncommented(), EXAMPLE)
    told = tomllib.loads(uncommented())
    assert config.account
    compared = 0
    for section in ("followups", "gate", "storage"):
        for key, value in told[section].items():
            if key != "scope":
                compared += 1
                assert getattr(getattr(Config(), section), key) == getattr(getattr(config, section), key), (
                    section,
                    key,
                    value,
                )
    assert compared >= 12


def test_the_example_names_every_key_there_is() -> None:
    told = tomllib.loads(uncommented())

    assert missing(Config, told) == []


def missing(model: Any, table: Any) -> list[str]:
    """Keys of the model that the example does not show."""
    found = []
    for name, annotation in get_type_hints(model).items():
        if name not in table:
            found.append(f"{model.__name__}.{name}")
            continue
        inner, below = model_in(annotation), table[name]
        if isinstance(below, list):
            below = {key: value for entry in below if isinstance(entry, dict) for key, value in entry.items()}
        if inner is not None and inner is not Secret and isinstance(below, dict):
            found += missing(inner, below)
    return found
