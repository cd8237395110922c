"""Days as people name them: which are read as they were meant."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from agent.decide.reading.answers import read_answer
from agent.decide.values import Answer
from tests.judgement.loading import HERE, ME, mail_of


@dataclass(frozen=True)
class Named:
    """One phrase, the days it may mean, and what was read."""

    words: str
    language: str
    meaning: str
    first: str
    last: str
    read: Answer

    @property
    def right(self) -> bool:
        day = str(self.read.until or "")
        return self.read.meaning == self.meaning and self.first <= day <= self.last


def named() -> list[Named]:
    """Every phrase, read as the whole of an answer."""
    found = []
    for number, entry in enumerate(tomllib.loads((HERE / "days" / "phrases.toml").read_text())["days"]):
        mail = mail_of({"s": "Re: Proposal", **entry}, f"day{number}")
        answer = read_answer(mail, me=ME, own_ids=frozenset({"<own1@mine.example>"}))
        last = entry.get("z", entry["a"])
        found.append(Named(entry["b"], entry.get("l", "en"), entry["m"], entry["a"], last, answer))
    return found


def table(every: list[Named]) -> str:
    """The score and every miss."""
    wrong = [
        f"{one.language} {one.meaning} {one.first}..{one.last} read as {one.read.meaning} {one.read.until} | {one.words}"
        for one in every if not one.right
    ]  # fmt: skip
    return "\n".join([f"all {len(every) - len(wrong)}/{len(every)}", *wrong])
