"""The public log of changes: a view over the history of every record that can be published.

It shows what the public could see before or after a change, and nothing else: a record appears
when it is published, and what a draft says while it is one appears never.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

from publishing.models import Publishable

VIEW = "publishing_publicchange"
DROP = f"DROP VIEW IF EXISTS public.{VIEW}"


def published_models() -> Iterator[type[models.Model]]:
    """Models with a draft and a published state, and a history."""
    for model in apps.get_models():
        if issubclass(model, Publishable) and hasattr(model, "history") and not model._meta.proxy:
            yield model


def list_name(model: type[models.Model]) -> str:
    """The name of a model's list in addresses: events, bodies, presidencies."""
    name = str(model._meta.model_name)
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"


def make_view() -> None:
    """Create the log for the models as they are now."""
    parts = " UNION ALL ".join(_select(model) for model in published_models())
    with connection.cursor() as cursor:
        cursor.execute(DROP)
        cursor.execute(f"CREATE VIEW public.{VIEW} AS {parts}")


def _select(model: type[models.Model]) -> str:
    history = model.history.rel.related_model._meta.db_table  # type: ignore[attr-defined]
    names = {field.name for field in model._meta.fields}
    title = next((name for name in ("title", "name", "claimant") if name in names), "''::text")
    russian = f"{title}_ru" if f"{title}_ru" in names else title
    key = _key(model, "h")
    # The other record may have become a draft since, and be called otherwise by now.
    is_public = " AND ".join(f"({_path(model, path, 't')})" for path in model.PUBLIC)  # type: ignore[attr-defined]
    into = (
        f"SELECT {_key(model, 't')} FROM public.{model._meta.db_table} t"  # noqa: S608
        f" WHERE t.id = m.into AND {is_public}"
    )
    window = "PARTITION BY pgh_obj_id ORDER BY pgh_id"
    # What hangs on a draft is as hidden as the draft.
    parents = "".join(
        f" AND ({_path(model, path, 'h')})"
        for path in model.PUBLIC  # type: ignore[attr-defined]
        if path != "is_published"
    )
    # A withdrawn record keeps the title it had in public, whatever the draft is called by now.
    return f"""
        SELECT '{list_name(model)}-' || h.pgh_id AS id, h.pgh_created_at AS changed_at,
            '{list_name(model)}' AS list, {key} AS record,
            CASE WHEN h.pgh_label = 'delete' THEN 'deleted'
                WHEN h.pgh_label = 'insert' THEN 'added'
                WHEN m.id IS NOT NULL THEN 'merged'
                WHEN NOT h.is_published THEN 'withdrawn'
                WHEN h.was IS NOT TRUE THEN 'published'
                ELSE 'changed' END AS change,
            CASE WHEN h.is_published THEN h.called ELSE h.was_called END AS title,
            CASE WHEN h.is_published THEN h.called_ru ELSE h.was_called_ru END AS title_ru,
            coalesce(c.metadata ->> 'reason', '') AS reason,
            coalesce(({into}), '') AS into
        FROM (
            SELECT *, {title} AS called, {russian} AS called_ru,
                lag(is_published) OVER ({window}) AS was,
                lag({title}) OVER ({window}) AS was_called,
                lag({russian}) OVER ({window}) AS was_called_ru
            FROM public.{history}
        ) h LEFT JOIN public.pghistory_context c ON c.id = h.pgh_context_id
        LEFT JOIN public.publishing_merger m ON NOT h.is_published AND m.row = h.pgh_obj_id
            AND m.list = '{list_name(model)}' AND m.merged_at = h.pgh_created_at
        WHERE (h.is_published OR h.was){parents}
    """  # noqa: S608 - made of the names of our own models


def _key(model: Any, alias: str) -> str:
    """SQL for the natural key of a row."""
    return " || ':' || ".join(f"({_path(model, path, alias)})::text" for path in model.KEY)


def _path(model: Any, path: str, alias: str) -> str:
    """SQL for a field of a row, over its foreign keys if need be."""
    name, _, rest = path.partition("__")
    field = model._meta.get_field(name)
    if not rest:
        return f"{alias}.{field.column}"
    related = field.related_model
    inner = f"{alias}_{name}"
    return (
        f"SELECT ({_path(related, rest, inner)}) FROM public.{related._meta.db_table} {inner}"  # noqa: S608
        f" WHERE {inner}.id = {alias}.{field.column}"
    )
