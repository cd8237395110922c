"""Opens the packs, one folder for each language, and says which language has which file; it knows no word itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent
USUAL = "en"
NAMED = "language"
"""The one file every pack has."""
EXAMPLES = "examples"


class DamagedPack(ValueError):
    """A file of a pack is no TOML; the message is one sentence that names it."""


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Every language there is a pack of, English first."""
    found = (item.name for item in FOLDER.iterdir() if (item / f"{NAMED}.toml").is_file())
    return tuple(sorted(found, key=lambda code: (code != USUAL, code)))


@lru_cache(maxsize=64)
def having(file: str) -> tuple[str, ...]:
    """The languages whose packs have this file."""
    return tuple(code for code in languages() if (FOLDER / code / f"{file}.toml").is_file())


@lru_cache(maxsize=1024)
def whole(language: str, file: str) -> Mapping[str, object]:
    """One file of one pack with its examples; empty where it is missing."""
    import tomllib  # most commands read no pack at all

    if language not in having(file):
        return {}
    path = FOLDER / language / f"{file}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise DamagedPack(f"{path} is not UTF-8 text.") from None
    except tomllib.TOMLDecodeError as problem:
        raise DamagedPack(f"{path} is not valid TOML: {problem}.") from None


@lru_cache(maxsize=1024)
def table(language: str, file: str) -> Mapping[str, object]:
    """One file of one pack without its examples."""
    return {key: value for key, value in whole(language, file).items() if key != EXAMPLES}


def examples(language: str, file: str) -> Mapping[str, tuple[str, ...]]:
    """Texts by what each must be read as; nothing reads them but a test."""
    found = whole(language, file).get(EXAMPLES)
    return {key: tuple(map(str, texts)) for key, texts in found.items()} if isinstance(found, Mapping) else {}


def listed(language: str, file: str, *keys: str) -> tuple[str, ...]:
    """The phrases under a key, or under a key of a table; none where they are missing."""
    found: object = table(language, file)
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return tuple(str(one) for one in found) if isinstance(found, list) else ()


def one(language: str, file: str, key: str) -> str:
    """A single text; empty where it is missing."""
    found = table(language, file).get(key)
    return found if isinstance(found, str) else ""


@lru_cache(maxsize=256)
def by_language(file: str, *keys: str) -> Mapping[str, tuple[str, ...]]:
    """The phrases under a key in each language that has them."""
    found = {code: listed(code, file, *keys) for code in having(file)}
    return {code: phrases for code, phrases in found.items() if phrases}


@lru_cache(maxsize=256)
def everywhere(file: str, *keys: str) -> tuple[str, ...]:
    """The phrases under a key in all languages, each once."""
    return tuple(dict.fromkeys(phrase for phrases in by_language(file, *keys).values() for phrase in phrases))
