"""What can be done in which language is counted in the packs, and the documents say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.cli.showing.languages import FEW, able, every
from agent.running.jobs import Pass, _tried
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


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of packs with one of a language that is no TOML."""
    known = (packs.languages, packs.having, packs.whole, packs.table)
    monkeypatch.setattr(packs, "FOLDER", tmp_path)
    for kept in known:
        kept.cache_clear()
    (tmp_path / "hu").mkdir()
    (tmp_path / "hu" / "language.toml").write_text('name = "Hungarian"\n')
    (tmp_path / "hu" / "reading.toml").write_text('common = [\n  "nem"\n  "hogy"\n]\n')
    yield tmp_path / "hu" / "reading.toml"
    for kept in known:
        kept.cache_clear()


def test_a_damaged_pack_is_named_in_one_sentence(broken: Path) -> None:
    ran = relance("languages")
    first, hint = ran.err.splitlines()
    assert ran.code == 1
    assert first.startswith(f"relance: {broken} is not valid TOML: ")
    assert "line 3" in first
    assert hint.strip() == "Mend that file, or install relance again."
    broken.write_bytes(b"\xff")
    assert relance("languages").err.startswith(f"relance: {broken} is not UTF-8 text.\n")


def test_a_pass_names_a_damaged_pack(broken: Path) -> None:
    done = Pass()
    assert not _tried(done, "judge", lambda: packs.whole("hu", "reading"))
    assert done.why["judge"].startswith(f"{broken} is not valid TOML")


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
