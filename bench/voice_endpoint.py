"""A row of the voice benchmark written by a model behind an OpenAI-compatible endpoint on this machine;
nothing leaves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from bench.voice_data import Author, Item, corpus
from voice.brief import WITHOUT, Drafted
from voice.learning.corpus import OwnMail
from voice.learning.profile import Profile
from voice.model.egress import Egress
from voice.model.writer import Endpoint, ModelWriter


def model_row(
    base_url: str, name: str, authors: list[Author], tally: Counter[str]
) -> Callable[[Item, Profile], str | Drafted]:
    """A writer for each author, with their own mails as examples; where it falls back the model wrote nothing."""
    mails: dict[str, list[OwnMail]] = {author.id: corpus(author.drafter).mails() for author in authors}
    endpoint = Endpoint(base_url, name, egress=Egress.LOCAL, read_seconds=300.0, total_seconds=300.0)

    def write(item: Item, profile: Profile) -> Drafted:
        fence = sha256(item.quiet.id.encode()).hexdigest()[:16]
        drafted = ModelWriter(endpoint, mails[item.author]).write(replace(item.brief, fence=fence), profile)
        reason = next((note.removeprefix(WITHOUT) for note in drafted.notes if note.startswith(WITHOUT)), "")
        tally[reason or "written"] += 1
        return replace(drafted, body="") if reason else drafted

    return write
