"""What this site said at a moment: views over the history that stand in for the tables.

The schema `past` holds one view per table with a history, with the table's name and columns,
showing its rows as they stood at the moment of the setting `csto.recorded_at`, and the log of
changes as far as it went by then. With `past` ahead in the search path every query of the site,
page or API, reads that moment; no query is written twice. The views follow the models: they are
made anew after each migration.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from publishing import changes
from publishing.fields import Signature

MOMENT = "current_setting('csto.recorded_at')::timestamptz"
DROP = "DROP SCHEMA IF EXISTS past CASCADE"


def tracked_models() -> Iterator[type[models.Model]]:
    """Models whose history is kept by trigger."""
    for model in apps.get_models():
        if hasattr(model, "history") and model._meta.managed and not model._meta.proxy:
            yield model


def make_views() -> None:
    """Create the schema `past` anew for the models as they are now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DROP)
        changes.make_view()
        cursor.execute("CREATE SCHEMA past")
        for model in tracked_models():
            cursor.execute(_view(model, _generated(cursor, model._meta.db_table)))
        cursor.execute(
            f"CREATE VIEW past.{changes.VIEW} AS SELECT * FROM public.{changes.VIEW}"  # noqa: S608
            f" WHERE changed_at <= {MOMENT}"
        )


def _generated(cursor: Any, table: str) -> dict[str, str]:
    """The expressions of a table's generated columns, which no history keeps."""
    cursor.execute(
        "SELECT a.attname, pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a"
        " JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
        " WHERE a.attrelid = %s::regclass AND a.attgenerated = 's'",
        [f"public.{table}"],
    )
    return dict(cursor.fetchall())


def _view(model: type[models.Model], generated: dict[str, str]) -> str:
    quote = connection.ops.quote_name
    # Whatever it was linked to then.
    unknown = {str(f.column): "-1::bigint" for f in model._meta.fields if isinstance(f, Signature)}
    made = generated | unknown
    history = model.history.rel.related_model._meta.db_table  # type: ignore[attr-defined]
    columns = ", ".join(
        f"{made[name]} AS {quote(name)}" if name in made else quote(name)
        for name in (str(field.column) for field in model._meta.concrete_fields)
    )
    # The innermost query is the newest snapshot of each row by that moment.
    return (
        f"CREATE VIEW past.{quote(model._meta.db_table)} AS SELECT {columns} FROM ("  # noqa: S608
        f"SELECT DISTINCT ON (pgh_obj_id) * FROM public.{quote(history)}"
        f" WHERE pgh_created_at <= {MOMENT}"
        " ORDER BY pgh_obj_id, pgh_created_at DESC, pgh_id DESC"
        ") newest WHERE pgh_label <> 'delete'"
    )


@contextmanager
def recorded_at(moment: datetime) -> Iterator[None]:
    """Within the block every query reads the record as it stood at `moment` (aware).

    The block is one read-only transaction.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # In a test the transaction is already under way, and cannot be made read-only.
        if len(connection.savepoint_ids) == 0:
            cursor.execute("SET TRANSACTION READ ONLY")
        cursor.execute(
            "SELECT set_config('csto.recorded_at', %s, true),"
            " set_config('search_path', 'past, public', true)",
            [moment.isoformat()],
        )
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("SELECT set_config('search_path', 'public', true)")


def drop_before_migration(*, plan: Sequence[Any] = (), **options: Any) -> None:
    """Views would hold columns that a migration changes."""
    if plan:
        with connection.cursor() as cursor:
            cursor.execute(DROP)
            cursor.execute(changes.DROP)


def make_after_migration(*, plan: Sequence[Any] = (), **options: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass(%s) IS NOT NULL AND to_regclass(%s) IS NOT NULL",
            [f"{schema}.{changes.VIEW}" for schema in ("public", "past")],
        )
        missing = not cursor.fetchone()[0]
        cursor.execute("SELECT to_regclass('public.publishing_dataversion') IS NOT NULL")
        migrated = cursor.fetchone()[0]
    if migrated and (plan or missing):
        make_views()
