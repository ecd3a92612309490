"""SQL that is made once: expressions compiled once in a process, statements planned once in a
connection.

To plan a list of nested rows takes PostgreSQL half as long as to run it, and to write its SQL
takes Django several times as long.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.db import Error, connection, models
from django.db.models import Expression, Lookup, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast

# A pooler may give each statement another session: one that lacks it, or has it already.
_OTHER_SESSION = {"26000", "42P05"}
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


class Compiled(Expression):
    """SQL of an expression over the columns of one table."""

    def __init__(self, sql: str, parameters: Sequence[Any], output_field: models.Field) -> None:
        self.sql, self.parameters = sql, tuple(parameters)
        super().__init__(output_field=output_field)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return self.sql, self.parameters


def compiled(model: type[models.Model], expression: Any) -> Compiled:
    """An expression over a model's rows, for queries that begin at the model.

    An expression that needs other tables becomes a subquery for the row, so that the SQL stands
    for itself.
    """
    rows: Any = model._base_manager.annotate(compiled=expression).values_list("compiled")
    rows.query.get_compiler(connection=connection).pre_sql_setup()
    if len([alias for alias, count in rows.query.alias_refcount.items() if count]) > 1:
        own = model._base_manager.filter(pk=OuterRef("pk")).values_list(expression)
        rows = model._base_manager.annotate(compiled=Subquery(own)).values_list("compiled")
    compiler = rows.query.get_compiler(connection=connection)
    compiler.pre_sql_setup()
    found = rows.query.annotations["compiled"]
    sql, parameters = compiler.compile(found)
    return Compiled(sql, parameters, found.output_field)


class Slot(Expression):
    """The place of a value that is given when the statement runs."""

    def __init__(self, number: int, output_field: models.Field) -> None:
        self.number = number
        super().__init__(output_field=output_field)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


def slot(number: int, field: models.Field) -> Cast:
    """The place of value `number`, counted from 0, cast to the type of a field."""
    if isinstance(field, models.CharField | models.TextField):
        field = models.TextField()  # varchar(n) would cut a long value short
    return Cast(Slot(number, field), field)


class Among(Lookup):
    """Whether a value is one of those of an array, which may come from one slot.

    PostgreSQL does not see how long the array is: a plan for a short one would look cheaper to it
    than the one it keeps, so that it would plan anew each time, which takes longer than the rest.
    """

    lookup_name = "among"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        value, first = self.process_lhs(compiler, connection)
        array, second = self.process_rhs(compiler, connection)
        return f"{value} = ANY(ARRAY(SELECT unnest({array})))", (*first, *second)


class Statement(NamedTuple):
    """A query: `plain` for psycopg2, and `text` for PREPARE under `name`."""

    name: str
    text: str
    plain: str
    order: tuple[int, ...]

    def rows(self, values: Sequence[Any] = (), *, planned: bool = True) -> list[tuple[Any, ...]]:
        """All rows, with `values` in the slots; not `planned` where the best plan depends on
        them."""
        given = [values[number] for number in self.order]
        with connection.cursor() as cursor:
            # A transaction may read the past, where the names mean other tables.
            if planned and not connection.in_atomic_block:
                try:
                    return self._execute(cursor, given)
                except Error as error:
                    if getattr(error.__cause__, "pgcode", None) not in _OTHER_SESSION:
                        raise
            cursor.execute(self.plain, given)
            return cursor.fetchall()

    def _execute(self, cursor: Any, given: list[Any]) -> list[tuple[Any, ...]]:
        known = _prepared.setdefault(connection.connection, set())
        if self.name not in known:
            cursor.execute(f"PREPARE {self.name} AS {self.text}")
            known.add(self.name)
        places = ", ".join(["%s"] * len(given))
        cursor.execute(f"EXECUTE {self.name}{f' ({places})' if places else ''}", given)
        return cursor.fetchall()


def statement(rows: QuerySet) -> Statement:
    """The statement of a query, with a slot wherever its conditions have one."""
    sql, parameters = rows.query.sql_with_params()
    order: list[int] = []
    text, plain = [], []
    remaining = iter(parameters)
    with connection.cursor() as cursor:
        for part in re.split("(%[s%])", sql):
            if part != "%s":
                text.append(part.replace("%%", "%"))
                plain.append(part)
                continue
            value = next(remaining)
            if isinstance(value, Slot):
                order.append(value.number)
                text.append(f"${len(order)}")
                plain.append("%s")
            else:
                literal = cursor.mogrify("%s", [value]).decode()
                text.append(literal)
                plain.append(literal.replace("%", "%%"))
    whole = "".join(text)
    name = f"tracker_{hashlib.sha256(whole.encode()).hexdigest()[:20]}"
    return Statement(name, whole, "".join(plain), tuple(order))


def by_key(model: Any, value: Any) -> Statement:
    """`value` of the public row with the natural key whose parts are given."""
    key = {
        path: slot(
            place, models.BigIntegerField() if path in model.KEY_NUMBERS else models.TextField()
        )
        for place, path in enumerate(model.KEY)
    }
    return statement(model.objects.public().filter(**key).values_list(value)[:1])
