"""Writes docs/languages.md from the packs: what can be done in which language; decides nothing.

python -m tools.languages
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agent.cli.showing.languages import Able, every

PAGE = Path(__file__).resolve().parents[1] / "docs" / "languages.md"
HEAD = """# Languages

What relance can do in each language, as the number of phrases it knows for it. `relance languages` prints the same of
your installation. The table is made by `python -m tools.languages` from the packs in `voice/languages/`; to add a
language, or to make one do more: [adding-a-language.md](adding-a-language.md).

| language | code | reads answers | writes drafts | checks facts | dates | wishes | quoted mail | folders |
|---|---|--:|--:|--:|--:|--:|--:|--:|
"""
FOOT = """
* **reads answers**: phrases that say what an answer means. With fewer than 60 only the plainest are understood; what is
  not understood counts as an answer, which stops the follow-up, or waits for you.
* **writes drafts**: wordings without a model. Where there are none, a draft shows your question and leaves the writing
  to you.
* **checks facts**: phrases that promise, offer, attach or give a time. Drafts are only written where these are known.
* **dates**: words for days, months and what stands around them.
* **wishes**: ways to ask for a draft that is shorter, longer, more or less formal.
* **quoted mail**: lines by which quoted text and signatures are told from what somebody typed.
* **folders**: names of folders of servers that do not say what a folder is for.
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(map(_row, every())) + FOOT


def _row(one: Able) -> str:
    numbers = (one.reads, one.writes, one.facts, one.dates, one.wishes, one.quotes, one.folders)
    return f"| {one.name} | {one.code} | " + " | ".join(str(number) if number else "" for number in numbers) + " |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
