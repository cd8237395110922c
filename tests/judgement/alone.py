"""Single sentences with what each means when it is a whole answer: which ways of saying it are not understood yet."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass

from agent.decide.reading.answers import read_answer
from agent.decide.values import Meaning
from tests.judgement.loading import HERE, ME, mail_of


@dataclass(frozen=True)
class Said:
    """One sentence, what it means and what it was taken for."""

    language: str
    meaning: str
    words: str
    read: str

    @property
    def right(self) -> bool:
        return self.read == self.meaning


def said() -> list[Said]:
    """Every sentence, read as the whole of an answer in a thread of ours."""
    found = []
    for file in sorted((HERE / "sentences").glob("*.toml")):
        for meaning, lines in tomllib.loads(file.read_text()).items():
            for number, words in enumerate(lines):
                mail = mail_of({"b": words, "m": meaning}, f"{file.stem}-{meaning}-{number}")
                answer = read_answer(mail, me=ME, own_ids=frozenset({"<own1@mine.example>"}))
                found.append(Said(file.stem, str(Meaning(meaning)), words, str(answer.meaning)))
    return found


def table(every: list[Said]) -> str:
    """Understood of all, per language and meaning."""
    wanted = Counter((one.language, one.meaning) for one in every)
    hits = Counter((one.language, one.meaning) for one in every if one.right)
    meanings = sorted({one.meaning for one in every})
    lines = [" " * 10 + "".join(f"{meaning:>11}" for meaning in meanings)]
    for language in sorted({one.language for one in every}):
        cells = [f"{hits[language, meaning]}/{wanted[language, meaning]}" for meaning in meanings]
        lines.append(f"{language:10}" + "".join(f"{cell:>11}" for cell in cells))
    return "\n".join([*lines, f"all {sum(hits.values())}/{len(every)}"])


def misses(every: list[Said]) -> str:
    """Each sentence taken for something else."""
    return "\n".join(f"{one.language} {one.meaning} -> {one.read} | {one.words}" for one in every if not one.right)
