"""The form of a subscription, for new ones and for changes."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from publishing.problems import BadQuery
from reminders import guard
from reminders.models import Subscription
from reminders.selections import canonical
from reminders.services import Wish
from reminders.timing import DAY
from reminders.wishes import LEADS

# Names that people know: continent and city. The others are aliases of these.
ZONES = sorted(
    name
    for name in available_timezones()
    if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/", "posix/", "right/"))
)


class NotByProgram(forms.Form):
    """Has a field that people do not see; programs that fill in every field do."""

    website = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("This looks like a program filling in the form."))
        return ""


class LongSelect(forms.Select):
    """A select of hundreds of flat choices: Django would render a template for each of them."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            (
                (key, mark_safe(" selected") if str(key) == str(value) else "", label)
                for key, label in self.choices
            ),
        )
        own = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", flatatt(own), options)


class WishForm(forms.Form):
    """What to be told, when and in which zone."""

    query = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    wants_upcoming = forms.BooleanField(label=_("Coming events"), required=False, initial=True)
    leads = forms.TypedMultipleChoiceField(
        label=_("How long before"),
        choices=list(LEADS.items()),
        coerce=int,
        required=False,
        initial=[DAY, 7 * DAY],
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "When only the month of an event is known, this counts from the first day on which it"
            " may be, and the message says so."
        ),
    )
    wants_changes = forms.BooleanField(
        label=_("Changes: moved, cancelled, held, new document"), required=False, initial=True
    )
    wants_assessments = forms.BooleanField(label=_("New assessments"), required=False)
    wants_handover = forms.BooleanField(label=_("Handover of the presidency"), required=False)
    digest = forms.ChoiceField(
        label=_("How often to be told of changes"),
        choices=Subscription.Digest.choices,
        initial=Subscription.Digest.NONE,
        help_text=_("A digest also lists the events ahead."),
    )
    weekday = forms.TypedChoiceField(
        label=_("Weekday of a weekly digest"),
        choices=Subscription.Weekday.choices,
        coerce=int,
        initial=0,
    )
    hour = forms.TypedChoiceField(
        label=_("Hour"),
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        coerce=int,
        initial=9,
        help_text=_("Of digests, and of reminders of events whose hour is not known."),
    )
    digest_when_empty = forms.BooleanField(
        label=_("Send the digest also when there is nothing"), required=False
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[("UTC", "UTC"), *((name, name) for name in ZONES)],
        initial="UTC",
        widget=LongSelect,
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, required=False, initial=get_language
    )

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or str(get_language())

    def clean_query(self) -> str:
        try:
            return canonical(self.cleaned_data["query"])
        except BadQuery as error:
            raise ValidationError(str(error.detail)) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        wants = [data.get(name) for name in ("wants_changes", "wants_assessments")]
        ahead = data.get("wants_upcoming") or data.get("wants_handover")
        digest = data.get("digest", Subscription.Digest.NONE) != Subscription.Digest.NONE
        if not any(wants) and not ahead and not digest:
            raise ValidationError(_("Choose at least one thing to be told of."))
        if ahead and not data.get("leads") and not self.errors:
            self.add_error("leads", _("Choose how long before."))
        return data

    def wish(self, channel: str) -> Wish:
        """The valid form as a wish."""
        data = dict(self.cleaned_data)
        return Wish(
            channel=channel,
            url=data.get("url", ""),
            leads=tuple(data["leads"]),
            **{
                name: data[name]
                for name in Wish.__slots__
                if name not in {"channel", "url", "leads"}
            },
        )

    @staticmethod
    def initial_of(subscription: Subscription) -> dict[str, Any]:
        fields = {name: getattr(subscription, name, None) for name in WishForm.base_fields}
        return {**fields, "query": subscription.selection.query}


class SubscribeForm(NotByProgram, WishForm):
    """The same, with where to be told."""

    field_order = ("channel", "email", "url")

    channel = forms.ChoiceField(
        label=_("Where"),
        choices=Subscription.Channel.choices,
        initial=Subscription.Channel.EMAIL,
        widget=forms.RadioSelect,
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("You get one mail in which to confirm. It is kept only while you subscribe."),
    )
    url = forms.CharField(
        label=_("Address of the webhook"),
        required=False,
        max_length=guard.LONGEST_ADDRESS,
        widget=forms.URLInput,
        help_text=_("It gets one message with a link in which to confirm."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        channel = data.get("channel")
        if channel == Subscription.Channel.EMAIL and not data.get("email"):
            if "email" not in self.errors:
                self.add_error("email", _("Enter an e-mail address."))
        elif channel == Subscription.Channel.WEBHOOK:
            try:
                guard.check(data.get("url", ""))
            except guard.Refused as error:
                self.add_error("url", str(error))
        return data


class LinkForm(NotByProgram):
    """Where to send a link that was lost."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
