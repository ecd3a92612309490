"""The servers that are measured: each with two worker processes on one of the databases."""

import os
import re
import shutil
import subprocess
import sys
import time
from functools import cache as once
from importlib.metadata import packages_distributions
from pathlib import Path
from urllib.parse import quote

import psutil

from bench import sqlite
from bench.load import check
from csto_tracker.local import ports

ROOT = Path(__file__).resolve().parent.parent
FILTER = {
    "state": "KG",
    "priority": "presidency-2020:priority-1",
    "since": "2013-01-01",
    "until": "2023-12-31",
}
QUERY = "&".join(f"{name}={value}" for name, value in FILTER.items())
WORKERS = 2


class Server:
    """One server under test; `paths` are the addresses of what is measured."""

    def __init__(self, name: str, command: list[str], port: int, environment: dict[str, str]):
        self.name, self.port, self.paths = name, port, dict[str, str]()
        self._log = Path(environment["BENCH_FOLDER"]) / f"{name}-{port}.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log
            )

    def wait(self, path: str) -> None:
        """Return once the server answers; raises RuntimeError with its log if it does not."""
        deadline = time.monotonic() + 60
        while True:
            try:
                check(self.port, path, {}, 200)
                return
            except OSError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise RuntimeError(f"{self.name}: {self._log.read_text()[-3000:]}") from None
                time.sleep(0.2)

    def megabytes(self) -> list[float]:
        """Resident memory of each worker."""
        workers = [
            child
            for child in psutil.Process(self._process.pid).children()
            if "resource_tracker" not in " ".join(child.cmdline())
        ]
        return [child.memory_info().rss / 2**20 for child in workers]

    def stop(self) -> None:
        family = psutil.Process(self._process.pid).children(recursive=True)
        self._process.terminate()
        _, alive = psutil.wait_procs([*family, self._process], timeout=5)
        for process in alive:
            process.kill()


@once
def _only_for_development() -> str:
    """What can be imported here, but not where the site is installed from its lock file."""
    locked = set(
        re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements-local.lock").read_text(), re.MULTILINE)
    )
    return ",".join(
        sorted(
            package
            for package, found in packages_distributions().items()
            if not locked & {re.sub(r"[-_.]+", "-", name).lower() for name in found}
        )
    )


def granian(name: str, target: str, database: str, folder: Path, **settings: str) -> Server:
    port = ports.any_free()
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "BENCH_FOLDER": str(folder),
        "DEBUG": "0",
        "STATIC_FROM_SOURCE": "1",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PYTHONPATH": str(ROOT / "bench" / "installed"),
        "HIDDEN_PACKAGES": _only_for_development(),
        **settings,
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(WORKERS), "--blocking-threads", "1"]
    command += ["--http", "1", "--no-ws", "--log-level", "warning", target]
    return Server(name, command, port, environment)


def product(database: str, folder: Path, *, cache: bool) -> Server:
    server = granian(
        "product, repeated" if cache else "product",
        "csto_tracker.wsgi:application",
        database,
        folder,
        RESPONSE_CACHE_MB="16" if cache else "0",
        API_RATE="off",
    )
    server.paths = _paths("/api/v1/events/")
    return server


def raw(database: str, folder: Path) -> Server:
    server = granian("raw", "bench.raw:application", database, folder)
    server.paths = _paths("/api/v1/events/") | {"hello": "/hello"}
    return server


def ordinary(database: str, folder: Path) -> Server:
    server = granian("ordinary DRF", "bench.ordinary:application", database, folder,
                     DJANGO_SETTINGS_MODULE="bench.ordinary_settings")  # fmt: skip
    server.paths = _paths("/api/v1/events/")
    return server


def _paths(events: str) -> dict[str, str]:
    return {
        "list": events,
        "one": f"{events}event-500/",
        "filter": f"{events}?{QUERY}",
        "page": "/events/",
    }


def _datasette() -> str | None:
    return shutil.which(os.environ.get("DATASETTE", "datasette"))


def has_datasette() -> bool:
    """Whether Datasette is installed, or where the variable DATASETTE says."""
    return _datasette() is not None


def datasette(file: Path, folder: Path) -> Server:
    """Datasette on the SQLite copy: one process, as it has no workers."""
    port = ports.any_free()
    command = [
        str(_datasette()),
        "serve",
        "--immutable",
        str(file),
        "--host",
        "127.0.0.1",
        "--port",
    ]
    command += [str(port), "--setting", "sql_time_limit_ms", "20000", "--setting"]
    command += ["default_page_size", "50", "--setting", "suggest_facets", "off"]
    server = Server("Datasette", command, port, {**os.environ, "BENCH_FOLDER": str(folder)})
    base = f"/{file.stem}"
    where = sqlite.FILTER.format(**FILTER)
    server.paths = {
        "list": f"{base}.json?_shape=array&sql={quote(sqlite.LIST.format(where=''))}",
        "one": f"{base}/event.json?_shape=array&_nocount=1&_nofacet=1&slug__exact=event-500",
        "filter": f"{base}.json?_shape=array&sql={quote(sqlite.LIST.format(where=where))}",
        "page": f"{base}/event?_nocount=1&_nofacet=1&_size=50&_sort_desc=earliest",
    }
    return server
