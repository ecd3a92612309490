"""The same rows in a SQLite file, with the indexes that Datasette needs."""

import sqlite3
from pathlib import Path

from django.db import connection

TABLES = {
    "event": """SELECT id, slug, kind, status, title, title_ru, summary, summary_ru, date,
        lower(period)::text AS earliest, (upper(period) - 1)::text AS latest, date_note,
        date_note_ru, time_zone, place, place_ru, country, url, confidence, note, note_ru,
        sequence, changed_at::text AS changed_at FROM events_event ORDER BY id""",
    "attendance": """SELECT a.event_id, s.code AS state, a.role, a.level, a.position,
        a.confidence, a.note FROM events_attendance a JOIN members_state s ON s.id = a.state_id
        ORDER BY a.id""",
    "contribution": """SELECT c.event_id, p.slug || ':' || y.slug AS priority, c.relation,
        c.basis, c.reason, c.reason_ru FROM events_contribution c
        JOIN priorities_priority y ON y.id = c.priority_id
        JOIN members_presidency p ON p.id = y.presidency_id ORDER BY c.id""",
    "citation": """SELECT c.event_id, s.slug AS source FROM events_eventcitation c
        JOIN sources_source s ON s.id = c.source_id ORDER BY c.id""",
}
_KINDS = {
    "id": "id INTEGER PRIMARY KEY",
    "event_id": "event_id INTEGER",
    "sequence": "sequence INTEGER",
}
INDEXES = (
    "CREATE UNIQUE INDEX event_slug ON event (slug)",
    "CREATE INDEX event_newest ON event (earliest DESC, id DESC)",
    "CREATE INDEX attendance_event ON attendance (event_id, state)",
    "CREATE INDEX contribution_event ON contribution (event_id, priority)",
    "CREATE INDEX citation_event ON citation (event_id)",
    "CREATE INDEX attendance_state ON attendance (state, event_id)",
    "CREATE INDEX contribution_priority ON contribution (priority, event_id)",
    "ANALYZE",
)
# Datasette's tables show no nested rows: its list is asked for in SQL, as its users do.
LIST = """SELECT event.*,
 (SELECT json_group_array(json_object('state', state, 'role', role, 'level', level, 'position',
  position, 'confidence', confidence, 'note', note)) FROM attendance WHERE event_id = event.id)
  AS attendances,
 (SELECT json_group_array(json_object('priority', priority, 'relation', relation, 'basis', basis,
  'reason', reason, 'reason_ru', reason_ru)) FROM contribution WHERE event_id = event.id)
  AS contributions,
 (SELECT json_group_array(source) FROM citation WHERE event_id = event.id) AS sources
FROM event {where} ORDER BY earliest DESC, id DESC LIMIT 51"""
FILTER = """WHERE EXISTS (SELECT 1 FROM attendance WHERE event_id = event.id AND state = '{state}')
 AND EXISTS (SELECT 1 FROM contribution WHERE event_id = event.id AND priority = '{priority}')
 AND latest >= '{since}' AND earliest <= '{until}'"""


def copy(target: Path) -> None:
    """Write the rows of the present database to a new SQLite file."""
    database = sqlite3.connect(target)
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    connection.ensure_connection()
    for table, query in TABLES.items():
        with connection.connection.cursor() as first:
            first.execute(f"{query} LIMIT 0")
            names = [column[0] for column in first.description]
        types = [_KINDS.get(name, f"{name} TEXT") for name in names]
        database.execute(f"CREATE TABLE {table} ({', '.join(types)})")
        places = ", ".join("?" * len(names))
        connection.connection.autocommit = False
        with connection.connection.cursor(name="copy") as cursor:
            cursor.itersize = 20_000
            cursor.execute(query)
            database.executemany(f"INSERT INTO {table} VALUES ({places})", cursor)
        connection.connection.rollback()
        connection.connection.autocommit = True
    for statement in INDEXES:
        database.execute(statement)
    database.commit()
    database.close()
