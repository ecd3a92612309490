"""A stored text cut where passages begin and end, so that overlapping ones can be marked up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from sources.models import Passage

_PARAGRAPH = re.compile(r"[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text that the same passages cover from its first letter to its last.

    `begins` are the passages that begin here: the place of their anchors.
    """

    text: str
    passages: tuple[Passage, ...]
    begins: tuple[Passage, ...]


def paragraphs(text: str, passages: Iterable[Passage]) -> list[list[Segment]]:
    """The paragraphs of a text, each a list of segments.

    Line ends are left out, every other code point stands in exactly one segment. Each passage
    begins in one segment, even when its own first code points are line ends.
    """
    ordered = sorted(passages, key=lambda passage: (passage.start, -passage.end))
    waiting = list(reversed(ordered))
    found = []
    for match in _PARAGRAPH.finditer(text):
        first, after = match.span()
        cuts = {first, after}
        for passage in ordered:
            cuts.update(at for at in (passage.start, passage.end) if first < at < after)
        edges = sorted(cuts)
        segments = []
        for start, end in pairwise(edges):
            begins = []
            while waiting and waiting[-1].start <= start:
                begins.append(waiting.pop())
            covering = tuple(p for p in ordered if p.start < end and p.end > start)
            segments.append(Segment(text[start:end], covering, tuple(begins)))
        found.append(segments)
    return found
