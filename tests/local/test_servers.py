"""PostgreSQL and Valkey as our launcher runs them, killed and in odd places."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from tests.local.conftest import CHECKOUT, Launched, kill, wait_for_end

Launch = Callable[[Path], Launched]


def execute(url: str, *statements: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


WRITE = ("CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('сохранено')")
READ = "SELECT word FROM kept"


def test_postgres_killed_with_its_launcher_and_all_processes_keeps_its_data(
    folder: Path, launch: Launch
) -> None:
    first = launch(folder)
    execute(first.answer["postgres"], *WRITE)
    data = Path(first.answer["data"])
    everything = [p for p in psutil.process_iter() if runs_in(p, data)]
    kill([first.process.pid, *first.answer["processes"]])
    kill([p.pid for p in everything if p.is_running() and p.pid not in first.answer["processes"]])
    first.process.communicate()
    assert wait_for_end([p.pid for p in everything]) == []

    second = launch(folder)
    assert execute(second.answer["postgres"], READ) == [("сохранено",)]
    second.stop()
    assert wait_for_end(second.answer["processes"], seconds=0.1) == []


def runs_in(process: psutil.Process, data: Path) -> bool:
    try:
        return process.name() == "postgres" and Path(process.cwd()) == data
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def test_launcher_killed_alone_takes_its_servers_with_it(folder: Path, launch: Launch) -> None:
    first = launch(folder)
    execute(first.answer["postgres"], *WRITE)
    first.process.kill()
    first.process.communicate()
    assert wait_for_end(first.answer["processes"]) == []

    second = launch(folder)
    assert execute(second.answer["postgres"], READ) == [("сохранено",)]


def test_pid_file_that_names_a_living_stranger_does_not_keep_postgres_down(
    folder: Path, launch: Launch
) -> None:
    first = launch(folder)
    data = Path(first.answer["data"])
    pid_file = (data / "postmaster.pid").read_text().splitlines()
    first.stop()
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    pid_file[0] = str(stranger.pid)
    (data / "postmaster.pid").write_text("\n".join(pid_file) + "\n")

    second = launch(folder)
    assert execute(second.answer["postgres"], "SELECT 1") == [(1,)]
    assert stranger.poll() is None
    stranger.communicate()


def test_initialisation_cut_short_is_done_again(folder: Path, launch: Launch) -> None:
    partial = folder / "postgresql" / "18.partial"
    partial.mkdir(parents=True)
    folder.joinpath("postgresql").chmod(0o711)
    (partial / "PG_VERSION").write_text("18")
    assert execute(launch(folder).answer["postgres"], "SELECT 1") == [(1,)]
    assert not partial.exists()


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("two words и кириллица $HOME 'quoted'", id="spaces-and-letters"),
        pytest.param("/".join(["a" * 40] * 4), id="more-than-150-characters"),
    ],
)
def test_servers_run_in_a_folder_named(folder: Path, launch: Launch, name: str) -> None:
    local = folder / name / ".local"
    launched = launch(local)
    assert execute(launched.answer["postgres"], "SELECT current_user::text") == [("tracker",)]
    with redis.Redis.from_url(launched.answer["valkey"]) as client:
        assert client.ping()
    assert Path(launched.answer["data"]) == local / "postgresql" / "18"


def test_servers_run_in_a_folder_that_only_its_owner_can_enter(
    folder: Path, launch: Launch
) -> None:
    """As root, PostgreSQL's account cannot enter it: its data goes elsewhere and is found there."""
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    first = launch(closed / ".local")
    execute(first.answer["postgres"], *WRITE)
    first.stop()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert (closed / ".local" / "postgresql").is_symlink() == (os.geteuid() == 0)

    second = launch(closed / ".local")
    assert second.answer["data"] == first.answer["data"]
    assert execute(second.answer["postgres"], READ) == [("сохранено",)]


def test_postgres_takes_no_connection_but_through_its_private_socket(
    folder: Path, launch: Launch
) -> None:
    launched = launch(folder)
    postgres = psutil.Process(launched.answer["processes"][0])
    assert [c for c in postgres.net_connections("inet") if c.status == psutil.CONN_LISTEN] == []
    assert postgres.uids().real != 0
    (socket,) = [c.laddr for c in postgres.net_connections("unix") if c.laddr]
    assert stat.S_IMODE(Path(str(socket)).parent.stat().st_mode) == 0o700


def test_valkey_listens_on_this_machine_only_and_wants_its_password(
    folder: Path, launch: Launch
) -> None:
    launched = launch(folder)
    valkey = psutil.Process(launched.answer["processes"][1])
    listening = [c for c in valkey.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert [c.laddr.ip for c in listening] == ["127.0.0.1"]
    with (
        redis.Redis(port=listening[0].laddr.port) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_second_launcher_of_one_folder_is_refused(folder: Path, launch: Launch) -> None:
    launch(folder)
    second = subprocess.run(
        [sys.executable, "-m", "tests.local.launcher", str(folder)],
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert second.returncode == 1
    assert "BlockingIOError" in second.stderr


def test_data_of_another_postgres_version_is_refused_and_left_alone(folder: Path) -> None:
    old = folder / "postgresql" / "14"
    old.mkdir(parents=True)
    (folder / "postgresql").chmod(0o711)
    refused = subprocess.run(
        [sys.executable, "-m", "tests.local.launcher", str(folder)],
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert "is of PostgreSQL 14, the programs are of 18" in refused.stderr
    assert [path.name for path in (folder / "postgresql").iterdir()] == ["14"]
