"""What all tests share: a database, small factories, and no network but this machine's own."""

import socket
from collections.abc import Iterator
from typing import Any

import pgtrigger
import pytest
from django.core.management.commands import flush
from django.db import connection, connections, transaction

from tests import databases


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_keepdb: bool
) -> None:
    """A new test database is a copy of one that was migrated for all processes of the run."""
    if not django_db_keepdb:
        connection.settings_dict["TEST"]["TEMPLATE"] = databases.template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Whoever still uses the database when the tests are over is named before it is dropped."""
    yield
    connections.close_all()
    assert databases.left_alone(str(connection.settings_dict["NAME"])) == []


# What a migrated database holds: Django makes it from the models.
_MADE = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


def _empty(self: flush.Command, **options: Any) -> None:
    """Delete all rows but those of `_MADE`, where there are any.

    Django's own `flush` truncates each table, empty or not, and makes anew what `_MADE` holds:
    0.7 s after each test with transactions of its own, a quarter of the time of all tests.
    """
    tables = set(connection.introspection.django_table_names(include_views=False)) - _MADE
    names = [connection.ops.quote_name(name) for name in sorted(tables)]
    # Foreign keys are looked at when all is done, and no history is kept of it.
    with transaction.atomic(), pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})"  # noqa: S608  # our tables
                for name in names
            )
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608


@pytest.fixture(scope="session", autouse=True)
def _quick_emptying() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", _empty)
        yield


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The first process deletes what the others have copied."""
    if not hasattr(session.config, "workerinput"):
        databases.drop(databases.RECORD)
        databases.drop(databases.TEMPLATE)


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to other hosts: a test that needs one is no test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in {
            "127.0.0.1",
            "::1",
            "localhost",
        }:
            raise RuntimeError(f"a test tried to connect to {address!r}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _quick_settings(settings: Any) -> None:
    """What costs time with each client or account that a test makes, and is no part of it."""
    settings.WHITENOISE_AUTOREFRESH = True  # or each client looks at every static file first
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _nothing_is_counted(settings: Any) -> None:
    """Tests ask more often than a reader may; those of throttling set a rate of their own."""
    settings.API_RATE = settings.API_TOKEN_RATE = settings.SUBSCRIBE_RATE = None
