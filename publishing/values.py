"""Values of parameters, read from the text of a question; what is wrong is told in the active
language."""

from datetime import UTC, date, datetime

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _

from publishing.words import SIGNS

MAX_SEARCH = 200  # characters
LAST_DAY = date(9998, 12, 31)  # after it there is a day, and a year, to count with
_SPACES = str.maketrans(dict.fromkeys(SIGNS, " "))


def split_values(values: list[str], *, keep_commas: bool = False) -> list[str]:
    """Values of a parameter: repeated or separated by commas, blanks left out."""
    parts = values if keep_commas else [part for value in values for part in value.split(",")]
    return [part.strip() for part in parts if part.strip()]


def read_words(text: str) -> str:
    """The words of a search, without signs; raises ValueError with a message for the reader."""
    if len(text) > MAX_SEARCH:
        raise ValueError(_("A search is at most 200 characters long."))
    if "\x00" in text:
        raise ValueError(_("A null character stands in no text."))
    return text.translate(_SPACES)


def parse_moment(text: str) -> datetime:
    """A moment in ISO 8601, or the first of a day, as UTC; raises ValueError with a message."""
    text = text.replace(" ", "+")  # A plus sign that a client forgot to escape.
    try:
        moment = parse_datetime(text) or parse_datetime(f"{parse_day(text)}T00:00:00Z")
        if moment is None:
            raise ValueError
        # PostgreSQL knows no offset beyond 15:59, and years end somewhere.
        return (make_aware(moment, UTC) if is_naive(moment) else moment).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            _("“%(value)s” is not a moment such as 2026-02-15T00:00:00Z.") % {"value": text[:60]}
        ) from error


def parse_yes(text: str) -> bool:
    """Whether a text says `true` (or 1) or `false` (or 0); raises ValueError with a message."""
    match text.lower():
        case "true" | "1":
            return True
        case "false" | "0":
            return False
    raise ValueError(_("“%(value)s” is not true or false.") % {"value": text[:40]})


def parse_day(text: str) -> date:
    """A day as YYYY-MM-DD; raises ValueError with a message.

    In the last year that Python knows it is LAST_DAY: “no end” is often written so.
    """
    try:
        if len(text) == 10:
            return min(date.fromisoformat(text), LAST_DAY)
    except ValueError:
        pass  # The same message serves for every wrong form, below.
    raise ValueError(_("“%(value)s” is not a day such as 2026-02-15.") % {"value": text[:40]})
