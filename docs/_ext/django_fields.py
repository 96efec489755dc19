"""Shows Django's models and choices on the reference pages, where autodoc sees descriptors and metaclasses."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.db.models import Choices, Field, Model, QuerySet
from django.db.models.fields.related import ForeignObject
from sphinx.application import Sphinx
from wagtail.blocks import Block

KINDS = {
    "BigIntegerField": "whole number",
    "BooleanField": "true or false",
    "CharField": "text",
    "DecimalField": "decimal",
    "DateField": "day",
    "DateTimeField": "time",
    "EmailField": "text",
    "JSONField": "JSON",
    "PositiveIntegerField": "whole number",
    "PositiveSmallIntegerField": "whole number",
    "TextField": "text",
}
DOCSTRINGS_OF_DJANGO = ("A wrapper for a deferred", "Accessor to the related", "Provide a generic")
NOT_FOR_READERS = ("DoesNotExist", "MultipleObjectsReturned", "NotUpdated", "objects", "id")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-skip-member", skip_member)
    app.connect("autodoc-process-docstring", describe)
    app.connect("autodoc-process-signature", shorten)
    return {"parallel_read_safe": True}


def skip_member(app: Sphinx, what: str, name: str, member: Any, skip: bool, options: Any) -> bool | None:
    """Show every column, also those without a docstring, and nothing that Django adds by itself."""
    if name in NOT_FOR_READERS or name.startswith(("_", "get_next_by_", "get_previous_by_")):
        return True
    if name.startswith("get_") and name.endswith("_display"):
        return True
    field = field_of(member)
    if field is None:
        return None
    return name != field.name  # ``site_id`` beside ``site``


def describe(app: Sphinx, what: str, name: str, member: Any, options: Any, lines: list[str]) -> None:
    """Of a module only its members are shown; a choice has its label, and a column says what it holds."""
    if what == "module":
        lines.clear()
    elif isinstance(member, Choices):
        lines.append(f"Shown as “{member.label}”.")
    elif isinstance(member, type) and issubclass(member, Model):
        if lines and lines[0].startswith(f"{member.__name__}("):  # Django's own list of columns
            lines.clear()
    elif field := field_of(member):
        describe_field(field, lines)


def describe_field(field: Field | GenericForeignKey, lines: list[str]) -> None:
    """Its docstring, or else its name in words and its help text; then what it holds."""
    if not lines or lines[0].startswith(DOCSTRINGS_OF_DJANGO):
        name = sentence(getattr(field, "verbose_name", None) or field.name.replace("_", " "))
        lines[:] = [f"{name} {getattr(field, 'help_text', '')}".strip()]
    while lines and not lines[-1].strip():
        lines.pop()
    lines[-1] += f" ({contents(field)})"
    lines.append("")


def shorten(app: Sphinx, what: str, name: str, member: Any, options: Any, *signature: str | None) -> Any:
    """Nobody calls these classes with what their metaclasses take."""
    if isinstance(member, type) and issubclass(member, (Model, Choices, QuerySet, Block)):
        return "", None
    return None


def field_of(member: Any) -> Field | GenericForeignKey | None:
    """The field behind an attribute of a model class."""
    if isinstance(member, GenericForeignKey):
        return member
    field = getattr(member, "field", None)
    return field if isinstance(field, Field) else None


def contents(field: Field | GenericForeignKey) -> str:
    if isinstance(field, GenericForeignKey):
        return "any model"
    kind = field.remote_field.model.__name__ if isinstance(field, ForeignObject) else KINDS[field.get_internal_type()]
    return f"{kind}, or ``None``" if field.null else kind


def sentence(words: object) -> str:
    text = str(words)
    return f"{text[:1].upper()}{text[1:]}."
