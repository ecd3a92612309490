"""The filters of themes, priorities and lineage."""

from django.utils.translation import gettext_lazy as _

from members.models import Presidency, State
from priorities.models import Lineage, Priority, Theme
from publishing.filters import DayFilter, RecordFilters, SearchFilter, ValuesFilter, YesNoFilter
from publishing.models import Confidence
from sources.models import Source


class ThemeFilters(RecordFilters):
    orderings = {**RecordFilters.orderings, "default": ("number", "slug")}


class PriorityFilters(RecordFilters):
    orderings = {
        **RecordFilters.orderings,
        "default": ("-presidency__period", "number", "pk"),
        "presidency": ("presidency__period", "number", "pk"),
        "title": ("title", "pk"),
        "title_ru": ("title_ru", "pk"),
    }

    q = SearchFilter("search", label=_("Words in titles and notes"), example="безопасность")
    presidency = ValuesFilter(
        "presidency", target=Presidency, label=_("Presidency"), example="russia-2026"
    )
    state = ValuesFilter(
        "presidency__state", target=State, label=_("State that presided"), example="KG"
    )
    theme = ValuesFilter("theme", target=Theme, label=_("Theme"), example="military-component")
    kind = ValuesFilter("kind", choices=Priority.Kind, label=_("Kind"), example="event")
    temporal = ValuesFilter(
        "temporal", choices=Priority.Temporal, label=_("Temporal marker"), example="continuing"
    )
    strength = ValuesFilter(
        "strength", choices=Priority.Strength, label=_("Strength"), example="firm"
    )
    tracked = YesNoFilter("is_tracked", label=_("Assessed here"), example="true")
    source = ValuesFilter(
        "sources", target=Source, label=_("Cites a source"), example="mid-20191128"
    )
    confidence = ValuesFilter(
        "confidence", choices=Confidence, label=_("Confidence"), example="statement"
    )
    as_of = DayFilter(
        "presidency__period",
        lookup="startswith__lte",
        label=_("Of terms begun by this day"),
        example="2026-02-15",
    )


class LineageFilters(RecordFilters):
    earlier = ValuesFilter(
        "earlier",
        target=Priority,
        label=_("Earlier priority"),
        example="kyrgyzstan-2025:foreign-policy-interaction",
    )
    later = ValuesFilter(
        "later",
        target=Priority,
        label=_("Later priority"),
        example="russia-2026:information-security",
    )
    from_presidency = ValuesFilter(
        "earlier__presidency",
        target=Presidency,
        label=_("Earlier presidency"),
        example="kyrgyzstan-2025",
    )
    to_presidency = ValuesFilter(
        "later__presidency", target=Presidency, label=_("Later presidency"), example="russia-2026"
    )
    relation = ValuesFilter(
        "relation", choices=Lineage.Relation, label=_("Relation"), example="continues"
    )
    as_of = DayFilter(
        "later__presidency__period",
        lookup="startswith__lte",
        label=_("To priorities of terms begun by this day"),
        example="2026-02-15",
    )
