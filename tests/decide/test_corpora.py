"""Judgement measured on other people's corpora, which are read where they lie and never copied."""

from __future__ import annotations

import json
import lzma
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from agent.decide.reading.answers import read_answer
from agent.decide.reading.expects import asks
from agent.decide.values import Me, Meaning
from providers.mail.mime import parse
from tests.judgement.loading import mail_of
from tests.judgement.reports import bounces
from voice.languages.sentences import Sentence
from voice.languages.tongues import normal

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.corpus


def members(name: str, within: str) -> Iterator[tuple[str, bytes]]:
    file = DATA / name
    if not file.exists():
        pytest.skip(f"the corpus {name} is not here")
    with tarfile.open(file) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() and within in member.name else None
            if stream is not None:
                yield member.name, stream.read()


def test_requests_are_found_in_the_untuned_half() -> None:
    (_, raw), *_ = members("parakweet-email-intent.tar.xz", "testSet")
    hits = wrong = missed = 0
    for line in raw.decode("utf-8", "replace").splitlines():
        label, _, text = line.partition("\t")
        if label not in {"Yes", "No"}:
            continue
        found = asks(Sentence(text, normal(text)))
        hits += found and label == "Yes"
        wrong += found and label == "No"
        missed += not found and label == "Yes"
    precision, recall = hits / (hits + wrong), hits / (hits + missed)
    print(f"requests: precision {precision:.2f}, recall {recall:.2f}")
    assert 2 * precision * recall / (precision + recall) >= 0.7


def test_real_bounces_are_found() -> None:
    if not (DATA / "sisimai-set-of-emails.tar.xz").exists():
        pytest.skip("the corpus sisimai-set-of-emails.tar.xz is not here")
    total, missed = bounces()
    print(f"bounces: {total - len(missed)} of {total}\n" + "\n".join(missed))
    assert total >= 600
    assert len(missed) <= 0.03 * total


def test_mails_of_people_are_never_bounces() -> None:
    wrong, total = [], 0
    for corpus, within in (
        ("sisimai-set-of-emails.tar.xz", "/not/"),
        ("talon-fixtures.tar.xz", ".eml"),
        ("discourse-reply-trimmer.tar.xz", ""),
    ):
        for name, raw in members(corpus, within):
            total += 1
            answer = read_answer(parse(raw, key=name), me=Me())
            wrong += [name] if answer.meaning in {Meaning.BOUNCE, Meaning.DELAY} else []
    print(f"{total} mails of people, bounces seen: {wrong}")
    assert total > 50 and not wrong


def test_what_people_write_is_neither_a_machine_nor_a_delay() -> None:
    """An answer taken for either would be chased."""
    file = DATA / "voice-dev.jsonl.xz"
    if not file.exists():
        pytest.skip("the corpus voice-dev is not here")
    found: Counter[Meaning] = Counter()
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        rows = (row for row in map(json.loads, lines) if row["type"] == "mail")
        for row in islice(rows, 0, None, 4):
            mail = replace(mail_of({"b": row["text"]}, "real"), subject=f"Re: {row['subject']}")
            found[read_answer(mail, me=Me()).meaning] += 1
    total = sum(found.values())
    print(f"{total} mails of people: {', '.join(f'{meaning.value} {many}' for meaning, many in found.most_common())}")
    assert total >= 1000
    machines = {Meaning.AWAY, Meaning.RECEIPT, Meaning.LIST, Meaning.BOUNCE, Meaning.DELAY, Meaning.UNSURE}
    assert sum(found[meaning] for meaning in machines) <= 0.002 * total
    assert found[Meaning.LATER] <= 0.015 * total
