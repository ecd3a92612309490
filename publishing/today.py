"""The day that an answer speaks of: what is past, current or to come is so on that day."""

from contextvars import ContextVar
from datetime import date

from django.utils.timezone import now

# Where the request under way notes the day that it asks about; None outside of a request.
NOTED: ContextVar[list[date] | None] = ContextVar("day asked about", default=None)


def day_spoken_of() -> date:
    """The day of `as_of` of the request under way, else today (UTC)."""
    noted = NOTED.get()
    return noted[-1] if noted else now().date()
