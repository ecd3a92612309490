"""Two wordings side by side, and the lines that tie priorities of two presidencies together."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from textwrap import wrap
from typing import NamedTuple

from assessments.listing import Row
from priorities.models import Lineage

WIDTH, LINE, TEXT = 832, 44, 315  # units
LETTERS = 38  # of a line of text in TEXT units


class Piece(NamedTuple):
    """A part of a wording; one that `differs` the other wording does not have."""

    text: str
    differs: bool


def differences(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces of whole words, compared without regard to case and punctuation."""
    mine, yours = one.split(), other.split()
    matcher = SequenceMatcher(None, _bare(mine), _bare(yours), autojunk=False)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        for words, pieces in ((mine[a:b], left), (yours[c:d], right)):
            if words:
                pieces.append(Piece(" ".join(words), kind != "equal"))
    return left, right


def _bare(words: list[str]) -> list[str]:
    return [re.sub(r"[^\w]", "", word).casefold() or word for word in words]


@dataclass(frozen=True, slots=True)
class Node:
    """A priority in its column: lines of its title, and where they begin."""

    lines: list[tuple[int, str]]
    y: int
    row: Row


@dataclass(frozen=True, slots=True)
class Tie:
    """A line from an earlier priority to the later one that takes it up."""

    path: str
    relation: str
    label: str
    url: str


class Drawing(NamedTuple):
    """Two columns of priorities and the ties between them."""

    left: list[Node]
    right: list[Node]
    ties: list[Tie]
    height: int


def drawing(left: list[Row], right: list[Row], links: list[Lineage]) -> Drawing:
    """The priorities of two presidencies, tied where one takes the other up."""
    height = max(len(left), len(right)) * LINE
    columns = [_column(rows, height) for rows in (left, right)]
    places = [{node.row.url: node.y for node in column} for column in columns]
    ties = []
    for link in links:
        ends = link.earlier.get_absolute_url(), link.later.get_absolute_url()
        if ends[0] not in places[0]:
            ends = ends[1], ends[0]
        if ends[0] not in places[0] or ends[1] not in places[1]:
            continue
        begin, end = places[0][ends[0]], places[1][ends[1]]
        x = TEXT + 35
        ties.append(
            Tie(
                f"M{x} {begin}C{WIDTH // 2} {begin} {WIDTH // 2} {end} {WIDTH - x} {end}",
                link.relation,
                f"{link.later} ← {link.get_relation_display().lower()} ← {link.earlier}",
                f"{link.later.get_absolute_url()}#lineage",
            )
        )
    return Drawing(columns[0], columns[1], ties, height + 10)


def _column(rows: list[Row], height: int) -> list[Node]:
    """Rows in their order, spread over the height."""
    found = []
    for number, row in enumerate(rows):
        y = round(height * (number + 0.5) / len(rows)) + 5
        lines = wrap(f"{row.number}. {row.title}", LETTERS)
        if len(lines) > 2:
            lines = [lines[0], lines[1][: LETTERS - 1].rstrip() + "…"]
        first = y + 5 - 8 * (len(lines) - 1)
        found.append(Node([(first + 16 * at, text) for at, text in enumerate(lines)], y, row))
    return found
