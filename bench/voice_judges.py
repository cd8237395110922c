"""Who wrote this? Two families of judges that share no code and no mail with the writer."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

FUNCTION_WORDS = [
    "the",
    "of",
    "and",
    "a",
    "to",
    "in",
    "i",
    "is",
    "that",
    "it",
    "for",
    "you",
    "was",
    "with",
    "on",
    "as",
    "have",
    "be",
    "at",
    "this",
    "not",
    "are",
    "but",
    "from",
    "or",
    "an",
    "they",
    "which",
    "we",
    "by",
    "if",
    "would",
    "there",
    "what",
    "all",
    "can",
    "so",
    "no",
    "my",
    "do",
    "your",
    "has",
    "will",
    "about",
    "just",
    "some",
    "me",
    "more",
    "when",
    "other",
    "out",
    "up",
    "then",
    "them",
    "than",
    "also",
    "only",
    "how",
    "any",
    "its",
    "who",
    "did",
    "been",
    "could",
    "should",
    "were",
    "because",
    "here",
    "where",
    "may",
    "might",
    "much",
    "too",
    "very",
    "well",
    "even",
    "now",
    "i'm",
    "don't",
    "it's",
    "i'd",
    "i've",
    "can't",
    "think",
    "know",
    "see",
    "like",
    "get",
    "use",
    "want",
    "need",
    "try",
    "make",
    "sure",
    "yes",
    "thanks",
    "please",
    "perhaps",
    "maybe",
    "however",
    "though",
    "still",
    "yet",
    "rather",
    "quite",
    "really",
    "actually",
]
MARKS = [
    ",",
    ".",
    "?",
    "!",
    ";",
    ":",
    "-",
    "--",
    "...",
    "(",
    '"',
    "'",
    "/",
    "<",
    ">",
    "=",
    "_",
    "`",
    "*",
    ":-)",
    ";-)",
    ":)",
]


def body_only(text: str, greeting: str, signoff: str) -> str:
    """The text without what stands around it."""
    body = text[len(greeting) :] if greeting and text.startswith(greeting) else text
    return (body[: -len(signoff)] if signoff and body.endswith(signoff) else body).strip("\n")


def masked(text: str, names: list[str]) -> str:
    """Names, addresses and links hidden."""
    text = re.sub(r"https?://\S+|www\.\S+|\S+@\S+|<email>", "LINK", text)
    for name in sorted(
        {part for whole in names for part in [whole, *re.split(r"[\s.,@]+", whole)] if len(part) > 2},
        key=len,
        reverse=True,
    ):
        text = re.sub(rf"\b{re.escape(name)}\b", "NAME", text, flags=re.IGNORECASE)
    return text


class Characters:
    """Character 2-5-gram TF-IDF and multinomial logistic regression."""

    def __init__(self, texts: list[str], authors: list[str]) -> None:
        self._words = TfidfVectorizer(
            analyzer="char", ngram_range=(2, 5), min_df=3, max_features=60_000, sublinear_tf=True, lowercase=False
        )
        self._model = LogisticRegression(C=20, max_iter=200)
        self._model.fit(self._words.fit_transform(texts), authors)

    def guesses(self, texts: list[str]) -> np.ndarray:
        return self._model.classes_[np.argmax(self._model.predict_proba(self._words.transform(texts)), axis=1)]


class Features:
    """Function words, punctuation and layout."""

    def __init__(self, texts: list[str], authors: list[str]) -> None:
        self._scale = StandardScaler()
        self._model = LogisticRegression(C=0.3, max_iter=400)
        self._model.fit(self._scale.fit_transform([features(text) for text in texts]), authors)

    def guesses(self, texts: list[str]) -> np.ndarray:
        return self._model.predict(self._scale.transform([features(text) for text in texts]))


def features(text: str) -> list[float]:
    tokens = re.findall(r"[\w']+", text.lower())
    counts, total = Counter(tokens), max(len(tokens), 1)
    lines = text.split("\n")
    layout = [
        np.log1p(total), np.log1p(len(lines)), max(map(len, lines)) / 80,
        sum(not line.strip() for line in lines) / len(lines),
        sum(line.startswith(" ") for line in lines) / len(lines), text.count("  ") / total,
        sum(map(str.isupper, text)) / max(len(text), 1),
        float(text[:1].isupper()),
        len(lines[-1]) / 40, len(lines[0]) / 40,
        float(lines[0].endswith(",")), float(lines[0].endswith(":")),
        sum(len(token) for token in tokens) / total,
    ]  # fmt: skip
    return (
        [counts[word] / total for word in FUNCTION_WORDS]
        + [text.count(mark) / max(len(text), 1) * 20 for mark in MARKS]
        + layout
    )
