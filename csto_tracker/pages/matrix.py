"""The matrix: priorities by month and by state, presidencies by theme; each cell opens its list."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.listing import Row, row_text, rows_of
from assessments.models import Assessment
from csto_tracker.context import known_until
from csto_tracker.pages.asking import (
    DAY,
    Month,
    address,
    as_files,
    begun,
    chosen,
    dates_asked,
    in_office,
    months_of,
    refuse_unknown,
    terms,
    until,
)
from csto_tracker.pages.home import term_of
from events.models import Attendance, Contribution, Event
from members.models import Membership, Presidency, State
from priorities.models import Priority
from publishing.asking import asked_day
from publishing.conditional import public_data
from publishing.dates import in_words
from publishing.languages import localized

# What the rows and the columns of each table are called in the context.
TABLES = {
    "months": ("by_month", "months"),
    "states": ("by_state", "states"),
    "themes": ("themes", "columns"),
}
HOSTED, TOOK_PART, ABSENT, UNKNOWN = "hosted", "took-part", "absent", "unknown"
PARTS: dict[str, str] = {
    Attendance.Role.HOST: HOSTED,
    Attendance.Role.PARTICIPANT: TOOK_PART,
    Attendance.Role.OBSERVER: TOOK_PART,
    Attendance.Role.ABSENT: ABSENT,
}


# The parts that one filter of the list has the events of.
LISTS = (("state", [HOSTED, TOOK_PART]), ("absent", [ABSENT]), ("attendance_unknown", [UNKNOWN]))

# From one day to another, both in it; None is open.
Slot = tuple[date | None, date | None]
# How many of each kind were held, and were not.
Numbers = Counter[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Mark:
    """One kind of thing in a cell: `name` is that of its shape.

    Of its events `unheld` are not known to have begun: announced, postponed or cancelled.
    """

    name: str
    word: str
    number: int
    unheld: int = 0

    @property
    def figure(self) -> str:
        """As shown: what was held, and after a plus sign what was not."""
        if not self.unheld:
            return str(self.number)
        return f"{self.number - self.unheld or ''}+{self.unheld}"

    @property
    def words(self) -> str:
        said = f"{self.word.lower()} {self.number}"
        if not self.unheld:
            return said
        rest = _("not held so far: %(number)d") % {"number": self.unheld}
        return f"{said} ({rest})"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a cell that opens one list."""

    url: str
    marks: list[Mark]
    label: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands where a row meets a column; without parts there is nothing to open."""

    parts: list[Part]

    @property
    def marks(self) -> list[Mark]:
        return [mark for part in self.parts for mark in part.marks]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the matrix; `key` is that of the priority or of the theme."""

    key: str
    number: int
    title: str
    url: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `label` is its title in full, `key` a month, a code or a presidency's key."""

    key: str
    title: str
    label: str
    url: str = ""


@public_data
def matrix(request: HttpRequest) -> HttpResponse:
    """The priorities of one presidency by month and by state, and all presidencies by theme.

    As of a day, if asked: the terms and events that had begun, and how priorities stood.
    """
    refuse_unknown(request.GET, ["presidency", "as_of"])
    context = figures(request)
    own = dates_asked(request.GET)
    if found := context["presidency"]:
        own["presidency"] = found.slug
        context["formats"] = as_files("contributions", urlencode(own))
    for name in TABLES:
        context[f"{name}_files"] = as_files("matrix", urlencode({**own, "table": name}))
    return render(request, "site/matrix.html", context)


def figures(request: HttpRequest) -> dict[str, Any]:
    """What the tables are made of, for the presidency asked for; raises BadQuery."""
    day, dates = asked_day(request), dates_asked(request.GET)
    rows, today = terms(day), day or timezone.now().date()
    found = chosen(request.GET, "presidency", rows, in_office(rows, today), Presidency)
    priorities = _priorities(day)
    context: dict[str, Any] = {
        "presidency": found,
        "terms": [(row, address("site:matrix", presidency=row.slug, **dates)) for row in rows],
        "relations": [Mark(name, str(label), 0) for name, label in Contribution.Relation.choices],
        "parts": [Mark(name, word, 0) for name, word in parts_in_words().items()],
        "completions": Assessment.Completion.choices,
        "themes": _by_theme(rows, priorities, dates),
        "columns": [Column(row.slug, str(row), str(row), row.get_absolute_url()) for row in rows],
    }
    if found:
        own = [row for row in priorities if row.presidency_url == found.get_absolute_url()]
        last = known_until(request, today)
        context |= _activity(found, own, day, last, dates) | {"term": term_of(found, today)}
    return context


def _priorities(day: date | None) -> list[Row]:
    """Every public priority with its newest assessment, as of a day: one query."""
    rows = begun(Priority.objects.public(), "presidency__period", day)
    ordered = rows.order_by("-presidency__period", "number")
    return rows_of(list(ordered.values_list(row_text(day), flat=True)))


# --- Priorities by month and by state ---------------------------------------------------------
def _activity(
    presidency: Presidency,
    priorities: list[Row],
    day: date | None,
    last: date,
    dates: dict[str, str],
) -> dict[str, Any]:
    """Both matrices of one presidency, of which the record knows what was held until `last`:
    three queries."""
    links = list(
        begun(Contribution.objects.public(), "event__period", day)
        .filter(priority__presidency=presidency)
        .values_list("priority__number", "event_id", "relation", "event__period", "event__status")
    )
    events = {event for _number, event, *_rest in links}
    roles = {
        (event, state): PARTS.get(role, UNKNOWN)
        for event, state, role in Attendance.objects.public()
        .filter(event__in=events)
        .values_list("event_id", "state_id", "role")
    }
    states = list(_states(until(presidency.period, day), events))
    slots = _slots(presidency, [period for *_rest, period, _status in links])
    by_month: dict[tuple[int, Slot], Numbers] = defaultdict(Counter)
    by_state: dict[tuple[int, int], Numbers] = defaultdict(Counter)
    bearing: Counter[int] = Counter()
    for number, event, relation, period, status in links:
        bearing[number] += 1
        was_held = status in Event.BEGUN
        for slot in slots:
            if _falls(period, slot):
                # What goes on has not gone on yet in a month to come.
                held_then = was_held and (slot[0] is None or slot[0] <= last)
                by_month[number, slot][relation, held_then] += 1
        for state in states:
            by_state[number, state.pk][roles.get((event, state.pk), UNKNOWN), was_held] += 1
    relations = {name: str(label) for name, label in Contribution.Relation.choices}
    months, attended = [], []
    for row in priorities:
        key = f"{presidency.slug}:{row.url.rstrip('/').rsplit('/', 1)[-1]}"
        cells = [
            Cell(
                _part(
                    address(
                        "events:list", priority=key, since=_day(first), until=_day(last), **dates
                    ),
                    by_month[row.number, (first, last)],
                    relations,
                    f"{row.title}, {column.label}",
                )
            )
            for (first, last), column in slots.items()
        ]
        months.append(Line(key, row.number, row.title, row.url, cells))
        cells = [
            _attended(key, state, by_state[row.number, state.pk], f"{row.title}, {state}", dates)
            for state in states
        ]
        attended.append(Line(key, row.number, row.title, row.url, cells))
    return {
        "months": list(slots.values()),
        "by_month": months,
        "states": [Column(row.code, str(row), str(row), row.get_absolute_url()) for row in states],
        "by_state": attended,
        "has_activity": bool(links),
        "silent": sum(not bearing[row.number] for row in priorities),
    }


def _slots(presidency: Presidency, periods: list[Any]) -> dict[Slot, Column]:
    """The months of a term, with what lies before and after it where there is something."""
    term: Any = presidency.period
    last = term.upper - DAY
    months = {month: _month(month) for month in months_of(term.lower, last)}
    before: Slot = (None, term.lower - DAY)
    after: Slot = (term.upper, None)
    found: dict[Slot, Column] = {}
    if any(_falls(period, before) for period in periods):
        found[before] = Column("before", _("Before"), _("before the term"))
    found |= {(month.first, month.last): column for month, column in months.items()}
    if any(_falls(period, after) for period in periods):
        found[after] = Column("after", _("After"), _("after the term"))
    return found


def _month(month: Month) -> Column:
    return Column(month.text, f"{month.first:%m}.{month.first:%y}", in_words(month.text))


def _falls(period: Any, slot: Slot) -> bool:
    """Whether an event may fall into a slot, as the filters of the list have it."""
    first, last = slot
    return (last is None or period.lower is None or period.lower <= last) and (
        first is None or period.upper is None or period.upper > first
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _states(term: Any, events: set[int]) -> QuerySet:
    """States that belonged to the organisation in the term, or that its events speak of."""
    inside = Membership.objects.filter(state=OuterRef("pk"), period__overlap=term).exclude(
        status=Membership.Status.WITHDRAWN
    )
    named = Attendance.objects.filter(state=OuterRef("pk"), event__in=events)
    return (
        State.objects.public()
        .filter(Q(Exists(inside)) | Q(Exists(named)))
        .defer("search")
        .order_by(localized("name"))
    )


def parts_in_words() -> dict[str, str]:
    return {
        HOSTED: _("Hosted"),
        TOOK_PART: _("Took part"),
        ABSENT: _("Absent, as a source says"),
        UNKNOWN: _("Not named: unknown"),
    }


def _attended(key: str, state: State, numbers: Numbers, where: str, dates: dict[str, str]) -> Cell:
    """What sources say of a state, part by part, and in how many events none names it."""
    words, parts = parts_in_words(), []
    for name, own in LISTS:
        url = address("events:list", priority=key, **{name: state.code}, **dates)
        parts += _part(url, numbers, {part: words[part] for part in own}, where)
    return Cell(parts)


def _part(url: str, numbers: Numbers, words: dict[str, str], where: str) -> list[Part]:
    """A part of a cell with the kinds of things that `words` names, or none."""
    marks = [
        Mark(name, word, numbers[name, True] + numbers[name, False], numbers[name, False])
        for name, word in words.items()
        if numbers[name, True] or numbers[name, False]
    ]
    total = sum(mark.number for mark in marks)
    count = ngettext("%(count)d event", "%(count)d events", total) % {"count": total}
    said = ", ".join(mark.words for mark in marks)
    return [Part(url, marks, f"{where}: {count}, {said}")] if marks else []


# --- Presidencies by theme ----------------------------------------------------------------------
def _by_theme(
    presidencies: list[Presidency], priorities: list[Row], dates: dict[str, str]
) -> list[Line]:
    """How far the priorities of each theme have come, presidency by presidency; no query."""
    themes: dict[str, str] = {}
    numbers: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    words = {str(name): str(label) for name, label in Assessment.Completion.choices} | {
        "not-yet": _("Not assessed yet"),
        "heading": _("Not tracked"),
    }
    for row in priorities:
        themes.setdefault(row.theme_slug, row.theme)
        step = row.completion or ("not-yet" if row.is_tracked else "heading")
        numbers[row.theme_slug, row.presidency_url][step] += 1
    found = []
    for slug, title in sorted(themes.items(), key=lambda pair: (not pair[0], pair[1])):
        cells = []
        for term in presidencies:
            own = numbers[slug, term.get_absolute_url()]
            marks = [Mark(name, word, own[name]) for name, word in words.items() if own[name]]
            total = sum(own.values())
            count = ngettext("%(count)d priority", "%(count)d priorities", total) % {"count": total}
            said = ", ".join(mark.words for mark in marks)
            url = address("priorities:list", presidency=term.slug, theme=slug, **dates)
            label = f"{title}, {term}: {count}: {said}"
            cells.append(Cell([Part(url, marks, label)] if marks else []))
        url = address("priorities:list", theme=slug, **dates)
        found.append(Line(slug, 0, title or _("Priorities of other themes"), url, cells))
    return found
