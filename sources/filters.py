"""The filters of sources and passages."""

from django.utils.translation import gettext_lazy as _

from publishing.filters import (
    BegunFilter,
    DayFilter,
    RecordFilters,
    SearchFilter,
    ValuesFilter,
)
from sources.models import Passage, Source


class SourceFilters(RecordFilters):
    orderings = {
        **RecordFilters.orderings,
        "default": ("slug",),
        "key": ("slug",),
        "-key": ("-slug",),
        "publisher": ("publisher", "slug"),
    }

    q = SearchFilter("search", label=_("Words in title, publisher and text"), example="Lavrov")
    kind = ValuesFilter("kind", choices=Source.Kind, label=_("Kind"), example="statement")
    language = ValuesFilter(
        "language", pattern="[a-z]{2,3}", label=_("Language (ISO 639)"), example="ru"
    )
    extent = ValuesFilter(
        "extent", choices=Source.Extent, label=_("How much was read"), example="whole"
    )
    publisher = ValuesFilter(
        "publisher", has_commas=True, label=_("Publisher, as written"), example="TASS"
    )
    since = DayFilter(
        "period",
        lookup="endswith__gt",
        label=_("May be published on this day or later"),
        example="2026-01-01",
    )
    until = DayFilter(
        "period",
        lookup="startswith__lte",
        label=_("May be published on this day or before"),
        example="2026-02-15",
    )

    as_of = BegunFilter("period", label=_("May be published by this day"), example="2026-02-15")


class PassageFilters(RecordFilters):
    orderings = {**RecordFilters.orderings, "default": ("source", "start", "pk")}

    source = ValuesFilter(
        "source",
        target=Source,
        label=_("Source"),
        example="lavrov-statement-2026",
        other_example="tass-687141",
    )
    kind = ValuesFilter("kind", choices=Passage.Kind, label=_("Kind"), example="principle")
    priority = ValuesFilter(
        "priorities__slug",
        label=_("Slug of a priority that it states or supports"),
        example="information-security",
    )
    as_of = BegunFilter(
        "source__period", label=_("Of sources that may be published by this day"),
        example="2026-02-15",
    )  # fmt: skip
