"""How often a language is taken for another: in the labelled mails of `tests/judgement`, and in real English mail."""

from __future__ import annotations

import json
import lzma
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.voice_data import DATA
from voice.languages.detect import language_of
from voice.languages.pack import LANGUAGES
from voice.languages.quotes import typed

ROOT = Path(__file__).parents[1]


def labelled() -> Iterator[tuple[str, str]]:
    """Language and text of each labelled mail."""
    for file in sorted((ROOT / "tests" / "judgement").rglob("*.toml")):
        found = tomllib.loads(file.read_text(encoding="utf-8")).get("mails", ())
        yield from ((mail["l"], mail["b"]) for mail in found if isinstance(mail, dict) and {"l", "b"} <= mail.keys())


def real() -> Iterator[str]:
    """Mails of a public list in English."""
    with lzma.open(DATA, "rt", encoding="utf-8") as lines:
        yield from (found["text"] for line in lines if (found := json.loads(line))["type"] == "mail")


def report(name: str, pairs: Iterator[tuple[str, str]]) -> None:
    """Told, missed and too short to tell, of texts in languages that are written and in those that are not."""
    told = {True: Counter[str](), False: Counter[str]()}
    for language, text in pairs:
        found, written = language_of(text, fallback=""), language in LANGUAGES
        right = found == language if written else found not in LANGUAGES
        told[written]["too short" if not found else "right" if right else "wrong"] += 1
    for written, counts in told.items():
        kind = "written here" if written else "written by nobody here"
        print(f"{name}, in languages {kind}: {counts.total()} texts, {dict(sorted(counts.items()))}")


def main() -> None:
    report("labelled mails", labelled())
    if DATA.exists():
        report("real English mail", (("en", typed(text)) for text in real()))
    else:
        print("real English mail: not here, left out")


if __name__ == "__main__":
    main()
