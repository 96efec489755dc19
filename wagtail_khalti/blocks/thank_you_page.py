"""The choice of a thank-you page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class ThankYouPageBlock(blocks.PageChooserBlock):
    """A page chooser that loads the page on first use, so that rendering the block makes no query."""

    def to_python(self, value: Any) -> Any:
        return value and self._deferred_page(value)

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        return [self.to_python(value) for value in values]

    def clean(self, value: Any) -> Any:
        page = super().clean(value)
        if page and not self.is_deferred_validation and not page.live:
            raise ValidationError(_("This page is not published, so visitors could not see it."))
        return page

    def _deferred_page(self, pk: Any) -> Any:
        return self.model_class.from_db(None, [self.model_class._meta.pk.attname], [pk])
