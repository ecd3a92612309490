"""Releases: their list, one release, and its files with byte ranges."""

import re
from itertools import pairwise

from django.db.models import OuterRef, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from csto_tracker.pages import linked
from csto_tracker.releases import changes_between
from publishing.releases import Release, ReleaseFile

IMMUTABLE = "public, max-age=31536000, immutable"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


def release_list(request: HttpRequest) -> HttpResponse:
    """All releases, the newest first, each with its size, its checksum and what changed since.

    The checksum is that of SHA256SUMS, which has those of all other files.
    """
    sums = ReleaseFile.objects.filter(release=OuterRef("pk"), path="SHA256SUMS")
    releases = list(
        Release.objects.annotate(size=Sum("files__size"), checksum=sums.values("sha256"))
    )
    changes = {newer.pk: changes_between(older, newer) for newer, older in pairwise(releases)}
    response = render(
        request,
        "site/releases.html",
        {
            "releases": [(row, sorted(changes.get(row.pk, {}).items())) for row in releases],
            "linked": linked.record(),
        },
    )
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


def release(request: HttpRequest, number: str) -> HttpResponse:
    """One release with the size and checksum of each file."""
    found = get_object_or_404(Release, number=_sayable(number))
    files = found.files.defer("content")
    response = render(
        request,
        "site/release.html",
        {"release": found, "files": files, "linked": linked.release(found, files)},
    )
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


def _sayable(text: str) -> str:
    """A part of an address; raises Http404 for a null character, which PostgreSQL refuses."""
    if "\x00" in text:
        raise Http404
    return text


def release_file(request: HttpRequest, number: str, path: str) -> HttpResponse:
    """A file of a release; one byte range is honoured (RFC 9110, 14), 416 if it lies outside."""
    found = get_object_or_404(ReleaseFile, release__number=_sayable(number), path=_sayable(path))
    content, tag = bytes(found.content), f'"{found.sha256}"'
    headers = {"ETag": tag, "Accept-Ranges": "bytes", "Cache-Control": IMMUTABLE}
    if tag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if not asked or not any(asked.groups()) or request.headers.get("If-Range", tag) != tag:
        return HttpResponse(content, content_type=found.media_type, headers=headers)
    first, last = asked.groups()
    start = int(first) if first else max(found.size - int(last), 0)
    end = min(int(last), found.size - 1) if first and last else found.size - 1
    if start > end:
        headers["Content-Range"] = f"bytes */{found.size}"
        return HttpResponse(status=416, headers=headers)
    headers["Content-Range"] = f"bytes {start}-{end}/{found.size}"
    return HttpResponse(
        content[start : end + 1], status=206, content_type=found.media_type, headers=headers
    )
