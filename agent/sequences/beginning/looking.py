"""Says whether a mail in a file would begin a plan, for whom and why not; it begins nothing."""

from __future__ import annotations

from dataclasses import dataclass

from agent.common.home import Home
from agent.common.person import me_of
from agent.decide.plans.plans import Plan
from agent.decide.threads.origin import origin_of, sender_proven
from agent.sequences.beginning.by_mail import judged, refusal
from agent.sequences.enroll import WantedEnrolment
from agent.store.mail import origins
from agent.store.mail.mails import account_rows
from providers.base import Mail, Origin


@dataclass(frozen=True, slots=True)
class LookedAtMail:
    """What would become of a mail."""

    person: str = ""
    rule: int = 0
    why: str = ""
    """Why nothing would begin; empty where it would."""
    rules: tuple[tuple[int, str], ...] = ()
    """Each rule, and why it does not begin the plan."""


def look_at_mail(home: Home, plan: Plan, mail: Mail) -> LookedAtMail:
    """As if it came now, to any of the accounts."""
    if not plan.begin_when:
        return LookedAtMail(why=f"{plan.name} has no begin_when")
    with home.store.read() as connection:
        doors = [origins.door(connection, row.id) for row in account_rows(connection)]
    whose = {origin_of(mail, door) for door in doors}
    proven = Origin.PROVEN in whose or any(sender_proven(mail, door) for door in doors)
    own = me_of(home.config, home.zone).keys
    found = [(number, judged(rule, mail, own, proven=proven)) for number, rule in enumerate(plan.begin_when, 1)]
    rules = tuple((number, one.why) for number, one in found)
    if Origin.CLAIMED in whose and not proven:
        return LookedAtMail(why="it bears your own address, and nothing proves that you wrote it", rules=rules)
    number, best = next(((number, one) for number, one in found if one.person), (0, None))
    if best is None:
        near = next((one.why for _, one in found if one.near), "no rule meets it")
        return LookedAtMail(why=near, rules=rules)
    refused = refusal(home, WantedEnrolment(best.person, plan.name, new=True))
    return LookedAtMail(best.person, number, refused.words.rstrip(".") if refused is not None else "", rules)
