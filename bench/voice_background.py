"""Counts letters of ordinary English mail, labelled sentences of business mails, for the wordings we ship;
keeps numbers, never a sentence."""

from __future__ import annotations

import json
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from voice.languages.pack import pack
from voice.learning.ngrams import grams

SOURCE = Path(__file__).resolve().parents[2] / "shared" / "data" / "parakweet-email-intent.tar.xz"
TARGET = Path(__file__).resolve().parents[1] / "voice" / "languages" / "en" / "background.json"


def prose(archive: Path) -> Iterator[str]:
    """The sentences behind the labels."""
    with tarfile.open(archive) as files:
        for member in files:
            read = files.extractfile(member) if member.name.endswith("-fixed.txt") else None
            for line in read or ():
                yield line.decode("utf-8", "replace").partition("\t")[2].strip()


def main() -> None:
    counts: Counter[str] = Counter()
    for text in prose(SOURCE):
        counts.update(grams(text))
    lines = [line for frames in pack("en").frames.values() for jobs in frames.values() for line in jobs]
    needed = {gram for line in lines for gram in grams(line)}
    kept = {gram: counts[gram] for gram in sorted(needed)}
    told = json.dumps({"total": counts.total(), "grams": kept}, ensure_ascii=False, indent=0)
    TARGET.write_text(told + "\n", encoding="utf-8")
    print(f"{len(kept)} of {len(needed)} letter groups counted in {counts.total()}")


if __name__ == "__main__":
    main()
