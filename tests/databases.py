"""Databases of the tests: made once in a run, copied for each process that needs one."""

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql

CHECKOUT = Path(__file__).resolve().parents[1]
# The processes of one run inherit the name from the first.
TEMPLATE = os.environ.setdefault("TEST_TEMPLATE", f"template_{os.getpid()}")
RECORD = f"{TEMPLATE}_record"
PATIENCE = 30  # seconds


def address(name: str) -> str:
    """The DATABASE_URL of another database on the server of the tests."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def manage(name: str, *words: str, **environment: str) -> None:
    """Run a command of manage.py on this database; raises CalledProcessError."""
    subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=CHECKOUT,
        env=os.environ | {"DATABASE_URL": address(name)} | environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def statement(text: str, *names: str) -> None:
    """Run a statement on the server, with identifiers for its `{}`."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(text).format(*map(sql.Identifier, names)))
    finally:
        connection.close()


def template() -> str:
    """The name of a database with all tables and no rows; the first who asks makes it."""
    return _made(TEMPLATE, "template1", [["migrate", "--verbosity", "0"]])


def with_record(release: str) -> str:
    """The name of a database with the record and this release; the first who asks makes it."""
    return _made(RECORD, template(), [["load_record"], ["make_release", release]])


def _made(name: str, base: str, commands: list[list[str]]) -> str:
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                making = f"{name}_making"
                create(making, base)
                for words in commands:
                    manage(making, *words)
                statement("ALTER DATABASE {} RENAME TO {}", making, name)
    finally:
        connection.close()  # and with it ends the lock
    return name


def create(name: str, base: str) -> None:
    """Make a database that is a copy of another, which nobody may use meanwhile."""
    statement("CREATE DATABASE {} TEMPLATE {}", name, base)


def drop(name: str) -> None:
    """Delete a database, whoever uses it; nothing happens if there is none."""
    statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def left_alone(name: str) -> list[str]:
    """What others still do in a database after a while: nothing, if every test ended its own."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    deadline = time.monotonic() + PATIENCE
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            while True:
                cursor.execute(
                    "SELECT concat_ws(' ', pid, application_name, state, query)"
                    " FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'",
                    [name],
                )
                found = [row[0] for row in cursor.fetchall()]
                if not found or time.monotonic() > deadline:
                    return found
                time.sleep(0.1)
    finally:
        connection.close()
