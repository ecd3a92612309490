"""Measure everything in one interleaved run and write it down.

    make bench                          or, with servers of one's own,
    DATABASE_URL=... python -m bench --seconds 300

makes two databases beside the one of DATABASE_URL, with 1,000 and with 1,000,000 events, and
measures each server in turn, round after round, so that a slow minute of the machine slows all of
them. What is reported is the median of the rounds.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import orjson
import psycopg2

from bench import servers
from bench.extras import export, search
from bench.load import Result, check, measure
from bench.report import Measured, write

SMALL, LARGE = 1_000, 1_000_000
MOST_IDLE_SECONDS = 300
IDLE_LOOKS = 5  # 0.1 s apart


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=420, help="of measuring, about")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--large", type=int, default=LARGE, help="events of the large record")
    options.add_argument("--out", type=Path, default=Path("docs"), help="folder of the report")
    options.add_argument("--keep", action="store_true", help="reuse databases made before")
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tracker-bench-"))
    running: list[servers.Server] = []
    try:
        run(chosen, folder, running)
    finally:
        for server in running:
            server.stop()
        shutil.rmtree(folder)


def run(chosen: argparse.Namespace, folder: Path, running: list[servers.Server]) -> None:
    begun = time.monotonic()
    sizes = {SMALL: "bench_small", chosen.large: "bench_large"}
    addresses = {size: database(name, size, keep=chosen.keep) for size, name in sizes.items()}
    tell(begun, "databases are there")
    groups: dict[int, list[servers.Server]] = {}
    for size, address in addresses.items():
        group = [
            servers.product(address, folder, cache=False),
            servers.product(address, folder, cache=True),
            servers.raw(address, folder),
            servers.ordinary(address, folder),
        ]
        running += group
        file = folder / f"record{size}.db"
        if servers.has_datasette():
            in_child("sqlite", address, str(file))
            group.append(servers.datasette(file, folder))
            running.append(group[-1])
        groups[size] = group
        for server in groups[size]:
            server.wait(server.paths["one"])
            if server.name != "Datasette":
                following = orjson.loads(check(server.port, server.paths["list"], {}, 200))["next"]
                parts = urlsplit(following)
                server.paths["next"] = f"{server.paths['list']}?{parts.query}"
            for path in server.paths.values():
                check(server.port, path, {}, 200)
    fewer(groups)
    tell(begun, "servers answer")
    found = rounds(groups, chosen.rounds, chosen.seconds, begun)
    large = groups[chosen.large]
    memory = [round(one) for server in large[:2] for one in server.megabytes()]
    searches = search(large[0].port)
    tell(begun, "searches done")
    exported = export(large[0], addresses[chosen.large])
    write(Measured(found, groups, chosen, memory, searches, exported), chosen.out)
    tell(begun, f"written to {chosen.out}")


def fewer(groups: dict[int, list[servers.Server]]) -> None:
    """Have the product asked, too, for as many rows of the filter as the smallest record has: what
    grows with the record is told from what grows with the answer."""
    products = [group[0] for group in groups.values()]
    path = products[0].paths["filter"]
    rows = min(len(orjson.loads(check(one.port, path, {}, 200))["results"]) for one in products)
    if not rows:
        raise SystemExit(f"Nothing to compare: one of the records has no row for {path}")
    for one in products:
        one.paths["few"] = f"{path}&page_size={rows}"


def rounds(
    groups: dict[int, list[servers.Server]], count: int, seconds: int, begun: float
) -> dict[tuple[int, str, str], Result]:
    """The median of each rate and latency by size, server and what was asked."""
    asked = [
        (size, server, what, headers)
        for size, group in groups.items()
        for what in ("list", "one", "filter", "few", "page", "next", "hello", "304")
        for server in group
        for headers in _headers(server, what)
    ]
    each = max(1.0, seconds / count / len(asked))
    results: dict[tuple[int, str, str], list[Result]] = defaultdict(list)
    session = psycopg2.connect(os.environ["DATABASE_URL"])
    session.autocommit = True
    for _size, server, what, headers in asked:  # warm
        wait_until_idle(session)
        measure(server.port, _path(server, what), headers, 1, connections=2)
    for number in range(count):
        for size, server, what, headers in asked:
            wait_until_idle(session)
            result = measure(server.port, _path(server, what), headers, each)
            results[size, server.name, what].append(result)
        tell(begun, f"round {number + 1} of {count}")
    session.close()
    return {
        key: Result(*(statistics.median(column) for column in zip(*several, strict=True)))
        for key, several in results.items()
    }


def wait_until_idle(session: Any) -> None:
    """Return when PostgreSQL has worked for nobody for a while: a server that was too slow goes on
    with one question after the other when nobody waits for it, and would slow the next one down."""
    idle = 0
    with session.cursor() as cursor:
        for _ in range(MOST_IDLE_SECONDS * 10):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            idle = idle + 1 if cursor.fetchone()[0] == 0 else 0
            if idle == IDLE_LOOKS:
                return
            time.sleep(0.1)
    raise RuntimeError(f"a server kept PostgreSQL busy for {MOST_IDLE_SECONDS} s")


def _path(server: servers.Server, what: str) -> str:
    return server.paths["list" if what == "304" else what]


def _headers(server: servers.Server, what: str) -> list[dict[str, str]]:
    """One set of headers if the server is measured by it, else none."""
    if what == "304":
        if server.name != "product, repeated":
            return []
        return [{"If-None-Match": "*"}]
    return [{}] if what in server.paths else []


def database(name: str, size: int, *, keep: bool) -> str:
    """The address of a database with that many made-up events."""
    own = os.environ["DATABASE_URL"]
    address = urlunsplit(urlsplit(own)._replace(path=f"/{name}"))
    session = psycopg2.connect(own)
    session.autocommit = True
    with session.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() and keep:
            return address
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    session.close()
    in_child("record", address, str(size))
    return address


def in_child(what: str, address: str, argument: str) -> None:
    """Run `bench.prepare` with another database than this process has."""
    subprocess.run(
        [sys.executable, "-m", "bench.prepare", what, argument],
        env={**os.environ, "DATABASE_URL": address},
        check=True,
    )


def tell(begun: float, text: str) -> None:
    print(f"{time.monotonic() - begun:6.0f} s  {text}", flush=True)


main()
