"""Template filter for dates as precise as their source."""

from django import template

from publishing import dates

register = template.Library()


@register.filter
def in_words(text: str) -> str:
    """An EDTF date in words, in the active language; an empty date stays empty."""
    return dates.in_words(text) if text else ""
