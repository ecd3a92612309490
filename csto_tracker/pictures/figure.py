"""A chart of a page as a drawing of its own: title, key, source, and nothing it depends on."""

import re
import textwrap
from functools import cache
from html import escape, unescape

import font_source_sans_pro
import resvg_py
from django.conf import settings

from csto_tracker.pictures.style import FONT, stylesheet

MARGIN, LINE, KEY_LINE = 24, 30, 24
NARROWEST = 640
MOST_PIXELS = 3_000_000  # a second of work
_DRAWING = re.compile(
    r'<svg class="(?:timeline|map|steps|lineage|matrix|sheet)"[^>]*viewBox="0 0 (\d+) (\d+)"'
    r".*?</svg>",
    re.DOTALL,
)
_SHAPES = re.compile(r"<defs>.*?</defs>", re.DOTALL)
_KEY = re.compile(r'<ul class="key">(.*?)</ul>', re.DOTALL)
_SIGN = re.compile(
    r'<li(?: class="([\w-]+)")?>\s*<svg([^>]*)>(.*?)</svg>\s*([^<]*)</li>', re.DOTALL
)
_NOTE = re.compile(r'<p class="facts-line">(.*?)</p>', re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
_SIZE = re.compile(r'(width|height)="(\d+)"')


def figure(page: str, title: str, source: str, address: str) -> str | None:
    """The chart of the page at `address` as SVG; None when the page has none."""
    drawing = _DRAWING.search(page)
    if drawing is None:
        return None
    width, height = int(drawing[1]), int(drawing[2])
    whole = max(width, NARROWEST) + 2 * MARGIN
    lines = textwrap.wrap(title, (whole - 2 * MARGIN) // 11)
    top = MARGIN + LINE * len(lines)
    key, key_height = _key(page, whole, top)
    top += key_height + 8
    note = _NOTE.search(page, drawing.end())
    letters = (whole - 2 * MARGIN) // 7
    bottom = textwrap.wrap(_plain(note[1]) if note else "", letters)
    bottom += textwrap.wrap(source, letters)
    tall = top + height + MARGIN + 20 * len(bottom)
    # Its own size is taken off: where it stands and how large it is, is said here.
    chart = re.sub(r' (?:width|height|role|aria-label\w*)="[^"]*"', "", drawing[0].split(">", 1)[0])
    inner = drawing[0].split(">", 1)[1]
    shapes = _SHAPES.search(page[: drawing.start()])
    return "".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" role="img"',
            f' width="{whole}" height="{tall}" viewBox="0 0 {whole} {tall}">',
            f"<title>{escape(title)}</title><style>{stylesheet()}</style>",
            f'<rect width="{whole}" height="{tall}" fill="#ffffff"/>',
            shapes[0] if shapes else "",
            *[
                f'<text x="{MARGIN}" y="{MARGIN + 14 + LINE * row}" class="figure-title">'
                f"{escape(line)}</text>"
                for row, line in enumerate(lines)
            ],
            key,
            f'{chart} x="{MARGIN}" y="{top}" width="{width}" height="{height}">',
            _absolute(inner, address),
            *[
                f'<text x="{MARGIN}" y="{top + height + 28 + 20 * row}" class="figure-source">'
                f"{escape(line)}</text>"
                for row, line in enumerate(bottom)
            ],
            "</svg>",
        ]
    )


def _key(page: str, whole: int, top: int) -> tuple[str, int]:
    """The signs of the chart with their words, in rows; and how high they are."""
    found = _KEY.findall(page)
    signs = _SIGN.findall(found[-1]) if found else []
    x, y, parts = MARGIN, top, []
    for name, attributes, inner, words in signs:
        words = unescape(words).strip()
        size = dict(_SIZE.findall(attributes))
        wide, high = int(size.get("width", 13)), int(size.get("height", 13))
        reach = wide + 8 + round(len(words) * 7.2) + 18
        if x + reach > whole - MARGIN and x > MARGIN:
            x, y = MARGIN, y + KEY_LINE
        parts.append(
            f'<g class="{name}"><svg x="{x}" y="{y + 8 - high / 2:g}" width="{wide}"'
            f' height="{high}">{inner}</svg></g>'
            f'<text x="{x + wide + 8}" y="{y + 13}">{escape(words)}</text>'
        )
        x += reach
    return "".join(parts), (y - top + KEY_LINE if signs else 0)


def _plain(text: str) -> str:
    return " ".join(unescape(_TAGS.sub("", text)).split())


def _absolute(text: str, address: str) -> str:
    text = text.replace('<a href="#', f'<a href="{escape(address)}#')
    return text.replace('href="/', f'href="{escape(settings.SITE_URL)}/')


@cache
def _fonts() -> list[str]:
    """Files of the font that pictures are drawn with: a server may have none of its own."""
    files = font_source_sans_pro.font_files_ttf.values()
    wanted = ("Regular", "Semibold", "Bold")
    return [path for path in files if path.endswith(tuple(f"-{one}.ttf" for one in wanted))]


def png(svg: str, zoom: float = 2) -> bytes:
    """A drawing as PNG, `zoom` pixels to a unit or fewer, so that it has at most MOST_PIXELS.

    No font of the machine, and no file or address that the drawing may name, is read.
    """
    size = re.search(r'width="(\d+)" height="(\d+)"', svg)
    units = int(size[1]) * int(size[2]) if size else MOST_PIXELS
    zoom = min(zoom, (MOST_PIXELS / units) ** 0.5)
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=zoom,
            skip_system_fonts=True,
            font_files=_fonts(),
            font_family=FONT,
            sans_serif_family=FONT,
        )
    )
