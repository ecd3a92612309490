"""The form that curators edit a record with: a reason, and no overwriting of each other."""

import hashlib
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from publishing.fields import computed
from publishing.history import changes_of
from publishing.validators import plain_text

Parts = Sequence[tuple[type[Model], str]]


def digest(model: type[Model], pk: Any, parts: Parts = ()) -> str:
    """A digest of a row and of the rows that are edited with it.

    Each of `parts` is a model and the name of its key to the row. One query for each model.
    """
    found = hashlib.sha256()
    for kind, key in [(model, "pk"), *parts]:
        fields = [
            field.attname
            for field in kind._meta.concrete_fields
            if field.column not in computed(kind)
        ]
        rows = kind._default_manager.filter(**{key: pk}).order_by("pk")
        found.update(repr(list(rows.values_list(*fields))).encode())
    return found.hexdigest()


def unix_lines(text: str) -> str:
    """Line ends as the record keeps them; browsers send CR LF for each."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class PlainText(forms.CharField):
    """Text of several lines, without space around it."""

    def to_python(self, value: Any) -> Any:
        return unix_lines(super().to_python(value) or "")


class VerbatimText(PlainText):
    """Text whose every letter counts, space around it included."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "strip": False})


class ReasonedActions(ActionForm):
    """The actions of a list, why they are done, and into which record others are merged."""

    into = forms.CharField(
        label=_("Merge into (key)"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"size": 30}),
    )

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        validators=[plain_text],
        widget=forms.TextInput(attrs={"size": 40}),
    )


class RecordForm(forms.ModelForm):
    """A ModelForm that refuses to overwrite what somebody else saved meanwhile.

    The row is locked while it and its `parts` are compared with what the curator saw, so of
    two that save at once the second is told. `seen_now` is the digest for a form that is shown
    anew; `refusal` is what the database said when this very form was saved a moment ago.
    """

    refusal: ClassVar[str] = ""
    parts: ClassVar[Parts] = ()
    seen_now: ClassVar[str] = ""

    reason_for_change = forms.CharField(
        label=_("Reason for the change"),
        required=False,
        max_length=300,
        validators=[plain_text],
        help_text=_("Shown in the history and in the public log of changes."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["seen"] = self.seen_now

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.refusal:
            raise ValidationError(self.refusal)
        if self.instance.pk:
            self._refuse_conflict(cleaned.get("seen", ""))
        return cleaned

    def _refuse_conflict(self, seen: str) -> None:
        model, pk = type(self.instance), self.instance.pk
        rows = model._default_manager.select_for_update(of=("self",))
        if not rows.filter(pk=pk).values_list("pk"):
            raise ValidationError(_("This record was deleted while you were editing it."))
        if digest(model, pk, self.parts) == seen:
            return
        newest = changes_of(self.instance)[0]
        raise ValidationError(
            _(
                "Somebody else saved this record after you opened it: %(by)s at %(at)s (UTC),"
                " changing %(what)s. Nothing of yours is saved. Open it anew in another tab,"
                " compare, and enter there what is still missing."
            )
            % {
                "by": newest.by or "–",
                "at": f"{newest.at:%Y-%m-%d %H:%M:%S}",
                "what": ", ".join([newest.subject, *(one.field for one in newest.differences)])
                .removeprefix(", ")
                .removesuffix(", ")
                or "–",
            },
            code="conflict",
        )
