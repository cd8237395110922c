"""Measures whether drafts pass as their author's own: foreign judges, gates and length."""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import mean, median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.voice_data import Author, Item, corpus, load, received
from bench.voice_judges import Characters, Features, body_only, masked
from voice.brief import Drafted
from voice.languages.pack import pack
from voice.languages.quotes import typed
from voice.languages.text import folded
from voice.learning.parts import Greeting, split
from voice.learning.profile import Profile, build
from voice.writing.phrasebook import Phrasebook

NUDGE = re.compile(
    (
        r"\?|any (news|update|progress|thoughts|comments)|let me know|heard back|"
        r"an answer|a reply|an reply|still (waiting|open|interested)|please|"
        r"follow"
    ),
    re.IGNORECASE,
)
TEMPLATE = (
    "Hi {name},\n\nI hope you are doing well. I just wanted to check in on "
    "my previous email. Please let me know if you have any "
    "questions.\n\nBest regards,"
)


def gates(body: str, core: str, item: Item) -> bool:
    """Length, asks something, not a copy, nothing that stands neither in the quiet mail nor in its subject."""
    count = len(body.split())
    quiet = item.quiet.subject + "\n" + typed(item.quiet.text)
    return 4 <= count <= 80 and bool(NUDGE.search(core)) and copied(core, quiet) <= 0.7 and not ungrounded(core, quiet)


def copied(core: str, quiet: str) -> float:
    tokens, source = folded(core).split(), f" {folded(quiet)} "
    hits: set[int] = set()
    for start in range(len(tokens) - 4):
        if f" {' '.join(tokens[start : start + 5])} " in source:
            hits.update(range(start, start + 5))
    return len(hits) / max(len(tokens), 1)


def ungrounded(core: str, quiet: str) -> list[str]:
    """Numbers, links and mid-sentence capitals from nowhere."""
    seen = folded(quiet)
    tokens = re.findall(r"https?://\S+|\d[\d.,:]*\d|\d|(?<=[a-z,] )[A-Z]\w+", core)
    return [token for token in tokens if token.lower() not in seen and token != "I"]


class Bench:
    """Judges trained once; every row is measured by the same ones."""

    def __init__(self, authors: list[Author]) -> None:
        self.authors = authors
        self.profiles: dict[str, Profile] = {author.id: build(corpus(author.drafter)) for author in authors}
        self.names = {author.id: self._names(author) for author in authors}
        views: dict[str, list[str]] = defaultdict(list)
        labels = []
        for author in authors:
            for mail in corpus(author.judge).mails():
                labels.append(author.id)
                for view, text in self.views(author.id, mail.text, mail.parts.greeting, mail.parts.signoff).items():
                    views[view].append(text)
        self.judges = {view: Characters(texts, labels) for view, texts in views.items()}
        self.features = Features(views["full"], labels)
        self.body_features = Features(views["body"], labels)

    def _names(self, author: Author) -> list[str]:
        manner = self.profiles[author.id].tongue("en").manner
        return [
            word
            for block in manner.signoffs
            for word in re.findall(r"[A-Z][\w-]+", block)
            if folded(word) not in pack("en").marks("closings")
        ]

    def views(self, author: str, text: str, greeting: Greeting, signoff: str) -> dict[str, str]:
        names = self.names[author] + [greeting.name]
        opening = greeting.pattern.replace("{name}", greeting.name)
        inner = body_only(text, opening, signoff)
        return {"full": text, "masked": masked(text, names), "body": masked(inner, names)}

    def row(
        self, name: str, write: Callable[[Item, Profile], str | Drafted], held: bool
    ) -> tuple[str, dict[str, float]]:
        per: dict[str, list[dict[str, float]]] = defaultdict(list)
        counts = []
        for author in self.authors:
            if author.held_out != held:
                continue
            drafts = [(item, _body(write(item, self.profiles[author.id]))) for item in author.items]
            counts += [len(body.split()) for _, body in drafts]
            per[author.id] = self.judged(author, drafts)
        keys = ("masked", "full", "body", "feat", "bodyfeat", "gates", "both")
        values = {key: 100 * mean(mean(hit[key] for hit in hits) for hits in per.values() if hits) for key in keys}
        values["words"] = median(counts)
        values["low"], values["high"] = interval([mean(hit["masked"] for hit in hits) for hits in per.values() if hits])
        return name, values

    def judged(self, author: Author, drafts: list[tuple[Item, str]]) -> list[dict[str, float]]:
        tails = {
            folded(line)
            for block in self.profiles[author.id].tongue("en").manner.signoffs
            for line in block.split("\n")
            if line.strip()
        }
        viewed, cores = [], []
        for _, body in drafts:
            parts = split(body, pack("en"), tails)
            viewed.append(self.views(author.id, body, parts.greeting, parts.signoff))
            cores.append(parts.body)
        hits = {view: judge.guesses([one[view] for one in viewed]) == author.id for view, judge in self.judges.items()}
        hits["feat"] = self.features.guesses([one["full"] for one in viewed]) == author.id
        hits["bodyfeat"] = self.body_features.guesses([one["body"] for one in viewed]) == author.id
        passed = np.array([gates(body, core, item) for (item, body), core in zip(drafts, cores, strict=True)])
        hits["gates"], hits["both"] = passed, passed & hits["masked"]
        return [{key: float(values[number]) for key, values in hits.items()} for number in range(len(drafts))]


def interval(values: list[float]) -> tuple[float, float]:
    """95 % bootstrap over authors."""
    pick = random.Random(7)
    means = sorted(mean(pick.choices(values, k=len(values))) for _ in range(1000))
    return 100 * means[25], 100 * means[975]


def _body(drafted: str | Drafted) -> str:
    return drafted if isinstance(drafted, str) else (drafted.body or "(no draft)")


def show(rows: list[tuple[str, dict[str, float]]], title: str) -> None:
    print(f"\n{title}\n{'system':34} words  masked [95 % CI]    full   body   feat  bfeat  gates  gates+masked")
    for name, value in rows:
        ci = f"[{value['low']:.0f}, {value['high']:.0f}]"
        cells = "  ".join(f"{value[key]:5.1f}" for key in ("full", "body", "feat", "bodyfeat", "gates", "both"))
        print(f"{name:34} {value['words']:5.0f}  {value['masked']:5.1f} {ci:11} {cells}")


def show_authors(bench: Bench, write: Callable[[Item, Profile], str | Drafted]) -> None:
    """One line an author: where the drafts fail."""
    print("\nauthor  masked  body  gates")
    for author in bench.authors:
        hits = bench.judged(author, [(item, _body(write(item, bench.profiles[author.id]))) for item in author.items])
        cells = "  ".join(f"{100 * mean(hit[key] for hit in hits):4.0f}" for key in ("masked", "body", "gates"))
        print(f"{author.id:6}  {cells}  {'held out' if author.held_out else ''}")


def kind(drafted: str | Drafted) -> str:
    """What of the quiet mail a draft repeats."""
    details = " ".join(phrase.detail for phrase in drafted.phrases) if isinstance(drafted, Drafted) else ""
    if "open question" in details:
        return "question and what came before it" if "came before" in details else "question"
    return "statement" if "was said" in details else "the matter alone"


def show_kinds(bench: Bench, write: Callable[[Item, Profile], str | Drafted]) -> None:
    """All authors together, by what a draft repeats and by how long it is; a mean over drafts, not authors."""
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    for author in bench.authors:
        made = [(item, write(item, bench.profiles[author.id])) for item in author.items]
        drafts = [(item, _body(drafted)) for item, drafted in made]
        for (_, drafted), (_, body), hit in zip(made, drafts, bench.judged(author, drafts), strict=True):
            length = "under 15 words" if len(body.split()) < 15 else "15 to 25" if len(body.split()) < 26 else "longer"
            for group in ("all", kind(drafted), length):
                found[group].append(hit)
    print("\ndrafts                                   n  masked  body  feat  bfeat")
    for group, hits in sorted(found.items()):
        cells = "  ".join(
            f"{100 * mean(hit[key] for hit in hits):4.0f}" for key in ("masked", "body", "feat", "bodyfeat")
        )
        print(f"{group:36} {len(hits):5}    {cells}")


def few(authors: list[Author], most: int) -> list[Author]:
    """All authors for the judges, and one thread of as many held-out ones as wanted."""
    wanted = {author.id for author in [one for one in authors if one.held_out and one.items][:most]}
    return [replace(author, items=author.items[:1] if author.id in wanted else []) for author in authors]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--authors", action="store_true", help="one line for each author and each kind of draft as well"
    )
    options.add_argument("--base-url", default="", help="an OpenAI-compatible endpoint for the model row")
    options.add_argument("--model", default="")
    options.add_argument("--most", type=int, default=0, help="only so many threads, one an author, for slow endpoints")
    chosen = options.parse_args()
    authors = load()
    authors = few(authors, chosen.most) if chosen.most else authors
    bench = Bench(authors)
    beside = {author.id: build(corpus(author.drafter), others=received(authors, author)) for author in authors}
    rows: list[tuple[str, Callable[[Item, Profile], str | Drafted]]] = [
        ("real short mail (upper bound)", lambda item, _: typed(item.real.text)),
        ("phrasebook, knows sent mail only", lambda item, profile: Phrasebook().write(item.brief, profile)),
        ("phrasebook, received mail as well", lambda item, _: Phrasebook().write(item.brief, beside[item.author])),
        ("generic template (lower bound)", lambda item, _: TEMPLATE.format(name=item.quiet.to_name or "there")),
    ]
    tally: Counter[str] = Counter()
    if chosen.base_url:
        from bench.voice_endpoint import model_row

        rows.append((f"model {chosen.model}", model_row(chosen.base_url, chosen.model, authors, tally)))
    for held in (True,) if chosen.most else (False, True):
        group = [author for author in authors if author.held_out == held]
        title = (
            f"{'held out' if held else 'tuned on'}: {len(group)} authors, "
            f"{sum(len(a.items) for a in group)} threads, chance "
            f"{100 / len(authors):.0f} %"
        )
        show([bench.row(name, write, held) for name, write in rows], title)
    for reason, count in tally.most_common():
        print(f"{count:5} {reason}")
    if chosen.authors:
        show_kinds(bench, rows[2][1])
        show_authors(bench, rows[2][1])


if __name__ == "__main__":
    main()
