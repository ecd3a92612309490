"""A made-up record of any size, the many rows made by PostgreSQL itself; it has no history.

Each event has two states, two priorities and one source. The rows are the same on every
machine: they follow from their numbers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from bench.words import COMMON_WORD, RARE_WORD
from events.models import Attendance, Contribution, Event, EventCitation
from members.models import Presidency, State
from priorities.models import Priority, Theme
from sources.models import Source

CODES = ("AM", "BY", "KZ", "KG", "RU", "TJ")
PRESIDENCIES, PRIORITIES_EACH, SOURCES = 20, 4, 200
FIRST_YEAR = 2007
DAYS = 365 * PRESIDENCIES
MANY: tuple[type[models.Model], ...] = (Event, Attendance, Contribution, EventCitation)
FEW: tuple[type[models.Model], ...] = (State, Presidency, Theme, Priority, Source)

EVENTS = f"""
INSERT INTO events_event (is_published, confidence, note, note_ru, slug, kind, status, title,
    title_ru, summary, summary_ru, date, date_note, date_note_ru, time_zone, place, place_ru,
    country, url, sequence, signature)
SELECT true, 'sourced', '', '', 'event-' || n,
    (ARRAY['summit', 'exercise', 'conference', 'diplomacy'])[1 + n % 4],
    CASE WHEN n % 10 = 0 THEN 'announced' ELSE 'held' END,
    (ARRAY['Council', 'Exercise', 'Meeting'])[1 + n % 3] || ' number ' || n,
    (ARRAY['Совет', 'Учение', 'Встреча'])[1 + n % 3] || ' номер ' || n,
    CASE n % 3 WHEN 0 THEN 'Military {COMMON_WORD} of the member states was discussed'
        WHEN 1 THEN 'A joint plan was agreed' ELSE 'Delegations took part' END
    || CASE WHEN n % 10000 = 7 THEN ' with {RARE_WORD}' ELSE '' END || ', item ' || n % 997,
    '', (date '{FIRST_YEAR}-01-01' + (n::bigint * 7919 % {DAYS})::int)::text, '', '', '',
    'City ' || n % 50, 'Город ' || n % 50, (ARRAY{list(CODES)})[1 + n % {len(CODES)}], '', 0, 0
FROM generate_series(1, {{size}}) n
"""
LINKS = (
    """
INSERT INTO events_attendance (event_id, state_id, role, confidence, note, note_ru, level,
    level_ru, position, position_ru)
SELECT e.id, s.ids[1 + (e.id + k * (1 + e.id / 7 % 5)) % cardinality(s.ids)],
    CASE k WHEN 0 THEN 'host' ELSE 'participant' END, 'sourced', '', '', '', '', '', ''
FROM events_event e, generate_series(0, 1) k,
    (SELECT array_agg(id ORDER BY id) ids FROM members_state) s
ORDER BY e.id
""",
    """
INSERT INTO events_contribution (event_id, priority_id, relation, basis, confidence, note, note_ru,
    reason, reason_ru)
SELECT e.id, p.ids[1 + (e.id * 31 + k * (1 + e.id / 11 % 17)) % cardinality(p.ids)],
    'implements', 'inferred', 'sourced', '', '', 'It agreed a plan.', ''
FROM events_event e, generate_series(0, 1) k,
    (SELECT array_agg(id ORDER BY id) ids FROM priorities_priority) p
ORDER BY e.id
""",
    """
UPDATE events_event e SET signature = a.bits | c.bits
FROM (SELECT event_id, bit_or(1::bigint << mod(state_id, 20)::int) bits
    FROM events_attendance GROUP BY 1) a,
    (SELECT event_id, bit_or(1::bigint << (20 + mod(priority_id, 43))::int) bits
    FROM events_contribution GROUP BY 1) c
WHERE e.id = a.event_id AND e.id = c.event_id
""",
    """
INSERT INTO events_eventcitation (event_id, source_id)
SELECT e.id, s.ids[1 + e.id % cardinality(s.ids)]
FROM events_event e, (SELECT array_agg(id ORDER BY id) ids FROM sources_source) s
ORDER BY e.id
""",
)


def make(size: int) -> None:
    """Fill an empty, migrated database with `size` events and what they refer to."""
    with _without_triggers(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        _make_few()
        cursor.execute(EVENTS.format(size=int(size)))
        for statement in LINKS:
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("SELECT publishing_raise_version()")
        cursor.execute("VACUUM FULL events_event")  # each of its rows was written twice
        cursor.execute("VACUUM ANALYZE")


def _make_few() -> None:
    State.objects.bulk_create(
        State(
            code=code, alpha3=f"{code}X", numeric=f"{number:03}", slug=f"state-{number}",
            name=f"State {number}", name_ru=f"Государство {number}",
            official_name=f"Republic {number}", official_name_ru=f"Республика {number}",
            capital="Capital", capital_ru="Столица", latitude=42, longitude=74, is_published=True,
        )
        for number, code in enumerate(CODES, 1)
    )  # fmt: skip
    states = list(State.objects.order_by("pk"))
    years = range(FIRST_YEAR, FIRST_YEAR + PRESIDENCIES)
    Presidency.objects.bulk_create(
        Presidency(
            slug=f"presidency-{year}", title=f"Presidency {year}",
            title_ru=f"Председательство {year}", state=states[year % len(states)],
            period=DateRange(date(year, 1, 1), date(year + 1, 1, 1)), start_basis="stated",
            end_basis="stated", is_published=True,
        )
        for year in years
    )  # fmt: skip
    Theme.objects.bulk_create(
        Theme(slug=f"theme-{n}", number=n, title=f"Theme {n}", title_ru=f"Тема {n}",
              is_published=True)
        for n in range(8)
    )  # fmt: skip
    themes = list(Theme.objects.order_by("pk"))
    Priority.objects.bulk_create(
        Priority(
            presidency=presidency, theme=themes[(presidency.pk + n) % len(themes)], number=n,
            slug=f"priority-{n}", title=f"Deepen coordination {n}",
            title_ru=f"Углублять координацию {n}", kind="goal", is_published=True,
        )
        for presidency in Presidency.objects.order_by("pk")
        for n in range(1, PRIORITIES_EACH + 1)
    )  # fmt: skip
    Source.objects.bulk_create(
        Source(
            slug=f"source-{n}", kind="news", publisher="Agency", title=f"Report {n}",
            url=f"https://example.org/{n}", language="en", date="2026-01-01", is_published=True,
        )
        for n in range(1, SOURCES + 1)
    )  # fmt: skip


@contextmanager
def _without_triggers() -> Iterator[None]:
    """History, version and sources are kept by triggers, which would take most of the time."""
    tables = [model._meta.db_table for model in (*MANY, *FEW)]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
