"""The form that curators edit a record with: a reason, and no overwriting of each other."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _


class RecordForm(forms.ModelForm):
    """A ModelForm that refuses to overwrite what somebody else saved meanwhile.

    The row is locked while it is compared, so of two that save at once the second is told.
    `refusal` is what the database said when this very form was saved a moment ago.
    """

    refusal: ClassVar[str] = ""

    reason_for_change = forms.CharField(
        label=_("Reason for the change"),
        required=False,
        max_length=300,
        help_text=_("Shown in the history and in the public log of changes."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    seen_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        changed_at = getattr(self.instance, "changed_at", None)
        if self.instance.pk and changed_at is not None:
            self.initial["seen_at"] = changed_at.isoformat()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.refusal:
            raise ValidationError(self.refusal)
        seen = cleaned.get("seen_at")
        if self.instance.pk and seen:
            rows = type(self.instance).objects.select_for_update(of=("self",))
            current = rows.filter(pk=self.instance.pk).values_list("changed_at", flat=True).first()
            if current is None:
                raise ValidationError(_("This record was deleted while you were editing it."))
            if current != parse_datetime(seen):
                raise ValidationError(
                    _(
                        "Somebody else saved this record at %(at)s (UTC), after you opened it."
                        " Nothing of yours is saved yet. Open it in another tab, compare, and"
                        " enter again here what is still missing there."
                    )
                    % {"at": f"{current:%Y-%m-%d %H:%M:%S}"},
                    code="conflict",
                )
        return cleaned
