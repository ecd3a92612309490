"""JSON-LD for search engines: schema.org terms, dates no sharper than the record."""

from typing import Any

import orjson
from django.utils.safestring import SafeString, mark_safe

from publishing import edtf

CONTEXT = "https://schema.org"
# What could end the element or begin a comment in it, as JSON escapes (HTML 13.2.5.4).
_ESCAPES = {"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"}


def script(data: dict[str, Any]) -> SafeString:
    """A data block of a page. It is not run, so the content policy for scripts leaves it alone."""
    text = orjson.dumps(data).decode()
    for letter, escape in _ESCAPES.items():
        text = text.replace(letter, escape)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  # escaped


def thing(kind: str, address: str, **properties: Any) -> dict[str, Any]:
    """A thing of schema.org at an address; empty properties are left out."""
    known = {name: value for name, value in properties.items() if value not in ("", None, [])}
    return {"@context": CONTEXT, "@type": kind, "@id": address, "url": address, **known}


def days(text: str) -> tuple[str, str]:
    """The first and last day of an EDTF date in ISO 8601, as long as they are sure.

    Schema.org has no word for “about” or “uncertain”: such a date is left out rather than
    sharpened. A season becomes its year. A date that is no interval has no last day.
    """
    if not text:
        return "", ""
    span = edtf.parse(text)
    return _day(span.start), _day(span.end) if span.is_interval else ""


def _day(point: edtf.Point | None) -> str:
    if point is None or point.qualifier:
        return ""
    length = {"day": 10, "month": 7}.get(point.precision, 4)
    return point.first.isoformat()[:length]
