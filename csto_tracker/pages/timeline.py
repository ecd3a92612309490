"""The timeline: terms, events, assessments and claims on one axis, by the filters of events."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Assessment, Claim
from csto_tracker.pages.asking import DAY, begun, terms
from csto_tracker.pages.axis import APART, EDGE, WIDTH, Axis, rows_for
from csto_tracker.pages.home import term_of
from events.filters import EventFilters
from events.models import Event
from events.views import LABELS, offered
from members.models import Presidency
from publishing.asking import note_day
from publishing.conditional import public_data
from publishing.dates import in_words
from publishing.edtf import parse
from publishing.filterform import FilterForm
from publishing.languages import localized
from publishing.values import parse_day

MOST_EVENTS = 1000
SHAPE, HEADING, ROW = 12, 24, 26  # units


@dataclass(frozen=True, slots=True)
class Found:
    """Something dated, before it has a place: `after` is the first day after its range.

    A vague one took place on some day of its range, any other range lasted all its days.
    """

    first: date | None
    after: date | None
    is_range: bool
    is_vague: bool
    look: str
    title: str
    url: str
    date: str
    state: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """Something drawn: a shape around `x`, or over `width` a bar or the ends of what may be."""

    look: str
    x: int
    y: int
    width: int
    label: str
    url: str
    number: int = 0
    is_vague: bool = False

    @property
    def middle(self) -> int:
        return self.x + self.width // 2

    @property
    def whisker(self) -> str:
        """A line with both its ends marked."""
        return f"M{self.x} {self.y - 5}v10m0-5h{self.width}m0-5v10"

    @property
    def left(self) -> int:
        """The left edge of what can be clicked, at least as wide as a finger."""
        return (
            min(self.x, self.x + (self.width - APART) // 2) if self.width else self.x - APART // 2
        )

    @property
    def reach(self) -> int:
        return max(self.width, APART)

    @property
    def text_y(self) -> int:
        return self.y + 4

    @property
    def top(self) -> int:
        return self.y - SHAPE // 2

    @property
    def shape_x(self) -> int:
        return self.middle - SHAPE // 2

    @property
    def hit_top(self) -> int:
        return self.y - APART // 2


@dataclass(frozen=True, slots=True)
class Lane:
    """Marks of one kind with their heading above them."""

    heading: str
    y: int
    marks: list[Mark]


@public_data
def timeline(request: HttpRequest) -> HttpResponse:
    """Everything dated between `since` and `until`; the filters of events choose events.

    As of a day, if asked: what had begun by then.
    """
    note_day(request)
    filters = EventFilters(request.GET, Event.objects.public())
    events = filters.rows  # refuses a query that is wrong before anything else is done
    day = filters.day
    presidencies, today = terms(day), day or timezone.now().date()
    slugs = [value for name, value in filters.chosen if name == "presidency"]
    asked = [row for row in presidencies if row.slug in slugs]
    axis = _axis(request.GET, asked or presidencies, today)
    groups = _events(events, axis)
    shown = sum(len(rows) for _heading, rows in groups)
    groups += [
        (_("Assessments"), _assessments(asked, axis, day)),
        (_("Claims"), _claims(asked, axis, day)),
    ]
    own = _terms(presidencies, axis, today)
    lanes, height = _placed(groups, axis, 74)
    form = FilterForm(
        filters,
        request.path,
        main=("kind", "status", "presidency", "state", "since", "until"),
        more=("q", "theme", "body", "relation", "country", "awaiting_outcome", "confidence"),
        options=offered(request),
        labels=LABELS,
    )
    return render(
        request,
        "site/timeline.html",
        {
            "form": form,
            "axis": axis,
            "words": in_words(f"{axis.first}/{axis.last}" if axis.days > 1 else f"{axis.first}"),
            "width": WIDTH,
            "height": height,
            "today": axis.middle(today) if axis.first <= today <= axis.last else None,
            "bars": _bars(own, axis),
            "lanes": lanes,
            "table": [(heading, rows) for heading, rows in [(_("Terms"), own), *groups] if rows],
            "too_many": shown >= MOST_EVENTS,
            "most": MOST_EVENTS,
            "zooms": _zooms(request, axis, presidencies, today),
            "looks": _looks(),
        },
    )


# --- The axis -----------------------------------------------------------------------------------
def _axis(data: QueryDict, presidencies: list[Presidency], today: date) -> Axis:
    """From `since` to `until`; where they are not given, the terms that are asked for."""
    periods: list[Any] = [row.period for row in presidencies]
    first = min((period.lower for period in periods), default=date(today.year, 1, 1))
    last = max((period.upper - DAY for period in periods), default=date(today.year, 12, 31))
    since, until = data.get("since"), data.get("until")
    first = parse_day(since) if since else first
    last = parse_day(until) if until else last
    return Axis(first, max(first, last))


def _zooms(
    request: HttpRequest, axis: Axis, presidencies: list[Presidency], today: date
) -> list[tuple[str, str]]:
    """Links that zoom and move, keeping the other filters."""

    def at(other: Axis | None) -> str:
        query = request.GET.copy()
        for name in ("since", "until"):
            query.pop(name, None)
        if other:
            query["since"], query["until"] = other.first.isoformat(), other.last.isoformat()
        return f"{request.path}?{query.urlencode()}" if query else request.path

    found = [
        (_("Earlier"), at(axis.moved(-0.5))),
        (_("Later"), at(axis.moved(0.5))),
        (_("Closer"), at(axis.around(0.5))),
        (_("Farther"), at(axis.around(2))),
    ]
    for row in presidencies:
        if term_of(row, today).is_running:
            term: Any = row.period
            found.append((_("This term"), at(Axis(term.lower, term.upper - DAY))))
    return [*found, (_("All"), request.path)]


# --- What is dated ------------------------------------------------------------------------------
def _events(rows: QuerySet, axis: Axis) -> list[tuple[str, list[Found]]]:
    """Events that may fall on the axis, by kind: one query."""
    kinds = defaultdict(list)
    may_begin = Q(period__startswith__lte=axis.last) | Q(period__startswith__isnull=True)
    not_over = Q(period__endswith__gt=axis.first) | Q(period__endswith__isnull=True)
    for event in (
        rows.filter(may_begin, not_over).defer("search").order_by("period", "pk")[:MOST_EVENTS]
    ):
        period: Any = event.period
        look, word = event.status, event.get_status_display()
        if event.outcome_missing:
            look, word = "missing", _("Outcome not recorded")
        found = Found(
            period.lower,
            period.upper,
            not parse(event.date).is_day,
            event.is_window,
            look,
            str(event),
            event.get_absolute_url(),
            in_words(event.date),
            word,
        )
        kinds[event.kind].append(found)
    return [(str(label), kinds[value]) for value, label in Event.Kind.choices if kinds[value]]


def _assessments(asked: list[Presidency], axis: Axis, day: date | None) -> list[Found]:
    """The days on which priorities were assessed, presidency by presidency: one query."""
    last = min(axis.last, day) if day else axis.last
    rows = Assessment.objects.public().filter(as_of__range=(axis.first, last))
    if asked:
        rows = rows.filter(priority__presidency__in=asked)
    days = (
        rows.values("as_of", "priority__presidency", "priority__presidency__slug")
        .annotate(number=Count("pk"), title=localized("priority__presidency__title"))
        .order_by("as_of", "priority__presidency__period")
    )
    return [
        Found(
            day["as_of"],
            day["as_of"] + DAY,
            is_range=False,
            is_vague=False,
            look="assessed",
            title=ngettext(
                "%(number)d assessment of %(presidency)s",
                "%(number)d assessments of %(presidency)s",
                day["number"],
            )
            % {"number": day["number"], "presidency": day["title"]},
            url=reverse("members:presidency", args=[day["priority__presidency__slug"]])
            + "#priorities",
            date=in_words(day["as_of"].isoformat()),
            state=_("Assessment"),
            number=day["number"],
        )
        for day in days
    ]


def _claims(asked: list[Presidency], axis: Axis, day: date | None) -> list[Found]:
    """Claims of progress: one query."""
    rows = begun(Claim.objects.public(), "period", day).filter(
        period__startswith__lte=axis.last, period__endswith__gt=axis.first
    )
    if asked:
        rows = rows.filter(presidency__in=asked)
    found = []
    for claim in (
        rows.select_related("presidency")
        .defer("search", "presidency__search")
        .order_by("period", "slug")
    ):
        period: Any = claim.period
        found.append(
            Found(
                period.lower,
                period.upper,
                not parse(claim.date).is_day,
                not parse(claim.date).is_exact,
                "claimed",
                f"{claim.in_language('claimant')} ({claim.presidency})",
                claim.get_absolute_url(),
                in_words(claim.date),
                _("Claim"),
            )
        )
    return found


# --- Where it stands ----------------------------------------------------------------------------
def _terms(presidencies: list[Presidency], axis: Axis, today: date) -> list[Found]:
    found = []
    for row in reversed(presidencies):
        period: Any = row.period
        if period.lower <= axis.last and period.upper > axis.first:
            term = term_of(row, today)
            found.append(
                Found(
                    period.lower,
                    period.upper,
                    is_range=True,
                    is_vague=False,
                    look=row.state.code if row.state.is_published else "",
                    title=str(row),
                    url=row.get_absolute_url(),
                    date=term.words,
                    state=_("In office")
                    if term.is_running
                    else _("Closed")
                    if term.is_over
                    else _("To come"),
                )
            )
    return found


def _bars(rows: list[Found], axis: Axis) -> list[Mark]:
    """Terms, which need no rows to keep them apart; each says as much as has room in it."""
    found = []
    for row in rows:
        x, width = _edges(row, axis)
        said = next((text for text in (row.title, row.look) if len(text) * 8 + 12 < width), "")
        found.append(Mark(said, x, 50, width, f"{row.title}, {row.date}", row.url))
    return found


def _placed(
    groups: Iterable[tuple[str, list[Found]]], axis: Axis, y: int
) -> tuple[list[Lane], int]:
    """Lanes one below the other from `y` on, and where the last ends."""
    lanes = []
    for heading, rows in groups:
        if not rows:
            continue
        edges = [_edges(row, axis) for row in rows]
        half = APART // 2
        spans = [
            (min(x, x + width // 2 - half), max(x + width, x + width // 2 + half))
            for x, width in edges
        ]
        order = sorted(range(len(rows)), key=lambda number: spans[number])
        places = dict(zip(order, rows_for([spans[number] for number in order]), strict=True))
        marks = [
            Mark(
                row.look,
                edges[number][0],
                y + HEADING + places[number] * ROW + ROW // 2,
                edges[number][1],
                f"{row.title}, {row.date}, {row.state}",
                row.url,
                row.number,
                row.is_vague,
            )
            for number, row in enumerate(rows)
        ]
        lanes.append(Lane(heading, y, marks))
        y += HEADING + (max(places.values()) + 1) * ROW + 6
    return lanes, y + 4


def _edges(row: Found, axis: Axis) -> tuple[int, int]:
    """Where something begins and how wide it is; what is exact to the day has no width.

    A side beyond the axis lies beyond the drawing, so that it is not seen to end.
    """
    if not row.is_range and row.first:
        return axis.middle(row.first), 0
    begin = axis.x(row.first) if row.first and row.first >= axis.first else -EDGE
    end = axis.x(row.after) if row.after and row.after <= axis.last + DAY else WIDTH + EDGE
    return begin, max(end - begin, SHAPE)


def _looks() -> list[tuple[str, str]]:
    """The key: shapes and their words."""
    return [
        *((str(value), str(label)) for value, label in Event.Status.choices),
        ("missing", _("Outcome not recorded")),
        ("assessed", _("Assessments, with their number")),
        ("claimed", _("Claim")),
    ]
