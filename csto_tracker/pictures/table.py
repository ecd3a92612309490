"""The matrix of a page as a drawing: a table of signs has none of its own."""

import re
import textwrap
from html import escape, unescape

WIDTH, TITLES, LINE, PADDING = 1088, 330, 18, 10
_TABLE = re.compile(r'<table class="matrix [^"]*">(.*?)</table>', re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_HEAD = re.compile(r'<th scope="col">(.*?)</th>', re.DOTALL)
_TITLE = re.compile(r'<th scope="row"><a href="([^"]*)">(.*?)</a></th>', re.DOTALL)
_CELL = re.compile(r"<td>(.*?)</td>", re.DOTALL)
_LINK = re.compile(r'<a href="([^"]*)" aria-label="([^"]*)">')
_MARK = re.compile(r'<span class="mark-([\w-]+)">.*?</svg>(\d+)</span>', re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")


def matrix(page: str) -> str:
    """The first matrix of a page as SVG; empty when the page has none."""
    table = _TABLE.search(page)
    if table is None:
        return ""
    heads = [_plain(head) for head in _HEAD.findall(table[1])]
    wide = (WIDTH - TITLES) / max(len(heads) - 1, 1)
    parts, y = [], 28
    for at, head in enumerate(heads):
        where = f'x="{TITLES + wide * (at - 0.5):g}" text-anchor="middle"' if at else 'x="0"'
        parts.append(f'<text class="tick-label tick-major" {where} y="18">{escape(head)}</text>')
    for row in _ROW.findall(table[1]):
        title = _TITLE.search(row)
        if title is None:
            continue
        lines = textwrap.wrap(_plain(title[2]), (TITLES - 20) // 7)
        high = LINE * len(lines) + PADDING
        parts.append(f'<line class="lane-line" x1="0" x2="{WIDTH}" y1="{y}" y2="{y}"/>')
        words = "".join(
            f'<text x="0" y="{y + PADDING / 2 + LINE * (at + 0.75):g}">{escape(line)}</text>'
            for at, line in enumerate(lines)
        )
        parts.append(f'<a href="{title[1]}">{words}</a>')
        for at, cell in enumerate(_CELL.findall(row)):
            parts.append(_cell(cell, TITLES + wide * at, y, wide, high))
        y += high
    grid = "".join(
        f'<line class="lane-line" x1="{x:g}" x2="{x:g}" y1="28" y2="{y}"/>'
        for x in (TITLES + wide * at for at in range(len(heads)))
    )
    return (
        f'<svg class="matrix" width="{WIDTH}" height="{y + 2}" viewBox="0 0 {WIDTH} {y + 2}">'
        f"{grid}{''.join(parts)}</svg>"
    )


def _cell(cell: str, x: float, y: float, wide: float, high: float) -> str:
    """The signs of a cell with their numbers, side by side in its middle."""
    link, marks = _LINK.search(cell), _MARK.findall(cell)
    if link is None or not marks:
        return ""
    step = min(wide / len(marks), 32)
    left, middle = x + (wide - step * len(marks)) / 2, y + high / 2
    signs = "".join(
        f'<g class="mark-{name}"><use href="#mark-{name}" x="{left + step * at + 3:g}"'
        f' y="{middle - 5:g}" width="10" height="10"/></g>'
        f'<text x="{left + step * at + 16:g}" y="{middle + 5:g}">{number}</text>'
        for at, (name, number) in enumerate(marks)
    )
    return f'<a href="{link[1]}"><title>{link[2]}</title>{signs}</a>'


def _plain(text: str) -> str:
    return " ".join(unescape(_TAGS.sub(" ", text)).split())
