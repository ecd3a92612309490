"""What all tests share: a database, small factories, and no network but this machine's own."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

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
    connection.close()
    assert databases.left_alone(str(connection.settings_dict["NAME"])) == []


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The first process deletes what the others have copied."""
    if not hasattr(session.config, "workerinput"):
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
def _nothing_is_counted(settings: Any) -> None:
    """Tests ask more often than a reader may; those of throttling set a rate of their own."""
    settings.API_RATE = settings.API_TOKEN_RATE = settings.SUBSCRIBE_RATE = None
