"""What a draft has from somebody else is told from what it only has back from them."""

from __future__ import annotations

import pytest

from agent.sending.since_approval import longest_shared

QUESTION = "Could you tell me by Friday whether the two-round plan works for your team?"
ORDER = "Please transfer the rest of the money to the new account at once, as we agreed."


@pytest.mark.parametrize(
    ("text", "theirs", "mine", "shared"),
    [
        ("Hi Bo,\n\nany news?", "Quartz.", "", 0),
        (f"Hi Bo,\n\n{ORDER}\n\nSam", f"Hello,\n{ORDER}\nBo", "", len(ORDER)),
        (f"Hi Bo,\n\n{QUESTION}\n\nSam", f"I shall see.\n\nSam wrote:\n{QUESTION}\n", QUESTION, 0),
        (f"Hi Bo,\n\n{QUESTION} {ORDER}", f"{ORDER}\n\nSam wrote:\n{QUESTION}\n", QUESTION, len(ORDER)),
        (f"{QUESTION} {ORDER}", f"{QUESTION} {ORDER}", QUESTION, len(QUESTION) + 1 + len(ORDER)),
        ("", ORDER, "", 0),
    ],
)
def test_only_words_of_theirs_count(text: str, theirs: str, mine: str, shared: int) -> None:
    found = longest_shared(text, [theirs], [mine])
    assert shared <= found <= shared + 4
