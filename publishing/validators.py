"""Validators shared by models, forms and the record loader: one rule, one message."""

import re
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.utils.translation import gettext_lazy as _

from publishing import edtf

_MARKUP = re.compile(r"<\s*/?\s*[A-Za-z!]")

http_url = URLValidator(
    schemes=["http", "https"],
    message=_("Enter a full address that begins with http:// or https://."),
)
iso_alpha2 = RegexValidator(r"^[A-Z]{2}\Z", _("Enter a two-letter ISO 3166-1 code, such as KG."))
iso_alpha3 = RegexValidator(r"^[A-Z]{3}\Z", _("Enter a three-letter ISO 3166-1 code, such as KGZ."))
iso_numeric = RegexValidator(r"^\d{3}\Z", _("Enter a three-digit ISO 3166-1 code, such as 417."))
language_code = RegexValidator(r"^[a-z]{2,3}\Z", _("Enter an ISO 639 code, such as ru."))


def plain_text(value: str) -> None:
    """Refuse markup and NUL bytes: texts of the record are plain text."""
    if "\x00" in value:
        raise ValidationError(_("NUL bytes are not allowed."), code="nul")
    if found := _MARKUP.search(value):
        raise ValidationError(
            _("HTML is not allowed here: plain text was expected, found “%(found)s” at %(at)d."),
            code="markup",
            params={"found": value[found.start() : found.start() + 12], "at": found.start()},
        )


def edtf_date(value: str) -> None:
    """Accept the EDTF forms that this site keeps (see `publishing.edtf`)."""
    try:
        edtf.parse(value)
    except edtf.InvalidDate as error:
        raise ValidationError(error.message, code="edtf", params=error.params) from error


def time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(
            _("“%(value)s” is not an IANA time zone; expected a name such as Asia/Bishkek."),
            code="time_zone",
            params={"value": value},
        )
