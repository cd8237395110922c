"""Sets sentences the way one user sets a mail: spacing, case, wrapping, indents, greeting and sign-off;
never touches the words."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from functools import cache

from voice.languages.pack import Pack
from voice.languages.text import folded, words
from voice.learning.habits import Habits

WRAP_FROM = 56
"""Columns; whoever wraps narrower does it by hand, and no line of ours should."""
KEPT = "\ue000"


def contract(sentence: str, known: Pack, wanted: bool) -> str:
    """A neutral sentence with the user's habit of contractions."""
    for old, new in _changes(known.contractions, wanted):
        sentence = sentence.replace(old, new)
    return sentence


@cache
def _changes(contractions: tuple[tuple[str, str], ...], wanted: bool) -> tuple[tuple[str, str], ...]:
    """What is written for what, small and at the beginning."""
    pairs = [(long, short) if wanted else (short, long) for long, short in contractions]
    return tuple(
        change for old, new in pairs for change in ((old, new), (old[:1].upper() + old[1:], new[:1].upper() + new[1:]))
    )


def joined(sentences: Sequence[str], habits: Habits) -> str:
    """One paragraph."""
    return ("  " if habits.doubles_spaces else " ").join(sentences)


def block(sentences: Sequence[str], habits: Habits) -> str:
    """One paragraph as the user sets it."""
    if habits.lines_apart:
        return "\n".join(paragraph(sentence, habits) for sentence in sentences)
    return paragraph(joined(sentences, habits), habits)


def in_case(sentence: str, habits: Habits, *, small: bool = False) -> str:
    """Lower case in front for those who write like that, and where a comma stands before."""
    return (
        sentence[:1].lower() + sentence[1:] if (small or habits.starts_lower) and sentence[1:2].islower() else sentence
    )


def after_greeting(text: str, greeting: str, known: Pack) -> str:
    """The user's own words behind a greeting and its comma: they begin small where the language has it so, as far as
    their first word is one of everyday that is only written large at a beginning."""
    if not (known.small_after_greeting and greeting.endswith(",")):
        return text
    first = folded((words(text) or [""])[0])
    small = first in known.vocabulary or first in known.marks("question_starts")
    return text[:1].lower() + text[1:] if small else text


def apostrophes(text: str, habits: Habits) -> str:
    return text.replace("'", "’") if habits.curly > habits.straight else text


def paragraph(text: str, habits: Habits) -> str:
    """Wrapped and indented as the user does."""
    indent = " " * habits.indent if habits.indents else ""
    if not habits.wraps:
        return indent + text
    width = max(habits.wrap_width, WRAP_FROM)
    # A space before a mark belongs to the mark.
    text = re.sub(r" (?=[?!:;»])|(?<=[«¿¡]) ", KEPT, text)
    return "\n".join(
        textwrap.wrap(
            text,
            width,
            initial_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
            fix_sentence_endings=False,
            drop_whitespace=True,
        )
    ).replace(KEPT, " ")


def assemble(greeting: str, greeting_gap: int, blocks: Sequence[str], signoff: str, signoff_gap: int) -> str:
    """The whole mail."""
    body = "\n\n".join(blocks)
    top = f"{greeting}{chr(10) * (max(0, min(greeting_gap, 2)) + 1)}" if greeting else ""
    bottom = f"{chr(10) * (max(0, min(signoff_gap, 2)) + 1)}{signoff}" if signoff else ""
    return f"{top}{body}{bottom}"
