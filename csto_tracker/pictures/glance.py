"""The priorities of a presidency at a glance as a drawing: by theme, with how far each has come."""

import textwrap
from html import escape

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.listing import Row, by_theme
from csto_tracker.pages.home import presiding
from csto_tracker.pages.sparklines import Spark, sparklines
from csto_tracker.pictures.scale import HEADING, NOT_YET, SIGN_WIDTH, sign
from members.models import Presidency
from priorities.models import Priority
from publishing.asking import asked_day

WIDTH, STEP, MONTHS, LINE, PADDING = 1088, 650, 960, 18, 12


def glance(request: HttpRequest, slug: str = "") -> str:
    """The priorities of a presidency, or of the one in office, as SVG; empty without any."""
    if slug:
        found = Presidency.objects.public().filter(slug=slug).first()
        if found is None:
            raise Http404
        day = asked_day(request, found.period.lower)
    else:
        day = asked_day(request)
        found = presiding(day or timezone.now().date())
    if found is None:
        return ""
    themes = by_theme(Priority.objects.public().for_presidency(found), day)
    sparks = sparklines(found, day)
    y, parts = 0, []
    for theme, rows in themes:
        y += 34
        name = theme or _("Priorities of other themes")
        parts.append(f'<text class="glance-theme" x="0" y="{y - 10}">{escape(name)}</text>')
        for row in rows:
            drawn, high = _row(row, sparks.get(row.number), y)
            parts.append(drawn)
            y += high
    if not parts:
        return ""
    note = _(
        "Small bars count the events, held or only announced, that bear on a priority in each month"
        " of the term; one whose date is a range counts in each month that it may fall into."
    )
    return (
        f'<svg class="matrix" width="{WIDTH}" height="{y + 2}" viewBox="0 0 {WIDTH} {y + 2}">'
        f"{''.join(parts)}</svg>"
        f'<p class="facts-line">{escape(note) if sparks else ""}</p>'
    )


def _row(row: Row, spark: Spark | None, y: float) -> tuple[str, int]:
    """One priority, and how high it is."""
    lines = textwrap.wrap(row.title, (STEP - 50) // 7)
    high = LINE * len(lines) + PADDING
    middle = y + high / 2
    step = row.completion or (NOT_YET if row.is_tracked else HEADING)
    word = row.completion_word or (_("Not assessed yet") if row.is_tracked else _("Not tracked"))
    texts = [(0, y + PADDING / 2 + LINE * 0.75, str(row.number))]
    texts += [(30, y + PADDING / 2 + LINE * (at + 0.75), line) for at, line in enumerate(lines)]
    words = "".join(f'<text x="{x}" y="{at:g}">{escape(text)}</text>' for x, at, text in texts)
    parts = [
        f'<line class="lane-line" x1="0" x2="{WIDTH}" y1="{y}" y2="{y}"/>',
        f'<a href="{escape(row.url)}">{words}</a>',
        sign(step, STEP, middle),
        f'<text x="{STEP + SIGN_WIDTH + 10}" y="{middle + 5:g}">{escape(word)}</text>',
    ]
    if spark:
        bars = "".join(
            f'<rect x="{at}" y="{top}" width="5" height="{tall}"/>' for at, top, tall in spark.bars
        )
        parts.append(
            f'<g class="spark" transform="translate({MONTHS} {middle - 9:g})">'
            f'<title>{escape(spark.label)}</title><path class="spark-base"'
            f' d="M0 17.5h{spark.width}"/>{bars}</g>'
        )
    return "".join(parts), high
