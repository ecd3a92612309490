"""Sources, their stored text, passages in it, and what was checked against other sources."""

import hashlib
from typing import Any

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from publishing import triggers, validators
from publishing.dates import in_words
from publishing.fields import EDTFField, Line, Prose, WebAddress, period_of
from publishing.models import Annotated, Confidence, Publishable, Record, track
from publishing.words import search_vector


@track
class Source(Publishable):
    """A document that claims are traced to; its text is stored only where that is allowed."""

    KEY = ("slug",)

    class Kind(models.TextChoices):
        STATEMENT = "statement", _("Statement")
        OFFICIAL = "official", _("Official site or document")
        NEWS = "news", _("News report")
        ANALYSIS = "analysis", _("Analysis or commentary")
        REFERENCE = "reference", _("Reference work")
        DATASET = "dataset", _("Data set")

    class Extent(models.TextChoices):
        WHOLE = "whole", _("The whole text")
        EXCERPT = "excerpt", _("An excerpt")

    slug = models.SlugField(
        _("key"), max_length=80, unique=True, help_text=_("Short and lasting: citations use it.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    publisher = Line(_("publisher"))
    title = Line(
        _("title"),
        max_length=500,
        blank=True,
        help_text=_("In the source's own language, as it stands there. Empty when not known."),
    )
    url = WebAddress(_("address"), blank=True)
    language = models.CharField(
        _("language"), max_length=3, validators=[validators.language_code], help_text="ISO 639"
    )
    date = EDTFField(
        _("published on"),
        blank=True,
        help_text=_("As precise as the source, never more: 2026-01-01, 2026-01 or 2026."),
    )
    period = period_of("date")
    date_note = Line(
        _("on the date"), blank=True, help_text=_("How the date is known, if not stated.")
    )
    date_note_ru = Line(_("on the date (Russian)"), blank=True)
    extent = models.CharField(
        _("how much was read"), max_length=10, choices=Extent, default=Extent.EXCERPT
    )
    note = Prose(_("note"), blank=True)
    note_ru = Prose(_("note (Russian)"), blank=True)
    text = models.TextField(
        _("stored text"),
        blank=True,
        validators=[validators.plain_text, MaxLengthValidator(500_000)],
        help_text=_("Passages point into this text by code points; line ends are kept."),
    )
    text_sha256 = models.CharField(
        _("SHA-256 of the text"), max_length=64, blank=True, editable=False
    )
    carried_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="carries",
        verbose_name=_("carried by"),
        help_text=_("The source in which this text was found, such as an article."),
    )
    search = models.GeneratedField(
        expression=search_vector("title", "publisher", config="english", weight="B")
        + search_vector("title", config="russian", weight="B")
        + search_vector("text", config="english", weight="D")
        + search_vector("note_ru", config="russian", weight="D"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["slug"]
        indexes = [
            GinIndex(fields=["search"], name="source_search"),
            models.Index(fields=["-changed_at", "-id"], name="source_changed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(text="", text_sha256="")
                | Q(
                    text_sha256=Func(
                        Func(
                            Func(F("text"), Value("UTF8"), function="convert_to"),
                            function="sha256",
                        ),
                        Value("hex"),
                        function="encode",
                        output_field=models.CharField(),
                    )
                ),
                name="source_hash_matches_text",
                violation_error_message=_("The SHA-256 does not match the stored text."),
            ),
        ]
        triggers = [
            *triggers.record(),
            pgtrigger.Trigger(
                name="passages_hold",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("text"),
                func=triggers.refuse(
                    "EXISTS (SELECT 1 FROM sources_passage p WHERE p.source_id = NEW.id AND p.quote"
                    ' <> substr(NEW.text, p.start + 1, p."end" - p.start))',
                    "a passage would no longer match the stored text",
                    "passage_matches_text",
                )
                + "RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title or self.slug}"

    @property
    def heading(self) -> str:
        """Its title; where none is known, who published it, and when."""
        when = in_words(self.date) if self.date else ""
        of = ", ".join(filter(None, [self.publisher, when]))
        return self.title or _("Untitled: %(of)s") % {"of": of}

    def get_absolute_url(self) -> str:
        return reverse("sources:source", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        self.set_hash()
        if not self._state.adding and any(not p.matches(self.text) for p in self.passages.all()):
            raise ValidationError(
                {"text": _("A passage would no longer match this text; move the passages first.")}
            )

    def save(self, *args: Any, **options: Any) -> None:
        self.set_hash()
        super().save(*args, **options)

    def set_hash(self) -> None:
        self.text_sha256 = hashlib.sha256(self.text.encode()).hexdigest() if self.text else ""


@track
class Passage(Record):
    """A span of a source's stored text, as a W3C text position and text quote selector.

    `start` and `end` count Unicode code points from 0; `end` is the first one after the span.
    """

    KEY = ("source__slug", "start", "end")
    KEY_NUMBERS = ("start", "end")
    PUBLIC = ("source__is_published",)

    class Kind(models.TextChoices):
        COMMITMENT = "commitment", _("States a priority")
        CONTEXT = "context", _("Stands around a priority")
        PRINCIPLE = "principle", _("States a principle, not a priority")

    source = models.ForeignKey(
        Source, models.PROTECT, related_name="passages", verbose_name=_("source")
    )
    start = models.PositiveIntegerField(_("start"), help_text=_("First code point, from 0."))
    end = models.PositiveIntegerField(_("end"), help_text=_("First code point after the passage."))
    quote = models.TextField(
        _("quote"), help_text=_("Word for word as it stands in the stored text at these offsets.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.COMMITMENT)
    title = Line(_("title"), blank=True, help_text=_("For a principle: its short name."))
    title_ru = Line(_("title (Russian)"), blank=True)
    note = Prose(_("note"), blank=True)
    note_ru = Prose(_("note (Russian)"), blank=True)

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["source", "start", "-end"]
        constraints = [
            models.UniqueConstraint(fields=["source", "start", "end"], name="passage_once"),
            models.CheckConstraint(
                condition=Q(start__lt=F("end")),
                name="passage_start_before_end",
                violation_error_message=_("A passage must start before it ends."),
            ),
            models.CheckConstraint(
                condition=Q(end=F("start") + Length("quote")),
                name="passage_as_long_as_its_quote",
                violation_error_message=_("The offsets span more or less than the quote."),
            ),
        ]
        triggers = [
            *triggers.record(
                "(SELECT is_published FROM sources_source WHERE id = {row}.source_id)"
            ),
            pgtrigger.Trigger(
                name="matches_text",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=triggers.refuse(
                    'NEW.quote IS DISTINCT FROM (SELECT substr(text, NEW.start + 1, NEW."end" -'
                    " NEW.start) FROM sources_source WHERE id = NEW.source_id)",
                    "the quote is not what stands in the stored text",
                    "passage_matches_text",
                )
                + "RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source.slug} {self.start}–{self.end}: {self.quote[:60]}"

    def get_absolute_url(self) -> str:
        return f"{self.source.get_absolute_url()}#{self.anchor}"

    @property
    def anchor(self) -> str:
        """The fragment that pages give this passage: `p-start-end`."""
        return f"p-{self.start}-{self.end}"

    def matches(self, text: str) -> bool:
        return text[self.start : self.end] == self.quote

    def clean(self) -> None:
        super().clean()
        if self.source_id is None or self.start is None or self.end is None:
            return
        text = self.source.text
        if not text:
            raise ValidationError({"source": _("The text of this source is not stored.")})
        if self.end > len(text):
            raise ValidationError(
                {
                    "end": _("The text has %(length)d code points; the passage ends at %(end)d.")
                    % {"length": len(text), "end": self.end}
                }
            )
        if not self.matches(text):
            raise ValidationError(
                {
                    "quote": _("At these offsets the text reads “%(found)s”.")
                    % {"found": text[self.start : self.end][:200]}
                }
            )


@track
class Check(Annotated, Record):
    """A sentence of a source held against other sources, and what came of it."""

    KEY = ("source__slug", "number")
    KEY_NUMBERS = ("number",)
    PUBLIC = ("source__is_published",)

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        IN_PART = "in-part", _("Confirmed in part")
        CONTRADICTED = "contradicted", _("Contradicted")

    source = models.ForeignKey(
        Source, models.PROTECT, related_name="checks", verbose_name=_("source")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    quote = Prose(_("quote"))
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict)
    sources = models.ManyToManyField(
        Source, through="CheckCitation", related_name="+", verbose_name=_("sources")
    )

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        ordering = ["source", "number"]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="check_number_once")
        ]
        triggers = triggers.record(
            "(SELECT is_published FROM sources_source WHERE id = {row}.source_id)"
        )

    def __str__(self) -> str:
        return f"{self.source.slug} {self.number}: {self.get_verdict_display()}"


class Citation(models.Model):
    """That a record cites a source. Each kind of record has its own table, with a real key."""

    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"), related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.source)


def citation_triggers(table: str, column: str, constraint: str = "") -> list[pgtrigger.Trigger]:
    """Triggers of a citation table: version, and (with `constraint`) the last one stays.

    `table` holds the citing records, `column` points at them.
    """
    visible = f"(SELECT is_published FROM {table} WHERE id = {{row}}.{column})"
    found = [triggers.raise_version(visible)]
    if constraint:
        citations = f"{table.split('_', 1)[0]}_{table.split('_', 1)[1]}citation"
        found.append(
            triggers.keeps_source(
                constraint,
                f"EXISTS (SELECT 1 FROM {table} WHERE id = {{row}}.{column}) AND NOT EXISTS"
                f" (SELECT 1 FROM {citations} WHERE {column} = {{row}}.{column})",
            )
        )
    return found


@track
class CheckCitation(Citation):
    check_record = models.ForeignKey(Check, models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            models.UniqueConstraint(fields=["check_record", "source"], name="check_cites_once")
        ]
        triggers = [
            triggers.raise_version(
                "(SELECT s.is_published FROM sources_check c JOIN sources_source s"
                " ON s.id = c.source_id WHERE c.id = {row}.check_record_id)"
            )
        ]


@track
class Remark(Publishable):
    """What a reader must know of the record as a whole: a caveat, a rule, what was seen."""

    KEY = ("slug",)

    class Kind(models.TextChoices):
        COVERAGE = "coverage", _("Coverage")
        CAVEAT = "caveat", _("Caveat")
        ORGANISATION = "organisation", _("The organisation")
        METHOD = "method", _("Method")

    slug = models.SlugField(_("key"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    number = models.PositiveSmallIntegerField(_("order"), default=0)
    title = Line(_("title"))
    title_ru = Line(_("title (Russian)"), blank=True)
    text = Prose(_("text"))
    text_ru = Prose(_("text (Russian)"), blank=True)
    date = EDTFField(
        _("date"), blank=True, help_text=_("For coverage: the last day that the record covers.")
    )
    confidence = models.CharField(
        _("confidence"), max_length=20, choices=Confidence, default=Confidence.SOURCED
    )
    sources = models.ManyToManyField(
        Source, through="RemarkCitation", related_name="+", verbose_name=_("sources")
    )

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ["kind", "number", "slug"]
        triggers = triggers.record()

    def __str__(self) -> str:
        return self.in_language("title")


@track
class RemarkCitation(Citation):
    remark = models.ForeignKey(Remark, models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            models.UniqueConstraint(fields=["remark", "source"], name="remark_cites_once")
        ]
        triggers = citation_triggers("sources_remark", "remark_id")
