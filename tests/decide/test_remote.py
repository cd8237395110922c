"""What a draft in the mailbox asks for, case by case: nothing of a person's is overwritten, removed or sent."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.plans.remote import Act, Seen, Wanted, Was, decide, told
from providers.base import Draft


@pytest.mark.parametrize(("was", "wanted", "seen", "act"), [
    (Was.NEVER, Wanted.TEXT, Seen.ABSENT, Act.LAY),
    (Was.NEVER, Wanted.QUEUED, Seen.ABSENT, Act.LAY),
    (Was.NEVER, Wanted.NOTHING, Seen.ABSENT, Act.NOTHING),
    (Was.LAYING, Wanted.TEXT, Seen.ABSENT, Act.LAY),
    (Was.LAYING, Wanted.QUEUED, Seen.ABSENT, Act.LAY),
    (Was.LAYING, Wanted.TEXT, Seen.CURRENT, Act.NOTE),
    (Was.LAYING, Wanted.TEXT, Seen.STALE, Act.REPLACE),
    (Was.LAYING, Wanted.TEXT, Seen.EDITED, Act.ADOPT),
    (Was.LAYING, Wanted.NOTHING, Seen.CURRENT, Act.REMOVE),
    (Was.LAYING, Wanted.NOTHING, Seen.ABSENT, Act.RELEASE),
    (Was.LYING, Wanted.TEXT, Seen.CURRENT, Act.NOTHING),
    (Was.LYING, Wanted.TEXT, Seen.STALE, Act.REPLACE),
    (Was.LYING, Wanted.TEXT, Seen.EDITED, Act.ADOPT),
    (Was.LYING, Wanted.TEXT, Seen.ABSENT, Act.SKIP),
    (Was.LYING, Wanted.QUEUED, Seen.ABSENT, Act.CANCEL),
    (Was.LYING, Wanted.QUEUED, Seen.EDITED, Act.ADOPT),
    (Was.LYING, Wanted.NOTHING, Seen.CURRENT, Act.REMOVE),
    (Was.LYING, Wanted.NOTHING, Seen.EDITED, Act.RELEASE),
    (Was.LYING, Wanted.NOTHING, Seen.ABSENT, Act.RELEASE),
    (Was.LYING, Wanted.TEXT, Seen.SENT, Act.COUNT),
    (Was.LYING, Wanted.QUEUED, Seen.SENT, Act.COUNT),
    (Was.LAYING, Wanted.TEXT, Seen.SENT, Act.COUNT),
    (Was.GONE, Wanted.NOTHING, Seen.ABSENT, Act.NOTHING),
    (Was.GONE, Wanted.NOTHING, Seen.SENT, Act.COUNT),
    (Was.GONE, Wanted.TEXT, Seen.ABSENT, Act.LAY),
])  # fmt: skip
def test_every_state_has_its_action(was: Was, wanted: Wanted, seen: Seen, act: Act) -> None:
    assert decide(was, wanted, seen) is act


def test_nothing_is_skipped_in_the_moment_it_is_missed_but_a_letter_is_taken_back_at_once() -> None:
    assert decide(Was.LYING, Wanted.TEXT, Seen.ABSENT, patient=True) is Act.WAIT
    assert decide(Was.LYING, Wanted.QUEUED, Seen.ABSENT, patient=True) is Act.CANCEL
    assert decide(Was.GONE, Wanted.NOTHING, Seen.ABSENT, old=True) is Act.RELEASE


@pytest.mark.parametrize(("was", "wanted", "seen", "patient"), list(product(Was, Wanted, Seen, (True, False))))
def test_what_a_person_wrote_is_never_overwritten_and_what_is_leaving_never_touched(
    was: Was, wanted: Wanted, seen: Seen, patient: bool
) -> None:
    act = decide(was, wanted, seen, patient=patient)
    if seen is Seen.EDITED and was in {Was.LAYING, Was.LYING}:
        assert act not in {Act.REPLACE, Act.REMOVE, Act.LAY}
    if wanted is Wanted.LEAVING:
        assert act is Act.NOTHING
    if act is Act.LAY:
        assert wanted in {Wanted.TEXT, Wanted.QUEUED}


def lying(digest: str, *, finished: bool = True) -> Draft:
    return Draft(digest, "<m>", "t", digest, finished=finished)


@pytest.mark.parametrize(("drafts", "seen", "key"), [
    ([], Seen.ABSENT, None),
    ([lying("new")], Seen.CURRENT, "new"),
    ([lying("old")], Seen.STALE, "old"),
    ([lying("hers")], Seen.EDITED, "hers"),
    ([lying("old"), lying("new")], Seen.CURRENT, "new"),
    ([lying("new"), lying("hers")], Seen.EDITED, "hers"),
    ([lying("quoted", finished=False)], Seen.STALE, "quoted"),
])  # fmt: skip
def test_what_lies_there_is_told_apart_by_its_words(drafts: list[Draft], seen: Seen, key: str | None) -> None:
    found, draft = told(drafts, "new", ("old",))
    assert (found, draft.key if draft else None) == (seen, key)


@given(st.lists(st.sampled_from(["new", "old", "hers", "mine"]), max_size=5))
def test_one_edit_among_any_number_of_drafts_decides(digests: list[str]) -> None:
    found, _ = told([lying(one) for one in digests], "new", ("old",))
    assert (found is Seen.EDITED) == bool({"hers", "mine"} & set(digests))
