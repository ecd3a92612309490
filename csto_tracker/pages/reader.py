"""A statement with its passages: text cut into segments, and a margin of what they state."""

from collections.abc import Iterable
from dataclasses import dataclass

from priorities.models import Priority
from sources.models import Passage
from sources.segments import paragraphs

# The most telling kind names the colour of a segment that several passages cover.
_ORDER = (Passage.Kind.COMMITMENT, Passage.Kind.PRINCIPLE, Passage.Kind.CONTEXT)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text: `kind` of passage that it shows (empty: none).

    `anchors` are the fragments that begin here, `states` the priorities that passages ending
    here state, `is_deep` that more than one commitment covers it.
    """

    text: str
    kind: str
    is_deep: bool
    anchors: list[str]
    states: list[Priority]
    principle: str


@dataclass(frozen=True, slots=True)
class Note:
    """What one passage is to its priorities; `title` names a principle."""

    anchor: str
    kind: str
    kind_word: str
    title: str
    priorities: list[Priority]
    quote: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    pieces: list[Piece]
    notes: list[Note]


def read(text: str, passages: Iterable[Passage]) -> list[Paragraph]:
    """Paragraphs with their notes. Each passage brings `priority_links` along, in order."""
    passages = list(passages)
    cut = paragraphs(text, passages)
    last = {
        passage.pk: (row, column)
        for row, segments in enumerate(cut)
        for column, segment in enumerate(segments)
        for passage in segment.passages
    }
    found = []
    for row, segments in enumerate(cut):
        pieces, notes = [], []
        for column, segment in enumerate(segments):
            kinds = [passage.kind for passage in segment.passages]
            ending = [one for one in segment.passages if last[one.pk] == (row, column)]
            pieces.append(
                Piece(
                    segment.text,
                    next((kind for kind in _ORDER if kind in kinds), ""),
                    kinds.count(Passage.Kind.COMMITMENT) > 1,
                    [passage.anchor for passage in segment.begins],
                    _stated(ending),
                    next((one.anchor for one in ending if one.kind == Passage.Kind.PRINCIPLE), ""),
                )
            )
            notes += [_note(passage) for passage in segment.begins]
        found.append(Paragraph(pieces, notes))
    return found


def _stated(passages: Iterable[Passage]) -> list[Priority]:
    return [
        priority
        for passage in passages
        if passage.kind == Passage.Kind.COMMITMENT
        for priority in _priorities(passage)
    ]


def _priorities(passage: Passage) -> list[Priority]:
    """Each priority once, though a passage may play two roles for it."""
    return list(dict.fromkeys(link.priority for link in passage.priority_links.all()))


def _note(passage: Passage) -> Note:
    return Note(
        passage.anchor,
        passage.kind,
        passage.get_kind_display(),
        passage.in_language("title"),
        _priorities(passage),
        passage.quote,
    )
