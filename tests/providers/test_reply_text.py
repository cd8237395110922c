"""The words a person typed, found in the shared corpora at least as often as the library alone finds them."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from email_reply_extractor import extract_new_text

from providers.mail import mime
from voice.languages import replies

pytestmark = pytest.mark.corpus
DATA = Path(__file__).parents[2].parent / "shared" / "data"


def files(name: str) -> dict[str, bytes]:
    """The files of a corpus by path."""
    place = DATA / f"{name}.tar.xz"
    if not place.exists():
        pytest.skip("the shared corpora are not beside the repository")
    with tarfile.open(place) as archive:
        found = [(one.name, archive.extractfile(one)) for one in archive if one.isfile()]
        return {path: content.read() for path, content in found if content is not None}


def fold(text: str) -> str:
    return " ".join(text.split())


def library(text: str, parent: str = "") -> str:
    return str(extract_new_text(text, parent_body=parent or None).text)


def test_discourse() -> None:
    texts = {path: data.decode("utf-8", "replace") for path, data in files("discourse-reply-trimmer").items()}
    cases = []
    for path, text in texts.items():
        gold = texts.get(path.replace("/emails/", "/trimmed/"))
        if "/emails/" in path and gold is not None:
            cases.append((text, gold, texts.get(path.replace("/emails/", "/elided/"), "")))
    score(cases, "discourse", least=40)


def test_talon() -> None:
    mails = files("talon-fixtures")
    cases = []
    for path, data in mails.items():
        if "/standard_replies/" in path and path.endswith(".eml"):
            gold = mails.get(path.removesuffix(".eml") + "_reply_text", b"Hello").decode()
            cases.append((mime.parse(data).text, gold, ""))
    score(cases, "talon", least=10)


def score(cases: list[tuple[str, str, str]], name: str, least: int) -> None:
    """Print how many are exact, with and without what was quoted as the parent, beside the library alone."""
    figures = {}
    for label, read in (("ours", replies.new_text), ("library", library)):
        for with_parent in (False, True):
            figures[label, with_parent] = sum(
                fold(read(text, parent if with_parent else "")) == fold(gold) for text, gold, parent in cases
            )
    print(f"{name}: of {len(cases)} exact: " + ", ".join(
        f"{label}{' with parent' if parent else ''} {count}" for (label, parent), count in figures.items()
    ))  # fmt: skip
    assert len(cases) >= least
    assert figures["ours", False] >= figures["library", False]
    assert figures["ours", True] >= figures["library", True]


def test_crisp_texts_are_never_emptied_and_never_cut_more_than_the_library_does() -> None:
    texts = [data.decode("utf-8", "replace") for path, data in files("crisp-reply-fixtures").items() if ".txt" in path]
    ours, alone = [replies.new_text(text) for text in texts], [library(text) for text in texts]
    same = sum(fold(one) == fold(other) for one, other in zip(ours, alone, strict=True))
    print(
        f"crisp: {len(texts)} texts, {same} as the library alone, it leaves {sum(not one.strip() for one in alone)} empty"
    )
    assert len(texts) > 30
    for text, one, other in zip(texts, ours, alone, strict=True):
        assert one.strip() or not replies.dropped(text).strip()
        assert len(fold(one)) >= len(fold(other))
