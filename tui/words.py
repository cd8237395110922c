"""How times, ages and codes are said to a person; every word here is our own, never somebody else's."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

WEEK = timedelta(days=6)
"""Within it the name of a day names one day only."""

STAGES = {
    "YOURS": "Yours to send",
    "HELD": "Queued",
    "CLAIMED": "Checking",
    "SUBMITTING": "Leaving",
    "SENT": "Accepted by server",
    "DEFERRED": "Put off",
    "UNCERTAIN": "Not known",
    "NEEDS_REVIEW": "Needs you",
    "STOPPED": "Stopped",
    "CANCELLED": "Cancelled",
    "FAILED": "Failed",
}
GLYPHS = {
    "YOURS": "»",
    "HELD": "◷",
    "CLAIMED": "◔",
    "SUBMITTING": "➤",
    "SENT": "✓",
    "DEFERRED": "↻",
    "UNCERTAIN": "?",
    "NEEDS_REVIEW": "!",
    "STOPPED": "■",
    "CANCELLED": "×",
    "FAILED": "✗",
}
VERDICTS = {"allow": "✓", "hold": "▲", "refuse": "✗"}
WHO = {"user": "you", "policy": "policy", "daemon": "daemon"}


def count(number: int, one: str, many: str = "") -> str:
    """`1 thread`, `14 threads`."""
    return f"{thousands(number)} {one if number == 1 else many or one + 's'}"


def thousands(number: int) -> str:
    """`14`, `50 000`."""
    return f"{number:,}".replace(",", " ")


def age(then: datetime | None, now: datetime) -> str:
    """How long ago, roughly."""
    if then is None:
        return "never"
    seconds = max(int((now - then).total_seconds()), 0)
    if seconds < 60:
        return "just now" if seconds < 10 else f"{seconds} s ago"
    if seconds < 3600:
        return f"{seconds // 60} m ago"
    return f"{seconds // 3600} h ago" if seconds < 172_800 else f"{seconds // 86_400} d ago"


def moment(then: datetime, now: datetime, zone: tzinfo) -> str:
    """A time near now as a person says it."""
    local, today = then.astimezone(zone), now.astimezone(zone)
    clock = f"{local:%H:%M}"
    if local.date() == today.date():
        return clock
    if local.date() == (today + timedelta(days=1)).date():
        return f"tomorrow {clock}"
    if abs(then - now) <= WEEK:
        return f"{local:%a} {clock}"
    return f"{local:%a} {local.day} {local:%b} {clock}" if local.year == today.year else f"{local:%Y-%m-%d} {clock}"


def soon(then: datetime, now: datetime, zone: tzinfo) -> str:
    """The day of something to come, and today the hour; never more than ten columns."""
    local, today = then.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    if local.date() == (today + timedelta(days=1)).date():
        return "tomorrow"
    if abs(then - now) <= WEEK:
        return f"{local:%A}"
    return f"{local.day} {local:%b}" if local.year == today.year else f"{local:%Y-%m-%d}"


def day(then: datetime, now: datetime, zone: tzinfo) -> str:
    """The head of a mail."""
    local = then.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"


def left(then: datetime, now: datetime, zone: tzinfo) -> str:
    """When something leaves."""
    seconds = int((then - now).total_seconds())
    if seconds <= 0:
        return "leaves now"
    if seconds < 120:
        return f"leaves in {seconds} s"
    return f"leaves in {seconds // 60} min" if seconds < 3600 else f"leaves {moment(then, now, zone)}"


def readable(code: str) -> str:
    """A code as words."""
    return code.replace("_", " ").replace(".", " ").strip()
