"""Compare what two courses of events did, although keys, times and random values differ between them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from numbers import Number
from typing import Any
from uuid import UUID

from django.apps import apps

from wagtail_khalti.testing.conformance.observed import MAIL, SIGNS, Change, short

Kind = tuple[str, str, str]
"""Sign, model and field; the field is empty for the number of rows."""
Facts = Mapping[Kind, Counter[str]]


def facts_of(changes: Iterable[Change]) -> Facts:
    """How many rows were added, changed and deleted, and each field's values, without saying in which row."""
    facts: dict[Kind, Counter[str]] = defaultdict(Counter)
    for change in changes:
        facts[change.sign, change.model, ""]["rows"] += 1
        for name, (before, after) in change.fields.items():
            facts[change.sign, change.model, name][_value(change, before, after)] += 1
    return facts


def _value(change: Change, before: Any, after: Any) -> str:
    return {"+": short(after), "-": short(before)}.get(change.sign, f"{short(before)} → {short(after)}")


def stable_facts(runs: Sequence[Iterable[Change]]) -> dict[Kind, Counter[str] | None]:
    """What all runs have in common; None for what differs, such as keys, times and random values."""
    all_facts = [facts_of(changes) for changes in runs]
    kinds = {kind for facts in all_facts for kind in facts}
    return {kind: _common([facts.get(kind, Counter()) for facts in all_facts]) for kind in kinds}


def _common(values: Sequence[Counter[str]]) -> Counter[str] | None:
    return values[0] if all(value == values[0] for value in values) else None


def differences(expected: Mapping[Kind, Counter[str] | None], changes: Iterable[Change]) -> Iterator[str]:
    """One line for each thing that a repetition of the same events did otherwise."""
    found = facts_of(changes)
    for kind in sorted({*expected, *found}):
        wanted, got = expected.get(kind, Counter()), found.get(kind, Counter())
        if wanted is not None and wanted != got and not (kind[2] and _has_other_count(kind, expected, found)):
            yield _sentence(kind, wanted, got)


def _has_other_count(kind: Kind, expected: Mapping[Kind, Counter[str] | None], found: Facts) -> bool:
    """The number of rows says it, and each of their fields would repeat it."""
    rows = (*kind[:2], "")
    return expected.get(rows, Counter()) != found.get(rows, Counter())


def _sentence(kind: Kind, wanted: Counter[str], got: Counter[str]) -> str:
    sign, model, field = kind
    if field:
        return f"{model}.{field}: {_listed(got)} instead of {_listed(wanted)}"
    done = "sent" if model == MAIL else SIGNS[sign]
    return f"{model}: {got['rows']} {done} instead of {wanted['rows']}"


def _listed(values: Counter[str]) -> str:
    return ", ".join(sorted(values)) or "no change"


def gist(changes: Iterable[Change]) -> Counter[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """The changes without their keys and times, and numbers as what was added to them."""
    return Counter(
        (change.sign, change.model, tuple(sorted(_gist_of_fields(change))))
        for change in changes
        if change.model != MAIL
    )


def _gist_of_fields(change: Change) -> Iterator[tuple[str, str]]:
    relations = relations_of(change.model)
    for name, (before, after) in change.fields.items():
        value = before if change.sign == "-" else after
        if name in relations or isinstance(value, date | time | UUID):
            continue
        yield name, f"+{after - before}" if _are_numbers(before, after) else short(value)


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, Number) and not isinstance(value, bool) for value in values)


def relations_of(label: str) -> set[str]:
    """The columns that hold keys, the row's own and those of others."""
    return {
        field.attname for field in apps.get_model(label)._meta.concrete_fields if field.primary_key or field.is_relation
    }


def touched_fields(changes: Iterable[Change]) -> set[tuple[str, str]]:
    """Model and field of existing rows that were changed; an empty field for rows that were deleted."""
    return {
        (change.model, field)
        for change in changes
        for field in ([""] if change.sign == "-" else change.fields if change.sign == "~" else ())
    }
