"""What came of an attempt to deliver, and when to try again."""

import random
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

SECOND, MINUTE, HOUR = 1, 60, 3600
# Standard Webhooks 1.0 recommends this schedule: about 75 hours.
SCHEDULE = (5 * SECOND, 5 * MINUTE, 30 * MINUTE, *(h * HOUR for h in (2, 5, 10, 14, 20, 24)))
LONGEST_PAUSE = 24 * HOUR


class Result(Enum):
    SENT = "sent"
    RETRY = "retry"  # this message, later
    UNREACHABLE = "unreachable"  # the host as a whole: its other messages wait as well
    REFUSED = "refused"  # for good
    GONE = "gone"  # for good, and nothing more is wanted


@dataclass(frozen=True, slots=True)
class Outcome:
    result: Result
    error: str = ""
    retry_after: float = 0.0


def pause(failures: int) -> timedelta | None:
    """How long to wait after the n-th failure (from 1), with jitter; None to give up."""
    if failures > len(SCHEDULE):
        return None
    # Those who failed together do not come back together.
    return timedelta(seconds=SCHEDULE[failures - 1] * random.uniform(0.8, 1.2))  # noqa: S311 (no secret)
