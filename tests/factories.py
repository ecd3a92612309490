"""Records for tests, each complete and public; a test names only what differs."""

import itertools
from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from assessments.models import Assessment, Claim, ClaimCitation
from events.models import Attendance, Contribution, Event, EventCitation
from members.models import (
    Body,
    Membership,
    MembershipCitation,
    Milestone,
    MilestoneCitation,
    Presidency,
    PresidencyCitation,
    State,
)
from priorities.models import Lineage, Priority, PriorityCitation, Theme
from sources.models import Check, Passage, Remark, Source

_numbers = itertools.count(1)


def next_number() -> int:
    """A number that no other record of this test run has."""
    return next(_numbers)


def next_year(after: int = 2100) -> int:
    """A year for a term of its own, later than `after` and than years that tests name."""
    year = 2101 + next(_numbers) % 7890
    return year if year > after else after + 1


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def source(**options: Any) -> Source:
    number = next(_numbers)
    values = {
        "slug": f"source-{number}",
        "kind": "news",
        "publisher": "Agency",
        "title": f"Report {number}",
        "url": f"https://example.org/{number}",
        "language": "en",
        "date": "2026-01-01",
        "is_published": True,
    }
    return Source.objects.create(**values | options)


def passage(**options: Any) -> Passage:
    """A passage over the first word of a new source's text, or over `quote` in it."""
    text = options.pop("text", "We will deepen coordination.")
    document = options.pop("source", None) or source(text=text)
    quote = options.pop("quote", text.split(" ", 1)[0])
    start = document.text.index(quote)
    values = {"source": document, "start": start, "end": start + len(quote), "quote": quote}
    return Passage.objects.create(**values | options)


def check(**options: Any) -> Check:
    """A sentence of a source that another one confirms."""
    if "source" not in options:
        options["source"] = source()
    values = {"number": next(_numbers), "quote": "It took over.", "verdict": "confirmed"}
    return Check.objects.create(**values | options)


def remark(**options: Any) -> Remark:
    number = next(_numbers)
    values = {
        "slug": f"remark-{number}",
        "kind": "caveat",
        "number": number % 30_000,
        "title": "Excerpts",
        "title_ru": "Выдержки",
        "text": "Most sources were read in part.",
        "text_ru": "Большинство источников прочитано не целиком.",
        "is_published": True,
    }
    return Remark.objects.create(**values | options)


def state(code: str = "", **options: Any) -> State:
    number = next(_numbers)
    # No code of a real party, nor QQ, which tests name themselves.
    code = code or "VWXYZJ"[number // 26 % 6] + _LETTERS[number % 26]
    values = {
        "code": code,
        "alpha3": f"{code}{_LETTERS[number % 26]}",
        "numeric": f"{number % 1000:03}",
        "slug": f"state-{number}",
        "name": f"State {code}",
        "name_ru": f"Государство {code}",
        "official_name": f"Republic of {code}",
        "official_name_ru": f"Республика {code}",
        "capital": "Capital",
        "capital_ru": "Столица",
        "latitude": 42,
        "longitude": 74,
        "is_published": True,
    }
    return State.objects.create(**values | options)


@transaction.atomic
def membership(**options: Any) -> Membership:
    cited = options.pop("sources", None) or [source()]
    values = {"status": "member", "since": "2003-09-18", "said_by": "The Secretariat"}
    if "state" not in options:
        options["state"] = state()
    row = Membership.objects.create(**values | options)
    MembershipCitation.objects.bulk_create(
        MembershipCitation(membership=row, source=one) for one in cited
    )
    return row


@transaction.atomic
def milestone(**options: Any) -> Milestone:
    cited = options.pop("sources", None) or [source()]
    values = {
        "slug": f"milestone-{next(_numbers)}",
        "title": "Charter signed",
        "title_ru": "Подписание Устава",
        "date": "2002-10-07",
        "is_published": True,
    }
    row = Milestone.objects.create(**values | options)
    MilestoneCitation.objects.bulk_create(
        MilestoneCitation(milestone=row, source=one) for one in cited
    )
    return row


def body(**options: Any) -> Body:
    number = next(_numbers)
    values = {
        "slug": f"body-{number}",
        "kind": "statutory",
        "name": f"Council {number}",
        "name_ru": f"Совет {number}",
        "description": "Decides.",
        "is_published": True,
    }
    return Body.objects.create(**values | options)


@transaction.atomic
def presidency(year: int | None = None, **options: Any) -> Presidency:
    """A term of one calendar year; each call without a year takes another one."""
    year = year or next_year()
    cited = options.pop("sources", None) or [source()]
    if "state" not in options:
        options["state"] = state()
    values = {
        "slug": f"presidency-{year}",
        "title": f"Presidency {year}",
        "title_ru": f"Председательство {year}",
        "period": DateRange(date(year, 1, 1), date(year + 1, 1, 1)),
        "start_basis": "stated",
        "end_basis": "stated",
        "is_published": True,
    }
    row = Presidency.objects.create(**values | options)
    PresidencyCitation.objects.bulk_create(
        PresidencyCitation(presidency=row, source=one) for one in cited
    )
    return row


def theme(**options: Any) -> Theme:
    number = next(_numbers)
    values = {
        "slug": f"theme-{number}",
        "title": f"Theme {number}",
        "title_ru": f"Тема {number}",
        "is_published": True,
    }
    return Theme.objects.create(**values | options)


@transaction.atomic
def priority(**options: Any) -> Priority:
    number = next(_numbers)
    cited = options.pop("sources", None) or [source()]
    for name, make in (("presidency", presidency), ("theme", theme)):
        if name not in options:
            options[name] = make()
    values = {
        "number": number % 30_000,
        "slug": f"priority-{number}",
        "title": f"Deepen coordination {number}",
        "title_ru": f"Углублять координацию {number}",
        "kind": "goal",
        "is_published": True,
    }
    row = Priority.objects.create(**values | options)
    PriorityCitation.objects.bulk_create(
        PriorityCitation(priority=row, source=one) for one in cited
    )
    return row


def lineage(**options: Any) -> Lineage:
    if "earlier" not in options:
        options["earlier"] = priority(presidency=presidency(2024))
    if "later" not in options:
        options["later"] = priority(presidency=presidency(2025))
    values = {"relation": "continues", "basis": "Both say “coordination”."}
    return Lineage.objects.create(**values | options)


@transaction.atomic
def event(**options: Any) -> Event:
    number = next(_numbers)
    cited = options.pop("sources", None) or [source()]
    values = {
        "slug": f"event-{number}",
        "kind": "summit",
        "status": "held",
        "title": f"Summit {number}",
        "title_ru": f"Саммит {number}",
        "date": "2026-01-15",
        "is_published": True,
    }
    row = Event.objects.create(**values | options)
    EventCitation.objects.bulk_create(EventCitation(event=row, source=one) for one in cited)
    return row


def attendance(**options: Any) -> Attendance:
    for name, make in (("event", event), ("state", state)):
        if name not in options:
            options[name] = make()
    return Attendance.objects.create(**options)


def contribution(**options: Any) -> Contribution:
    for name, make in (("event", event), ("priority", priority)):
        if name not in options:
            options[name] = make()
    values = {"relation": "implements", "basis": "inferred", "reason": "It agreed a plan."}
    return Contribution.objects.create(**values | options)


def assessment(**options: Any) -> Assessment:
    if "priority" not in options:
        options["priority"] = priority()
    values = {
        "number": Assessment.objects.filter(priority=options["priority"]).count() + 1,
        "as_of": date(2026, 2, 15),
        "completion": "limited",
        "rationale": "One event held.",
        "assessed_by": "A coder",
        "is_published": True,
    }
    return Assessment.objects.create(**values | options)


@transaction.atomic
def claim(**options: Any) -> Claim:
    cited = options.pop("sources", None) or [source()]
    if "presidency" not in options:
        options["presidency"] = presidency()
    values = {
        "slug": f"claim-{next(_numbers)}",
        "claimant": "A president",
        "date": "2025-11-27",
        "text": "All activities were completed.",
        "is_published": True,
    }
    row = Claim.objects.create(**values | options)
    ClaimCitation.objects.bulk_create(ClaimCitation(claim=row, source=one) for one in cited)
    return row
