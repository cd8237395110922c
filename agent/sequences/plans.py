"""The plans there are: built in, and the person's own from the config; never a permission to send."""

from __future__ import annotations

from agent.config import Config
from agent.decide.plans.branches import wrong_targets
from agent.decide.plans.parsing import built_in, parse_plan
from agent.decide.plans.plans import Plan
from agent.errors import ConfigError


def all_plans(config: Config) -> dict[str, Plan]:
    """Own plans replace built-in ones of the same name."""
    found = {**built_in(), **{name: _own(name, config) for name in config.plans}}
    wrong = wrong_targets(found) if config.plans else ""
    if wrong:
        raise ConfigError(f"Where the plans lead is not right: {wrong}.", hint="Mend `on` of the plan that is named.")
    return found


def _own(name: str, config: Config) -> Plan:
    try:
        return parse_plan(name, config.plans[name])
    except ValueError as problem:
        raise ConfigError(f"The plan {name!r} is not right: {problem}.") from None


def plan_named(config: Config, name: str) -> Plan:
    """The plan of that name."""
    plans = all_plans(config)
    if name not in plans:
        raise ConfigError(f"There is no plan called {name!r}.", hint=f"Known plans: {', '.join(plans)}.")
    return plans[name]
