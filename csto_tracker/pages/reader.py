"""A statement with its passages: text cut into segments, and a margin of what they state."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote as percent_encoded

from priorities.models import Priority, Theme
from sources.models import Passage
from sources.segments import paragraphs

TINTS = 8  # colours of themes in the style sheet
# The most telling kind names the colour of a segment that several passages cover.
_ORDER = (Passage.Kind.COMMITMENT, Passage.Kind.PRINCIPLE, Passage.Kind.CONTEXT)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text: `kind` of passage that it shows (empty: none), and the `tint` of the theme
    of the shortest commitment that covers it (0: none).

    `anchors` are the fragments that begin here, `states` the priorities that passages ending
    here state, `is_deep` that more than one commitment covers it.
    """

    text: str
    kind: str
    tint: int
    is_deep: bool
    anchors: list[str]
    states: list[Priority]
    principle: str


@dataclass(frozen=True, slots=True)
class Note:
    """What one passage is to its priorities; `title` names a principle, `theme` the theme of a
    commitment, and `tint` its colour, where it is another than that of the commitment before.

    `before` and `after` are the anchors of the passages that begin before and after it, `words`
    the fragment that finds it by its words, `beside` what states the same in other languages.
    """

    anchor: str
    kind: str
    kind_word: str
    title: str
    priorities: list[Priority]
    theme: Theme | None
    tint: int
    quote: str
    before: str
    after: str
    words: str
    beside: list[Passage]


@dataclass(frozen=True, slots=True)
class Paragraph:
    pieces: list[Piece]
    notes: list[Note]


def read(
    text: str, passages: Iterable[Passage], beside: Mapping[int, list[Passage]] | None = None
) -> list[Paragraph]:
    """Paragraphs with their notes. Each passage brings `priority_links` along, in order.

    `beside` gives passages of texts in other languages by the primary key of their priority.
    """
    passages = list(passages)
    order = ["", *(passage.anchor for passage in passages), ""]
    around = {
        passage.pk: (order[at], order[at + 2], fragment(text, passage))
        for at, passage in enumerate(passages)
    }
    cut = paragraphs(text, passages)
    last = {
        passage.pk: (row, column)
        for row, segments in enumerate(cut)
        for column, segment in enumerate(segments)
        for passage in segment.passages
    }
    themes = _new_themes(passages)
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
                    _tint(segment.passages),
                    kinds.count(Passage.Kind.COMMITMENT) > 1,
                    [passage.anchor for passage in segment.begins],
                    _stated(ending),
                    next((one.anchor for one in ending if one.kind == Passage.Kind.PRINCIPLE), ""),
                )
            )
            notes += [
                _note(passage, themes.get(passage.pk), around[passage.pk], beside or {})
                for passage in segment.begins
            ]
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


def tint(theme: Theme) -> int:
    """Which of the colours of the reader is a theme's, from 1."""
    return (theme.number - 1) % TINTS + 1


def _tint(passages: Iterable[Passage]) -> int:
    commitments = [one for one in passages if _theme(one)]
    shortest = min(commitments, key=lambda one: one.end - one.start, default=None)
    theme = shortest and _theme(shortest)
    return tint(theme) if theme else 0


def _theme(passage: Passage) -> Theme | None:
    """The public theme of the first priority that a passage states."""
    stated = _stated([passage])
    return stated[0].theme if stated and stated[0].theme.is_published else None


def _new_themes(passages: Iterable[Passage]) -> dict[int, Theme]:
    """By primary key, the theme of each commitment before which another theme was spoken of."""
    found, last = dict[int, Theme](), None
    for passage in passages:
        theme = _theme(passage)
        if theme and theme != last:
            found[passage.pk] = last = theme
    return found


def _note(
    passage: Passage,
    theme: Theme | None,
    around: tuple[str, str, str],
    beside: Mapping[int, list[Passage]],
) -> Note:
    priorities = _priorities(passage)
    found = [other for priority in priorities for other in beside.get(priority.pk, ())]
    return Note(
        passage.anchor,
        passage.kind,
        passage.get_kind_display(),
        passage.in_language("title"),
        priorities,
        theme,
        tint(theme) if theme else 0,
        passage.quote,
        *around,
        list(dict.fromkeys(found)) if passage.kind == Passage.Kind.COMMITMENT else [],
    )


def fragment(text: str, passage: Passage) -> str:
    """The fragment that leads to a passage by its anchor, and in browsers that can, by its words.

    URL Fragment Text Directives (WICG), `prefix-,start,end`: a long passage is named by its first
    and last words, one whose words occur before by the words in front of it as well.
    """
    words = passage.quote.split()
    parts = [words] if len(words) <= 8 else [words[:4], words[-4:]]
    directive = ",".join(_encoded(part) for part in parts)
    if " ".join(parts[0]).casefold() in " ".join(text[: passage.start].casefold().split()):
        paragraph = text[: passage.start].rpartition("\n")[2]
        if prefix := paragraph.split()[-3:]:
            directive = f"{_encoded(prefix)}-,{directive}"
    return f"{passage.anchor}:~:text={directive}"


def _encoded(words: list[str]) -> str:
    return percent_encoded(" ".join(words), safe="").replace("-", "%2D")
