"""Values of fields as JSON, and back."""

import json
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

_no_nul = ProhibitNullCharactersValidator()


def shown(value: Any) -> str:
    """What stands in a file, short enough for a message."""
    text = json.dumps(value, ensure_ascii=True) if _is_broken(value) else _dumps(value)
    return text if len(text) <= 80 else f"{text[:60]}… ({len(text)})"


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _is_broken(value: Any) -> bool:
    """True if text holds half a surrogate pair, which neither UTF-8 nor PostgreSQL can keep."""
    try:
        _dumps(value).encode()
    except UnicodeEncodeError:
        return True
    return False


def require_text(raw: Any) -> str:
    """Return text that PostgreSQL can keep; raises ValidationError."""
    if not isinstance(raw, str):
        raise ValidationError(_("Text in quotation marks was expected."))
    _no_nul(raw)
    if _is_broken(raw):
        raise ValidationError(_("Half a surrogate pair is not a character."))
    return raw


def from_json(field: models.Field, raw: Any) -> Any:
    """Return the field's value; raises ValidationError if `raw` is of the wrong type or form.

    Rules of the field (length, choices, validators) are left to `clean_fields()`.
    """
    if isinstance(field, models.BooleanField):
        if not isinstance(raw, bool):
            raise ValidationError(_("true or false was expected."))
        return raw
    if isinstance(field, models.IntegerField):
        if not isinstance(raw, int) or isinstance(raw, bool):
            raise ValidationError(_("A whole number was expected."))
        return raw
    if isinstance(field, DateRangeField):
        return _range(raw)
    return field.to_python(require_text(raw))


def _range(raw: Any) -> DateRange:
    try:
        first, after = map(date.fromisoformat, raw if isinstance(raw, list) else ())
    except (TypeError, ValueError) as error:
        raise ValidationError(
            _("Two dates were expected: the first day and the first day after, as YYYY-MM-DD.")
        ) from error
    if first >= after:
        raise ValidationError(_("The first day must come before the day after the last."))
    return DateRange(first, after)


def to_json(value: Any) -> Any:
    """A field's value as the files hold it."""
    match value:
        case bool() | int() | str():
            return value
        case Decimal():
            text = f"{value:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("auto" if value.second or value.microsecond else "minutes")
        case DateRange():
            return [value.lower.isoformat(), value.upper.isoformat()]
    raise TypeError(f"no JSON form for {type(value)}")


def is_left_out(field: models.Field, value: Any) -> bool:
    """True for what a file does not say: nothing, or the default."""
    return value is None or value == "" or (field.has_default() and value == field.get_default())
