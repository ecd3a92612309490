"""The list of events as HTML.

A page shows fifty events with hundreds of links. Django's template engine takes longer for
those loops than PostgreSQL for the rows, so this one partial is put together in Python; every
text of the record goes through `escape`.
"""

from collections.abc import Iterable
from functools import lru_cache
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from events.listing import Link, Row

register = template.Library()


@register.simple_tag
def event_rows(events: Iterable[Row]) -> SafeString:
    """Events as an ordered list: date, title, status, place, who took part, what it bears on."""
    items = "".join([_item(row) for row in events])
    return mark_safe(f'<ol class="events">{items}</ol>')  # noqa: S308  # escaped piece by piece


@lru_cache(maxsize=1024)
def _item(row: Row) -> str:
    """One row, which is in the active language; `events.listing` gives the same row again."""
    missing, took_part = escape(gettext("Outcome not recorded")), escape(gettext("Took part"))
    bears_on = escape(gettext("Bears on"))
    note = f" <small>({escape(row.date_note)})</small>" if row.date_note else ""
    status = f'<span class="badge status-{escape(row.status)}">{escape(row.status_word)}</span>'
    if row.outcome_missing:
        status += f' <span class="badge status-missing">{missing}</span>'
    place = f" · {escape(row.place)}" if row.place else ""
    states = priorities = ""
    if row.states:
        states = f'<p class="event-facts">{took_part}: {_links(row.states, ", ")}</p>'
    if row.priorities:
        more = ""
        if row.more_priorities:
            text = gettext("and %(number)s more") % {"number": row.more_priorities}
            more = f'; <a href="{row.url}#priorities">{escape(text)}</a>'
        links = _links(row.priorities, "; ")
        priorities = f'<p class="event-facts">{bears_on}: {links}{more}</p>'
    return (
        f'<li class="event"><p class="event-when">{escape(row.date)}{note}</p><div>'
        f'<p class="event-title"><a href="{row.url}">{escape(row.title)}</a></p>'
        f'<p class="event-facts">{status} {escape(row.kind)}{place}</p>'
        f"{states}{priorities}</div></li>\n"
    )


def _links(links: list[Link], between: str) -> str:
    return between.join([f'<a href="{link.url}">{escape(link.title)}</a>' for link in links])
