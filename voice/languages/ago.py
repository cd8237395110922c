"""Says in words how long ago something was, computed from two moments;
never a date or a number somebody could dispute."""

from __future__ import annotations

from datetime import datetime

from voice.languages.pack import Pack


def gap_key(then: datetime, now: datetime) -> str:
    """Which wording fits the time between two moments, by calendar days of the later one's zone."""
    today = now.date()
    day = then.astimezone(now.tzinfo).date()
    days = (today - day).days
    if days < 1:
        return "today"
    if days == 1:
        return "yesterday"
    weeks = today.isocalendar().week - day.isocalendar().week if today.year == day.year else -1
    if weeks == 0 and days < 7:
        return "this_week"
    if days < 5:
        return "days"
    return _longer(days, then.astimezone(now.tzinfo), now)


def _longer(days: int, then: datetime, now: datetime) -> str:
    monday = now.date().toordinal() - now.weekday()
    if monday - 7 <= then.date().toordinal() < monday:
        return "last_week"
    if days <= 9:
        return "days"
    if days <= 17:
        return "fortnight"
    months = (now.year - then.year) * 12 + now.month - then.month
    if days <= 27 or months == 0:
        return "weeks"
    return "last_month" if months == 1 else "long"


def day(then: datetime, known: Pack) -> str:
    """A calendar day in the words of a language."""
    form = known.when["date"][0]
    weekday, month = known.when["weekdays"][then.weekday()], known.when["months"][then.month - 1]
    first = known.when.get("first_day", ())
    number = first[0] if first and then.day == 1 else str(then.day)
    return form.replace("{weekday}", weekday).replace("{day}", number).replace("{month}", month)


def spans(then: datetime, now: datetime, known: Pack) -> tuple[str, ...]:
    """The wordings for a gap in a language; none for the same day."""
    return known.when.get(gap_key(then, now), ())
