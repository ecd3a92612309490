"""What Python says of a file that it cannot read or parse, in both languages."""

import json

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# By the beginning of what `json` says, which is English only.
_JSON = {
    "Expecting value": gettext_lazy("a value was expected"),
    "Expecting property name": gettext_lazy("a field's name in quotation marks was expected"),
    "Expecting ':'": gettext_lazy("a colon was expected"),
    "Expecting ','": gettext_lazy("a comma was expected"),
    "Illegal trailing comma": gettext_lazy("nothing may follow the last comma but a value"),
    "Extra data": gettext_lazy("nothing may follow the end of the array"),
    "Unterminated string": gettext_lazy("a text begins here and does not end"),
    "Invalid control character": gettext_lazy("a control character may not stand in a text"),
    "Invalid \\": gettext_lazy("there is no such escape after a backslash"),
    "Unexpected UTF-8 BOM": gettext_lazy("a byte order mark may not stand here"),
}
_SYSTEM: dict[type[OSError], object] = {
    FileNotFoundError: gettext_lazy("there is none"),
    PermissionError: gettext_lazy("this account may not read it"),
    IsADirectoryError: gettext_lazy("it is a folder"),
}


def malformed(error: json.JSONDecodeError) -> str:
    known = (words for start, words in _JSON.items() if error.msg.startswith(start))
    return _("Malformed JSON in line %(line)d, column %(column)d: %(error)s.") % {
        "line": error.lineno,
        "column": error.colno,
        "error": next(known, error.msg),
    }


def unreadable(error: OSError) -> str:
    said = _SYSTEM.get(type(error), error.strerror)
    return _("The file cannot be read: %(error)s.") % {"error": said}


def not_unicode(error: UnicodeDecodeError) -> str:
    return _("The file is not UTF-8 at byte %(at)d.") % {"at": error.start}
