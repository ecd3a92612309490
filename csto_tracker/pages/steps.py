"""The assessments of a priority as steps over its term, with its events beneath them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from assessments.models import Assessment
from csto_tracker.pages.asking import DAY
from csto_tracker.pages.axis import WIDTH, Axis, Tick
from events.models import Contribution
from members.models import Presidency
from publishing.dates import in_words

LEFT, RIGHT = 190, 1075  # units: where the term begins and ends
TOP, STEP, EVENTS = 40, 28, 196
Step = Assessment.Completion
LEVELS = [Step.COMPLETED, Step.SUBSTANTIAL, Step.LIMITED, Step.NOT_STARTED]


@dataclass(frozen=True, slots=True)
class Dot:
    """An assessment or event: its shape, place, words and address; `reach` is where the days
    begin and end that it may fall on, unless these are known."""

    look: str
    x: int
    y: int
    label: str
    url: str
    reach: tuple[int, int] | None = None

    @property
    def left(self) -> int:
        return self.x - 7

    @property
    def top(self) -> int:
        return self.y - 7


@dataclass(frozen=True, slots=True)
class Chart:
    """What the drawing is made of; `silence` is where and how wide, if the term is silent."""

    levels: list[tuple[int, str, str]]
    ticks: list[Tick]
    line: str
    ahead: str
    assessments: list[Dot]
    events: list[Dot]
    silence: tuple[int, int] | None
    today: int | None


def chart(
    presidency: Presidency,
    assessments: Iterable[Assessment],
    contributions: Iterable[Contribution],
    today: date,
    silent: tuple[date, date] | None,
) -> Chart | None:
    """The steps of a priority's assessments; None where it has none. No query."""
    rows = sorted(assessments, key=lambda row: (row.as_of, row.number))
    if not rows:
        return None
    term: Any = presidency.period
    axis = Axis(term.lower, term.upper - DAY)

    def x(day: date) -> int:
        return LEFT + round(axis.x(day) * (RIGHT - LEFT) / WIDTH)

    path, dots = "", []
    for row in rows:
        at, level = x(row.as_of), _y(row)
        path += f"H{at}V{level}" if path else f"M{at} {level}"
        words = f"{in_words(row.as_of.isoformat())}: {row.get_completion_display()}"
        dots.append(Dot(row.completion, at, level, words, f"#assessment-{row.number}"))
    levels = [(TOP + STEP * at, str(value), str(value.label)) for at, value in enumerate(LEVELS)]
    # What the scale has no step for stands below it, on a line that is called as the newest such.
    if beside := [row for row in rows if row.completion not in LEVELS]:
        name = beside[-1].get_completion_display()
        levels.append((_y(beside[-1]), beside[-1].completion, name))
    last = dots[-1]
    running = term.lower <= today < term.upper
    end = x(today) if running else RIGHT
    silence = None
    if silent and (silent[1] - silent[0]).days > settings.SILENCE_THRESHOLD_DAYS:
        begin = x(max(silent[0], term.lower))
        silence = (begin, max(x(silent[1]) - begin, 1))
    return Chart(
        levels,
        [tick._replace(x=LEFT + round(tick.x * (RIGHT - LEFT) / WIDTH)) for tick in axis.ticks],
        path,
        f"M{last.x} {last.y}H{max(end, last.x)}",
        dots,
        _events(contributions, term, x),
        silence,
        x(today) if running else None,
    )


def _y(row: Assessment) -> int:
    scale = [str(value) for value in LEVELS]
    return TOP + STEP * (scale.index(row.completion) if row.completion in scale else len(scale))


def _events(contributions: Iterable[Contribution], term: Any, x: Any) -> list[Dot]:
    """Events of the term in the middle of the days that they may fall on, which are drawn, too."""
    found = []
    for row in contributions:
        event = row.event
        period: Any = event.period
        first = max(period.lower or term.lower, term.lower)
        after = min(period.upper or term.upper, term.upper)
        if first >= after:
            continue
        look = "missing" if event.outcome_missing else event.status
        word = event.get_status_display()
        words = f"{in_words(event.date)}: {event} ({row.get_relation_display()}, {word})"
        reach = (x(first), x(after))
        at = sum(reach) // 2
        open_to = reach if event.is_window else None
        found.append(Dot(look, at, EVENTS, words, event.get_absolute_url(), open_to))
    return sorted(found, key=lambda dot: dot.x)
