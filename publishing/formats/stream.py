"""Streaming a query out of PostgreSQL by COPY, in constant memory.

The download has a connection of its own: it outlives the view, may take longer than a page may,
and holds up nobody when its reader is slow.
"""

import os
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import psycopg2
from django.db import DatabaseError, connection
from django.db.models import QuerySet

CHUNK = 64 * 1024
SECONDS = 600  # A reader slower than this has gone away.

CSV_ROWS = "FORMAT csv"
# One column as it is: JSON text holds neither of these control characters, so nothing is quoted.
LINES = r"FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01'"


def copy(rows: QuerySet, options: str, *, recorded_at: datetime | None = None) -> Iterator[bytes]:
    """The rows of a values() query in the COPY format asked for, in chunks of at most 64 kB.

    Opens its connection when the first chunk is asked for and closes it at the end or when the
    iterator is closed. Raises DatabaseError in the middle if PostgreSQL fails: a download that
    is cut short must not look whole.
    """
    sql, parameters = rows.query.sql_with_params()
    settings = connection.get_connection_params()
    own = psycopg2.connect(**_driver_options(settings))
    reader, writer = os.pipe()
    failures: list[Exception] = []

    def write() -> None:
        try:
            with os.fdopen(writer, "wb", CHUNK) as target, own.cursor() as cursor:
                cursor.execute(f"SET statement_timeout = '{SECONDS}s'")
                if recorded_at is not None:
                    cursor.execute(
                        "SELECT set_config('csto.recorded_at', %s, false),"
                        " set_config('search_path', 'past, public', false)",
                        [recorded_at.isoformat()],
                    )
                query = cursor.mogrify(sql, parameters).decode()
                cursor.copy_expert(f"COPY ({query}) TO STDOUT WITH ({options})", target, CHUNK)
        except BrokenPipeError:
            return  # The reader has gone away.
        except (psycopg2.Error, OSError) as error:
            failures.append(error)

    thread = threading.Thread(target=write, name="export", daemon=True)
    thread.start()
    try:
        with os.fdopen(reader, "rb", 0) as source:
            while chunk := source.read(CHUNK):
                yield chunk
        thread.join()
    finally:
        if thread.is_alive():
            own.cancel()
            thread.join()
        own.close()
    if failures:
        raise DatabaseError(f"the download broke off: {failures[0]}") from failures[0]


def _driver_options(settings: dict[str, Any]) -> dict[str, Any]:
    """Django's connection parameters without those that are its own."""
    own = {"cursor_factory", "server_side_binding", "assume_role", "isolation_level", "pool"}
    return {name: value for name, value in settings.items() if name not in own}
