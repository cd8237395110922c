"""Reads the day somebody names in a mail, seen from the day they wrote it; impossible days are never repaired."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from agent.decide.dates.date_words import any_of, may_name_day, vocabulary
from agent.decide.dates.days import (
    DAY,
    PHRASES,
    STALE,
    STRETCHES,
    make,
    monday,
    month_end,
    month_start,
    near,
    next_workday,
)  # fmt: skip
from agent.decide.dates.framing import shapes
from voice.languages import packs
from voice.languages.sentences import Sentence
from voice.languages.shapes import CJK
from voice.languages.tongues import files, language, normal

MONTH_FIRST = re.compile(r"(?<![\d/])(?:0?[1-9]|1[0-2])/(?:1[3-9]|2\d|3[01])(?:/\d{2,4})?(?![\d/])")
"""What nobody writes who puts the day first."""
NUMERIC = re.compile(r"(?<![\d./-])(\d{1,4})([./-])(\d{1,2})(?:\2(\d{2,4}))?(?![\d/])")
SPACED_OUT = re.compile(r"(?<![\d.])(\d{1,2})\. (\d{1,2})\.(?: ?(\d{4}))?(?!\d)")  # as Czechs write it
CJK_DATE = re.compile(r"(?:(\d{4})\u5e74)?(\d{1,2})\u6708(?:(\d{1,2})\u65e5)?")
HALF = re.compile(r"(?<!\w)h([12])(?!\w)")
LAST_OF_RANGE = re.compile(r"\s?(?:[-–—]|to|through|thru|till|until|and)\s?(\d{1,2})(?:st|nd|rd|th)?(?![\w:]|[./]\d)")
WORDS = re.compile(r"\w+")
SOON = 2
"""Days ahead for which nobody says "the coming one"."""


@dataclass(frozen=True, slots=True)
class Named:
    """A day a text names, and how."""

    day: date
    place: int
    end: int
    how: str = "day"
    """day, span (a stretch beginning then), until (the last day of something) or after."""
    last: date | None = None
    """The end of a range."""


def named_days(sentence: Sentence, base: date, *, month_first: bool = False) -> list[Named]:
    """Every day a sentence names, in the order of the text; earlier readings win over later ones on the same words."""
    plain = sentence.plain
    if not may_name_day(plain):
        return []
    found: list[Named] = []
    taken: list[tuple[int, int]] = []
    readers = (_numeric, _cjk, _spelled, _weeks, _phrases, _weekdays, _distances, _quarters, _months, _ordinals)
    for reader in readers:
        for item in reader(plain, base, month_first):
            if all(item.end <= start or item.place >= end for start, end in taken):
                taken.append((item.place, item.end))
                found.append(item)
    found.sort(key=lambda item: item.place)
    return [_framed(plain, item) for item in _ranges(plain, found)]


def _numeric(plain: str, base: date, month_first: bool) -> list[Named]:
    found = []
    for match in NUMERIC.finditer(plain):
        first, mark, second, third = match.groups()
        day = _numeric_day(int(first), int(second), third, mark, base, month_first=month_first)
        if day is not None:
            found.append(Named(day, match.start(), match.end()))
    for match in SPACED_OUT.finditer(plain):
        number, month, year = int(match[1]), int(match[2]), match[3]
        day = make(int(year), month, number) if year else near(month, number, base)
        found += [Named(day, match.start(), match.end())] if day else []
    return found


def _numeric_day(
    first: int, second: int, third: str | None, mark: str, base: date, *, month_first: bool
) -> date | None:
    if first > 31:
        return make(first, second, int(third)) if third and first > 1900 else None
    if mark == "-" and third is None:
        return None
    month, day = (first, second) if month_first and mark == "/" else (second, first)
    if month > 12 and mark == "/" and day <= 12:
        month, day = day, month
    if third is None:
        return near(month, day, base)
    return make(int(third) + (2000 if len(third) == 2 else 0), month, day)


def _cjk(plain: str, base: date, _month_first: bool) -> list[Named]:
    if not CJK.search(plain):
        return []
    found = []
    for match in CJK_DATE.finditer(plain):
        month, number = int(match[2]), int(match[3] or 1)
        day = make(int(match[1]), month, number) if match[1] else near(month, number, base) if month <= 12 else None
        if day is not None:
            found.append(Named(day, match.start(), match.end(), "day" if match[3] else "span"))
    for name, number in vocabulary().weekdays.items():
        if CJK.search(name) and (place := plain.find(name)) >= 0:
            found.append(_cjk_weekday(plain, base, place, name, number))
    for key, word in vocabulary().cjk:
        place = plain.find(word)
        if place >= 0:
            found.append(Named(PHRASES[key](base), place, place + len(word), "phrase"))
    return found


def _cjk_weekday(plain: str, base: date, place: int, name: str, number: int) -> Named:
    end = place + len(name) + (plain[place + len(name) :].startswith(shapes().weekday_ends))
    ahead = next((word for word in shapes().next_week_before if plain[:place].endswith(word)), "")
    if ahead or any(word in plain[:place] for word in shapes().next_week_somewhere):
        return Named(monday(base, 1) + number * DAY, place - len(ahead), end)
    return Named(base + timedelta(days=(number - base.weekday() - 1) % 7 + 1), place, end)


def _spelled(plain: str, base: date, _month_first: bool) -> list[Named]:
    words, found = vocabulary(), []
    for pattern, day_at, month_at in ((words.day_month, 1, 2), (words.month_day, 2, 1)):
        for match in pattern.finditer(plain):
            month, number, year = words.months[match[month_at]], int(match[day_at]), match[3]
            day = make(int(year), month, number) if year else near(month, number, base)
            if day is not None:
                found.append(_from_first(plain, Named(day, match.start(), match.end())))
    return found


def _from_first(plain: str, last: Named) -> Named:
    """The whole of "12-16 March", or of "March 12-16"."""
    behind = LAST_OF_RANGE.match(plain, last.end)
    end = make(last.day.year, last.day.month, int(behind[1])) if behind and plain[last.place].isalpha() else None
    if behind and end and end > last.day:
        return Named(last.day, last.place, behind.end(), "range", end)
    first = shapes().first_of_range.search(plain[max(0, last.place - 12) : last.place])
    if first is None or not 0 < int(first[1]) < last.day.day:
        return last
    place = max(0, last.place - 12) + first.start()
    return Named(last.day.replace(day=int(first[1])), place, last.end, "range", last.day)


def _weeks(plain: str, base: date, _month_first: bool) -> list[Named]:
    found = []
    for match in vocabulary().week.finditer(plain):
        number = int(match[1])
        if 1 <= number <= 53:
            try:
                day = date.fromisocalendar(base.year, number, 1)
                if (base - day).days > STALE:
                    day = date.fromisocalendar(base.year + 1, number, 1)
            except ValueError:
                continue
            found.append(Named(day, match.start(), match.end(), "span", day + 6 * DAY))
    return found


def _phrases(plain: str, base: date, _month_first: bool) -> list[Named]:
    found = []
    words = set(WORDS.findall(plain))
    for key, needed, pattern in vocabulary().phrases:
        match = None if needed.isdisjoint(words) else pattern.search(plain)
        if match and not (key == "tomorrow" and plain.startswith(shapes().not_tomorrow)):
            day = PHRASES[key](base)
            last = day + 6 * DAY if key in {"next_week", "week_after_next"} else None
            found.append(Named(day, match.start(), match.end(), "stretch" if key in STRETCHES else "phrase", last))
    return found


def _weekdays(plain: str, base: date, _month_first: bool) -> list[Named]:
    words, found = vocabulary(), []
    for match in words.weekday.finditer(plain):
        name = match[1]
        number = words.weekdays.get(name, words.weekdays.get(name.rstrip("s"), 0))
        day = base + timedelta(days=(number - base.weekday() - 1) % 7 + 1)
        ahead = plain[max(0, match.start() - 20) : match.start()]
        before, behind = re.findall(r"\w+", ahead)[-1:], plain[match.end() : match.end() + 18]
        near_by = (day - base).days <= SOON and (
            shapes().coming.match(behind.strip()) or shapes().coming.match("".join(before))
        )
        if match[2]:
            day = _weekday_dated(number, int(match[2]), base) or day
        elif near_by or shapes().week_on.search(ahead) or shapes().week_behind.match(behind):
            day += 7 * DAY
        elif (before and before[0] in words.next) or "next week" in plain[match.end() : match.end() + 12]:
            day = monday(base, 1) + number * DAY
        found.append(Named(day, match.start(), match.end()))
    return found


def _weekday_dated(weekday: int, number: int, base: date) -> date | None:
    months = [make(start.year, start.month, number) for start in (month_start(base, ahead) for ahead in (0, 1, -1, 2))]
    fitting = [day for day in months if day and day.weekday() == weekday]
    return fitting[0] if fitting else None


def _distances(plain: str, base: date, _month_first: bool) -> list[Named]:
    words, found = vocabulary(), []
    for match in words.distance.finditer(plain):
        before = re.findall(r"[\w']+", plain[max(0, match.start() - 16) : match.start()])[-1:]
        behind = re.findall(r"[\w']+", plain[match.end() : match.end() + 16])[:1]
        if words.within.isdisjoint(before) and words.within_behind.isdisjoint(behind):
            continue
        amount = int(match[1]) if match[1].isdigit() else words.numbers[match[1]]
        unit = words.units[match[2]]
        days = amount * {"days": 1, "weeks": 7}.get(unit, 0)
        day = base + timedelta(days=days) if days else _shift_months(base, amount)
        found.append(Named(next_workday(day), match.start(), match.end(), "phrase"))
    return found


def _shift_months(base: date, months: int) -> date:
    start = month_start(base, min(months, 60))
    return make(start.year, start.month, base.day) or month_start(start, 1) - DAY


def _quarters(plain: str, base: date, _month_first: bool) -> list[Named]:
    found = []
    for pattern, months in ((shapes().quarter, 3), (HALF, 6)):
        for match in pattern.finditer(plain):
            month = (int(next(group for group in match.groups() if group)) - 1) * months + 1
            day = date(base.year, month, 1)
            if (month_start(day, months) - DAY) < base:
                day = date(base.year + 1, month, 1)
            found.append(Named(max(day, base), match.start(), match.end(), "span"))
    return found


def _months(plain: str, base: date, _month_first: bool) -> list[Named]:
    words, found = vocabulary(), []
    for match in words.month.finditer(plain):
        name, month = match[1], words.months[match[1]]
        before = plain[max(0, match.start() - 22) : match.start()].rstrip()
        if name in shapes().ambiguous_months and not shapes().before_a_month.search(before):
            continue
        start = date(base.year, month, 1)
        if month <= base.month:
            start = date(base.year + (month < base.month or "next" in before), month, 1)
        day = max(_part_of_month(before, start), base, start)
        found.append(Named(day, match.start(), match.end(), "span"))
    return found


def _part_of_month(before: str, start: date) -> date:
    for part, word in vocabulary().parts:
        if re.search(rf"(?<!\w){re.escape(word)}(?: (?:{any_of('of')}))?\W?$", before):
            return {"early": start, "middle": start.replace(day=15), "late": month_end(start)}[part]
    return start


def _ordinals(plain: str, base: date, _month_first: bool) -> list[Named]:
    found = []
    for match in shapes().ordinal.finditer(plain):
        number = int(match[1] or match[2])
        day = make(base.year, base.month, number)
        if day is None or day < base:
            ahead = month_start(base, 1)
            day = make(ahead.year, ahead.month, number)
        if day is not None:
            found.append(Named(day, match.start(), match.end()))
    return found


def _ranges(plain: str, found: list[Named]) -> list[Named]:
    """Two days joined by a dash or a word are one range."""
    out: list[Named] = []
    for item in found:
        last = out[-1] if out else None
        between = plain[last.end : item.place].strip(" ,.") if last else ""
        joined = between in shapes().joining
        if last is not None and joined and last.last is None and item.day > last.day:
            out[-1] = Named(last.day, last.place, item.end, "range", item.day)
        else:
            out.append(item)
    return out


def _framed(plain: str, item: Named) -> Named:
    if item.how == "range":
        return item
    words = vocabulary()
    before = re.findall(r"[\w'/.]+", plain[max(0, item.place - 40) : item.place])[-4:]
    behind = plain[item.end : item.end + 8]
    how = item.how
    if shapes().not_before.search(plain[max(0, item.place - 60) : item.place]):
        return Named(item.day, item.place, item.end, "from", item.last)
    if behind.startswith(shapes().until_behind) or any(word in words.until and _tight(word, before) for word in before):
        how = "from" if how == "stretch" else "until"
    elif behind.startswith(shapes().after_behind):
        how = "from"
    elif any(word in words.after and (len(word) > 2 or word in spoken_here(plain, "after")) for word in before[-3:]):
        how = "after"
    return Named(item.day, item.place, item.end, how, item.last)


def spoken_here(plain: str, key: str) -> frozenset[str]:
    """The words of this kind in the language of a sentence alone."""
    table = files().get(language(plain), {}).get("dates")
    return frozenset(normal(word) for word in table.get(key, ())) if isinstance(table, dict) else frozenset()


def _tight(word: str, before: list[str]) -> bool:
    """Short words such as "to" or "a" count only right before the day."""
    return word in before[-1:] if len(word) <= 2 else True


def _in_past(day: date, base: date) -> bool:
    return (base - day).days > 400


def first_day(sentence: Sentence, base: date, *, month_first: bool = False) -> Named | None:
    """The first believable day a sentence names."""
    days = named_days(sentence, base, month_first=month_first)
    likely = [item for item in days if not _in_past(item.day, base) and (item.day - base).days < 800]
    firm = [item for item in likely if item.how not in {"phrase", "stretch"} or (item.day - base).days > 6]
    return next(iter((firm if len(likely) > 1 else likely) or likely), None)


def return_day(
    sentence: Sentence,
    base: date,
    returns: bool,
    *,
    month_first: bool = False,
    workdays: frozenset[int] = frozenset({0, 1, 2, 3, 4}),
) -> date | None:
    """The day somebody is back: the named one, or the workday after the last day away."""
    days = [item for item in named_days(sentence, base, month_first=month_first) if abs((item.day - base).days) < 800]
    if not days:
        return None
    back = [item for item in days if item.how in {"day", "span", "phrase", "stretch", "after"}]
    onwards = next((item for item in reversed(days) if item.how == "from"), None)
    if onwards is not None:
        return next_workday(onwards.day, workdays)
    if returns and back:
        return next_workday(back[-1].day + (DAY if back[-1].how == "after" else timedelta()), workdays)
    ends = [item for item in days if item.how in {"until", "range"}]
    item = days[-1] if days[-1] in ends or not ends else ends[0]
    return next_workday((item.last or item.day) + DAY, workdays)


def promised_day(
    sentence: Sentence, base: date, *, month_first: bool = False, workdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})
) -> date | None:
    """The day somebody says an answer may be expected or asked for again."""
    item = first_day(sentence, base, month_first=month_first)
    if item is None:
        return None
    return next_workday(
        item.day + (DAY if item.how == "after" and item.day > base and not _phrase_after(item) else timedelta()),
        workdays,
    )


def _phrase_after(item: Named) -> bool:
    return item.day.month in {1, 9} and item.day.day <= 2


def writes_month_first(plain: str, offset_hours: float | None) -> bool:
    """Whether 3/12 means the twelfth of March to this writer."""
    if MONTH_FIRST.search(plain):
        return True
    lang = language(plain)
    always = bool(packs.table(lang, "dates").get("month_first"))
    return always or (lang == "en" and offset_hours is not None and -10 <= offset_hours <= -4)
