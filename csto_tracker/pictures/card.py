"""The card that stands for a page where it is linked to: 1200 by 630 pixels, as Open Graph asks."""

import re
import textwrap
from html import escape, unescape

from csto_tracker.pages.inside import title_of
from csto_tracker.pictures.style import FONT

WIDTH, HEIGHT, MARGIN = 1200, 630, 72
_TAGS = re.compile(r"<[^>]*>")
_CRUMB = re.compile(r'<nav class="crumbs".*?</nav>', re.DOTALL)
_LINK = re.compile(r"<a [^>]*>(.*?)</a>", re.DOTALL)
_HERE = re.compile(r'<a [^>]*aria-current="(?:page|true)">([^<]*)</a></li>')
_NAVIGATION = re.compile(r'<nav class="site-nav".*?</nav>', re.DOTALL)
_SAYS = re.compile(r'<meta name="description" content="([^"]*)"')
_FACTS = re.compile(r'<dl class="facts">(.*?)</dl>', re.DOTALL)
_BADGE = re.compile(r'<span class="badge [^"]*">(.*?)</span>', re.DOTALL)
# Letters of the bold font are 0.56 of their height wide, of the regular one 0.49: measured over
# Russian text, which is wider than English.
_BOLD, _REGULAR = 0.56, 0.49
_SIGN = (
    f'<g transform="translate({MARGIN} 52) scale(1.4)" stroke="#f2b632" stroke-width="3.5">'
    '<path d="M16 3a13 13 0 1 1-11.26 6.5" fill="none" stroke-linecap="round"/>'
    '<circle cx="16" cy="16" r="2.75" fill="#f2b632"/></g>'
)
_MOST_LINES = {60: 3, 46: 4, 38: 5}


def card(page: str, site: str, source: str) -> str:
    """The card of a page as SVG: its kind, title, description and status, and who says so."""
    title, says = title_of(page), _SAYS.search(page)
    size, lines = _fitting(title)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"',
        f' viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#12303a"/>',
        f'<rect width="{WIDTH}" height="12" y="{HEIGHT - 12}" fill="#f2b632"/>',
        _SIGN,
        _text(site, MARGIN + 64, 86, 32, weight=600),
        _text(_kind(page), MARGIN, 176, 30, weight=600, colour="#f2b632"),
    ]
    y = 176 + 16 + size
    for line in lines:
        parts.append(_text(line, MARGIN, y, size, weight=700))
        y += round(size * 1.14)
    room = (HEIGHT - 118 - y) // 38
    description = unescape(says[1]) if says else ""
    for line in _shortened(description, 29, _REGULAR, min(room, 3)):
        parts.append(_text(line, MARGIN, y + 10, 29, colour="#c3d5da"))
        y += 38
    x = MARGIN
    if status := _status(page):
        wide = round(len(status) * 26 * _BOLD) + 40
        parts.append(
            f'<rect x="{x}" y="{HEIGHT - 90}" width="{wide}" height="48" rx="24" fill="none"'
            ' stroke="#ffffff" stroke-width="2"/>'
        )
        parts.append(_text(status, x + 20, HEIGHT - 57, 26, weight=600))
        x += wide + 24
    parts.append(_text(source, x, HEIGHT - 58, 24, colour="#c3d5da"))
    return "".join([*parts, "</svg>"])


def _fitting(title: str) -> tuple[int, list[str]]:
    """The largest size at which a title fits, and its lines; cut short when none is enough."""
    for size, most in _MOST_LINES.items():
        lines = textwrap.wrap(title, int((WIDTH - 2 * MARGIN) / (size * _BOLD)))
        if len(lines) <= most:
            return size, lines
    return size, _shortened(title, size, _BOLD, most)


def _shortened(text: str, size: int, width: float, most: int) -> list[str]:
    if most < 1 or not text:
        return []
    letters = int((WIDTH - 2 * MARGIN) / (size * width))
    return textwrap.wrap(text, letters, max_lines=most, placeholder=" …")


def _text(
    text: str, x: int, y: int, size: int, *, weight: int = 400, colour: str = "#ffffff"
) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}"'
        f' fill="{colour}">{escape(text)}</text>'
    )


def _kind(page: str) -> str:
    """Where the page belongs: the page above it, else its part of the site."""
    crumbs = _CRUMB.search(page)
    above = _LINK.findall(crumbs[0])[1:] if crumbs else []
    navigation = _NAVIGATION.search(page)
    here = _HERE.findall(navigation[0]) if navigation else []
    return _plain(" · ".join(above or here))


def _status(page: str) -> str:
    facts = _FACTS.search(page)
    badges = _BADGE.findall(facts[1]) if facts else []
    return " · ".join(_plain(badge) for badge in badges[:2])


def _plain(text: str) -> str:
    return " ".join(unescape(_TAGS.sub("", text)).split())
