"""Tables of a page as drawings: what a page shows in cells of HTML, a picture cannot hold."""

import textwrap
from collections.abc import Callable
from functools import partial
from html import escape
from itertools import count
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from csto_tracker.pages.matrix import TABLES, Cell, Mark, Part, figures
from csto_tracker.pictures.scale import SIGN_WIDTH, key, sign

WIDTH, TITLES, LINE, PADDING, HEAD = 1088, 330, 18, 10, 28
SIGN, DIGIT = 22, 8  # units for the sign of a number, and for each of its digits


def matrix(request: HttpRequest, table: str = "months") -> str:
    """A table of the matrix as SVG, for the question of the page; empty when it has no rows."""
    context = figures(request)
    rows_in, columns_in = TABLES[table]
    lines, columns = context.get(rows_in, []), context.get(columns_in, [])
    if not lines or not columns:
        return ""
    draw: Callable[[Cell, float, float, float, float], str] = _marks
    signs = ""
    if table == "themes":
        draw, signs = _steps, key(context["completions"])
    wide = (WIDTH - TITLES) / len(columns)
    heads = [textwrap.wrap(str(column.title), max(int(wide / 7), 4)) for column in columns]
    top = HEAD + LINE * (max(map(len, heads)) - 1)
    first = _("Theme") if table == "themes" else _("Priority")
    parts = [f'<text class="tick-label tick-major" x="0" y="{top - 10}">{escape(first)}</text>']
    for at, words in enumerate(heads):
        x = TITLES + wide * (at + 0.5)
        for row, word in enumerate(reversed(words)):
            parts.append(
                f'<text class="tick-label tick-major" x="{x:g}" y="{top - 10 - LINE * row}"'
                f' text-anchor="middle">{escape(word)}</text>'
            )
    y = top
    for line in lines:
        words = textwrap.wrap(f"{line.number or ''} {line.title}", (TITLES - 20) // 7)
        most = max(len(cell.marks) for cell in line.cells)
        high = LINE * max(len(words), most if table == "themes" else 1) + PADDING
        parts.append(f'<line class="lane-line" x1="0" x2="{WIDTH}" y1="{y}" y2="{y}"/>')
        title = "".join(
            f'<text x="0" y="{y + PADDING / 2 + LINE * (at + 0.75):g}">{escape(part)}</text>'
            for at, part in enumerate(words)
        )
        parts.append(f'<a href="{escape(line.url)}">{title}</a>')
        parts += [
            draw(cell, TITLES + wide * at, y, wide, high)
            for at, cell in enumerate(line.cells)
            if cell.marks
        ]
        y += high
    grid = "".join(
        f'<line class="lane-line" x1="{x:g}" x2="{x:g}" y1="{top}" y2="{y}"/>'
        for x in (TITLES + wide * at for at in range(len(columns) + 1))
    )
    return (
        f'{signs}<svg class="matrix" width="{WIDTH}" height="{y + 2}"'
        f' viewBox="0 0 {WIDTH} {y + 2}">{grid}{"".join(parts)}</svg>'
    )


by_state: Callable[..., Any] = partial(matrix, table="states")
by_theme: Callable[..., Any] = partial(matrix, table="themes")


def _marks(cell: Cell, x: float, y: float, wide: float, high: float) -> str:
    """The signs of a cell with their numbers, side by side in its middle."""
    number = len(cell.marks)
    step = min(wide / number, max(SIGN + DIGIT * len(mark.figure) for mark in cell.marks))
    left, middle = x + (wide - step * number) / 2, y + high / 2

    def drawn(at: int, mark: Mark) -> str:
        return (
            f'<g class="mark-{mark.name}"><use href="#mark-{mark.name}"'
            f' x="{left + step * at + 3:g}" y="{middle - 5:g}" width="10" height="10"/></g>'
            f'<text x="{left + step * at + 16:g}" y="{middle + 5:g}">{mark.figure}</text>'
        )

    return _linked(cell, drawn)


def _steps(cell: Cell, x: float, y: float, wide: float, high: float) -> str:
    """The steps of the scale in a cell with their numbers, one under the other."""
    left = x + (wide - SIGN_WIDTH - 16) / 2
    top = y + (high - LINE * len(cell.marks)) / 2

    def drawn(at: int, mark: Mark) -> str:
        middle = top + LINE * (at + 0.5)
        return (
            f"{sign(mark.name, left, middle)}"
            f'<text x="{left + SIGN_WIDTH + 6:g}" y="{middle + 5:g}">{mark.number}</text>'
        )

    return _linked(cell, drawn)


def _linked(cell: Cell, drawn: Callable[[int, Mark], str]) -> str:
    """The marks of a cell, drawn at their places, in the links of their parts."""
    at = count()

    def linked(part: Part) -> str:
        inner = "".join(drawn(next(at), mark) for mark in part.marks)
        return f'<a href="{escape(part.url)}"><title>{escape(part.label)}</title>{inner}</a>'

    return "".join(map(linked, cell.parts))
