"""A file, sent while it is written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

from wagtail_khalti.staff.exports.spreadsheets.files import FileType


def stream_file(request: HttpRequest, parts: Iterator[bytes], file_type: FileType, name: str) -> StreamingHttpResponse:
    """``name``: of the file, in ASCII."""
    streamed = _one_by_one(parts) if isinstance(request, ASGIRequest) else parts
    response = StreamingHttpResponse(streamed, content_type=file_type.content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Accel-Buffering"] = "no"  # nginx would keep it in a file first
    return response


async def _one_by_one(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Under ASGI, Django would read all of a synchronous iterator before sending anything."""
    while (part := await sync_to_async(_next)(parts)) is not None:
        yield part


def _next(parts: Iterator[bytes]) -> bytes | None:
    return next(parts, None)
