"""A Celery scheduler that shows that it lives, which Celery's own does not.

Use it as `--scheduler csto_tracker.local.heartbeat:HeartbeatScheduler --max-interval 60`.
"""

from pathlib import Path
from typing import Any

from celery.beat import PersistentScheduler


class HeartbeatScheduler(PersistentScheduler):
    """Touches `<schedule>.alive` each time it looks for due tasks, at least once a minute."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        seconds: float = super().tick(*args, **kwargs)
        Path(f"{self.schedule_filename}.alive").touch()
        return seconds
