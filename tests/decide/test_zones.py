"""Where a person lives is guessed from evidence only, and delicate matters are noticed in every language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from agent.decide.dates.zones import guess
from agent.decide.reading.sensitive import sensitive


def dated(hours: float, month: int = 1) -> datetime:
    return datetime(2026, month, 12, 10, tzinfo=timezone(timedelta(hours=hours)))


def test_an_offset_in_their_dates_outweighs_our_own_zone() -> None:
    place = guess([dated(9), dated(9)], "ken@firm.example", "Europe/Paris")
    assert datetime(2026, 1, 12, tzinfo=UTC).astimezone(ZoneInfo(place.zone)).utcoffset() == timedelta(hours=9)


def test_plus_zero_is_no_zone() -> None:
    assert guess([dated(0)], "ken@firm.example", "Asia/Tokyo").zone == "Asia/Tokyo"


def test_a_country_domain_helps_where_dates_do_not() -> None:
    assert guess([], "hans@firma.de", "America/New_York").zone == "Europe/Berlin"
    assert guess([], "ann@firm.example", "America/New_York").zone == "America/New_York"


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("I am so sorry that your mother passed away.", "death"),
        ("Mein herzliches Beileid zum Tod Ihres Vaters.", "death"),
        ("Toutes mes condoléances.", "death"),
        ("Le doy mi más sentido pésame.", "death"),
        ("Condoglianze per la sua perdita.", "death"),
        ("Gecondoleerd met het overlijden van uw vader.", "death"),
        ("ご逝去の報に接し、お悔やみ申し上げます。", "death"),
        ("How did the surgery go?", "illness"),
        ("Unser Anwalt wird sich melden.", "law"),
        ("Notre avocat vous écrira.", "law"),
        ("Die Rechnung ist überfällig.", "money"),
        ("La facture est impayée.", "money"),
        ("This is a disgusting way to treat people.", "anger"),
        ("Could you send me the drawings?", ""),
        ("The court is booked for tennis, the tennis court I mean.", ""),
    ],
)
def test_delicate_matters_are_noticed(text: str, topic: str) -> None:
    assert sensitive([text])[0] == topic


def test_the_gravest_topic_is_named_first() -> None:
    assert sensitive(["Our lawyer will call.", "He passed away on Monday."])[0] == "death"
