"""The floor to compare with: bare WSGI, SQL by hand, psycopg2 and orjson, no framework.

It answers the addresses that are measured, with the fields of the product's own answers, and does
nothing else: no check of the request, no headers of security, no ETag, no draft asked for twice.
"""

import os
from collections.abc import Callable, Iterable
from html import escape
from typing import Any
from urllib.parse import parse_qs

import orjson
import psycopg2

_COLUMNS = """
    e.slug AS key, e.kind, e.status, e.title, e.title_ru, e.summary, e.summary_ru, e.date,
    lower(e.period) AS earliest, upper(e.period) - 1 AS latest, e.date_note, e.date_note_ru,
    e.start_time, e.end_time, e.time_zone, e.place, e.place_ru, e.country, e.url,
    coalesce((SELECT json_agg(b.slug ORDER BY l.id) FROM events_eventbody l
        JOIN members_body b ON b.id = l.body_id AND b.is_published
        WHERE l.event_id = e.id), '[]')::text AS bodies,
    coalesce((SELECT json_agg(json_build_object('state', s.code, 'role', a.role, 'level', a.level,
        'position', a.position, 'confidence', a.confidence, 'note', a.note) ORDER BY s.code)
        FROM events_attendance a JOIN members_state s ON s.id = a.state_id AND s.is_published
        WHERE a.event_id = e.id), '[]')::text AS attendances,
    coalesce((SELECT json_agg(json_build_object('priority', p.slug || ':' || y.slug,
        'relation', c.relation, 'basis', c.basis, 'reason', c.reason, 'reason_ru', c.reason_ru)
        ORDER BY c.id) FROM events_contribution c
        JOIN priorities_priority y ON y.id = c.priority_id AND y.is_published
        JOIN members_presidency p ON p.id = y.presidency_id AND p.is_published
        WHERE c.event_id = e.id), '[]')::text AS contributions,
    coalesce((SELECT json_agg(s.slug ORDER BY l.id) FROM events_eventcitation l
        JOIN sources_source s ON s.id = l.source_id AND s.is_published
        WHERE l.event_id = e.id), '[]')::text AS sources,
    e.confidence, e.note, e.note_ru, e.sequence, e.changed_at, e.period::text AS _period,
    e.id AS _id"""
_NESTED = ("bodies", "attendances", "contributions", "sources")
_ORDER = "ORDER BY e.period DESC, e.id DESC LIMIT 51"
LIST = f"SELECT {_COLUMNS} FROM events_event e WHERE e.is_published {_ORDER}"
NEXT = (
    f"SELECT {_COLUMNS} FROM events_event e WHERE e.is_published"
    f" AND (e.period, e.id) < (%s::daterange, %s) {_ORDER}"
)
ONE = f"SELECT {_COLUMNS} FROM events_event e WHERE e.is_published AND e.slug = %s"
FILTER = f"""SELECT {_COLUMNS} FROM events_event e WHERE e.is_published
    AND EXISTS (SELECT FROM events_attendance a JOIN members_state s ON s.id = a.state_id
        WHERE a.event_id = e.id AND s.is_published AND s.code = %s
            AND a.role IN ('host', 'observer', 'participant'))
    AND EXISTS (SELECT FROM events_contribution c JOIN priorities_priority y ON y.id = c.priority_id
        JOIN members_presidency p ON p.id = y.presidency_id
        WHERE c.event_id = e.id AND y.is_published AND p.is_published
            AND p.slug = %s AND y.slug = %s)
    AND upper(e.period) > %s AND lower(e.period) <= %s
    AND e.period < daterange(%s::date + 1, NULL) {_ORDER}"""  # the last bounds the index
PAGE = """SELECT e.slug, coalesce(nullif(e.title, ''), e.title_ru), e.date, e.place, e.kind,
    e.status, (SELECT json_agg(json_build_array(s.slug, s.name) ORDER BY s.name)
        FROM events_attendance a
        JOIN members_state s ON s.id = a.state_id AND s.is_published
        WHERE a.event_id = e.id AND a.role NOT IN ('absent', 'unknown')),
    (SELECT json_agg(json_build_array(p.slug, y.slug, y.title) ORDER BY p.period DESC, y.number)
        FROM events_contribution c JOIN priorities_priority y ON y.id = c.priority_id
        AND y.is_published JOIN members_presidency p ON p.id = y.presidency_id AND p.is_published
        WHERE c.event_id = e.id)
    FROM events_event e WHERE e.is_published ORDER BY e.period DESC, e.id DESC LIMIT 51"""

_session: Any = None


def rows(sql: str, values: tuple[Any, ...] = ()) -> Any:
    """A cursor that has run the statement; one connection in each process."""
    global _session  # noqa: PLW0603
    if _session is None:
        _session = psycopg2.connect(os.environ["DATABASE_URL"])
        _session.autocommit = True
    cursor = _session.cursor()
    cursor.execute(sql, values)
    return cursor


def objects(sql: str, values: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
    cursor = rows(sql, values)
    names = [column[0] for column in cursor.description]
    found = []
    for row in cursor.fetchall():
        item = dict(zip(names, row, strict=True))
        for name in _NESTED:
            item[name] = orjson.Fragment(item[name])
        found.append(item)
    return found


def answer_list(sql: str, values: tuple[Any, ...] = ()) -> bytes:
    found = objects(sql, values)
    more, found = len(found) > 50, found[:50]
    after = f"?after={found[-1]['_period']},{found[-1]['_id']}" if more else None
    for item in found:
        del item["_period"], item["_id"]
    return orjson.dumps({"next": after, "previous": None, "results": found})


def answer_one(slug: str) -> bytes:
    item = objects(ONE, (slug,))[0]
    del item["_period"], item["_id"]
    return orjson.dumps(item)


def answer_filter(query: dict[str, list[str]]) -> bytes:
    presidency, priority = query["priority"][0].split(":")
    values = (query["state"][0], presidency, priority, query["since"][0], *query["until"] * 2)
    return answer_list(FILTER, values)


def answer_page() -> bytes:
    parts = ["<!doctype html><html lang=en><title>Events</title><table>"]
    for slug, title, date, place, kind, status, states, priorities in rows(PAGE).fetchall()[:50]:
        links = ", ".join(
            f'<a href="/states/{escape(key)}/">{escape(name)}</a>' for key, name in states or ()
        )
        bears = ", ".join(
            f'<a href="/presidencies/{escape(term)}/priorities/{escape(key)}/">{escape(name)}</a>'
            for term, key, name in priorities or ()
        )
        parts.append(
            f'<tr><td>{escape(date)}<td><a href="/events/{escape(slug)}/">{escape(title)}</a>'
            f"<td>{escape(place)}<td>{escape(kind)}<td>{escape(status)}<td>{links}<td>{bears}"
        )
    return "".join([*parts, "</table></html>"]).encode()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path, text = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    kind = "application/json"
    if path == "/hello":
        body, kind = b"hello", "text/plain"
    elif path == "/events/":
        body, kind = answer_page(), "text/html; charset=utf-8"
    elif path != "/api/v1/events/":
        body = answer_one(path.split("/")[-2])
    elif not text:
        body = answer_list(LIST)
    else:
        query = parse_qs(text)
        if "after" in query:
            period, _, row = query["after"][0].rpartition(",")
            body = answer_list(NEXT, (period, int(row)))
        else:
            body = answer_filter(query)
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]
