"""The backup and the restore of docs/deploy.md, tried on the whole record."""

import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql

from csto_tracker.local.programs import find_postgres
from tests import databases


@pytest.fixture
def places() -> Iterator[list[str]]:
    """A database with all tables and an empty one, on the server that the tests run with."""
    names = [f"backup_{uuid.uuid4().hex[:8]}_{part}" for part in ("from", "to")]
    databases.create(names[0], databases.template())
    databases.statement("CREATE DATABASE {}", names[1])
    yield names
    for name in names:
        databases.drop(name)


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


def test_record_dumped_and_restored_is_the_same(places: list[str], tmp_path: Path) -> None:
    databases.manage(places[0], "load_record")
    source, target = map(databases.address, places)
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
