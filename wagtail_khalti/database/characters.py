"""Which characters the database can store.

No database stores lone surrogates, and MySQL's older "utf8" has no characters beyond U+FFFF.
"""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.translation import gettext as _

LABEL = "wagtail_khalti"
LAST_NARROW = "\uffff"  # emoji come after it; Devanagari comes before

NARROW_TABLES = """
    SELECT DISTINCT table_name, character_set_name FROM information_schema.columns
    WHERE table_schema = DATABASE() AND character_set_name NOT IN ('utf8mb4', 'utf16', 'utf32', 'gb18030')
    ORDER BY table_name
"""


def narrow_tables() -> dict[str, str]:
    """Our tables that can't store all characters, with their character sets; the connection has an empty name."""
    if connection.vendor != "mysql":  # other databases support all of Unicode
        return {}
    ours = {model._meta.db_table for model in apps.get_app_config(LABEL).get_models()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@character_set_connection")
        [[charset]] = cursor.fetchall()
        cursor.execute(NARROW_TABLES)
        narrow = {table: name for table, name in cursor.fetchall() if table in ours}
    return narrow if charset == "utf8mb4" else {"": charset, **narrow}


def is_whole(text: str) -> bool:
    """Whether it has no lone surrogates, which broken encodings leave behind."""
    return text == text.encode(errors="replace").decode()


def unsupported_characters(text: str) -> str:
    """The characters that the database would reject, each once. It is queried once, when there are rare ones."""
    rare = "".join(dict.fromkeys(character for character in text if character > LAST_NARROW))
    return rare if rare and _is_narrow() else ""


def unsupported_characters_message(text: str) -> str:
    """An error message for the user; empty if everything can be saved."""
    rare = unsupported_characters(text)
    return _("Remove these characters, which can't be saved: %(characters)s") % {"characters": rare} if rare else ""


def validate_characters(text: str) -> None:
    """A validator of form fields."""
    if message := unsupported_characters_message(text):
        raise ValidationError(message)


def require_storable(row: models.Model) -> None:
    """Raises ``ValueError`` if a text is too long or has unsupported characters, the same on every database."""
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.max_length and isinstance(value, str) and len(value) > field.max_length:
            raise ValueError(f"{field.name} is too long: at most {field.max_length} characters fit, not {len(value)}")
        if isinstance(value, str) and (rare := unsupported_characters(value)):
            raise ValueError(f"{field.name} has characters that the database can't store: {rare}")


@cache
def _is_narrow() -> bool:
    return bool(narrow_tables())
