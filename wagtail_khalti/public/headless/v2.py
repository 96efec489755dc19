"""Stream fields in version 2 of Wagtail's API, which is built with Django REST framework."""

from __future__ import annotations

from typing import Any

from django.db import models
from wagtail import fields
from wagtail.api.v2.serializers import BaseSerializer, StreamField

from wagtail_khalti.public.headless.representation import OWNER


class OwnedStreamField(StreamField):  # type: ignore[misc]
    """Wagtail's, and gives the blocks their page. For a serializer of your own: ``body = OwnedStreamField()``."""

    owner: models.Model | None = None

    def get_attribute(self, instance: models.Model) -> Any:
        self.owner = instance
        return super().get_attribute(instance)

    def to_representation(self, value: Any) -> Any:
        return value.stream_block.get_api_representation(value, {**self.context, OWNER: self.owner})


def use_for_stream_fields() -> None:
    """Unless the site has put a field of its own there."""
    mapping = BaseSerializer.serializer_field_mapping
    if mapping.get(fields.StreamField) is StreamField:
        mapping[fields.StreamField] = OwnedStreamField
