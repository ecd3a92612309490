"""Two presidencies side by side: what they said, what became of it, what they did."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from assessments.listing import Row, completions, row_text, rows_of
from csto_tracker.context import known_until
from csto_tracker.pages.asking import (
    DAY,
    address,
    begun,
    chosen,
    dates_asked,
    in_office,
    refuse_unknown,
    terms,
    until,
)
from csto_tracker.pages.home import motto_of, term_of
from csto_tracker.pages.matrix import PARTS, UNKNOWN, Mark, parts_in_words
from csto_tracker.pages.wording import Piece, differences, drawing
from events.models import Attendance, Event
from members.models import Membership, Presidency, State
from priorities.models import Lineage, Priority, PriorityPassage
from publishing.asking import asked_day
from publishing.conditional import public_data
from publishing.languages import localized

BAR = 120  # units of the longest bar


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two presidencies; `days` are those of its term that have passed and that the
    record covers."""

    presidency: Presidency
    term: Any
    motto: Any
    days: int
    rows: list[Row]
    events: int


class Rate(NamedTuple):
    """Events in a term, and for 100 of its days; `width` is that of the bar, in units."""

    number: int
    rate: str
    width: int
    url: str


class Pair(NamedTuple):
    """Two priorities of which one takes up the other, with their wordings in pieces."""

    link: Lineage
    left: Priority
    right: Priority
    left_words: list[Piece]
    right_words: list[Piece]
    languages: tuple[str, str]


@public_data
def compare(request: HttpRequest) -> HttpResponse:
    """The presidencies `left` and `right`; by default the one in office, and the one before.

    As of a day, if asked: the terms and events that had begun, and how priorities stood.
    """
    refuse_unknown(request.GET, ["left", "right", "as_of"])
    day, dates = asked_day(request), dates_asked(request.GET)
    rows, today = terms(day), day or timezone.now().date()
    now = in_office(rows, today)
    right = chosen(request.GET, "right", rows, now, Presidency)
    before = rows.index(right) + 1 if right else 0
    other = rows[min(before, len(rows) - 1)] if rows else None
    left = chosen(request.GET, "left", rows, other, Presidency)
    context: dict[str, Any] = {"terms": rows, "left": left, "right": right}
    context |= {"pairs": _same(rows, dates), "dates": dates.items(), "query": urlencode(dates)}
    if left and right:
        last = known_until(request, today)
        context |= _compared(left, right, day, last, dates)
        context["ends_early"] = not all(term_of(one, last + DAY).is_over for one in (left, right))
    return render(request, "site/compare.html", context)


def _same(rows: list[Presidency], dates: dict[str, str]) -> list[tuple[str, str]]:
    """Links to the terms of one state, the older on the left."""
    found = []
    for at, later in enumerate(rows):
        for earlier in rows[at + 1 :]:
            if earlier.state_id == later.state_id:
                url = address("site:compare", left=earlier.slug, right=later.slug, **dates)
                found.append((f"{earlier} – {later}", url))
    return found


def _compared(
    left: Presidency, right: Presidency, day: date | None, last: date, dates: dict[str, str]
) -> dict[str, Any]:
    """What the page shows of both, as of `day`; the record covers what was until `last`."""
    both = [left, right]
    every = rows_of(
        list(
            Priority.objects.public()
            .filter(presidency__in=both)
            .order_by("theme__number", "theme__slug", "number")
            .values_list(row_text(day), flat=True)
        )
    )
    links = list(
        Lineage.objects.public()
        .filter(
            Q(earlier__presidency=left, later__presidency=right)
            | Q(earlier__presidency=right, later__presidency=left)
        )
        .select_related("earlier__presidency", "later__presidency")
        .defer("earlier__search", "later__search")
        .order_by("later__number", "earlier__number")
    )
    events = _events(both, day)
    sides = []
    for one in both:
        term = term_of(one, day or timezone.now().date())
        own = [row for row in every if row.presidency_url == one.get_absolute_url()]
        days = term_of(one, last).day
        sides.append(Side(one, term, motto_of(one), days, own, len(events[one.pk])))
    return {
        "sides": sides,
        "themes": _themes(sides),
        "steps": _steps(sides),
        "drawing": drawing(sides[0].rows, sides[1].rows, links),
        "wordings": _linked(links, left),
        "relations": Lineage.Relation.choices,
        "activity": _activity(sides, events, dates),
        "states": _states(both, events, day),
        "parts": [Mark(name, word, 0) for name, word in parts_in_words().items()],
    }


def _themes(sides: list[Side]) -> list[tuple[str, list[list[Row]]]]:
    """Themes with the priorities of each side, in the order of the themes."""
    found: dict[str, list[list[Row]]] = {}
    for at, side in enumerate(sides):
        for row in side.rows:
            found.setdefault(row.theme, [[], []])[at].append(row)
    return list(found.items())


def _steps(sides: list[Side]) -> list[tuple[str, str, list[int | None]]]:
    """How many tracked priorities of each side stand at each step: (value, word, numbers).

    A side of which no priority is tracked has no numbers.
    """
    counts = [Counter(row.completion for row in side.rows if row.is_tracked) for side in sides]
    scale = completions([row for side in sides for row in side.rows])
    words = [(value, word) for value, word, _sum in scale]
    if any(count[""] for count in counts):
        words.append(("", _("Not assessed yet")))
    return [
        (value or "not-yet", word, [count[value] if count else None for count in counts])
        for value, word in words
    ]


def _linked(links: list[Lineage], left: Presidency) -> list[Pair]:
    """Priorities that take up one another, with their own words where these are held, compared
    where both are in one language: one query."""
    found = []
    ends = {row.pk for link in links for row in (link.earlier, link.later)}
    quotes: dict[int, tuple[str, str]] = {}
    for stated in (
        PriorityPassage.objects.public()
        .filter(priority__in=ends, role=PriorityPassage.Role.MAIN)
        .select_related("passage__source")
        .defer("passage__source__text", "passage__source__search")
        .order_by("priority", "passage__start")
    ):
        quotes.setdefault(
            stated.priority_id, (stated.passage.quote, stated.passage.source.language)
        )
    for link in links:
        pair = (link.earlier, link.later)
        if link.earlier.presidency_id != left.pk:
            pair = (link.later, link.earlier)
        (left_text, left_language), (right_text, right_language) = (
            quotes.get(row.pk, ("", "")) for row in pair
        )
        if left_language and left_language == right_language:
            words = differences(left_text, right_text)
        else:
            words = [Piece(left_text, False)], [Piece(right_text, False)]
        found.append(Pair(link, *pair, *words, (left_language, right_language)))
    return found


# --- What they did ------------------------------------------------------------------------------
Events = dict[int, list[tuple[int, str]]]


def _events(both: list[Presidency], day: date | None) -> Events:
    """The events of each term that are reported as held, with their kinds, as of a day."""
    condition = Q()
    for one in both:
        condition |= Q(period__overlap=one.period)
    found: Events = {one.pk: [] for one in both}
    rows = begun(Event.objects.public().held(), "period", day).filter(condition)
    for pk, kind, period in rows.values_list("pk", "kind", "period"):
        for one in {one.pk: one for one in both}.values():
            term: Any = one.period
            may_begin = period.lower is None or period.lower < term.upper
            if may_begin and (period.upper is None or period.upper > term.lower):
                found[one.pk].append((pk, kind))
    return found


def _activity(
    sides: list[Side], events: Events, dates: dict[str, str]
) -> list[tuple[str, list[Rate]]]:
    """Held events by kind, for 100 days of the term that the record covers; all of them come
    first."""
    counts = [Counter(kind for _pk, kind in events[side.presidency.pk]) for side in sides]
    kinds = [("", _("All events"))] + [
        (str(value), str(label))
        for value, label in Event.Kind.choices
        if any(count[value] for count in counts)
    ]
    most = max(
        (_rate(n, side.days) for side, count in zip(sides, counts, strict=True)
         for n in count.values()),
        default=0,
    )  # fmt: skip
    found = []
    for kind, label in kinds:
        rates = []
        for side, count in zip(sides, counts, strict=True):
            number = count[kind] if kind else side.events
            rate = _rate(number, side.days)
            own = {"presidency": side.presidency.slug, "status": "held", "kind": kind, **dates}
            url = address("events:list", **own)
            width = round(BAR * rate / most) if kind and most else 0
            rates.append(
                Rate(number, number_format(round(rate, 1), 1), width, url if number else "")
            )
        found.append((label, rates))
    return found


def _rate(number: int, days: int) -> float:
    return 100 * number / days if days else 0


def _states(
    both: list[Presidency], events: Events, day: date | None
) -> list[tuple[State, list[list[Mark]]]]:
    """What part each state took in the held events of each term: two queries."""
    ids = {pk for rows in events.values() for pk, _kind in rows}
    roles: dict[int, dict[int, str]] = defaultdict(dict)
    for event, state_id, role in (
        Attendance.objects.public().filter(event__in=ids).values_list("event", "state", "role")
    ):
        roles[state_id][event] = PARTS.get(role, UNKNOWN)
    during = Q()
    for one in both:
        during |= Q(period__overlap=until(one.period, day))
    inside = Membership.objects.filter(during, state=OuterRef("pk")).exclude(
        status=Membership.Status.WITHDRAWN
    )
    words = parts_in_words()
    found = []
    for state in (
        State.objects.public()
        .filter(Q(Exists(inside)) | Q(pk__in=list(roles)))
        .defer("search")
        .order_by(localized("name"))
    ):
        columns = []
        for one in both:
            count = Counter(roles[state.pk].get(pk, UNKNOWN) for pk, _kind in events[one.pk])
            columns.append([Mark(name, word, count[name]) for name, word in words.items()
                            if count[name]])  # fmt: skip
        found.append((state, columns))
    return found
