"""A list in parts ends, whatever a server says comes next."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import pytest

from providers import paging
from providers.base import Unreachable
from providers.paging import each_page


def following(answer: Mapping[str, Any]) -> str:
    return str(answer.get("next") or "")


def test_every_page_comes_once() -> None:
    book = {"": {"n": 1, "next": "b"}, "b": {"n": 2, "next": "c"}, "c": {"n": 3}}
    assert [page["n"] for page in each_page(book.__getitem__, following)] == [1, 2, 3]


@pytest.mark.parametrize("back", ["a", "b", "c"])
def test_a_list_that_leads_back_is_broken_off(back: str) -> None:
    book = {"a": {"next": "b"}, "b": {"next": "c"}, "c": {"next": back}}
    seen = []
    with pytest.raises(Unreachable, match="earlier one"):
        seen.extend(each_page(book.__getitem__, following, "a"))
    assert len(seen) <= 3


def test_a_list_without_an_end_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 50)
    numbers, asked = count(), []

    def read(mark: str) -> Mapping[str, Any]:
        asked.append(mark)
        return {"next": f"page{next(numbers)}"}

    with pytest.raises(Unreachable, match="does not end"):
        list(each_page(read, following))
    assert len(asked) == 50
