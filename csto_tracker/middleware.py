"""Middleware of the site as a whole."""

import uuid
from collections.abc import Callable
from typing import Any

import pghistory
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.functional import cached_property

GetResponse = Callable[[HttpRequest], HttpResponse]


class LanguageOfPathMiddleware:
    """The address alone decides the language: /ru/ is Russian, everything else English.

    Django's LocaleMiddleware would also look at Accept-Language and so make every response
    vary by it. /ru/admin/ is the Russian admin.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response


class RequestIdMiddleware:
    """Give each request an id that errors, logs and the response name."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex  # type: ignore[attr-defined]  # read by problems and logs
        response = self.get_response(request)
        response.headers["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        return response


class PermissionsPolicyMiddleware:
    """Switch off every browser feature that the site has no use for."""

    value = ", ".join(
        f"{feature}=()"
        for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.value)
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """The content policy of the settings, put into words once; a view's own each time."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        # Django's own pages of errors, for developers, have styles and scripts within.
        if settings.DEBUG or any(name.startswith("_csp_") for name in vars(response)):
            return super().process_response(request, response)
        response.headers[HEADER] = self._policy
        return response

    @cached_property
    def _policy(self) -> str:
        return super().process_response(HttpRequest(), HttpResponse()).headers[HEADER]


class HistoryContextMiddleware:
    """Name the curator in the history of whatever a request changes."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return self.get_response(request)
        user = request.user
        with pghistory.context(by=user.get_username() if user.is_authenticated else ""):
            return self.get_response(request)


def client_address(request: HttpRequest) -> str:
    """The address that throttling counts by.

    With TRUSTED_PROXIES=n, the n-th address from the right of X-Forwarded-For, which the
    outermost trusted proxy wrote; what a client claims stands further left and is ignored.
    """
    forwarded = [
        part.strip()
        for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if part.strip()
    ]
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        return forwarded[-settings.TRUSTED_PROXIES]
    return str(request.META.get("REMOTE_ADDR", ""))
