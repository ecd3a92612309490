"""The OpenAPI document, made from the same declarations that answer requests."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, build_array_type, build_object_type
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from publishing import shape
from publishing.expanding import expansions
from publishing.filters import (
    MAX_VALUES,
    DayFilter,
    Filter,
    InstantFilter,
    SearchFilter,
    ValuesFilter,
    YesNoFilter,
)
from publishing.pagination import MAX_PAGE_SIZE, PAGE_SIZE
from publishing.shape import columns
from publishing.values import MAX_SEARCH

PROBLEM = build_object_type(
    title="Problem details (RFC 9457)",
    properties={
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": build_array_type(
            build_object_type(
                properties={"parameter": {"type": "string"}, "detail": {"type": "string"}}
            )
        ),
    },
    required=["type", "title", "status"],
)
ASKED = build_object_type(
    description="Only with `as_of`: the day, and the moment of `recorded_at` or null.",
    properties={
        "as_of": {"type": "string", "format": "date"},
        "recorded_at": {"type": ["string", "null"], "format": "date-time"},
    },
    required=["as_of", "recorded_at"],
)
AS_OF = OpenApiParameter(
    "as_of",
    {"type": "string", "format": "date", "example": "2026-02-15"},
    description="The record as of this day: what is related to it only as far as it had begun.",
)
UNDATED = OpenApiParameter(
    "as_of",
    {"type": "string", "format": "date", "example": "2026-02-15"},
    description="What is related to the rows only as far as it had begun by this day; they"
    " themselves have no dates.",
)
REFUSALS = {
    400: "A parameter is unknown or has a bad value; `errors` names it.",
    401: "The token sent is unknown or was revoked. Reading needs none.",
    404: "There is no such record, or it is not public.",
    406: "None of the formats that the client accepts is at hand.",
    410: "The record was public once, and was withdrawn or deleted.",
    429: "Too many requests from one client; `Retry-After` says how long to wait.",
}
Direction = Literal["request", "response"]
NULLABLE_TEXT = {"type": ["string", "null"]}
# What no question brought that was asked before there was `fields`.
ONLY_WITH_FIELDS = {"x-only-with": "fields"}
NULLABLE_DATE = {"type": ["string", "null"], "format": "date"}


class ColumnExtension(OpenApiSerializerFieldExtension):
    """JSON types of the columns that PostgreSQL computes."""

    target_class = shape.Column
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        column = self.target
        if isinstance(column, shape.KeyColumn):
            return {"type": "string"}
        if isinstance(column, shape.ReferenceColumn):
            return dict(NULLABLE_TEXT)
        if isinstance(column, shape.ReferencesColumn):
            return build_array_type({"type": "string"})
        if isinstance(column, shape.FirstDayColumn | shape.LastDayColumn):
            return dict(NULLABLE_DATE)
        if isinstance(column, shape.RowsColumn):
            component = auto_schema.resolve_serializer(column.serializer, direction)
            return build_array_type(component.ref)
        raise TypeError(f"{type(column).__name__} has no JSON type here")


MOMENT = {"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}


def parameter(name: str, filter_: Filter) -> OpenApiParameter:
    """One filter as a query parameter."""
    several = isinstance(filter_, ValuesFilter)
    schema: dict[str, Any] = {"type": "string"}
    if isinstance(filter_, ValuesFilter) and filter_.choices is not None:
        schema = {"type": "string", "enum": list(filter_.choices.values)}
    elif isinstance(filter_, ValuesFilter) and filter_.pattern:
        schema = {"type": "string", "pattern": f"^{filter_.pattern}$"}
    elif isinstance(filter_, YesNoFilter):
        schema = {"type": "string", "enum": ["true", "false", "1", "0"]}
    elif isinstance(filter_, InstantFilter):
        schema = dict(MOMENT)
    elif isinstance(filter_, DayFilter):
        schema = {"type": "string", "format": "date"}
    elif isinstance(filter_, SearchFilter):
        schema = {"type": "string", "maxLength": MAX_SEARCH}
    description = str(filter_.label)
    if several and filter_.exclude:
        description = f"Leaves out what matches: {description}. Several values: none of them."
    elif several:
        description += ". Several values, repeated or separated by commas, mean “any of them”."
    if several:
        schema = build_array_type(schema, max_length=MAX_VALUES)
    if filter_.example:
        schema["example"] = [filter_.example] if several else filter_.example
    return OpenApiParameter(
        name, schema, OpenApiParameter.QUERY, description=description, explode=not several,
        style="form",
    )  # fmt: skip


RECORDED_AT = OpenApiParameter(
    "recorded_at",
    dict(MOMENT),
    description="What this site said at a moment in the past (ISO 8601, UTC).",
)


# Left off answers that were at hand, and off 304: those are not counted.
RATE_HEADERS = {
    "RateLimit-Policy": "Requests (`q`) that are allowed in a window of `w` seconds.",
    "RateLimit": "Requests that remain (`r`) in the `t` seconds left of the window.",
}


def header(name: str, text: str, *codes: int, kind: str = "string") -> OpenApiParameter:
    """A header field of the answers with these codes; of the request if there are none."""
    return OpenApiParameter(
        name,
        {"type": kind},
        OpenApiParameter.HEADER,
        description=text,
        response=list(codes) or False,
    )


def headers(*, is_list: bool) -> list[OpenApiParameter]:
    """The header fields of a request and of its answers that a client may use."""
    link = (
        "Addresses (RFC 8288) of the pages before (`prev`) and after (`next`), and of how to cite"
        " what was asked for (`describedby`)."
    )
    return [
        header(
            "If-None-Match",
            "ETags of answers that are at hand; 304 says that one of them is current.",
        ),
        header("ETag", "Strong; changes when public data or the code does.", 200, 304),
        header("As-Of", "The day of `as_of`, if it was asked for.", 200),
        header("Memento-Datetime", "The moment of `recorded_at`, if it was asked for.", 200),
        *([header("Link", link, 200)] if is_list else []),
        *(header(name, text, 200, 429) for name, text in RATE_HEADERS.items()),
        header("Retry-After", "Seconds to wait.", 429, kind="integer"),
    ]


def refusals(*codes: int) -> dict[Any, OpenApiResponse]:
    """The answers that refuse, for these codes."""
    body = {"$ref": "#/components/schemas/Problem"}
    return {
        (code, "application/problem+json"): OpenApiResponse(body, REFUSALS[code]) for code in codes
    }


class RecordSchema(AutoSchema):
    """Operations of a RecordViewSet. Other views are described as drf-spectacular does."""

    view: Any

    def get_override_parameters(self) -> list[Any]:
        filters = getattr(self.view, "record_filters", None)
        if filters is None:
            return []
        if self.view.action != "list":
            return [
                *headers(is_list=False),
                RECORDED_AT,
                OpenApiParameter(
                    "key",
                    {"type": "string"},
                    OpenApiParameter.PATH,
                    description="Natural key of the record.",
                ),
                AS_OF,
                self._fields(),
                *self._expand(),
            ]
        return [
            *headers(is_list=True),
            RECORDED_AT,
            *(parameter(name, found) for name, found in filters.filters.items()),
            *([] if "as_of" in filters.filters else [UNDATED]),
            OpenApiParameter(
                "ordering",
                {"type": "string", "enum": list(filters.orderings)},
                description="Order of the rows.",
            ),
            OpenApiParameter(
                "page_size",
                {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE},
                description="Rows on a page.",
            ),
            OpenApiParameter(
                "cursor",
                {"type": "string"},
                description="As given out in `next` and `previous`; not to be made up.",
            ),
            self._fields(),
            *self._expand(),
        ]

    def _fields(self) -> OpenApiParameter:
        names = list(columns(self.view.serializer_class()))
        schema = build_array_type({"type": "string", "enum": names}) | {"example": names[:2]}
        return OpenApiParameter(
            "fields",
            schema,
            description="The fields to be answered with; all of them if none is named.",
            explode=False,
            style="form",
        )

    def _expand(self) -> list[OpenApiParameter]:
        names = list(expansions(self.view.serializer_class))
        if not names:
            return []
        schema = build_array_type({"type": "string", "enum": names}) | {"example": names[-1:]}
        return [
            OpenApiParameter(
                "expand",
                schema,
                description="Related records, whole, in a further member `expanded`, by name.",
                explode=False,
                style="form",
            )
        ]

    def _row(self) -> dict[str, Any]:
        """The schema of a row, with what it has besides if it is asked for."""
        serializer = self.view.serializer_class
        component = self.resolve_serializer(serializer, "response")
        row = {"anyOf": [component.ref, self._chosen(component.name)]}
        extras: dict[str, Any] = {}
        if self.view.action != "list":
            extras["asked"] = ASKED
        if found := expansions(serializer):
            properties = {}
            for name, one in found.items():
                ref = self.resolve_serializer(one.serializer, "response").ref
                properties[name] = (
                    build_array_type(ref) if one.several else {"oneOf": [ref, {"type": "null"}]}
                )
            extras["expanded"] = build_object_type(
                description="Only with `expand`: the records asked for.", properties=properties
            )
        if not extras:
            return row
        further = build_object_type(properties=extras) | {"x-only-with": ", ".join(extras)}
        return {"allOf": [row, further]}

    def _chosen(self, name: str) -> dict[str, Any]:
        """A reference to the schema of a row of which `fields` left something out."""
        own = f"#/components/schemas/{name}/properties/"
        names = columns(self.view.serializer_class())
        schema = {
            "description": f"Only with `fields`: those that it names of {name}.",
            **build_object_type(properties={one: {"$ref": own + one} for one in names}),
            **ONLY_WITH_FIELDS,
        }
        component = ResolvedComponent(
            f"{name}Fields", ResolvedComponent.SCHEMA, schema, object=f"{name}Fields"
        )
        self.registry.register_on_missing(component)
        return {**component.ref, **ONLY_WITH_FIELDS}

    def get_operation_id(self) -> str:
        name = "_".join(self.path.strip("/").split("/")[2:3]) or "root"
        return f"{name}_{self.view.action}" if hasattr(self.view, "record_filters") else name

    def get_tags(self) -> list[str]:
        return [self.path.strip("/").split("/")[2]] if self.path.count("/") > 3 else ["api"]

    def get_filter_backends(self) -> list[Any]:
        return []

    def get_response_serializers(self) -> Any:
        if not hasattr(self.view, "record_filters"):
            return super().get_response_serializers()
        answer = self._row()
        if self.view.action == "list":
            answer = build_object_type(
                properties={
                    "next": NULLABLE_TEXT | {"format": "uri"},
                    "previous": NULLABLE_TEXT | {"format": "uri"},
                    "results": build_array_type(answer),
                },
                required=["next", "previous", "results"],
            )
        of_one = () if self.view.action == "list" else (404, 410)
        return {
            200: OpenApiResponse(answer, "With a strong ETag of the data version."),
            304: OpenApiResponse(description="Nothing has changed since the ETag sent."),
            **refusals(400, 401, *of_one, 406, 429),
        }

    def _is_list_view(self, serializer: Any = None) -> bool:
        """The list's envelope is described above, not wrapped once more."""
        return False if hasattr(self.view, "record_filters") else super()._is_list_view(serializer)


def empty_is_left_out(result: dict[str, Any], **_options: Any) -> dict[str, Any]:
    """A postprocessing hook: a parameter without a value counts as one that was not sent.

    Forms send one for each field that was left empty. An array may be empty anyway.
    """
    for path in result["paths"].values():
        for one in path["get"].get("parameters", []):
            may_be_empty = one["schema"].get("type") != "array" and not one.get("required")
            if one["in"] == "query" and may_be_empty:
                one["allowEmptyValue"] = True
    return result


def all_fields_present(result: dict[str, Any], **_options: Any) -> dict[str, Any]:
    """A postprocessing hook: a row always holds all its fields, and none can be written.

    Problem details have fields that are not always there; they are added after the rows.
    """
    for component in result["components"]["schemas"].values():
        if "properties" in component and not ONLY_WITH_FIELDS.items() <= component.items():
            component["required"] = list(component["properties"])
            for found in component["properties"].values():
                found.pop("readOnly", None)
    result["components"]["schemas"]["Problem"] = PROBLEM
    return result
