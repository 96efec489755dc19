"""Stream fields in version 3 of Wagtail's API, which is a preview in Wagtail 8."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models
from django.http import HttpRequest
from wagtail import fields
from wagtail.api.v3.schemas.generators.read import read_generator, streamfield_schema

from wagtail_khalti.public.headless.representation import OWNER

FieldSchema = tuple[Any, Any, Any]


def use_for_stream_fields() -> None:
    """Unless the site has put a function of its own there."""
    known: Mapping[Any, Callable[..., FieldSchema]] = read_generator.field_schemas
    if known.get(fields.StreamField) is streamfield_schema:
        read_generator.register_field_schema(fields.StreamField, owned_stream_field)


def owned_stream_field(generator: Any, field: fields.StreamField) -> FieldSchema:
    """Wagtail's, and gives the blocks their page."""
    type_, default, _resolve = streamfield_schema(generator, field)
    name = field.name

    def resolve(obj: models.Model, context: Mapping[str, Any]) -> Any:
        value = getattr(obj, name)
        owner = obj if _is_published_version(context.get("request")) else None
        return value.stream_block.get_api_representation(value, {**context, OWNER: owner})

    return type_, default, staticmethod(resolve)


def _is_published_version(request: HttpRequest | None) -> bool:
    """Not a draft, an older revision, or the response to a change. Nothing can be bought there."""
    if request is None or request.method not in ("GET", "HEAD") or request.GET.get("version", "live") != "live":
        return False
    match = request.resolver_match
    return match is not None and "revision" not in (match.url_name or "")
