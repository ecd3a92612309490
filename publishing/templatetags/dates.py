"""Template filter for dates as precise as their source."""

import re

from django import template

from publishing import dates

register = template.Library()


@register.filter
def in_words(text: str) -> str:
    """An EDTF date in words, in the active language; an empty date stays empty."""
    return dates.in_words(text) if text else ""


@register.filter
def year_whole(text: object) -> str:
    """A heading in which no line ends between a Russian year and its word: “2026 год”."""
    return re.sub(r"(?<=\d) (?=год)", "\N{NO-BREAK SPACE}", str(text))
