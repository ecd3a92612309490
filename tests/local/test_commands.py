"""`python -m csto_tracker.local.run` and `manage.py up` as a user meets them."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from csto_tracker.local import variables
from csto_tracker.local.processes import end_left_over
from tests.local.conftest import CHECKOUT, wait_for_end

RUN = [sys.executable, "-m", "csto_tracker.local.run", "--"]
SHOW = [
    sys.executable,
    "-c",
    "import json, os, sys; print(json.dumps(dict(os.environ))); sys.exit(7)",
]


def test_run_gives_servers_returns_the_exit_code_and_leaves_nothing(
    folder: Path, fresh_environment: dict[str, str]
) -> None:
    environment = {**fresh_environment, "LOCAL_DIR": str(folder)}
    done = subprocess.run([*RUN, *SHOW], cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE)
    assert done.returncode == 7
    given = json.loads(done.stdout)
    assert given["DATABASE_URL"].startswith("postgresql://tracker@/tracker?host=/")
    assert given["REDIS_URL"].startswith("redis://:")
    assert len(given["SECRET_KEY"]) >= 50
    assert list((folder / "test").iterdir()) == []


def test_run_uses_the_databases_of_the_environment(
    folder: Path, fresh_environment: dict[str, str]
) -> None:
    own = {"DATABASE_URL": "postgres://db.example/x", "REDIS_URL": "redis://cache.example"}
    environment = {**fresh_environment, "LOCAL_DIR": str(folder), **own}
    done = subprocess.run([*RUN, *SHOW], cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE)
    given = json.loads(done.stdout)
    assert {name: given[name] for name in own} == own


def test_run_killed_leaves_a_folder_that_the_next_run_deletes(
    folder: Path, fresh_environment: dict[str, str]
) -> None:
    environment = {**fresh_environment, "LOCAL_DIR": str(folder)}
    first = subprocess.Popen(
        [*RUN, "sh", "-c", "echo ready; exec sleep 60"],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
    )
    assert first.stdout
    assert first.stdout.readline() == b"ready\n"
    children = [child.pid for child in psutil.Process(first.pid).children(recursive=True)]
    first.kill()
    first.communicate()
    assert wait_for_end(children) == []
    assert len(list((folder / "test").iterdir())) == 1

    assert subprocess.run([*RUN, "true"], cwd=CHECKOUT, env=environment).returncode == 0
    assert list((folder / "test").iterdir()) == []


def test_run_passes_sigterm_on_and_stops(folder: Path, fresh_environment: dict[str, str]) -> None:
    environment = {**fresh_environment, "LOCAL_DIR": str(folder)}
    process = subprocess.Popen(
        [*RUN, "sh", "-c", "echo ready; exec sleep 60"],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 128 + signal.SIGTERM
    process.stdout.close()
    assert list((folder / "test").iterdir()) == []


def up(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "up", *arguments],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_up_on_a_taken_port_names_the_next_free_one_and_starts_nothing(
    folder: Path, fresh_environment: dict[str, str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = up(
            "--port", str(port), environment={**fresh_environment, "LOCAL_DIR": str(folder)}
        )
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"Port {port} of 127.0.0.1 is taken by another program. Port ")
    assert "is free: make run PORT=" in answer.stderr
    assert not (folder / "postgresql").exists()


def test_up_on_an_address_of_another_machine_is_refused(
    folder: Path, fresh_environment: dict[str, str]
) -> None:
    answer = up("--host", "192.0.2.1", environment={**fresh_environment, "LOCAL_DIR": str(folder)})
    assert answer.returncode == 1
    assert answer.stderr == "192.0.2.1:8000 cannot be used: Cannot assign requested address\n"


def test_secret_key_is_made_once_and_private(folder: Path) -> None:
    first = variables.secret_key(folder)
    assert len(first) >= 50
    assert variables.secret_key(folder) == first
    assert stat.S_IMODE((folder / "secret-key").stat().st_mode) == 0o600


def test_commands_get_the_running_installations_settings_only_without_a_database_of_their_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables.remember(folder, {"DATABASE_URL": "postgres:///here", "SECRET_KEY": "a=b"})
    monkeypatch.setenv("LOCAL_DIR", str(folder))
    monkeypatch.setenv("DATABASE_URL", "postgres://production")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    variables.apply()
    assert "SECRET_KEY" not in os.environ

    monkeypatch.delenv("DATABASE_URL")
    variables.apply()
    assert os.environ["DATABASE_URL"] == "postgres:///here"
    assert os.environ.pop("SECRET_KEY") == "a=b"


def test_processes_left_by_a_killed_run_are_ended_and_those_of_others_are_not(folder: Path) -> None:
    sleeping = [sys.executable, "-c", "print('ready', flush=True); input()"]
    processes = []
    for local in (folder, folder / "other"):
        process = subprocess.Popen(
            sleeping,
            env={"CSTO_TRACKER_LOCAL": str(local)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdout
        process.stdout.readline()  # it has its new environment
        processes.append(process)
    ours, others = processes
    begun = time.monotonic()
    assert end_left_over(folder, grace_seconds=0.2) == 1
    assert time.monotonic() - begun < 5
    assert wait_for_end([ours.pid]) == []
    assert others.poll() is None
    for process in processes:
        process.communicate()
