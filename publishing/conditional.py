"""Conditional responses: a public page or answer carries a strong ETag of the data version."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.timezone import now
from django.utils.translation import get_language

from publishing.asking import answer
from publishing.today import NOTED
from publishing.version import KNOWN, READ, current_version, etag

PUBLIC_CACHE = "public, max-age=0, must-revalidate"
_MARK = "depends_on_public_data"


def public_data(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view whose response depends on the address, the language, the day and public data.

    Such responses get an ETag, and `304 Not Modified` costs one small query at most and no view.
    The day counts because “upcoming” and “awaiting an outcome” turn over at midnight UTC.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **options: Any) -> Any:
        return answer(request, lambda: view(request, *args, **options))

    setattr(wrapper, _MARK, True)
    return wrapper


def is_public_data(view: Any) -> bool:
    """Whether a view is marked by `public_data`, or a resource as public."""
    owner = getattr(view, "view_class", None) or getattr(view, "cls", None)
    return bool(getattr(view, _MARK, False) or getattr(owner, _MARK, False))


class ConditionalMiddleware:
    """Answer If-None-Match before the view runs; nothing personal reaches a marked view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        read, noted = READ.set(None), NOTED.set([])
        try:
            response = self.get_response(request)
        finally:
            READ.reset(read)
            NOTED.reset(noted)
        tag = getattr(request, "public_etag", None)
        if tag and response.status_code == 200:
            if request.headers.get("If-None-Match", "").strip() == "*":
                # Any representation will do, but only the view knows that there is one.
                return _not_modified(tag)
            response.headers.setdefault("ETag", tag)
            response.headers.setdefault("Cache-Control", PUBLIC_CACHE)
            patch_vary_headers(response, ["Accept"])
        elif not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not is_public_data(view) or request.method not in {"GET", "HEAD"}:
            return None
        version = request.META.get(KNOWN) or current_version()
        READ.set(version)
        request.data_version = version  # type: ignore[attr-defined]  # a key for what views keep
        tag = etag(
            version,
            now().date().isoformat(),
            str(get_language()),
            request.get_full_path(),
            request.headers.get("Accept", ""),
            "htmx" if request.headers.get("HX-Request") else "",
        )
        request.public_etag = tag  # type: ignore[attr-defined]  # read again on the way out
        sent = request.headers.get("If-None-Match", "")
        tags = {part.strip().removeprefix("W/") for part in sent.split(",")}
        return _not_modified(tag) if tag in tags else None


def _not_modified(tag: str) -> HttpResponseNotModified:
    # RFC 9110, 15.4.5: as in the answer that it stands for, which is compressed on request.
    headers = {"ETag": tag, "Cache-Control": PUBLIC_CACHE, "Vary": "Accept, Accept-Encoding"}
    return HttpResponseNotModified(headers=headers)
