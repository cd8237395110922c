"""Turns what is wrong with a config file into one sentence with file, line and key; never accepts a file."""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from agent.errors import ConfigError

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

Location = tuple[int | str, ...]
HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
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


def toml_table(text: str, file: Path) -> dict[str, Any]:
    """The text as a table, or a sentence about the line where TOML ends."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{file} is not valid TOML: {problem}.", hint="Mend that line and try again.") from None


def explain(problem: ValidationError, text: str, file: Path, model: type[BaseModel]) -> ConfigError:
    """The first mistake, with its place in the file."""
    first = problem.errors(include_url=False)[0]
    location: Location = first["loc"]
    line = line_of(text, location)
    place = f"{file}, line {line}" if line else str(file)
    key = ".".join(str(part) for part in location if not isinstance(part, int)) or "the file"
    if first["type"] == "extra_forbidden":
        return ConfigError(f"{place}: unknown key {key!r}.", hint=nearest(model, location))
    words = str(first["msg"]).removeprefix("Value error, ")
    return ConfigError(f"{place}: {key}: {words}.")


def nearest(model: type[BaseModel], location: Location) -> str:
    """The known key that looks most like the unknown one, else all keys of that table."""
    known = _fields_at(model, location[:-1])
    wrong = str(location[-1])
    close = difflib.get_close_matches(wrong, known, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known keys there: {', '.join(sorted(known))}." if known else "Remove it."


def _fields_at(model: type[BaseModel], path: Location) -> list[str]:
    current: type[BaseModel] | None = model
    for part in path:
        if isinstance(part, int) or current is None:
            continue
        found = current.model_fields.get(part)
        current = _model_in(found.annotation) if found else None
    return list(current.model_fields) if current else []


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        return annotation
    for inner in get_args(annotation):
        found = _model_in(inner)
        if found is not None:
            return found
    return None


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
