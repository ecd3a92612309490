import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass
class Launched:
    process: subprocess.Popen[str]
    answer: dict[str, Any]

    def stop(self) -> None:
        self.process.communicate()  # ends its standard input
        assert self.process.returncode == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account can enter; pytest's own are closed to all but their owner."""
    place = Path(tempfile.mkdtemp(prefix="tracker-test-"))
    place.chmod(0o711)
    yield place
    for link in place.rglob("postgresql"):
        if link.is_symlink():
            shutil.rmtree(link.resolve())
    shutil.rmtree(place)


@pytest.fixture
def launch() -> Iterator[Callable[[Path], Launched]]:
    """Start the test launcher in a folder and return once its servers answer."""
    started: list[subprocess.Popen[str]] = []

    def start(local: Path) -> Launched:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.local.launcher", str(local)],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout
        assert process.stderr
        line = process.stdout.readline()
        assert line, process.stderr.read()
        return Launched(process, json.loads(line))

    yield start
    for process in started:
        process.communicate()


@pytest.fixture
def fresh_environment() -> dict[str, str]:
    """This environment without the databases and settings that the tests run with."""
    set_for_tests = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CSTO_TRACKER_LOCAL"}
    return {name: value for name, value in os.environ.items() if name not in set_for_tests}


def wait_for_end(pids: list[int], seconds: float = 10) -> list[int]:
    """Wait until none of `pids` runs; return those that still do."""
    processes = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return [process.pid for process in alive]


def kill(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
