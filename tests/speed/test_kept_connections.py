"""Connections that a process keeps between requests: checked without a query, renewed when dead."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> Iterator[Any]:
    """A second connection to the database, which has answered a query before."""
    found = connection.copy()
    with found.cursor() as cursor:
        cursor.execute("SELECT 'before'")
    yield found
    found.close()


def seen_by_server(kept: Any) -> list[str]:
    """The latest query of the other session, if there still is one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT query FROM pg_stat_activity WHERE pid = %s",
            [kept.connection.info.backend_pid],
        )
        return [row[0] for row in cursor.fetchall()]


def begin_request(kept: Any) -> None:
    """What Django does with each connection before its first query in a request."""
    kept.health_check_done = False
    kept.close_if_health_check_failed()


def test_living_connection_is_kept_and_the_server_is_asked_nothing(kept: Any) -> None:
    session = kept.connection
    begin_request(kept)
    assert kept.connection is session
    assert seen_by_server(kept) == ["SELECT 'before'"]


def test_connection_that_the_server_ended_is_renewed(kept: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [kept.connection.info.backend_pid])
        assert cursor.fetchone() == (True,)
    begin_request(kept)
    with kept.cursor() as cursor:
        cursor.execute("SELECT 'after'")
        assert cursor.fetchone() == ("after",)
