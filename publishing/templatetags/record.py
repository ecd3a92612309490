"""Template filters for rows of the record."""

from collections.abc import Iterable
from html import escape

from django import template
from django.conf.locale import LANG_INFO
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from publishing.models import Record

register = template.Library()


@register.filter
def text(row: Record, field: str) -> str:
    """The two-language field of a row in the active language, else in the other one."""
    return row.in_language(field)


@register.filter
def language_name(code: str) -> str:
    """The name of an ISO 639 code in the active language; the code where Django knows none."""
    info = LANG_INFO.get(code)
    return gettext(info["name"]) if info and "name" in info else code


@register.simple_tag
def options(pairs: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    """The `<option>` elements of a choice; a form has a hundred, too many for a template loop."""
    items = [
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
        f"{escape(str(label))}</option>"
        for value, label in pairs
    ]
    return mark_safe("".join(items))  # noqa: S308  # escaped piece by piece
