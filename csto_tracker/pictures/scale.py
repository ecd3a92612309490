"""The steps of the scale of assessments as signs of a drawing: a bar that fills in three parts."""

from collections.abc import Iterable
from html import escape

from django.utils.translation import gettext as _

SIGN_WIDTH, SIGN_HEIGHT = 34, 12
NOT_YET, HEADING = "not-yet", "heading"
_FILLED = {"limited": 1, "substantial": 2, "completed": 3}
_DASHES = {"no-evidence": "4 3", NOT_YET: "1.5 2"}


def sign(name: str, x: float, middle: float) -> str:
    """The sign of a step, its left edge at `x`, around the height `middle`."""
    top = middle - SIGN_HEIGHT / 2
    if name in {HEADING, "not-assessable"}:
        inner = f'<path class="scale-line" d="M{x:g} {middle:g}h{SIGN_WIDTH}"/>'
    else:
        dashes = f' stroke-dasharray="{_DASHES[name]}"' if name in _DASHES else ""
        inner = (
            f'<rect class="scale-bar" x="{x + 1:g}" y="{top + 1:g}" width="{SIGN_WIDTH - 2}"'
            f' height="{SIGN_HEIGHT - 2}"{dashes}/>'
        )
        if name in _FILLED:
            wide = (SIGN_WIDTH - 2) * _FILLED[name] / 3
            inner += (
                f'<rect class="scale-fill" x="{x + 1:g}" y="{top + 1:g}" width="{wide:g}"'
                f' height="{SIGN_HEIGHT - 2}"/>'
            )
        if name == "withdrawn":
            inner += f'<path class="scale-line" d="M{x + 1:g} {top + 11:g}l32-10"/>'
    return f'<g class="scale-{name}">{inner}</g>'


def key(steps: Iterable[tuple[str, str]]) -> str:
    """The signs of the scale with their words, as a key that `figure` draws above a drawing."""
    words = {str(value): str(label) for value, label in steps}
    words |= {NOT_YET: _("Not assessed yet"), HEADING: _("Not tracked")}
    signs = "".join(
        f'<li><svg width="{SIGN_WIDTH}" height="{SIGN_HEIGHT}">{sign(name, 0, SIGN_HEIGHT / 2)}'
        f"</svg> {escape(word)}</li>"
        for name, word in words.items()
    )
    return f'<ul class="key">{signs}</ul>'
