"""What relance can do in which language, counted in the packs; it reads no mail and no config."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import click

from agent.cli.output import json_option, out, out_json
from voice.languages import packs
from voice.languages.pack import LANGUAGES, pack

STATED = ("attachment", "promise", "offer", "availability")
FEW = 60
"""With fewer phrases only the plainest answers are understood."""


@dataclass(frozen=True, slots=True)
class Able:
    """One language, with how many words or phrases there are for each thing; none means it is not done."""

    code: str
    name: str
    reads: int
    writes: int
    facts: int
    dates: int
    wishes: int
    quotes: int
    folders: int

    @property
    def does(self) -> str:
        """The most that is done in it."""
        if self.writes:
            return "reads answers, writes drafts, checks their facts"
        if self.reads >= FEW:
            return "reads answers; writes nothing yet"
        return "reads a few plain answers" if self.reads else "knows quoted mail and folders only"


def able(code: str) -> Able:
    """What the pack of a language holds."""
    written = code in LANGUAGES
    frames = pack(code).frames.values() if written else ()
    return Able(
        code=code,
        name=packs.one(code, packs.NAMED, "name"),
        reads=_phrases(code, "reading") + _phrases(code, "families"),
        writes=sum(len(wordings) for jobs in frames for wordings in jobs.values()),
        facts=sum(len(packs.listed(code, "facts", kind)) for kind in STATED) if written else 0,
        dates=_listed(code, "dates"),
        wishes=_listed(code, "wishes"),
        quotes=_listed(code, "quotes"),
        folders=_listed(code, "folders"),
    )


def _phrases(code: str, file: str) -> int:
    tables = (entry for entry in packs.table(code, file).values() if isinstance(entry, Mapping))
    return sum(len(entry.get("say", ())) for entry in tables)


def _listed(code: str, file: str) -> int:
    return sum(len(entry) for entry in packs.table(code, file).values() if isinstance(entry, list))


def every() -> list[Able]:
    """All languages, the most able first."""
    return sorted(map(able, packs.languages()), key=lambda one: (not one.writes, -one.reads, one.name))


@click.command()
@json_option
def languages(as_json: bool) -> None:
    """What relance can do in each language, as the number of phrases it knows for it."""
    found = every()
    if as_json:
        for one in found:
            out_json(asdict(one))
        return
    names = ("reads", "writes", "facts", "dates", "wishes", "quotes", "folders")
    out(f"{'':<15}" + "".join(f"{name:>8}" for name in names))
    for one in found:
        out(f"{one.name:<15}" + "".join(f"{getattr(one, name) or '-':>8}" for name in names))
    out("\nHow to add one: docs/adding-a-language.md. Where a draft cannot be written, its question is shown to you.")
