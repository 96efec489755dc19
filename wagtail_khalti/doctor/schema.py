"""Checks that the constraints and indexes of the models exist in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import CheckConstraint, Field, Model, UniqueConstraint
from django.db.models.constraints import BaseConstraint
from django.utils.translation import gettext as _

from wagtail_khalti.doctor.database import models
from wagtail_khalti.doctor.finding import Finding, Level, Subject

Real = Mapping[str, Any]
"""The constraints and indexes of a table, by name, from introspection."""

found = partial(Finding, subject=Subject.DATABASE)


def constraints() -> Iterator[Finding]:
    """Constraints prevent duplicate and invalid rows."""
    missing = list(_missing_everywhere(_missing_constraints))
    if not missing:
        yield found(level=Level.OK, name="constraints", sentence=_("All constraints exist."))
        return
    yield found(
        level=Level.ERROR,
        name="constraints_missing",
        sentence=_("These constraints are missing: %s.") % ", ".join(missing),
        remedy=_(
            "Without them payments may be counted twice. Find out why they are missing, check for inconsistent "
            "payments with `khalti_doctor`, and create them as shown by `manage.py sqlmigrate wagtail_khalti 0001`."
        ),
        numbers={"constraints": len(missing)},
    )


def indexes() -> Iterator[Finding]:
    """Indexes keep queries for due payments fast."""
    missing = list(_missing_everywhere(_missing_indexes))
    if not missing:
        yield found(level=Level.OK, name="indexes", sentence=_("All indexes exist."))
        return
    yield found(
        level=Level.WARNING,
        name="indexes_missing",
        sentence=_("These indexes are missing: %s.") % ", ".join(missing),
        remedy=_(
            "Queries get slower with each payment. Create them as shown by `manage.py sqlmigrate wagtail_khalti 0001`."
        ),
        numbers={"indexes": len(missing)},
    )


def _missing_everywhere(missing_in: Callable[[type[Model], Real], Iterable[str]]) -> Iterator[str]:
    for model in models():
        with connection.cursor() as cursor:
            real = connection.introspection.get_constraints(cursor, model._meta.db_table)
        yield from missing_in(model, real)


def _missing_constraints(model: type[Model], real: Real) -> Iterator[str]:
    for constraint in model._meta.constraints:
        if not _exists(model, constraint, real):
            yield constraint.name
    for column, field in _columns_of(model):
        is_missing = field.unique and not _has_unique([column], real)
        if is_missing or (_is_foreign_key(field) and not _has_foreign_key(column, real)):
            yield f"{model._meta.db_table}.{column}"


def _exists(model: type[Model], constraint: BaseConstraint, real: Real) -> bool:
    if isinstance(constraint, UniqueConstraint) and constraint.fields:
        return _has_unique(_columns(model, constraint.fields), real)  # under any name
    if isinstance(constraint, CheckConstraint) and not _supports_checks():
        return True
    return constraint.name in real


def _has_unique(columns: Sequence[str], real: Real) -> bool:
    unique = (one for one in real.values() if one["unique"] or one["primary_key"])
    return any(set(one["columns"]) == set(columns) for one in unique)


def _has_foreign_key(column: str, real: Real) -> bool:
    return any(one["foreign_key"] and one["columns"] == [column] for one in real.values())


def _missing_indexes(model: type[Model], real: Real) -> Iterator[str]:
    for index in model._meta.indexes:
        if not _has_index(_columns(model, index.fields), real):
            yield index.name
    for column, field in _columns_of(model):
        if getattr(field, "db_index", False) and not field.unique and not _has_index([column], real):
            yield f"{model._meta.db_table}.{column}"


def _has_index(columns: Sequence[str], real: Real) -> bool:
    """Also as the first columns of a longer one."""
    usable = (one for one in real.values() if one["index"] or one["unique"] or one["primary_key"])
    return any(list(one["columns"])[: len(columns)] == columns for one in usable)


def _columns(model: type[Model], names: Iterable[str]) -> list[str]:
    by_name = {field.name: column for column, field in _columns_of(model)}
    return [by_name[name] for name in names]


def _columns_of(model: type[Model]) -> list[tuple[str, Field[Any, Any]]]:
    return [(str(field.column), field) for field in model._meta.local_concrete_fields]


def _is_foreign_key(field: Field[Any, Any]) -> bool:
    is_enforced = field.many_to_one and getattr(field, "db_constraint", False)
    return bool(is_enforced and connection.features.supports_foreign_keys)


def _supports_checks() -> bool:
    """Old versions of MySQL have no check constraints."""
    features = connection.features
    return bool(features.supports_table_check_constraints and features.can_introspect_check_constraints)
