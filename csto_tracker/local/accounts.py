"""PostgreSQL refuses to run as root: which account runs it, and what that account can reach."""

import os
import pwd
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """A user of this machine that PostgreSQL runs as when the launcher itself is root."""

    name: str
    uid: int
    gid: int


def unprivileged(data: Path, checkout: Path) -> Account | None:
    """The account for the data directory `data`; None when this process is not root anyway.

    The owner of existing data keeps it, then the owner of the checkout, then `nobody`.
    """
    if os.geteuid() != 0:
        return None
    owners = [path.stat().st_uid for path in (data, checkout) if path.exists()]
    for uid in owners:
        if uid == 0:
            continue
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:  # a bind mount shows owners this machine does not know; initdb needs one
            continue
        return Account(entry.pw_name, uid, entry.pw_gid)
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _reachable(path: Path, *, deep: bool) -> bool:
    if not os.access(path, os.R_OK | os.X_OK if deep else os.X_OK):
        return False
    for folder, names, files in os.walk(path) if deep else ():
        for name in names:
            if not os.access(os.path.join(folder, name), os.R_OK | os.X_OK):
                return False
        if not all(os.access(os.path.join(folder, name), os.R_OK) for name in files):
            return False
    return True


def can_enter(account: Account | None, folders: Iterable[Path], *, deep: bool = False) -> bool:
    """Whether `account` can enter `folders`, and when `deep` also read all that is in them.

    Found out by becoming that account in a fork; None stands for this process as it is.
    """
    if account is None:
        return all(_reachable(folder, deep=deep) for folder in folders)
    pid = os.fork()
    if pid == 0:
        readable = False
        try:
            os.setgroups([])
            os.setresgid(account.gid, account.gid, account.gid)
            os.setresuid(account.uid, account.uid, account.uid)
            readable = all(_reachable(folder, deep=deep) for folder in folders)
        finally:
            os._exit(0 if readable else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
