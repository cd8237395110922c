"""A row of the voice benchmark written by a model behind an OpenAI-compatible endpoint on this machine;
nothing leaves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from bench.voice_data import Author, Item, corpus
from voice.brief import Drafted
from voice.corpus import OwnMail
from voice.egress import Egress
from voice.model import Endpoint, Model
from voice.profile import Profile


def model_row(base_url: str, name: str, authors: list[Author]) -> Callable[[Item, Profile], str | Drafted]:
    """A writer for each author, with their own mails as examples."""
    mails: dict[str, list[OwnMail]] = {author.id: corpus(author.drafter).mails() for author in authors}
    endpoint = Endpoint(base_url, name, egress=Egress.LOCAL, read_seconds=120.0)

    def write(item: Item, profile: Profile) -> Drafted:
        fence = sha256(item.quiet.id.encode()).hexdigest()[:16]
        return Model(endpoint, mails[item.author]).write(replace(item.brief, fence=fence), profile)

    return write
