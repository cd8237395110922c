"""Finds the open question in the user's own mail and the matter it is about, in their own words; never rewords it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from voice.languages.pack import Pack
from voice.languages.subjects import prefix_or_tag, was
from voice.languages.text import contains, flat, folded, sentences, words
from voice.learning.mining import leans, neutral, pointing

SHORTEST, LONGEST = 3, 26
"""Words of an ask; shorter ones need their mail around them, and longer ones are not repeated by anybody."""
SHORTEST_STATEMENT, LONGEST_STATEMENT = 7, 20
"""Words of a statement that may be repeated: enough to be understood alone, few enough for a follow-up."""
SHORTEST_LEAD = 4
"""Words of a sentence beside an ask."""
FEWEST_OF_MATTER = 2
""" "I don't think you understand me" has no word of any matter."""
EARLY = 5
"""Who speaks is said among so many words."""
LONGEST_LABEL = 4
""" "Quick one:" """
LONGEST_BARE = 2
"""Words of a question that asks nothing by itself."""
SHORTEST_NAME = 4
"""Shorter words of a subject name nothing."""
_UNFIT = re.compile(r"https?://|www\.|\S@\S|[{}<>|\\]|\[\.\.\.|::|_\w+_|-{2,}|={2,}|\t|\$\w|;\s*$|\[\d{1,2}\]")
_CODE = re.compile(r"[{}<>|\\$=]|\w\(|\(\)|::|\w_\w|--|[/.]\w+[/.]\w|\w\.\w+\.\w")
_POINTED = re.compile(r"\b(that|this|it)[,;:]", re.IGNORECASE)
MOST_SUBJECT_WORDS, MOST_SUBJECT_CHARACTERS = 10, 70
"""A longer subject is a sentence and names no thing."""
_TRAILING = re.compile(r"(?<!\s)\s*[(\[][^()\[\]]{1,80}[)\]]\s*$|(?<!\s)\s+-{1,2}\s.{1,200}$")


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing the user asked for."""

    text: str
    question: bool
    leaning: bool
    """Points at something before it; needs the matter in front."""
    score: float
    lead: str = ""
    """The sentence in front of it, where it is repeated as well."""
    dangling: bool = False
    """What it asks about is a "this" or "it" only the mail explains; the name of the matter does not help."""


def find(text: str, known: Pack) -> list[Ask]:
    """The user's asks, the best to repeat first. `text` is what they typed, without greeting and sign-off."""
    found = sentences(text, known.marks("abbreviations"))
    asks = [
        ask
        for number, piece in enumerate(found)
        if not _in_a_row(found, number) and (ask := _ask(piece, number, len(found), known))
    ]
    return sorted(asks, key=lambda ask: (-ask.score, ask.text))


def _in_a_row(found: list[str], number: int) -> bool:
    """ "Compiler? OS? Do you have a backup?" is said, not asked."""
    bare = [piece.endswith("?") and len(words(piece)) <= LONGEST_BARE for piece in found[max(0, number - 2) : number]]
    return len(bare) == 2 and all(bare)


def names(text: str, thing: str) -> bool:
    """Whether a sentence already holds every word of a subject that matters."""
    said = {folded(word) for word in words(text)}
    matter = [folded(word) for word in words(thing) if len(word) >= SHORTEST_NAME]
    return bool(matter) and all(word in said for word in matter)


def _mine(piece: str, known: Pack) -> bool:
    """Whether it says what the user did, thinks or wants, or tells of a thing with a name; where we cannot tell,
    anything does."""
    early = [folded(word) for word in words(piece)[:EARLY]]
    named = bool(early) and early[0] in known.marks("determiners")
    return not known.marks("first_person") or named or any(word in known.marks("first_person") for word in early)


def _sentences(text: str, known: Pack) -> list[str]:
    """One line each; the first may have begun small, after the comma of a greeting."""
    found = [flat(piece) for piece in sentences(text, known.marks("abbreviations"))]
    return [piece[:1].upper() + piece[1:] if place == 0 else piece for place, piece in enumerate(found)]


def before(ask: Ask, text: str, known: Pack) -> str:
    """The sentence in front of an ask, where it stands alone and so helps the reader; else empty."""
    found = _sentences(text, known)
    tail = folded(ask.text)[-24:]
    for lead, piece in pairwise(found):
        if folded(piece).rstrip("?!.\"') ").endswith(tail.rstrip("?!.\"') ")):
            return lead if leads(lead, known) and lead.endswith(".") else ""
    return ""


def states(piece: str, known: Pack) -> bool:
    """Whether a sentence says something of the matter that a reader understands who sees nothing else of the mail."""
    matter = sum(folded(word) not in known.vocabulary for word in words(piece))
    sound = _sound(piece, known, SHORTEST_STATEMENT) and piece.endswith(".") and not points(piece, known)
    return sound and matter >= FEWEST_OF_MATTER and _mine(piece, known)


def leads(piece: str, known: Pack) -> bool:
    """Whether a sentence may come before an ask and be understood there."""
    return _sound(piece, known, SHORTEST_LEAD) and points(piece, known) <= 1 and not _bare_points(piece, known)


def follows(piece: str, known: Pack) -> bool:
    """Whether a sentence may come after another of the same mail; that one explains it."""
    return _sound(piece, known, SHORTEST_LEAD) and points(piece, known) <= 1


def points(piece: str, known: Pack) -> int:
    """How many words of a sentence point out of it; "that discussion" does, "I know that you" does not."""
    found = words(piece)
    return len(set(pointing(found, known)) | _named_by(found, known))


def _bare_points(piece: str, known: Pack) -> bool:
    """Whether a word points without naming what at: "I find that surprising", not "these clocks"."""
    low = [*(folded(word) for word in words(piece)), ""]
    places = set(pointing(words(piece), known)) | _named_by(words(piece), known)
    ends = known.verb_ends or (" ",)
    return any(not low[at + 1] or low[at + 1] in known.vocabulary or low[at + 1].endswith(ends) for at in places)


def _named_by(found: list[str], known: Pack) -> set[int]:
    """The places of a "that" with a noun behind it."""
    low = [folded(word) for word in found]
    opens = known.marks("finite") | known.marks("determiners")
    return {at for at, word in enumerate(low[:-1]) if word in known.marks("joins") and low[at + 1] not in opens}


def _sound(piece: str, known: Pack, least: int) -> bool:
    """A whole sentence of prose, neither an answer nor advice, that nobody minds to read again."""
    found = words(piece)
    if not found or folded(found[0]) in known.marks("leaders") | known.marks("leaning") | known.marks("advising"):
        return False
    return (
        least <= len(found) <= LONGEST_STATEMENT
        and not _requests(piece, known)
        and piece[-1:] in ".!?"
        and piece[:1].isupper()
        and not (_UNFIT.search(piece) or _CODE.search(piece) or _unbalanced(piece))
        and (not known.marks("finite") or any(folded(word) in known.marks("finite") for word in found))
        and not any(folded(word) in known.marks("thanking") for word in found)
        and not contains(piece, known.marks("harsh") | known.marks("stale") | known.marks("attached"))
        and not contains(piece, known.marks("unrepeated"))
        and not _POINTED.search(piece)
        and not contains(piece, {day.lower() for day in known.when["weekdays"]})
    )


def _ask(sentence: str, number: int, total: int, known: Pack) -> Ask | None:
    piece = _timeless(_shortened(_unled(_plain(sentence), known), known), known)
    found = words(piece)
    shouted = bool(found) and found[0].isupper() and len(found[0]) > 3
    if not SHORTEST <= len(found) <= LONGEST or _UNFIT.search(piece) or _unbalanced(piece) or shouted:
        return None
    question = piece.endswith("?")
    if not question and not _requests(piece, known):
        return None
    if folded(piece).strip(" ?!.") in known.marks("weak_asks") or contains(
        piece, known.marks("harsh") | known.marks("attached")
    ):
        return None
    if question and not _speaks(found, known):
        return None
    leaning = leans(found, known) or bool(pointing(found, known)) or neutral(found, known)
    if question and not _inverted(piece, found, known) and (leaning or not _is_clause(found, known)):
        return None
    score = _score(piece, found, known, leaning=leaning, place=(number + 1) / total)
    return Ask(piece, question, leaning, score, dangling=_dangles(piece, found, known))


def _dangles(piece: str, found: list[str], known: Pack) -> bool:
    """ "Does this do what you want?", "How does it compare?": its subject is nowhere in it."""
    clause = words(re.split(r"\s[-–—]{1,2}\s", piece)[-1])
    asking = len(clause) > 1 and folded(clause[0]) in known.marks("wh")
    bare = any(place <= 1 + asking for place in pointing(clause, known))
    return bare or any(place <= 1 for place in pointing(found, known)) or contains(piece, known.marks("shown"))


def _speaks(found: list[str], known: Pack) -> bool:
    """Whether it has a verb, or is one of those questions that need none, "any news"."""
    verbs, first = known.marks("finite"), folded(found[0])
    opens = first in known.marks("question_starts") and first not in known.marks("needs_verb")
    return not verbs or opens or any(folded(word) in verbs for word in found)


def _is_clause(found: list[str], known: Pack) -> bool:
    """Long enough, and with a verb, where we know those of the language."""
    verbs = known.marks("finite")
    return len(found) >= SHORTEST_STATEMENT and (not verbs or any(folded(word) in verbs for word in found))


def _inverted(piece: str, found: list[str], known: Pack) -> bool:
    """Whether it asks by its words, not by its mark alone."""
    if folded(found[-1]) in known.marks("leaders") and folded(found[-1]) not in known.marks("may_end"):
        return False
    if len(found) > 2 and "to" in map(folded, found[1:3]) and not known.marks("question_starts") >= {folded(found[1])}:
        return False  # "How exactly to do it?" was the tail of a statement.
    heads = [folded(head[0]) for clause in re.split(r"[,:;(–—-]\s", piece) if (head := words(clause)[:1])]
    return any(head in known.marks("question_starts") or head.endswith(known.question_ends) for head in heads)


def _plain(sentence: str) -> str:
    piece = flat(sentence)
    piece = re.sub(r"^(\(?[a-z0-9]{1,2}[.)]|[-*•>#+]+)\s+|^\.{2,}\s*", "", piece)
    piece = re.sub(r"(?<!\s)\s*+[(\[]?[:;]-?[()DP][)\]]?\s*$", "", piece)
    return re.sub(r"([?!])[?!]+", r"\1", piece).rstrip("\"'”» ")


def _timeless(piece: str, known: Pack) -> str:
    """Without the day it was wanted by: that day may have passed."""
    if known.verb_last:
        # The day stands in the middle.
        for tail in sorted((tail for tail in known.marks("stale_ends") if " " in tail), key=lambda tail: -len(tail)):
            piece = re.sub(rf" {re.escape(tail)}(?= [a-z\u00e4\u00f6\u00fc])", "", piece, count=1, flags=re.IGNORECASE)
    bare, mark = piece.rstrip("?!. "), piece[len(piece.rstrip("?!. ")) :]
    low = bare.lower().replace("’", "'")
    tails = [tail for tail in known.marks("stale_ends") if low.endswith(" " + tail)]
    if not tails:
        return piece
    kept = bare[: -len(max(tails, key=len))].rstrip(" ,")
    return kept + mark if len(words(kept)) >= SHORTEST else piece


def _unled(piece: str, known: Pack) -> str:
    """Without "So," or "And" in front."""
    for _ in range(2):
        head, _, rest = piece.partition(" ")
        bare = folded(head).strip(",.:-")
        if (
            rest
            and bare in known.marks("leaders")
            and (head.endswith((",", ":", ".")) or bare in known.marks("droppable"))
        ):
            piece = rest.lstrip(" ,-")
            piece = piece[:1].upper() + piece[1:]
    return piece


def _shortened(piece: str, known: Pack) -> str:
    """The clause that asks, where a long lead comes before it."""
    head, colon, rest = piece.partition(": ")
    if colon and len(words(head)) <= LONGEST_LABEL and _opens(rest, known):
        return rest[:1].upper() + rest[1:]
    marks = [match.end() for match in re.finditer(r"[;:–—,]\s|\s-{1,2}\s|\)\s", piece)]
    for start in marks:
        rest = piece[start:].strip()
        found = words(rest)
        if len(found) < 4 or not piece.endswith("?") or _conditional(piece, known):
            continue
        opens = folded(found[0]) in known.marks("question_starts") and _to_you(found, known)
        if opens and len(words(piece)) > 14:
            return rest[:1].upper() + rest[1:]
    return piece


def _opens(text: str, known: Pack) -> bool:
    return folded((words(text) or [""])[0]) in known.marks("question_starts")


def _conditional(piece: str, known: Pack) -> bool:
    return folded(words(piece)[0] if words(piece) else "") in known.marks("conditions")


def _to_you(found: list[str], known: Pack) -> bool:
    return any(folded(word) in known.marks("to_you") for word in found)


def _requests(piece: str, known: Pack) -> bool:
    return (
        piece[-1:] in ".!"
        and contains(piece, known.marks("request_marks"))
        and not contains(piece, known.marks("not_request"))
    )


def _unbalanced(piece: str) -> bool:
    return (
        piece.count("(") != piece.count(")")
        or piece.count('"') % 2 == 1
        or piece.count("`") % 2 == 1
        or piece[:1] in ",;)]"
    )


def _score(piece: str, found: list[str], known: Pack, *, leaning: bool, place: float) -> float:
    score = 2.0 if piece.endswith("?") else 0.8
    first = folded(found[0])
    score += 1.0 if first in known.marks("question_starts") else 0.0
    score += 0.8 if _to_you(found, known) else 0.0
    score += 0.5 * place
    score += 0.5 if contains(piece, known.marks("request_marks")) else 0.0
    score -= 1.2 if leaning else 0.0
    score -= 0.0 if _inverted(piece, found, known) else 0.8
    score -= 0.5 if len(found) > 18 else 0.0
    score -= 0.6 if len(found) < 5 else 0.0
    score -= 1.5 if contains(piece, known.marks("stale")) else 0.0
    score -= 0.8 if _CODE.search(piece) else 0.0
    score -= 0.7 if first in known.marks("rhetorical") else 0.0
    return score


def subject_of(subject: str) -> str:
    """The subject without prefixes and list tags."""
    text = flat(subject[:300])
    for _ in range(8):
        shorter = prefix_or_tag().sub("", text)
        if shorter == text:
            break
        text = shorter
    return was().sub("", text).strip(" .:-?!")


def thing_of(subject: str, known: Pack) -> str:
    """The matter as it can stand in a sentence, in quotation marks unless a plain noun phrase; empty when unfit."""
    text = subject_of(subject)
    if _long(text):
        shorter = _TRAILING.sub("", text).rstrip(" .:-")
        text = shorter if len(words(shorter)) > 1 else text
    found = words(text)
    if not found or _long(text) or folded(text) in known.marks("empty_subjects"):
        return ""
    if any(mark in text for mark in '"“”«»<>{}'):
        return ""
    return _lowered(text, found) if _is_noun_phrase(text, found, known) else f"{known.quote[0]}{text}{known.quote[1]}"


def _long(subject: str) -> bool:
    return len(words(subject)) > MOST_SUBJECT_WORDS or len(subject) > MOST_SUBJECT_CHARACTERS


def _is_noun_phrase(text: str, found: list[str], known: Pack) -> bool:
    if not known.plain_subjects or re.search(r"[:?!;=()\[\]/,|]|--| - |\d", text) or _CODE.search(text):
        return False
    if len(found) < 2 or len(found) > 5:
        return False
    return not any(
        folded(word) in known.marks("sentence_words") or folded(word).endswith(known.verb_ends) for word in found
    )


def _lowered(text: str, found: list[str]) -> str:
    """Lower case in front, unless the first word is a name or an abbreviation."""
    first = found[0]
    ordinary = first[0].isupper() and first[1:].islower() and any(word[0].islower() for word in found[1:])
    return text[0].lower() + text[1:] if ordinary else text
