"""What a site's receivers can be seen to do: rows of its own tables, and mails."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core import mail
from django.db import DEFAULT_DB_ALIAS, connection, models, router

MAIL = "mail"
SIGNS = {"+": "added", "~": "changed", "-": "deleted"}

IGNORED_APPS = {"wagtail_khalti", "khalti_simulator", "contenttypes", "sessions", "admin", "wagtailsearch"}
IGNORED_MODELS = {"wagtailcore.ModelLogEntry", "wagtailcore.PageLogEntry", "wagtailcore.ReferenceIndex"}
LONGEST = 60  # characters of a value in a trace

State = dict[tuple[str, Any], dict[str, Any]]
"""Rows by model and primary key, and mails by their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row that was added, changed or deleted, or one mail."""

    sign: str
    """``+``, ``~`` or ``-``."""

    model: str
    """Such as ``shop.Order``, or ``mail``."""

    key: Any
    """The primary key; of a mail its number."""

    fields: Mapping[str, tuple[Any, Any]]
    """Those that differ, before and after."""

    def __str__(self) -> str:
        if self.model == MAIL:
            subject, to = (self.fields.get(name, ("", ""))[1] for name in ("subject", "to"))
            return f"{self.sign} mail “{subject}” to {to}"
        return f"{self.sign} {self.model} {self.key}  {', '.join(self._values())}".rstrip()

    def _values(self) -> Iterator[str]:
        if self.sign == "-":
            return
        for name, (before, after) in self.fields.items():
            yield f"{name}: {short(before)} → {short(after)}" if self.sign == "~" else f"{name}={short(after)}"


def changes_between(before: State, after: State) -> list[Change]:
    """In the order of the tables."""
    return [
        Change(sign=sign, model=model, key=key, fields=fields)
        for model, key in sorted({**before, **after}, key=lambda place: (place[0] == MAIL, place[0], str(place[1])))
        for sign, fields in [_difference(before.get((model, key)), after.get((model, key)))]
        if fields
    ]


def _difference(before: dict[str, Any] | None, after: dict[str, Any] | None) -> tuple[str, dict[str, tuple[Any, Any]]]:
    """An empty row has a field, too: its key."""
    if before is None:
        return "+", {name: (None, value) for name, value in (after or {}).items() if value not in (None, "")}
    if after is None:
        return "-", {name: (value, None) for name, value in before.items()}
    return "~", {name: (before[name], value) for name, value in after.items() if before[name] != value}


def observe(ignored: Collection[str] = ()) -> State:
    """The site's rows and mails now. ``ignored``: names of models, such as ``audit.RequestLog``."""
    state: State = {}
    for model in observed_models(ignored):
        names = [field.attname for field in model._meta.local_concrete_fields]
        for key, *values in model._base_manager.using(DEFAULT_DB_ALIAS).values_list("pk", *names):
            state[model._meta.label, key] = dict(zip(names, values, strict=True))
    for number, message in enumerate(getattr(mail, "outbox", []), start=1):
        state[MAIL, number] = {
            "subject": message.subject,
            "to": ", ".join(message.recipients()),
            "body": message.body,
        }
    return state


def observed_models(ignored: Collection[str] = ()) -> Iterator[type[models.Model]]:
    """Those with a table of their own in this database."""
    unknown = {name.lower() for name in ignored} - {model._meta.label_lower for model in apps.get_models()}
    if unknown:
        raise LookupError(f"ignored_models has {', '.join(sorted(unknown))}, and the site has no such model")
    skipped = {name.lower() for name in (*IGNORED_MODELS, *ignored)}
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        is_here = router.allow_migrate_model(DEFAULT_DB_ALIAS, model) and options.managed and not options.proxy
        if is_here and options.app_label not in IGNORED_APPS and options.label_lower not in skipped:
            yield model


def skip_keys(count: int) -> None:
    """SQLite alone gives out a key again after a rollback, so that two payments would have the same one."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_sequence")
        known = {name for (name,) in cursor.fetchall()}
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s", [count])
        tables = {model._meta.db_table for model in apps.get_models() if _counts(model)} - known
        cursor.executemany(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [(table, count) for table in sorted(tables)]
        )


def _counts(model: type[models.Model]) -> bool:
    return model._meta.managed and not model._meta.proxy and isinstance(model._meta.pk, models.AutoField)


def short(value: Any) -> str:
    """As Python writes it, in one line."""
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
