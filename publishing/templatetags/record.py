"""Template filters for rows of the record."""

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.conf.locale import LANG_INFO
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from publishing.filterform import Control
from publishing.formats import jsonld
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
def json_ld(data: dict[str, Any]) -> SafeString:
    """What a page says of its subject to search engines."""
    return jsonld.script(data)


@register.simple_tag
def options(pairs: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    """The `<option>` elements of a choice; a form has a hundred, too many for a template loop."""
    items = [
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
        f"{escape(str(label))}</option>"
        for value, label in pairs
    ]
    return mark_safe("".join(items))  # noqa: S308  # escaped piece by piece


@register.simple_tag
def filter_control(control: Control) -> SafeString:
    """One field of a list's form."""
    return _filter_control(control, str(get_language()))


@lru_cache(maxsize=1024)
def _filter_control(control: Control, language: str) -> SafeString:
    """The markup follows from the control and the language, so it is made once for both."""
    return render_to_string("partials/filter_control.html", {"control": control})
