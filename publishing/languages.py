"""Two-language fields in queries."""

from typing import Any

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language


def localized(path: str) -> Any:
    """SQL for a two-language text in the active language, else in the other one."""
    russian = f"{path}_ru"
    first, second = (russian, path) if get_language() == "ru" else (path, russian)
    return Coalesce(NullIf(F(first), Value("")), F(second), output_field=models.TextField())
