"""The body of a request, read more strictly than ``json.loads`` does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser

from wagtail_khalti.api.problems import Problem, invalid
from wagtail_khalti.database.characters import is_whole

MAX_LENGTH = 64 * 1024  # bytes
MAX_DEPTH = 8
MAX_KEY_LENGTH = 100  # characters, of what an error repeats
JSON_TYPE = "application/json"


class StrictParser(Parser):
    """Refuses what two readers could take for different things, and what no database stores."""

    def parse_body(self, request: HttpRequest) -> Any:
        require_small(len(request.body))
        require_json(request)  # also if no header said how long the body is
        value = parse(request.body)
        if errors := list(_unstorable(value)):
            raise invalid(errors)
        return value


def require_readable(request: HttpRequest) -> None:
    """By its headers, before anything reads it. Raises ``Problem``.

    No form of another site can send JSON without asking first: its browser asks with a preflight request.
    """
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    require_small(int(length) if length.isascii() and length.isdecimal() and len(length) < 20 else MAX_LENGTH + 1)
    if length != "0":
        require_json(request)


def require_json(request: HttpRequest) -> None:
    """Raises ``Problem``."""
    if request.content_type != JSON_TYPE:
        raise Problem("unsupported-media-type", _("Send the body as application/json."))


def require_small(length: int) -> None:
    """Raises ``Problem``."""
    if length > MAX_LENGTH:
        raise too_large()


def too_large() -> Problem:
    return Problem("body-too-large", _("The body is too large."))


def parse(body: bytes) -> Any:
    """Raises ``Problem`` if it isn't JSON in UTF-8, repeats a key, or is nested too deeply."""
    try:
        value = json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Problem("invalid-json", _("The body is not valid JSON.")) from None
    if _is_deep(value):
        raise Problem("invalid-json", _("The body is nested too deeply."))
    return value


def pointer(*keys: object) -> str:
    """A JSON pointer."""
    return "".join(f"/{str(key)[:MAX_KEY_LENGTH].replace('~', '~0').replace('/', '~1')}" for key in keys)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is repeated")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number in JSON")


def _is_deep(value: Any) -> bool:
    level = [value]
    for _depth in range(MAX_DEPTH):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _unstorable(value: Any, *path: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and not is_storable(value):
        yield pointer(*path), _("This contains characters that can't be read. Please enter it again.")
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in pairs:
        if isinstance(key, str) and not is_storable(key):
            yield pointer(*path), _("This contains characters that can't be read. Please enter it again.")
        else:
            yield from _unstorable(child, *path, key)


def is_storable(text: str) -> bool:
    """No NUL, which PostgreSQL can't store, and no lone surrogates."""
    return "\x00" not in text and is_whole(text)
