"""The backup and the restore of docs/deploy.md, tried on the whole record."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from psycopg2 import sql

from csto_tracker.local.programs import find_postgres
from tests.local.conftest import CHECKOUT


@pytest.fixture
def databases() -> Iterator[list[str]]:
    """The addresses of two empty databases on the server that the tests run with."""
    url = os.environ["DATABASE_URL"]
    names = [f"backup_{uuid.uuid4().hex[:8]}_{part}" for part in ("from", "to")]
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield [urlsplit(url)._replace(path=f"/{name}").geturl() for name in names]
        for name in names:
            cursor.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
    connection.close()


def contents(url: str) -> dict[str, str]:
    """A digest of the rows of each table."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            digests = {}
            for (table,) in cursor.fetchall():
                query = (
                    "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
                )
                cursor.execute(sql.SQL(query).format(sql.Identifier(table)))
                (digests[table],) = cursor.fetchone() or ("",)
            return digests
    finally:
        connection.close()


def test_record_dumped_and_restored_is_the_same(databases: list[str], tmp_path: Path) -> None:
    source, target = databases
    environment = {**os.environ, "DATABASE_URL": source}
    for command in ("migrate", "load_record"):
        subprocess.run(
            [sys.executable, "manage.py", command, "--verbosity", "0"],
            cwd=CHECKOUT,
            env=environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    before = contents(source)
    empty = "d41d8cd98f00b204e9800998ecf8427e"
    assert before["sources_source"] != empty

    programs, dump = find_postgres().folder, str(tmp_path / "tracker.dump")
    restore = [str(programs / "pg_restore"), "--no-owner", "--exit-on-error", "--dbname"]
    subprocess.run(
        [str(programs / "pg_dump"), "--format=custom", "--file", dump, "--dbname", source],
        check=True,
    )
    subprocess.run([*restore, target, dump], check=True)
    assert contents(target) == before
    subprocess.run([*restore, source, "--clean", "--if-exists", dump], check=True)
    assert contents(source) == before
