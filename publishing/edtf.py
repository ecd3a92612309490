"""Dates as precise as their source: the part of EDTF (ISO 8601-2:2019) that this site keeps.

A date is `2026`, `2026-06`, `2026-06-15` or a season (`2026-21` spring, `-22` summer,
`-23` autumn); after it may stand `?` (uncertain), `~` (approximate) or `%` (both). An
interval is two dates joined by `/`, either side may be `..` (open). Winter is refused: it
straddles two years, so months say it better.

PostgreSQL computes the same ranges (`publishing_edtf_range`); the tests hold both together.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal, cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Precision = Literal["year", "season", "month", "day"]
_POINT = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?([?~%]?)", re.ASCII)
_FORMS = _("expected 2026, 2026-06, 2026-06-15, 2026-23 (autumn) or an interval a/b")


class InvalidDate(ValueError):
    """The text is no date that this site keeps; `message` and `params` say why."""

    def __init__(self, message: str | Promise, **params: Any) -> None:
        super().__init__(message)
        self.message, self.params = cast("str", message), params


@dataclass(frozen=True, slots=True)
class Point:
    """One date: the first day it may be, the first day after it, and how precise it is."""

    first: date
    after: date
    precision: Precision
    season: int | None
    qualifier: str

    @property
    def last(self) -> date:
        return self.after - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A date or interval. A side is None when it is open; both are the same for one date."""

    start: Point | None
    end: Point | None
    is_interval: bool

    @property
    def is_day(self) -> bool:
        """True for one exact day, neither uncertain nor approximate."""
        return bool(
            not self.is_interval
            and self.start
            and self.start.precision == "day"
            and not self.start.qualifier
        )

    @property
    def is_exact(self) -> bool:
        """True when its first and last days are known, neither uncertain nor approximate."""
        return all(
            point is not None and point.precision == "day" and not point.qualifier
            for point in (self.start, self.end)
        )


def _point(text: str) -> Point:
    match = _POINT.fullmatch(text)
    if not match:
        raise InvalidDate(
            _("“%(value)s” is not an EDTF date: %(forms)s."), value=text, forms=_FORMS
        )
    year, month, day, qualifier = match.groups()
    try:
        first = date(int(year), 1, 1)
        if month is None:
            return Point(first, date(int(year) + 1, 1, 1), "year", None, qualifier)
        number = int(month)
        if day is not None:
            first = date(int(year), number, int(day))
            return Point(first, first + timedelta(days=1), "day", None, qualifier)
        if number in {21, 22, 23}:
            begins = 3 * (number - 20)
            return Point(
                date(int(year), begins, 1),
                date(int(year), begins + 3, 1),
                "season",
                number,
                qualifier,
            )
        if number == 24:
            raise InvalidDate(
                _("Winter straddles two years: give the months, such as 2025-12/2026-02.")
            )
        first = date(int(year), number, 1)
        after = date(int(year) + number // 12, number % 12 + 1, 1)
        return Point(first, after, "month", None, qualifier)
    except (ValueError, OverflowError) as error:
        if isinstance(error, InvalidDate):
            raise
        raise InvalidDate(
            _("“%(value)s” is not a date of the calendar: %(forms)s."), value=text, forms=_FORMS
        ) from error


@lru_cache(maxsize=4096)
def parse(text: str) -> Span:
    """Return the Span of an EDTF text; raises InvalidDate."""
    first, slash, second = text.partition("/")
    if not slash:
        point = _point(text)
        return Span(point, point, is_interval=False)
    start = None if first == ".." else _point(first)
    end = None if second == ".." else _point(second)
    if start is None and end is None:
        raise InvalidDate(_("An interval needs at least one date: %(forms)s."), forms=_FORMS)
    if start and end and end.after <= start.first:
        raise InvalidDate(
            _("“%(value)s” ends before it begins: the later date stands after the slash."),
            value=text,
        )
    return Span(start, end, is_interval=True)
