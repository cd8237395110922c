"""What can be done in which language is counted in the packs, and the documents say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from agent.cli.showing.languages import FEW, able, every
from tests.cli.run import relance
from tools.languages import page
from voice.languages import packs
from voice.languages.pack import LANGUAGES

ROOT = Path(__file__).parents[2]
RUN = "`python -m tools.languages` writes it anew"


def test_every_pack_is_shown_the_most_able_first() -> None:
    shown = relance("languages").out.splitlines()
    assert [line[:15].strip() for line in shown[1 : len(packs.languages()) + 1]] == [one.name for one in every()]
    assert shown[1].startswith("English")
    assert "-" in next(line for line in shown if line.startswith("Polish"))


def test_each_language_is_one_document() -> None:
    told = [json.loads(line) for line in relance("languages", "--json").out.splitlines()]
    assert {one["code"] for one in told} == set(packs.languages())
    assert (
        {one["code"] for one in told if one["writes"]}
        == set(LANGUAGES)
        == {one["code"] for one in told if one["facts"]}
    )
    assert all(one["schema"] == 1 for one in told)


def test_a_pack_without_a_file_does_less() -> None:
    assert (able("pl").writes, able("pl").facts, able("pl").wishes) == (0, 0, 0)
    assert able("pl").reads > FEW
    assert able("el").does == "knows quoted mail and folders only"


def test_the_page_is_the_one_made_from_the_packs() -> None:
    assert (ROOT / "docs" / "languages.md").read_text("utf-8") == page(), RUN


@pytest.mark.parametrize("does", sorted({one.does for one in every() if one.reads}))
def test_the_readme_says_what_each_language_can_do(does: str) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    row = re.search(rf"^\| {re.escape(does)} \| (.*) \|$", readme, re.MULTILINE)
    assert row, f"README.md has no row for {does!r}"
    assert set(row[1].split(", ")) == {one.name for one in every() if one.does == does}
