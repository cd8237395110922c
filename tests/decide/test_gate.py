"""Every check of the gate with a case that passes and cases that do not; a check without both fails the suite."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.gate.case import Budget, Case, CheckVerdict, Consent, Content, Envelope, Look, Moment, News, PlanStep
from agent.decide.gate.decision import ACCEPTABLE, CHECKS, decide
from agent.decide.gate.levels import Level

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
ALLOW, HOLD, REFUSE = CheckVerdict

GOOD = Case(
    Moment.SEND,
    look=Look(timedelta(seconds=1)),
    envelope=Envelope(
        "sam@y.example", "sam@y.example", frozenset({"sam@y.example", "s@y.example"}), ("ann@x.example",),
        frozenset({"ann@x.example"}),
    ),
    content=Content(length=200, voice=0.9, learned_mails=100),
    consent=Consent(Level.COPILOT, approved_by="user", approved_digest="d", digest="d"),
    step=PlanStep("nudge", 1, 2),
)  # fmt: skip


def with_(part: str, base: Case = GOOD, **changes: Any) -> Case:
    return replace(base, **{part: replace(getattr(base, part), **changes)})


DRAFT = replace(GOOD, moment=Moment.DRAFT, look=Look(), consent=Consent(Level.AUTOPILOT))
AUTO = with_("consent", level=Level.AUTOPILOT, approved_by="policy")
FOUR = ("a@x", "b@x", "c@x", "d@x")

FULL: dict[str, Any] = {"code": "month_person", "who": "ann@x.example", "most": 4, "again_at": NOW + timedelta(days=3)}

Row = tuple[str, Case, CheckVerdict, str]
CASES: list[Row] = [
    ("answered", GOOD, ALLOW, "unanswered"),
    ("answered", with_("news", answers=("reply",)), REFUSE, "reply"),
    ("answered", with_("news", answers=("later",)), REFUSE, "later"),
    ("answered", with_("news", answers=("receipt", "bounce")), REFUSE, "bounce"),
    ("answered", with_("news", answers=("away",)), HOLD, "away"),
    ("answered", with_("news", answers=("unsure",)), HOLD, "unsure"),
    ("answered", with_("news", by_hand=True), REFUSE, "by_hand"),
    ("answered", with_("news", already_there=True), REFUSE, "already_there"),
    ("answered", with_("news", settled="opt_out"), REFUSE, "opt_out"),
    ("answered", with_("news", DRAFT, settled="decline"), REFUSE, "decline"),
    ("origin", GOOD, ALLOW, "first"),
    ("origin", with_("envelope", origin="proven"), ALLOW, "proven"),
    ("origin", with_("envelope", origin=""), REFUSE, "not_yours"),
    ("origin", with_("envelope", continues=False), REFUSE, "other_mail"),
    ("origin", with_("news", claimed=True), HOLD, "claimed"),
    ("restored", GOOD, ALLOW, "own_store"),
    ("restored", with_("step", may_have_left=True), HOLD, "restored"),
    ("elsewhere", GOOD, ALLOW, "silent"),
    ("elsewhere", with_("news", elsewhere=True), HOLD, "maybe_answered"),
    ("own_draft", GOOD, ALLOW, "no_draft"),
    ("own_draft", with_("news", own_draft=True), HOLD, "own_draft"),
    ("readable", GOOD, ALLOW, "readable"),
    ("readable", with_("news", unreadable=True), HOLD, "unreadable"),
    ("look", GOOD, ALLOW, "fresh"),
    ("look", with_("look", age=timedelta(seconds=15)), ALLOW, "fresh"),
    ("look", DRAFT, ALLOW, "later"),
    ("look", with_("look", age=timedelta(seconds=15, microseconds=1)), HOLD, "look_old"),
    ("look", with_("look", age=timedelta(seconds=-1)), HOLD, "look_old"),
    ("look", with_("look", age=None), HOLD, "look_old"),
    ("look", with_("look", failed=("home",)), HOLD, "look_failed"),
    ("recipients", GOOD, ALLOW, "known"),
    ("recipients", with_("envelope", recipients=("Ann@X.example",)), ALLOW, "known"),
    ("recipients", with_("envelope", recipients=()), REFUSE, "nobody"),
    ("recipients", with_("envelope", recipients=FOUR, allowed=frozenset(FOUR)), REFUSE, "too_many"),
    ("recipients", with_("envelope", recipients=("ann@x.example", "evil@z.example")), REFUSE, "stranger"),
    ("recipients", with_("envelope", doubts=("look_alike: ann@x.example beside х.example",)), HOLD, "look_alike"),
    ("recipients", with_("envelope", doubts=("robot",)), HOLD, "robot"),
    ("identity", GOOD, ALLOW, "same"),
    ("identity", with_("envelope", sender="eve@z.example"), REFUSE, "not_yours"),
    ("identity", with_("envelope", sender="s@y.example"), REFUSE, "other_alias"),
    ("facts", GOOD, ALLOW, "no_new_facts"),
    ("facts", with_("content", unsupported=("500 EUR",)), HOLD, "new_facts"),
    ("facts", with_("content", from_others=("Friday",)), HOLD, "their_facts"),
    ("voice", GOOD, ALLOW, "sounds_like_you"),
    ("voice", with_("content", voice=0.2), HOLD, "not_you"),
    ("voice", with_("content", voice=None), HOLD, "unknown_voice"),
    ("voice", with_("content", learned_mails=9), HOLD, "unknown_voice"),
    ("voice", with_("content", tells=("circling back",)), HOLD, "tells"),
    ("sensitive", GOOD, ALLOW, "ordinary"),
    ("sensitive", with_("content", sensitive="grief"), HOLD, "grief"),
    ("language", GOOD, ALLOW, "same_language"),
    ("language", with_("content", languages=("pt", "ja")), HOLD, "other_language"),
    ("language", with_("content", languages=("pt", "pt")), ALLOW, "same_language"),
    ("language", with_("content", languages=("pt", "")), ALLOW, "same_language"),
    ("pretence", GOOD, ALLOW, "true"),
    ("pretence", with_("content", pretends="my question"), HOLD, "no_question"),
    ("injection", GOOD, ALLOW, "clean"),
    ("injection", with_("content", injection="instructions"), HOLD, "instructions"),
    ("injection", with_("content", copied=61), HOLD, "copied"),
    ("length", GOOD, ALLOW, "short"),
    ("length", with_("content", length=0), REFUSE, "empty"),
    ("length", with_("content", length=1201), HOLD, "long"),
    ("repeat", GOOD, ALLOW, "fresh_words"),
    ("repeat", with_("content", likeness=0.9), HOLD, "repeats"),
    ("repeat", with_("content", same_text_to=1), REFUSE, "same_to_many"),
    ("attachment", GOOD, ALLOW, "nothing_missing"),
    ("attachment", with_("content", mentions_attachment=True, attachments=1), ALLOW, "nothing_missing"),
    ("attachment", with_("content", mentions_attachment=True), HOLD, "missing"),
    ("timing", GOOD, ALLOW, "good_time"),
    ("timing", with_("step", age_days=61), ALLOW, "good_time"),
    ("timing", with_("step", AUTO, age_days=61), HOLD, "too_old"),
    ("timing", with_("step", slot=NOW + timedelta(hours=1)), HOLD, "slot"),
    ("timing", with_("step", stale_at=NOW), HOLD, "late"),
    ("budget", GOOD, ALLOW, "within"),
    ("budget", with_("budget", code="budget_hour", again_at=NOW + timedelta(minutes=5)), HOLD, "budget_hour"),
    ("budget", with_("budget", DRAFT, code="budget_hour", again_at=NOW), ALLOW, "budget_hour"),
    ("budget", with_("budget", code="budget_thread"), REFUSE, "budget_thread"),
    ("month", GOOD, ALLOW, "within"),
    ("month", with_("month", **FULL), HOLD, "month_person"),
    ("month", with_("month", DRAFT, **FULL), HOLD, "month_person"),
    ("month", with_("month", AUTO, **{**FULL, "code": "month_organisation"}), HOLD, "month_organisation"),
    ("plan", GOOD, ALLOW, "planned"),
    ("plan", with_("step", ended="exit_rule"), REFUSE, "exit_rule"),
    ("plan", with_("step", is_task=True), REFUSE, "task"),
    ("plan", with_("step", touch=3), REFUSE, "last_touch"),
    ("level", GOOD, ALLOW, "copilot"),
    ("level", AUTO, ALLOW, "autopilot"),
    ("level", with_("consent", approved_by="policy"), HOLD, "copilot"),
    ("level", with_("consent", level=Level.MANUAL), REFUSE, "manual"),
    ("level", with_("consent", DRAFT, level=Level.MANUAL), HOLD, "manual"),
    ("approval", GOOD, ALLOW, "same_bytes"),
    ("approval", DRAFT, ALLOW, "not_yet"),
    ("approval", with_("consent", approved_by=""), HOLD, "none"),
    ("approval", with_("consent", digest="e"), HOLD, "changed"),
    ("approval", with_("consent", digest="", approved_digest=""), HOLD, "changed"),
    ("approval", with_("consent", used=True), REFUSE, "used"),
    ("pause", GOOD, ALLOW, "running"),
    ("pause", with_("consent", DRAFT, paused="default"), ALLOW, "running"),
    ("pause", with_("consent", paused="default"), HOLD, "paused"),
]


@pytest.mark.parametrize(("name", "case", "verdict", "code"), CASES)
def test_each_check_says_what_it_must(name: str, case: Case, verdict: CheckVerdict, code: str) -> None:
    check = CHECKS[name](case, NOW)
    assert (check.name, check.verdict, check.code) == (name, verdict, code)
    assert check.reason.endswith(".")
    assert decide(case, NOW).verdict.rank >= verdict.rank


def test_every_check_has_a_case_that_passes_and_one_that_does_not() -> None:
    passing = {name for name, _case, verdict, _code in CASES if verdict is ALLOW}
    failing = {name for name, _case, verdict, _code in CASES if verdict is not ALLOW}
    assert passing == failing == set(CHECKS)


def test_a_good_letter_may_leave() -> None:
    assert decide(GOOD, NOW).verdict is ALLOW
    assert decide(AUTO, NOW).verdict is ALLOW


@pytest.mark.parametrize(("name", "case", "verdict", "code"), [row for row in CASES if row[2] is not ALLOW])
def test_one_check_against_it_is_enough(name: str, case: Case, verdict: CheckVerdict, code: str) -> None:
    decision = decide(case, NOW)
    assert decision.verdict is verdict
    assert name in {check.name for check in decision.against}
    assert len(decision.checks) == len(CHECKS)


@pytest.mark.parametrize(("name", "case", "verdict", "code"), [row for row in CASES if row[2] is not ALLOW])
def test_a_person_passes_only_what_was_shown_and_may_be_passed(
    name: str, case: Case, verdict: CheckVerdict, code: str
) -> None:
    seen = with_("consent", case, accepted=frozenset(CHECKS))
    passable = name in ACCEPTABLE - {"elsewhere", "own_draft", "readable", "timing", "origin"} and verdict is HOLD
    assert (decide(seen, NOW).verdict is ALLOW) is passable


def test_policy_passes_nothing_by_accepting() -> None:
    case = with_("content", with_("consent", AUTO, accepted=frozenset(CHECKS)), sensitive="grief")
    assert decide(case, NOW).verdict is HOLD


def test_waiting_is_enough_only_when_nothing_else_speaks_against_it() -> None:
    slot = NOW + timedelta(hours=2)
    late = with_("budget", with_("step", slot=slot), code="budget_day", again_at=NOW + timedelta(hours=5))
    assert decide(late, NOW).waits_until == NOW + timedelta(hours=5)
    assert decide(with_("content", late, sensitive="grief"), NOW).waits_until is None
    assert decide(with_("news", late, by_hand=True), NOW).waits_until is None
    assert decide(GOOD, NOW).waits_until is None


CODES = st.sampled_from(["reply", "away", "unsure", "bounce", "list", "something new"])


@given(
    st.lists(CODES, max_size=3), st.booleans(), st.booleans(), st.sampled_from(Level),
    st.sampled_from(["user", "policy", ""]), st.sampled_from(["d", "e"]), st.integers(-5, 40),
)  # fmt: skip
def test_nothing_leaves_with_news_an_old_look_or_without_consent(
    answers: list[str], by_hand: bool, elsewhere: bool, level: Level, by: str, digest: str, age: int
) -> None:
    case = replace(
        GOOD,
        news=News(tuple(answers), by_hand, elsewhere),
        look=Look(timedelta(seconds=age)),
        consent=Consent(level, approved_by=by, approved_digest="d", digest=digest, accepted=frozenset(CHECKS)),
    )
    if decide(case, NOW).verdict is ALLOW:
        assert not (answers or by_hand or elsewhere)
        assert 0 <= age <= 15
        assert digest == "d"
        assert (by, level) in {("user", Level.COPILOT), ("user", Level.AUTOPILOT), ("policy", Level.AUTOPILOT)}


def test_the_budget_value_is_only_read() -> None:
    assert decide(replace(GOOD, budget=Budget("budget_gap", NOW)), NOW).code == "budget_gap"
    assert Content().voice is None
    assert Envelope().allowed == frozenset()
    assert PlanStep().stale_at is None


def test_a_full_month_is_said_with_its_day_and_nobody_passes_it() -> None:
    full = with_("consent", with_("month", **FULL), accepted=frozenset({"month"}))
    found = decide(full, NOW)
    assert found.reason.startswith("ann@x.example got 4 letters within 30 days") and "Sat 21 Nov 2026" in found.reason
    assert found.verdict is HOLD and found.waits_until == FULL["again_at"]
    assert "\x1b" not in decide(with_("month", **{**FULL, "who": "\x1b[2Jann@x.example"}), NOW).reason
