"""Ending together with `make`, which does not pass on every signal that it gets."""

import os
import re
import signal
from pathlib import Path

from csto_tracker.local.processes import follow_parent


class Parent:
    """The process that started this one. Its death sends this process SIGTERM."""

    def __init__(self) -> None:
        self.pid = os.getppid()
        follow_parent(self.pid)
        self._caught_interrupt = self._catches_interrupt()

    @property
    def stopped(self) -> bool:
        """Whether it was interrupted. `kill -INT` of `make` alone reaches no child: make gives up
        its own handler and waits for the child to end, and that change can be seen."""
        return self._caught_interrupt and not self._catches_interrupt()

    def _catches_interrupt(self) -> bool:
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except FileNotFoundError:
            return False
        caught = re.search(r"^SigCgt:\s*([0-9a-f]+)", status, re.MULTILINE)
        return bool(caught and int(caught[1], 16) & 1 << (signal.SIGINT - 1))
