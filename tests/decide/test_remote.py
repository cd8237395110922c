"""What a draft in the mailbox asks for, case by case: nothing of a person's is overwritten, removed or sent."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.plans.remote import Act, SeenInMailbox, WantedDraft, Was, decide, seen_in_mailbox
from providers.base import Draft


@pytest.mark.parametrize(("was", "wanted", "seen", "act"), [
    (Was.NEVER, WantedDraft.TEXT, SeenInMailbox.ABSENT, Act.LAY),
    (Was.NEVER, WantedDraft.QUEUED, SeenInMailbox.ABSENT, Act.LAY),
    (Was.NEVER, WantedDraft.NOTHING, SeenInMailbox.ABSENT, Act.NOTHING),
    (Was.LAYING, WantedDraft.TEXT, SeenInMailbox.ABSENT, Act.LAY),
    (Was.LAYING, WantedDraft.QUEUED, SeenInMailbox.ABSENT, Act.LAY),
    (Was.LAYING, WantedDraft.TEXT, SeenInMailbox.CURRENT, Act.NOTE),
    (Was.LAYING, WantedDraft.TEXT, SeenInMailbox.STALE, Act.REPLACE),
    (Was.LAYING, WantedDraft.TEXT, SeenInMailbox.EDITED, Act.ADOPT),
    (Was.LAYING, WantedDraft.NOTHING, SeenInMailbox.CURRENT, Act.REMOVE),
    (Was.LAYING, WantedDraft.NOTHING, SeenInMailbox.ABSENT, Act.RELEASE),
    (Was.LYING, WantedDraft.TEXT, SeenInMailbox.CURRENT, Act.NOTHING),
    (Was.LYING, WantedDraft.TEXT, SeenInMailbox.STALE, Act.REPLACE),
    (Was.LYING, WantedDraft.TEXT, SeenInMailbox.EDITED, Act.ADOPT),
    (Was.LYING, WantedDraft.TEXT, SeenInMailbox.ABSENT, Act.SKIP),
    (Was.LYING, WantedDraft.QUEUED, SeenInMailbox.ABSENT, Act.CANCEL),
    (Was.LYING, WantedDraft.QUEUED, SeenInMailbox.EDITED, Act.ADOPT),
    (Was.LYING, WantedDraft.NOTHING, SeenInMailbox.CURRENT, Act.REMOVE),
    (Was.LYING, WantedDraft.NOTHING, SeenInMailbox.EDITED, Act.RELEASE),
    (Was.LYING, WantedDraft.NOTHING, SeenInMailbox.ABSENT, Act.RELEASE),
    (Was.LYING, WantedDraft.TEXT, SeenInMailbox.SENT, Act.COUNT),
    (Was.LYING, WantedDraft.QUEUED, SeenInMailbox.SENT, Act.COUNT),
    (Was.LAYING, WantedDraft.TEXT, SeenInMailbox.SENT, Act.COUNT),
    (Was.GONE, WantedDraft.NOTHING, SeenInMailbox.ABSENT, Act.NOTHING),
    (Was.GONE, WantedDraft.NOTHING, SeenInMailbox.SENT, Act.COUNT),
    (Was.GONE, WantedDraft.TEXT, SeenInMailbox.ABSENT, Act.LAY),
])  # fmt: skip
def test_every_state_has_its_action(was: Was, wanted: WantedDraft, seen: SeenInMailbox, act: Act) -> None:
    assert decide(was, wanted, seen) is act


def test_nothing_is_skipped_in_the_moment_it_is_missed_but_a_letter_is_taken_back_at_once() -> None:
    assert decide(Was.LYING, WantedDraft.TEXT, SeenInMailbox.ABSENT, patient=True) is Act.WAIT
    assert decide(Was.LYING, WantedDraft.QUEUED, SeenInMailbox.ABSENT, patient=True) is Act.CANCEL
    assert decide(Was.GONE, WantedDraft.NOTHING, SeenInMailbox.ABSENT, old=True) is Act.RELEASE


@pytest.mark.parametrize(
    ("was", "wanted", "seen", "patient"), list(product(Was, WantedDraft, SeenInMailbox, (True, False)))
)
def test_what_a_person_wrote_is_never_overwritten_and_what_is_leaving_never_touched(
    was: Was, wanted: WantedDraft, seen: SeenInMailbox, patient: bool
) -> None:
    act = decide(was, wanted, seen, patient=patient)
    if seen is SeenInMailbox.EDITED and was in {Was.LAYING, Was.LYING}:
        assert act not in {Act.REPLACE, Act.REMOVE, Act.LAY}
    if wanted is WantedDraft.LEAVING:
        assert act is Act.NOTHING
    if act is Act.LAY:
        assert wanted in {WantedDraft.TEXT, WantedDraft.QUEUED}


def lying(digest: str, *, finished: bool = True) -> Draft:
    return Draft(digest, "<m>", "t", digest, finished=finished)


@pytest.mark.parametrize(("drafts", "seen", "key"), [
    ([], SeenInMailbox.ABSENT, None),
    ([lying("new")], SeenInMailbox.CURRENT, "new"),
    ([lying("old")], SeenInMailbox.STALE, "old"),
    ([lying("hers")], SeenInMailbox.EDITED, "hers"),
    ([lying("old"), lying("new")], SeenInMailbox.CURRENT, "new"),
    ([lying("new"), lying("hers")], SeenInMailbox.EDITED, "hers"),
    ([lying("quoted", finished=False)], SeenInMailbox.STALE, "quoted"),
])  # fmt: skip
def test_what_lies_there_is_told_apart_by_its_words(drafts: list[Draft], seen: SeenInMailbox, key: str | None) -> None:
    found, draft = seen_in_mailbox(drafts, "new", ("old",))
    assert (found, draft.key if draft else None) == (seen, key)


@given(st.lists(st.sampled_from(["new", "old", "hers", "mine"]), max_size=5))
def test_one_edit_among_any_number_of_drafts_decides(digests: list[str]) -> None:
    found, _ = seen_in_mailbox([lying(one) for one in digests], "new", ("old",))
    assert (found is SeenInMailbox.EDITED) == bool({"hers", "mine"} & set(digests))
