"""The matrix as a drawing: its page shows a table of signs, which a picture cannot hold."""

import textwrap
from html import escape

from django.http import HttpRequest
from django.utils.translation import gettext as _

from csto_tracker.pages.matrix import Cell, figures

WIDTH, TITLES, LINE, PADDING = 1088, 330, 18, 10


def matrix(request: HttpRequest) -> str:
    """The priorities by month as SVG, for the question of the page; empty when there are none."""
    context = figures(request)
    lines, columns = context.get("by_month", []), context.get("months", [])
    if not lines:
        return ""
    wide = (WIDTH - TITLES) / len(columns)
    parts = [f'<text class="tick-label tick-major" x="0" y="18">{escape(_("Priority"))}</text>']
    parts += [
        f'<text class="tick-label tick-major" x="{TITLES + wide * (at + 0.5):g}"'
        f' text-anchor="middle" y="18">{escape(str(column.title))}</text>'
        for at, column in enumerate(columns)
    ]
    y = 28
    for line in lines:
        words = textwrap.wrap(f"{line.number} {line.title}", (TITLES - 20) // 7)
        high = LINE * len(words) + PADDING
        parts.append(f'<line class="lane-line" x1="0" x2="{WIDTH}" y1="{y}" y2="{y}"/>')
        title = "".join(
            f'<text x="0" y="{y + PADDING / 2 + LINE * (at + 0.75):g}">{escape(part)}</text>'
            for at, part in enumerate(words)
        )
        parts.append(f'<a href="{escape(line.url)}">{title}</a>')
        parts += [
            _cell(cell, TITLES + wide * at, y, wide, high)
            for at, cell in enumerate(line.cells)
            if cell.marks
        ]
        y += high
    grid = "".join(
        f'<line class="lane-line" x1="{x:g}" x2="{x:g}" y1="28" y2="{y}"/>'
        for x in (TITLES + wide * at for at in range(len(columns) + 1))
    )
    return (
        f'<svg class="matrix" width="{WIDTH}" height="{y + 2}" viewBox="0 0 {WIDTH} {y + 2}">'
        f"{grid}{''.join(parts)}</svg>"
    )


def _cell(cell: Cell, x: float, y: float, wide: float, high: float) -> str:
    """The signs of a cell with their numbers, side by side in its middle."""
    step = min(wide / len(cell.marks), 32)
    left, middle = x + (wide - step * len(cell.marks)) / 2, y + high / 2
    signs = "".join(
        f'<g class="mark-{mark.name}"><use href="#mark-{mark.name}" x="{left + step * at + 3:g}"'
        f' y="{middle - 5:g}" width="10" height="10"/></g>'
        f'<text x="{left + step * at + 16:g}" y="{middle + 5:g}">{mark.number}</text>'
        for at, mark in enumerate(cell.marks)
    )
    return f'<a href="{escape(cell.url)}"><title>{escape(cell.label)}</title>{signs}</a>'
