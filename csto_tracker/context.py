"""What every page needs to know of the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url


def site(request: HttpRequest) -> dict[str, Any]:
    """Canonical address and the same page in the other language."""
    path = request.path
    return {
        "SITE_URL": settings.SITE_URL,
        "canonical_url": settings.SITE_URL + path,
        "alternates": [
            (code, name, settings.SITE_URL + translate_url(path, code), translate_url(path, code))
            for code, name in settings.LANGUAGES
        ],
    }
