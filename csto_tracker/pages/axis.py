"""A time axis: days to units of a drawing, ticks that suit its length, marks kept apart."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.formats import date_format

EDGE = 13  # units left free on either side, so that no mark is cut
WIDTH = 1088  # units of the drawing, which are CSS pixels where there is room
APART = 26  # units between the middles of two marks: a finger finds each of them


class Tick(NamedTuple):
    """A line on the axis; the label of a minor one may be empty."""

    x: int
    label: str
    is_major: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """Days from `first` to `last`, both drawn whole."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def x(self, day: date) -> int:
        """Where a day begins; days outside stand at the edge."""
        part = (day - self.first).days / self.days
        return self._at(min(max(part, 0), 1))

    def middle(self, day: date) -> int:
        """The middle of a day."""
        return self._at(((day - self.first).days + 0.5) / self.days)

    @staticmethod
    def _at(part: float) -> int:
        return EDGE + round((WIDTH - 2 * EDGE) * part)

    @property
    def ticks(self) -> list[Tick]:
        """Years; months or quarters between them where they have room; days of short axes."""
        if self.days <= 45:
            return self._days()
        step = next(n for n in (1, 3, 12) if n == 12 or self.days / 30.4 * 40 / n <= WIDTH)
        found, day = [], date(self.first.year, 1, 1)
        while day <= self.last:
            if day >= self.first:
                january = day.month == 1
                label = str(day.year) if january else date_format(day, "M")
                found.append(Tick(self.x(day), label, january))
            after = day.month - 1 + step
            day = date(day.year + after // 12, after % 12 + 1, 1)
        return found

    def _days(self) -> list[Tick]:
        found = []
        for number in range(self.days):
            day = self.first + timedelta(number)
            if day.day == 1:
                found.append(Tick(self.x(day), date_format(day, "M"), is_major=True))
            elif day.weekday() == 0:  # weeks begin on Monday
                found.append(Tick(self.x(day), str(day.day), is_major=False))
        return found

    def around(self, factor: float) -> "Axis":
        """The axis with the same middle and `factor` times as long, at least a week."""
        half = max(round(self.days * factor), 7) / 2
        middle = self.first.toordinal() + self.days / 2
        return _between(middle - half, middle + half)

    def moved(self, part: float) -> "Axis":
        """The axis moved by a part of its length."""
        by = round(self.days * part)
        return _between(self.first.toordinal() + by, self.last.toordinal() + by + 1)


def _between(begin: float, end: float) -> Axis:
    most = date.max.toordinal()
    first = min(max(round(begin), 1), most)
    return Axis(date.fromordinal(first), date.fromordinal(min(max(round(end) - 1, first), most)))


def rows_for(spans: list[tuple[int, int]]) -> list[int]:
    """The row of each span, from left to right, so that no two of a row touch.

    Spans are in units and in the order of their beginning; the first free row is taken.
    """
    ends: list[int] = []
    found = []
    for begin, end in spans:
        row = next((number for number, taken in enumerate(ends) if taken <= begin), len(ends))
        if row == len(ends):
            ends.append(0)
        ends[row] = end
        found.append(row)
    return found
