"""Events as lists show them: one query for all rows, everything else worked out in Python."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import orjson
from django.db import models
from django.db.models import F, Func, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import get_language

from events.models import Attendance, Contribution, Event
from publishing.addresses import pattern
from publishing.dates import in_words
from publishing.languages import localized
from publishing.prepared import Compiled, compiled
from publishing.shape import JSONObjectText, JSONRows
from publishing.today import day_spoken_of

# A session bears on a dozen priorities: the page of the event names them all.
PRIORITIES_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Link:
    title: str
    url: str


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One event in one language, ready to be written out."""

    slug: str
    title: str
    url: str
    edtf: str
    date: str
    date_note: str
    place: str
    kind: str
    status: str
    status_word: str
    outcome_missing: bool
    states: list[Link]
    priorities: list[Link]
    more_priorities: int


def row_text() -> Compiled:
    """SQL for one event as JSON text, with the public states and priorities it is linked to."""
    return _row_text(str(get_language()))


@lru_cache(maxsize=4)
def _row_text(language: str) -> Compiled:
    states = (
        Attendance.objects.public()
        .filter(event=OuterRef("pk"), role__in=Attendance.TOOK_PART)
        .order_by("state__name")
        .values_list(
            JSONObjectText(title=localized("state__name"), slug=F("state__slug")),
        )
    )
    priorities = (
        Contribution.objects.public()
        .filter(event=OuterRef("pk"))
        .order_by("-priority__presidency__period", "priority__number")
        .values_list(
            JSONObjectText(
                title=localized("priority__title"),
                presidency=F("priority__presidency__slug"),
                slug=F("priority__slug"),
            ),
        )
    )
    row = JSONObjectText(
        slug=F("slug"),
        title=localized("title"),
        date=F("date"),
        date_note=localized("date_note"),
        after=Func(F("period"), function="upper", output_field=models.DateField()),
        place=localized("place"),
        kind=F("kind"),
        status=F("status"),
        states=JSONRows(states),
        priorities=JSONRows(priorities),
    )
    return compiled(Event, Cast(row, models.TextField()))


def rows_of(texts: list[str]) -> list[Row]:
    """Rows made of what `row_text` gave, in the active language; no query.

    The same text gives the same row again: what lists show is mostly what they showed before.
    """
    language, today = str(get_language()), day_spoken_of()
    return [_row(text, language, today) for text in texts]


@lru_cache(maxsize=1024)
def _row(text: str, language: str, today: date) -> Row:
    found, shared = orjson.loads(text), _shared(language)
    after = found["after"]
    return Row(
        slug=found["slug"],
        title=found["title"],
        url=shared.event_at.format(found["slug"]),
        edtf=found["date"],
        date=in_words(found["date"]),
        date_note=found["date_note"],
        place=found["place"],
        kind=shared.kinds[found["kind"]],
        status=found["status"],
        status_word=shared.statuses[found["status"]],
        outcome_missing=found["status"] in Event.PLANNED
        and after is not None
        and date.fromisoformat(after) <= today,
        states=[Link(s["title"], shared.state_at.format(s["slug"])) for s in found["states"]],
        priorities=[
            Link(p["title"], shared.priority_at.format(p["presidency"], p["slug"]))
            for p in found["priorities"][:PRIORITIES_SHOWN]
        ],
        more_priorities=max(0, len(found["priorities"]) - PRIORITIES_SHOWN),
    )


class _Shared(NamedTuple):
    """What all rows in a language have in common."""

    event_at: str
    state_at: str
    priority_at: str
    kinds: dict[str, str]
    statuses: dict[str, str]


@lru_cache(maxsize=4)
def _shared(language: str) -> _Shared:
    return _Shared(
        pattern("events:event"),
        pattern("members:state"),
        pattern("priorities:priority", slugs=2),
        {value: str(label) for value, label in Event.Kind.choices},
        {value: str(label) for value, label in Event.Status.choices},
    )


def first_rows(events: QuerySet, most: int) -> list[Row]:
    """The first `most` rows of an ordered query: one query."""
    return rows_of(list(events.values_list(row_text(), flat=True)[:most]))
