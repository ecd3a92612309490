"""Atom feeds (RFC 4287)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

NAMESPACE = "http://www.w3.org/2005/Atom"


class Entry(NamedTuple):
    """One entry. `id` never changes; `updated` is aware."""

    id: str
    title: str
    url: str
    updated: datetime
    published: datetime | None
    summary: str


def feed(
    *,
    title: str,
    address: str,
    page: str,
    author: str,
    language: str,
    entries: Iterable[Entry],
    citation: str = "",
) -> bytes:
    """A feed document; `updated` is that of its newest entry, the epoch when it has none.

    `citation` is the address at which it stands how to cite the feed, if anyone may.
    """
    ET.register_namespace("", NAMESPACE)
    rows = list(entries)
    root = ET.Element(_name("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": language})
    _text(root, "id", address)
    _text(root, "title", title)
    newest = max((row.updated for row in rows), default=datetime(1970, 1, 1, tzinfo=UTC))
    _text(root, "updated", newest.isoformat())
    _text(ET.SubElement(root, _name("author")), "name", author)
    ET.SubElement(root, _name("link"), rel="self", type="application/atom+xml", href=address)
    ET.SubElement(root, _name("link"), rel="alternate", type="text/html", href=page)
    if citation:
        _text(root, "subtitle", _("How to cite: %(address)s") % {"address": citation})
        ET.SubElement(root, _name("link"), rel="describedby", type="text/html", href=citation)
    for row in rows:
        entry = ET.SubElement(root, _name("entry"))
        _text(entry, "id", row.id)
        _text(entry, "title", row.title)
        _text(entry, "updated", row.updated.isoformat())
        if row.published is not None:
            _text(entry, "published", row.published.isoformat())
        ET.SubElement(entry, _name("link"), rel="alternate", type="text/html", href=row.url)
        _text(entry, "summary", row.summary)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, _name(tag)).text = text
