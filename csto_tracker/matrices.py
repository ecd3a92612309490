"""The tables of the matrix as files: one line for each figure, with the list behind it."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from csto_tracker.pages.asking import refuse_unknown, yes
from csto_tracker.pages.matrix import TABLES, figures
from publishing.formats import answers, flat
from publishing.problems import BadQuery
from publishing.values import split_values

FIELDS = {
    "table": "Which of the tables: months, states or themes.",
    "presidency": "Key of the presidency that the figure is about.",
    "row": "Key of the priority, or of the theme; empty for priorities of no public theme.",
    "row_title": "Its title.",
    "column": "Month, code of the state, or key of the presidency; before and after the term.",
    "column_title": "Its title.",
    "kind": "What is counted: a relation, a part taken, a step of completion. Empty for nothing.",
    "kind_title": "That in words.",
    "number": "How many events or priorities.",
    "unheld": "How many of these events are not held so far: announced, postponed or cancelled.",
    "url": "The list that was counted.",
}


def file(request: HttpRequest, extension: str, citation: str) -> HttpResponse:
    """The tables named in `table`, all unless it says otherwise; raises Http404 and BadQuery."""
    if extension not in {"json", *answers.TABLES}:
        raise Http404
    refuse_unknown(request.GET, ["presidency", "table", "as_of"] + ["bom"] * (extension == "csv"))
    chosen = split_values(request.GET.getlist("table")) or list(TABLES)
    wrong = [name for name in chosen if name not in TABLES]
    if wrong:
        words = _("“%(value)s” is not one of %(allowed)s.")
        values = {"value": ", ".join(wrong)[:80], "allowed": ", ".join(TABLES)}
        raise BadQuery({"table": [words % values]})
    rows = list(_rows(figures(request), chosen))
    if extension == "json":
        found = [dict(zip(FIELDS, row, strict=True)) for row in rows]
        return HttpResponse(orjson.dumps({"results": found}), content_type="application/json")
    on_site = not request.path.startswith("/api/")
    return flat.table(
        request,
        "matrix",
        FIELDS,
        rows,
        answers.TABLES[extension],
        chosen=[(name, value) for name in ("presidency", "table", "as_of")
                for value in split_values(request.GET.getlist(name))],
        citation=citation,
        bom=extension == "csv" and yes(request, "bom", default=on_site),
    )  # fmt: skip


def _rows(context: dict[str, Any], chosen: list[str]) -> Iterator[list[Any]]:
    """Each mark of each cell as a row; a cell without marks is a row that counts nothing."""
    own = context["presidency"].slug if context["presidency"] else ""
    for name in TABLES:
        if name not in chosen:
            continue
        lines, columns = TABLES[name]
        for line in context.get(lines, ()):
            for column, cell in zip(context[columns], line.cells, strict=True):
                where = [
                    name,
                    column.key if name == "themes" else own,
                    line.key,
                    line.title,
                    column.key,
                    column.label,
                ]
                for part in cell.parts:
                    url = settings.SITE_URL + part.url
                    for mark in part.marks:
                        yield [*where, mark.name, mark.word, mark.number, mark.unheld, url]
                if not cell.parts:
                    yield [*where, "", "", 0, 0, ""]
