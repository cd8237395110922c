"""Counts letters of ordinary English prose, the documentation of Python, for the wordings we ship;
keeps numbers, never a sentence."""

from __future__ import annotations

import ast
import json
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from voice.ngrams import grams
from voice.pack import pack

MOST_FILES = 200
TARGET = Path(__file__).resolve().parents[1] / "voice" / "frames" / "en.json"


def prose(folder: Path) -> Iterator[str]:
    """The documentation strings of the standard library."""
    for path in sorted(folder.glob("*.py"))[:MOST_FILES]:
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
                yield (ast.get_docstring(node) or "")[:20_000]


def main() -> None:
    counts: Counter[str] = Counter()
    for text in prose(Path(sysconfig.get_path("stdlib"))):
        counts.update(grams(text))
    lines = [line for frames in pack("en").frames.values() for jobs in frames.values() for line in jobs]
    needed = {gram for line in lines for gram in grams(line)}
    kept = {gram: counts[gram] for gram in sorted(needed)}
    TARGET.write_text(json.dumps({"total": counts.total(), "grams": kept}, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(kept)} of {len(needed)} letter groups counted in {counts.total()}")


if __name__ == "__main__":
    main()
