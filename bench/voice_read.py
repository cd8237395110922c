"""Prints drafts beside the mails they follow, for a person to read one by one; never judges them."""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.voice_data import Author, Item, corpus, load, received
from voice.languages.quotes import typed
from voice.learning.profile import Profile, build
from voice.writing.phrasebook import Phrasebook

SHOWN = 700
"""The last characters of a quiet mail."""


def chosen(authors: list[Author], many: int, seed: int) -> list[Item]:
    """Threads of all authors, the same for the same seed."""
    items = [item for author in authors for item in author.items]
    return random.Random(seed).sample(items, min(many, len(items)))


def show(number: int, item: Item, profile: Profile) -> None:
    drafted = Phrasebook().write(item.brief, profile)
    waited = (item.brief.now - item.quiet.at).days
    print(f"===== {number}. {item.author} {item.quiet.id} | {item.quiet.subject} | {waited} days")
    print("  | " + typed(item.quiet.text)[-SHOWN:].replace("\n", "\n  | ") + "\n--- draft")
    print(drafted.body or f"(abstains: {drafted.abstained})")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--many", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    wanted = options.parse_args()
    authors = load()
    profiles = {author.id: build(corpus(author.drafter), others=received(authors, author)) for author in authors}
    for number, item in enumerate(chosen(authors, wanted.many, wanted.seed), 1):
        show(number, item, profiles[item.author])


if __name__ == "__main__":
    main()
