"""Which characters the database keeps.

None keeps half of a character, and tables and connections in MySQL's older "utf8" know none beyond U+FFFF.
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


def narrow_dimensions() -> dict[str, str]:
    """Our tables that can't keep every character, each with its character set; the connection under an empty name."""
    if connection.vendor != "mysql":  # the others have Unicode or nothing
        return {}
    ours = {model._meta.db_table for model in apps.get_app_config(LABEL).get_models()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@character_set_connection")
        [[spoken]] = cursor.fetchall()
        cursor.execute(NARROW_TABLES)
        narrow = {table: name for table, name in cursor.fetchall() if table in ours}
    return narrow if spoken == "utf8mb4" else {"": spoken, **narrow}


def is_whole(text: str) -> bool:
    """Whether no half of a pair of surrogates is in it, as odd encodings leave them behind."""
    return text == text.encode(errors="replace").decode()


def unkept(text: str) -> str:
    """The characters in it that the database would refuse, each once. It is asked once, when there are rare ones."""
    rare = "".join(dict.fromkeys(character for character in text if character > LAST_NARROW))
    return rare if rare and _is_narrow() else ""


def why_not_kept(text: str) -> str:
    """In words, for who typed it, what would be an error of the database; empty where all of it can be saved."""
    rare = unkept(text)
    return _("Please leave this out, it can't be saved here: %(characters)s") % {"characters": rare} if rare else ""


def require_kept(text: str) -> None:
    """A validator of form fields."""
    if words := why_not_kept(text):
        raise ValidationError(words)


def require_room(row: models.Model) -> None:
    """Every database answers alike to a text that is too long, or can't be kept, and before anything happened.

    Raises ``ValueError``.
    """
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.max_length and isinstance(value, str) and len(value) > field.max_length:
            raise ValueError(f"{field.name} is too long: at most {field.max_length} characters fit, not {len(value)}")
        if isinstance(value, str) and (rare := unkept(value)):
            raise ValueError(f"{field.name} has characters that the database can't keep: {rare}")


@cache
def _is_narrow() -> bool:
    return bool(narrow_dimensions())
