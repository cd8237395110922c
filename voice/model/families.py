"""What is peculiar to a family of models, one row each; never a word about the user."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FamilyNote:
    """How one family differs from the rest."""

    names: tuple[str, ...]
    """Parts of a model's name, in lower case; the first row that fits holds."""
    ends_with: str = ""
    """A switch at the end of the question."""
    most_tokens: int = 400
    """Those that think aloud need room for it."""
    tokens_key: str = "max_tokens"
    temperature: float | None = 0.0
    shapes: int = 0
    """How many response formats it is known not to keep to: 1 skips json_schema, 2 json_object as well."""
    one_message: bool = False
    """Has no role for instructions, so they stand in front of the question."""
    effort: str = ""
    """How hard it should think, where it can be told."""


NOTES = (
    FamilyNote(("qwen3",), ends_with="/no_think", most_tokens=1_500),
    FamilyNote(("deepseek-r1", "qwq", "magistral", "-thinking", "reasoning"), most_tokens=4_000),
    FamilyNote(("gpt-oss",), most_tokens=2_000, effort="low"),
    FamilyNote(("gpt-5", "o1", "o3", "o4"), most_tokens=4_000, tokens_key="max_completion_tokens", temperature=None,
         effort="low"),
    FamilyNote(("gemma",), one_message=True),
    FamilyNote(("smollm",), most_tokens=160),
    FamilyNote(("codellama", "gpt-3.5-turbo-0301", "llama2", "llama-2"), shapes=2),
)  # fmt: skip
USUAL = FamilyNote(())
BARE = frozenset({"o1", "o3", "o4"})
"""Too short to be looked for inside a name."""


def note_for(model: str) -> FamilyNote:
    """The row for a model, by the name it has in the config."""
    name = model.lower().rpartition("/")[2]
    for note in NOTES:
        if any(_named(part, name) for part in note.names):
            return note
    return USUAL


def _named(part: str, name: str) -> bool:
    return name == part or name.startswith(f"{part}-") if part in BARE else part in name
