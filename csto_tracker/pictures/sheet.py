"""Tables and lists of a page as a drawing of rows and columns, made from their HTML.

What stands in the picture is what a screen reader is told: signs give way to their words.
"""

import textwrap
from html import escape
from html.parser import HTMLParser
from math import inf
from typing import NamedTuple

from django.utils.translation import gettext as _

WIDTH, LINE, PADDING, GAP = 1088, 18, 12, 16
LETTER, BOLD_LETTER = 6.9, 7.6  # units; Russian text, which is wider than English
LONGEST_WORD = 24  # letters; longer ones are broken
MOST_ROWS = 100
_VOID = {"br", "img", "input", "hr", "wbr", "rect", "use", "path", "circle", "link", "meta"}
_BLOCKS = {"p", "li", "div", "dt", "dd", "small", "blockquote", "ul", "ol", "table"}
_HIDDEN = {"svg", "script", "style", "form", "details", "nav"}
# Elements that are rows of what stands around them: each child of theirs is a cell.
_ROWS = {("li", "events"), ("li", "history"), ("div", "bodies"), ("li", "vague")}


class Piece(NamedTuple):
    """Letters that lead to one address, or to none."""

    text: str
    url: str


Word = list[Piece]  # what no space parts: a link and its comma


class Cell:
    """The lines of a cell before they are fitted to its column."""

    def __init__(self, *, bold: bool) -> None:
        self.bold, self.lines = bold, [list[Word]()]

    @property
    def letter(self) -> float:
        return BOLD_LETTER if self.bold else LETTER

    def wanted(self) -> float:
        """How wide the cell would be on its longest line."""
        return max(_length(line) for line in self.lines) * self.letter + GAP

    def needed(self) -> float:
        """How wide it must be for its longest word."""
        words = [sum(len(p.text) for p in word) for line in self.lines for word in line]
        return min(max(words, default=0), LONGEST_WORD) * self.letter + GAP

    def fitted(self, width: float) -> list[list[Word]]:
        """Its lines, none longer than `width` units."""
        room, found = max(int((width - GAP) / self.letter), 1), []
        for line in filter(None, self.lines):
            row, used = list[Word](), 0
            for word in (part for one in line for part in _broken(one, room)):
                length = sum(len(piece.text) for piece in word)
                if row and used + 1 + length > room:
                    found.append(row)
                    row, used = [], 0
                used += length + bool(row)
                row.append(word)
            found.append(row)
        return found


class Row(NamedTuple):
    """A row of cells; `kind` is head, body or heading."""

    kind: str
    cells: list[Cell]


def sheet(page: str, tallest: float = inf) -> str:
    """The rows of the HTML `page` as SVG, with what else it says of them; empty without rows.

    Those that would make it higher than `tallest` units are left out, and it says so.
    """
    reader = _Reader()
    reader.feed(page)
    rows = [row for row in reader.rows if row.cells]
    whole = sum(row.kind == "body" for row in rows)
    if not whole:
        return ""
    rows = _first(rows, MOST_ROWS)
    widths = {
        number: _widths([row.cells for row in rows if len(row.cells) == number])
        for number in {len(row.cells) for row in rows}
    }
    parts, y, shown = list[str](), 0.0, 0
    for row in rows:
        drawn, high = _row(row, widths[len(row.cells)], y)
        if shown and y + high > tallest:
            break
        parts.append(drawn)
        y += high
        shown += row.kind == "body"
    notes = [*reader.notes]
    if whole > shown:
        notes.append(_("The first %(shown)s of %(whole)s rows.") % {"shown": shown, "whole": whole})
    return (
        f'<svg class="sheet" width="{WIDTH}" height="{y + 2:.0f}"'
        f' viewBox="0 0 {WIDTH} {y + 2:.0f}">{"".join(parts)}</svg>'
        f'<p class="facts-line">{escape(" ".join(notes))}</p>'
    )


def _first(rows: list[Row], most: int) -> list[Row]:
    found = list[Row]()
    for row in rows:
        most -= row.kind == "body"
        if most < 0:
            break
        found.append(row)
    return found


def _length(line: list[Word]) -> int:
    return sum(len(piece.text) for word in line for piece in word) + max(len(line) - 1, 0)


def _broken(word: Word, room: int) -> list[Word]:
    """A word that is longer than its column in parts that are not."""
    if sum(len(piece.text) for piece in word) <= room:
        return [word]
    return [[Piece(part, piece.url)] for piece in word for part in textwrap.wrap(piece.text, room)]


def _widths(rows: list[list[Cell]]) -> list[float]:
    """Columns as a browser lays them out: each its longest word, and a share of what is left."""
    columns = list(zip(*rows, strict=True))
    wanted = [max(cell.wanted() for cell in column) for column in columns]
    if len(wanted) == 2:  # a date with its note leaves the room to what it is the date of
        wanted[0] = min(wanted[0], WIDTH / 3)
        wanted[1] = max(wanted[1], WIDTH - wanted[0])
    if sum(wanted) <= WIDTH:
        return [width * WIDTH / sum(wanted) for width in wanted]
    needed = [max(cell.needed() for cell in column) for column in columns]
    if sum(needed) >= WIDTH:
        return [width * WIDTH / sum(needed) for width in needed]
    share = (WIDTH - sum(needed)) / (sum(wanted) - sum(needed))
    return [low + (high - low) * share for low, high in zip(needed, wanted, strict=True)]


def _row(row: Row, widths: list[float], y: float) -> tuple[str, float]:
    """One row at the height `y`, and how high it is."""
    cells = [cell.fitted(width) for cell, width in zip(row.cells, widths, strict=True)]
    high = LINE * max((len(lines) for lines in cells), default=1) + PADDING
    if row.kind == "heading":
        high += PADDING
    parts, x = list[str](), 0.0
    for cell, lines, width in zip(row.cells, cells, widths, strict=True):
        name = f"sheet-{row.kind}" if row.kind != "body" else "sheet-first" if cell.bold else ""
        kind = f' class="{name}"' if name else ""
        last = y + high - PADDING / 2 - LINE * 0.25  # headings and heads stand at the bottom
        for at, line in enumerate(lines):
            base = (
                y + PADDING / 2 + LINE * (at + 0.75)
                if row.kind == "body"
                else last - LINE * (len(lines) - 1 - at)
            )
            parts.append(f'<text{kind} x="{x:g}" y="{base:g}">{_written(line)}</text>')
        x += width
    rule = "tick tick-major" if row.kind == "head" else "lane-line"
    if row.kind != "heading":
        end = y + high
        parts.append(f'<line class="{rule}" x1="0" x2="{WIDTH}" y1="{end:g}" y2="{end:g}"/>')
    return "".join(parts), high


def _written(line: list[Word]) -> str:
    """A line of words, those that follow each other to one address under one link."""
    runs = list[list[str]]()
    for at, word in enumerate(line):
        for place, piece in enumerate(word):
            space = " " if at and not place else ""
            if runs and runs[-1][0] == piece.url:
                runs[-1][1] += space + piece.text
            else:
                if space and runs:
                    runs[-1][1] += space
                runs.append([piece.url, piece.text])
    return "".join(
        f'<a href="{escape(url)}">{escape(text)}</a>' if url else escape(text) for url, text in runs
    )


def _is_badge(element: tuple[str, set[str]]) -> bool:
    return "badge" in element[1]


class _Reader(HTMLParser):
    """Reads the rows of HTML that is well formed, as the templates write it."""

    def __init__(self) -> None:
        super().__init__()
        self.rows, self.notes = list[Row](), list[str]()
        self._open = list[tuple[str, set[str]]]()
        self._row_at = self._skip_at = self._note_at = 0  # how deep each began; 0: none is open
        self._url, self._glued, self._is_apart = "", False, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        classes = set(own.get("class", "").split())
        around = self._open[-1][1] if self._open else set[str]()
        if tag in _VOID:
            self._glued = False
            return
        self._open.append((tag, classes))
        depth = len(self._open)
        if self._skip_at:
            return
        if own.get("aria-hidden") == "true" or tag in _HIDDEN:
            self._skip_at = depth
        elif self._row_at:
            self._inside(tag, own, depth)
        elif tag == "tr" or any((tag, name) in _ROWS for name in around):
            is_head = tag == "tr" and any(name == "thead" for name, _classes in self._open)
            self.rows.append(Row("head" if is_head else "body", []))
            self._row_at = depth
        elif tag in {"h2", "h3"}:
            self.rows.append(Row("heading", [Cell(bold=True)]))
            self._row_at, self._glued = depth, False
        elif tag == "p":
            self.notes.append("")
            self._note_at = depth

    def _inside(self, tag: str, own: dict[str, str], depth: int) -> None:
        row = self.rows[-1]
        if depth == self._row_at + 1 and row.kind != "heading":
            first = not row.cells
            row.cells.append(
                Cell(bold=row.kind == "head" or tag in {"th", "dt"} or (first and tag == "p"))
            )
            self._glued = False
        elif tag in _BLOCKS and row.cells[-1].lines[-1]:
            row.cells[-1].lines.append([])
            self._glued = False
        self._is_apart = self._is_apart or _is_badge(self._open[-1])
        if tag == "a":
            self._url = own.get("href", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        depth = len(self._open)
        self._is_apart = _is_badge(self._open.pop()) or self._is_apart
        if tag == "a":
            self._url = ""
        if tag in _BLOCKS:
            self._glued = False
        if depth == self._skip_at:
            self._skip_at = 0
        elif depth == self._row_at:
            self._row_at = 0
        elif depth == self._note_at:
            self._note_at = 0

    def handle_data(self, data: str) -> None:
        if self._skip_at or not data:
            return
        if self._note_at:
            self.notes[-1] = " ".join((self.notes[-1] + data).split())
        elif self._row_at and self.rows[-1].cells:
            line = self.rows[-1].cells[-1].lines[-1]
            words = data.split()
            if words and self._is_apart:
                # A status has no sign here that keeps it from what stands beside it.
                if line and line[-1][-1].text != "·" and words[0][0].isalnum():
                    line.append([Piece("·", "")])
                    self._glued = False
                self._is_apart = False
            for at, text in enumerate(words):
                piece = Piece(text, self._url)
                if line and not at and self._glued and not data[0].isspace():
                    line[-1].append(piece)
                else:
                    line.append([piece])
            self._glued = bool(words) and not data[-1].isspace()
