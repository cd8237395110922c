"""When the person is away themselves: what the mailbox says about it, as values; it pauses, and never permits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

NAMES = "absence:"
SOURCES = {
    "responder": "automatic replies are on",
    "own_reply": "an automatic reply of yours went out",
    "calendar": "out of office",
}


@dataclass(frozen=True, slots=True)
class Away:
    """One absence; no end means until the mailbox says otherwise."""

    account: str
    source: str
    starts: str = ""
    ends: str = ""
    ignored: bool = False
    """The person said that mail may leave all the same."""

    def holds(self, now: datetime) -> bool:
        """Whether nothing may leave now."""
        begun = not self.starts or datetime.fromisoformat(self.starts) <= now
        over = bool(self.ends) and datetime.fromisoformat(self.ends) <= now
        return begun and not over and not self.ignored

    @property
    def words(self) -> str:
        """The reason, and the end where it is known."""
        end = f" until {datetime.fromisoformat(self.ends).astimezone():%a %d %b %Y %H:%M}" if self.ends else ""
        return f"you are away{end} ({SOURCES.get(self.source, self.source)} in {self.account})"

    def packed(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def kept_absences(values: Mapping[str, str]) -> list[Away]:
    """Absences out of settings; what cannot be read is an absence without an end, for that does less."""
    return [_read(name, value) for name, value in values.items() if name.startswith(NAMES)]


def _read(name: str, value: str) -> Away:
    try:
        return Away(**json.loads(value))
    except (ValueError, TypeError):
        return Away(name.removeprefix(NAMES), "responder")


def holding(found: Iterable[Away], now: datetime) -> Away | None:
    """The absence that holds now, and longest."""
    holds = [away for away in found if away.holds(now)]
    return max(holds, key=lambda away: (not away.ends, away.ends), default=None)
