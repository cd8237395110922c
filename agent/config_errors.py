"""Turns what is wrong with a config file into one sentence with file, line and key; never accepts a file."""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import get_args, get_type_hints

from msgspec import Struct

from agent.errors import ConfigError

Location = tuple[int | str, ...]
HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
STEP = re.compile(r"\[(\d+)\]|\.([A-Za-z0-9_-]+)|\[(\.\.\.)\]")
NAMED = re.compile(r"([a-z_]{2,20}): (.+)", re.DOTALL)
UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
SECRETS = {"password", "api_key", "client_secret"}
PLAIN_TEXT = (
    "a secret in plain text is refused: write { keyring = true }, "
    '{ command = ["pass", "show", "mail"] } or { env = "NAME" }'
)
KEY = re.compile(r"\s*([A-Za-z0-9_.\"'-]+)\s*=")


def read_toml(file: Path) -> str:
    """The text of the file, or a sentence about why there is none."""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"There is no config file at {file}.",
            hint="Run `relance setup` to make one, or `relance demo` to look around first.",
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file} is not UTF-8 text.", hint="Save it as UTF-8.") from None
    except OSError as problem:
        raise ConfigError(f"{file} cannot be read: {problem.strerror}.", hint="Check its permissions.") from None


def toml_table(text: str, file: Path) -> dict[str, object]:
    """The text as a table, or a sentence about the line where TOML ends."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{file} is not valid TOML: {problem}.", hint="Mend that line and try again.") from None


def explain(problem: str, text: str, file: Path, model: type[Struct]) -> ConfigError:
    """What the checker said, with its place in the file."""
    words, location = _parted(problem)
    unknown = UNKNOWN.match(words)
    if unknown:
        location = (*location, unknown[1])
    line = line_of(text, location)
    place = f"{file}, line {line}" if line else str(file)
    key = ".".join(str(part) for part in location if not isinstance(part, int)) or "the file"
    if unknown:
        return ConfigError(f"{place}: unknown key {key!r}.", hint=nearest(model, location))
    if words.startswith("Expected `object | null`, got `str`") or (SECRETS & set(location) and "got `str`" in words):
        words = PLAIN_TEXT
    return ConfigError(f"{place}: {key}: {words}.")


def _parted(problem: str) -> tuple[str, Location]:
    """The words and the path of a message such as: Expected `int` - at `$.gate.per_day`."""
    words, _, path = problem.partition(" - at `$")
    location: Location = tuple(
        int(step[1]) if step[1] else step[2] or step[3] for step in STEP.finditer(path.rstrip("`"))
    )
    named = NAMED.match(words)
    return (named[2], (*location, named[1])) if named else (words, location)


def nearest(model: type[Struct], location: Location) -> str:
    """The known key that looks most like the unknown one, else all keys of that table."""
    known = fields_at(model, location[:-1])
    close = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known keys there: {', '.join(sorted(known))}." if known else "Remove it."


def fields_at(model: type[Struct], path: Location) -> list[str]:
    """The keys a table may have."""
    current = model_in(model)
    for part in path:
        if not isinstance(part, int) and current is not None:
            current = model_in(get_type_hints(current).get(part))
    return list(current.__struct_fields__) if current else []


def model_in(annotation: object) -> type[Struct] | None:
    """The table type inside an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return annotation
    return next(filter(None, map(model_in, get_args(annotation))), None)


def line_of(text: str, location: Location) -> int:
    """The line where a key stands; 0 when it cannot be told."""
    wanted = [part for part in location if not isinstance(part, int)]
    index = next((part for part in location if isinstance(part, int)), 0)
    best, table, seen = 0, "", dict[str, int]()
    for number, line in enumerate(text.splitlines(), 1):
        header = HEADER.match(line)
        key = KEY.match(line)
        if header:
            table = header[2].replace('"', "")
            seen[table] = seen.get(table, -1) + (header[1] == "[[")
            path = table.split(".")
        elif key:
            path = [*filter(None, table.split(".")), *key[1].replace('"', "").split(".")]
        else:
            continue
        in_entry = seen.get(path[0], 0) in {index, -1} or path[0] not in seen
        if in_entry and _starts(wanted, path):
            best = number
            if len(path) == len(wanted):
                return number
    return best


def _starts(wanted: list[str], path: list[str]) -> bool:
    return wanted[: len(path)] == path
