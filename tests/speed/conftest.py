"""One or two web processes of the site on the test database."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.db import connection

from csto_tracker.local import ports

CHECKOUT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def lasting(self) -> dict[str, str]:
        """The headers that do not belong to this one answer."""
        return {
            name: value
            for name, value in self.headers.items()
            if name not in {"x-request-id", "date"}
        }


@dataclass
class Site:
    """One web process of the site, on the test database."""

    port: int
    process: subprocess.Popen[bytes] = field(repr=False)

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client.request(method, path, headers=named)
        answer = client.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        body = answer.read()
        client.close()
        return Answer(answer.status, found, body)

    def wait(self) -> None:
        """Return once it answers."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                assert self.ask("/healthz").status == 200
                return
            except OSError:
                assert self.process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)


@pytest.fixture
def start(transactional_db: None) -> Iterator[Callable[..., Site]]:
    """Start one web process with these variables; it ends with the test."""
    address = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(address._replace(path=f"/{connection.settings_dict['NAME']}"))
    running: list[Site] = []

    def one(**variables: str) -> Site:
        port = ports.any_free()
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(port), "--workers", "1", "--blocking-threads", "1"]
        command += ["--http", "1", "--no-ws", "--log-level", "warning"]
        running.append(
            Site(
                port,
                subprocess.Popen(
                    [*command, "csto_tracker.wsgi:application"],
                    cwd=CHECKOUT,
                    env={**os.environ, "DATABASE_URL": database, "API_RATE": "off", **variables},
                ),
            )
        )
        return running[-1]

    yield one
    for site in running:
        site.process.terminate()
    for site in running:
        site.process.wait(10)


@pytest.fixture
def sites(start: Callable[..., Site]) -> tuple[Site, Site]:
    """Two processes that know nothing of each other."""
    both = start(), start()
    for site in both:
        site.wait()
        site.ask("/events/")  # has the process listen
    deadline = time.monotonic() + START_SECONDS
    while _listening() < len(both):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return both


def _listening() -> int:
    """How many processes listen to this database, and have read the version."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'data version'"
            " AND datname = current_database() AND query LIKE 'SELECT number%' AND state = 'idle'"
        )
        found: int = cursor.fetchone()[0]
    return found


@pytest.fixture
def deafen(sites: tuple[Site, Site]) -> Iterator[Callable[[], None]]:
    """Cut both processes off from notifications, and keep them from listening again."""
    name = connection.settings_dict["NAME"]
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    parameters.pop("cursor_factory", None)
    session = psycopg2.connect(**parameters)
    session.autocommit = True

    def cut() -> None:
        with session.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE application_name = 'data version' AND datname = %s",
                [name],
            )
            assert cursor.fetchall() == [(True,)] * len(sites)
        time.sleep(0.3)  # They have noticed by then.

    yield cut
    with session.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    session.close()
