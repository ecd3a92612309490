"""Template filters for rows of the record."""

from django import template
from django.conf.locale import LANG_INFO
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
