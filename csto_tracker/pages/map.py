"""The map: states by their status on a day, and the countries that events are recorded in."""

import json
from datetime import date
from functools import lru_cache
from math import sqrt
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from csto_tracker.pages.asking import address, begun, dates_asked, refuse_unknown
from events.countries import country_name
from events.models import Event
from members.models import Membership, State
from members.projection import project
from publishing.asking import asked_day
from publishing.conditional import public_data
from publishing.dates import in_words
from publishing.languages import localized

# Names on this side of their dot would cover a neighbour on the other.
NAME_BEFORE = {"AM", "BY", "GE", "UZ"}
# Where name and circle of events stand from the capital, of a state that they would cover.
BESIDE = {"AM": (-24, 38)}


@lru_cache(maxsize=1)
def outlines() -> dict[str, Any]:
    """The committed map data: paths of states, of other land, and of what is disputed."""
    path = Path(settings.BASE_DIR) / "members" / "data" / "map.json"
    found: dict[str, Any] = json.loads(path.read_text())
    return found


class Country(NamedTuple):
    """A state on the map: its outline, its capital, its name and its status."""

    path: str
    status: str
    label: str
    url: str
    name: str
    x: int
    y: int
    side: tuple[int, int]
    anchor: str

    @property
    def name_x(self) -> int:
        return self.side[0] + (-20 if self.anchor == "end" else 20)

    @property
    def name_y(self) -> int:
        return self.side[1] + 5

    @property
    def leader(self) -> str:
        """A line from the capital to what stands beside it, if anything does."""
        right, down = self.side
        return f"M{self.x} {self.y}L{right} {down}" if self.side != (self.x, self.y) else ""


class Place(NamedTuple):
    """A country that events are recorded in; `radius` is 0 where the map has no point for it."""

    name: str
    number: int
    words: str
    url: str
    x: int
    y: int
    radius: int


@public_data
def world(request: HttpRequest) -> HttpResponse:
    """States by their status on the day `as_of`, today unless it says otherwise, and events."""
    refuse_unknown(request.GET, ["as_of"])
    day = asked_day(request)
    at = day or timezone.now().date()
    states = list(states_on(at))
    places = _places(states, day, dates_asked(request.GET))
    return render(
        request,
        "site/map.html",
        drawn(states)
        | {
            "at": at.isoformat(),
            "at_words": in_words(at.isoformat()),
            "asked": day.isoformat() if day else "",
            "event_places": [place for place in places if place.radius],
            "everywhere": places,
            "rows": [_row(state) for state in states],
        },
    )


def states_on(at: date) -> QuerySet:
    """All public states with their status on a day: two queries."""
    current = Prefetch("memberships", Membership.objects.current(at), to_attr="current")
    return (
        State.objects.public().defer("search").prefetch_related(current).order_by(localized("name"))
    )


def drawn(states: list[State]) -> dict[str, Any]:
    """What the map needs to be drawn with these states; no query."""
    data = outlines()
    return {
        "outlines": data,
        "countries": [_country(state, data) for state in states if state.code in data["states"]],
        "statuses": [
            (value, label) for value, label in Membership.Status.choices if value != "party"
        ] + [("party", Membership.Status.PARTY.label)],
    }  # fmt: skip


def _status(state: State) -> Membership | None:
    rows: list[Membership] = state.current  # type: ignore[attr-defined]  # set by the prefetch
    return rows[0] if rows else None


def _country(state: State, data: dict[str, Any]) -> Country:
    x, y = _point(state)
    row = _status(state)
    said = str(row.get_status_display()) if row else _("Status not recorded")
    if row and row.in_language("disputed"):
        said = f"{said}, {_('disputed')}"
    return Country(
        data["states"][state.code],
        row.status if row else "none",
        f"{state}: {said}",
        state.get_absolute_url(),
        str(state),
        x,
        y,
        _beside(state),
        "end" if state.code in NAME_BEFORE else "start",
    )


def _point(state: State) -> tuple[int, int]:
    x, y = project(float(state.longitude), float(state.latitude))
    return round(x), round(y)


def _beside(state: State) -> tuple[int, int]:
    (x, y), (right, down) = _point(state), BESIDE.get(state.code, (0, 0))
    return x + right, y + down


def _row(state: State) -> dict[str, Any]:
    row = _status(state)
    return {
        "name": str(state),
        "url": state.get_absolute_url(),
        "status": row.status if row else "",
        "word": row.get_status_display() if row else "",
        "disputed": bool(row and row.in_language("disputed")),
        "since": in_words(row.since) if row else "",
        "said_by": row.in_language("said_by") if row else "",
    }


def _places(states: list[State], day: date | None, dates: dict[str, str]) -> list[Place]:
    """Countries with the events in them that had begun by the day, if one is asked for."""
    rows = begun(Event.objects.public().exclude(country=""), "period", day)
    counted = rows.values("country").annotate(number=Count("pk")).order_by("-number", "country")
    known = {state.code: state for state in states}
    found = []
    for row in counted:
        code, number = row["country"], row["number"]
        state = known.get(code)
        x, y = _beside(state) if state else (0, 0)
        words = ngettext("%(count)d event", "%(count)d events", number) % {"count": number}
        found.append(
            Place(
                str(state or country_name(code)),
                number,
                words,
                address("events:list", country=code, **dates),
                x,
                y,
                round(6 + 2 * sqrt(number)) if state else 0,
            )
        )
    return found
