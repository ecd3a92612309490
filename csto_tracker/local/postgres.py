"""A PostgreSQL server of our own: its data in `.local`, reached by a private socket only."""

import hashlib
import locale
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psycopg2

from csto_tracker.local.accounts import Account, can_enter, unprivileged
from csto_tracker.local.failure import LocalError
from csto_tracker.local.processes import TAG, Child, end_left_over
from csto_tracker.local.programs import PostgresPrograms, find_postgres
from csto_tracker.local.variables import CHECKOUT

NAME = "tracker"  # of the database and of the role that owns it
START_SECONDS = 60  # recovery after a crash included
SETTINGS = {
    # Nobody reaches the server but through a socket in a folder of its owner.
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # A small machine that runs everything: little memory, few processes.
    "max_connections": "60",
    "shared_buffers": "64MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "32MB",
    "effective_cache_size": "256MB",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "autovacuum_max_workers": "1",
    "max_parallel_workers_per_gather": "0",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
# For data that is thrown away: nothing waits for the disk.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


def socket_folder(local: Path) -> Path:
    """A short path whatever `local` is: the path of a socket ends at 107 bytes."""
    name = "csto-tracker-" + hashlib.sha256(os.fsencode(local)).hexdigest()[:12]
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.geteuid() != 0 and len(runtime) in range(1, 60) and os.access(runtime, os.W_OK):
        return Path(runtime) / name
    return Path("/tmp") / f"{name}-{os.geteuid()}"  # noqa: S108 (made private, or refused)


def remove_socket_folder(local: Path) -> None:
    """Delete the folder of the socket of a server that has stopped."""
    shutil.rmtree(socket_folder(local), ignore_errors=True)  # absent when it never started


class Postgres:
    """The server whose data is in `local/postgresql`; `start` makes what is missing.

    `durable=False` is for tests: it forgets its data when the machine crashes.
    """

    def __init__(self, local: Path, *, durable: bool = True, tell: Callable[[str], None] = print):
        self.local, self.durable, self.tell = local, durable, tell
        self.programs: PostgresPrograms = find_postgres()
        self.account: Account | None = None
        self.child: Child

    @property
    def link(self) -> Path:
        """`local/postgresql`: the folder of the data, or a link to it where it cannot be there."""
        return self.local / "postgresql"

    @property
    def data(self) -> Path:
        return self.link.resolve() / str(self.programs.major)

    @property
    def url(self) -> str:
        """What DATABASE_URL has to be; libpq understands it too."""
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(socket_folder(self.local)))}"

    def start(self, *, interrupted: Callable[[], bool] = lambda: False) -> Child:
        """Start the server and return once the database answers.

        The caller holds the lock of `local` and has ended what an earlier run left. Raises
        LocalError with the end of the server's log when it does not come up.
        """
        self.account = unprivileged(self.data, CHECKOUT)
        self._choose_place()
        if not can_enter(self.account, self.programs.trees, deep=True):
            self.programs = self.programs.copy_to(self.link.resolve() / "programs")
        self._refuse_other_version()
        sockets = self._make_socket_folder()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        settings = {**SETTINGS, "unix_socket_directories": str(sockets)}
        settings |= {} if self.durable else THROWAWAY
        if self.programs.major >= 18:
            settings["io_method"] = "sync"  # instead of three more processes that read ahead
        command = [str(self.programs.folder / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.child = Child(
            f"PostgreSQL {self.programs.version}",
            command,
            self._environment(),
            log=self.local / "log" / "postgresql.log",
            stop_signal=signal.SIGINT,  # end open connections, write everything, stop
            account=self.account,
            folder=Path("/"),  # one that every account can enter
        )
        self._run(interrupted)
        self._make_database()
        return self.child

    def restart(self, *, interrupted: Callable[[], bool]) -> None:
        """Start the server again after its main process has died."""
        end_left_over(self.local, only="postgres")
        self._run(interrupted)

    def _run(self, interrupted: Callable[[], bool]) -> None:
        # No server of ours lives: the caller has the lock and ended what was left. A process
        # number in an old file would keep PostgreSQL from starting once another process has it.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.child.start_until(self.answers, seconds=START_SECONDS, interrupted=interrupted)

    def answers(self) -> bool:
        """Whether the server takes connections."""
        try:
            self._connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def _choose_place(self) -> None:
        """Make `link` a folder, or a link to a folder, that the account can enter."""
        if self.link.is_symlink():
            if not self.link.exists():
                raise LocalError(
                    f"PostgreSQL's data was in {self.link.readlink()}, which is gone. Bring it"
                    f" back, or delete {self.link} to start with an empty database."
                )
            return
        self.link.mkdir(mode=0o711, parents=True, exist_ok=True)
        if can_enter(self.account, [self.data if self.data.exists() else self.link]):
            return
        if any(self.link.iterdir()) or self.account is None:
            name = self.account.name if self.account else "this user"
            raise LocalError(f"{self.link} cannot be entered by {name}.")
        self.link.rmdir()
        self.link.symlink_to(self._place_elsewhere(), target_is_directory=True)
        self.tell(
            f"PostgreSQL runs as {self.account.name}, who cannot enter {self.local}:"
            f" its data is in {self.link.readlink()}"
        )

    def _place_elsewhere(self) -> Path:
        parents = ["/var/lib", "/var/tmp"] if self.durable else ["/var/tmp"]  # noqa: S108 (a new private folder is made in it)
        for parent in parents:
            if os.access(parent, os.W_OK):
                place = Path(tempfile.mkdtemp(prefix="csto-tracker-", dir=parent))
                place.chmod(0o711)
                return place
        raise LocalError(f"PostgreSQL's data can be put in none of {', '.join(parents)}.")

    def _refuse_other_version(self) -> None:
        others = sorted(p.name for p in self.link.iterdir() if p.name.isdigit() and p != self.data)
        if others and not self.data.exists():
            raise LocalError(
                f"The data in {self.link} is of PostgreSQL {others[-1]}, the programs are of"
                f" {self.programs.major}. Dump it with the old programs and restore it (see"
                " docs/deploy.md), or move it away to start with an empty database."
            )

    def _make_socket_folder(self) -> Path:
        folder = socket_folder(self.local)
        owner = self.account.uid if self.account else os.geteuid()
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            found = folder.lstat()
            ours = stat.S_ISDIR(found.st_mode) and found.st_uid in {owner, os.geteuid()}
            if not ours or found.st_mode & 0o077:
                raise LocalError(
                    f"{folder} belongs to somebody else or is open to others. Delete it."
                ) from None
        if self.account:
            os.chown(folder, self.account.uid, self.account.gid)
        for name in folder.iterdir():  # left by `kill -9`, see postmaster.pid
            name.unlink()
        return folder

    def _initialise(self) -> None:
        """Make an empty cluster. It takes its name last, so one cut short is never used."""
        partial = self.data.with_name(f"{self.data.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        if self.account:
            os.chown(partial, self.account.uid, self.account.gid)
        command = [str(self.programs.folder / "initdb"), "-D", str(partial), "-U", "postgres"]
        command += ["--encoding=UTF8", "--auth-local=trust", "--auth-host=reject"]
        if self.programs.major >= 17:
            # The same order of text on every machine, whatever its locales.
            command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            command += _letters()
        else:
            command += ["--locale=C.UTF-8"]
        made = subprocess.run(
            command if self.durable else [*command, "--no-sync"],
            env=self._environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        if made.returncode != 0:
            raise LocalError(f"initdb ended with code {made.returncode}:\n{made.stderr.strip()}")
        partial.rename(self.data)

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", TAG: str(self.local)}

    def _connect(self, database: str) -> psycopg2.extensions.connection:
        return psycopg2.connect(
            host=str(socket_folder(self.local)), user="postgres", dbname=database, connect_timeout=2
        )

    def _make_database(self) -> None:
        """The role, which is no superuser (as on a managed server), and its database."""
        connection = self._connect("postgres")
        connection.autocommit = True  # CREATE DATABASE runs outside a transaction
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME])
                if not cursor.fetchone():
                    cursor.execute(f"CREATE ROLE {NAME} LOGIN CREATEDB")
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
                if not cursor.fetchone():
                    cursor.execute(f"CREATE DATABASE {NAME} OWNER {NAME}")
        finally:
            connection.close()


def _letters() -> list[str]:
    """The option by which full-text search tells letters from signs such as «, if the machine
    knows the locale; in that of C it takes all beyond ASCII for letters."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return []
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return ["--lc-ctype=C.UTF-8"]
