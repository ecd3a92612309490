"""The environment that a local installation gives to its processes and commands."""

import os
import secrets
from pathlib import Path

from csto_tracker.local.failure import LocalError

CHECKOUT = Path(__file__).resolve().parents[2]
LARGE_LOG_BYTES = 5_000_000


def local_folder() -> Path:
    """Where this installation keeps everything: `LOCAL_DIR`, else `.local` of the checkout."""
    return Path(os.environ.get("LOCAL_DIR") or CHECKOUT / ".local").absolute()


def make_local_folder(local: Path) -> None:
    """Make `local` with its folder of logs. Others may pass through it, to PostgreSQL's data,
    but not list it."""
    try:
        local.mkdir(mode=0o711, parents=True, exist_ok=True)
        (local / "log").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise LocalError(f"{local} cannot be made: {error}. LOCAL_DIR can name another.") from error


def turn_logs(local: Path) -> None:
    """Set logs that have grown large aside, one older file of each."""
    for log in (local / "log").glob("*.log"):
        if log.stat().st_size > LARGE_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))


def secret_key(local: Path) -> str:
    """The secret key of this installation, made at its first start and readable by its owner."""
    place = local / "secret-key"
    if not place.exists():
        write_private(place, secrets.token_urlsafe(64))
    return place.read_text().strip()


def write_private(place: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    partial = place.with_name(f"{place.name}.partial")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    partial.replace(place)


def remember(local: Path, variables: dict[str, str]) -> None:
    """Keep `variables` for `apply`, one NAME=value a line."""
    lines = [f"{name}={value}\n" for name, value in sorted(variables.items())]
    write_private(local / "environment", "".join(lines))


def apply() -> None:
    """Give a command, such as `changepassword`, the settings of the running local installation.

    Only when the environment names no database of its own: the local secret key never meets
    another database. Does nothing where `make run` was never used, as on a server.
    """
    place = local_folder() / "environment"
    if "DATABASE_URL" in os.environ or not place.is_file():
        return
    for line in place.read_text().splitlines():
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)
