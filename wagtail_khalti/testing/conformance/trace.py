"""What happened, step by step, for a person to read."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import django
from django.db.transaction import TransactionManagementError

import wagtail_khalti

NOT_THE_SITES_OWN = tuple(str(Path(module.__file__ or "").parent) for module in (django, wagtail_khalti))
FRAMES = 3  # of the site's code, innermost last

ADVICE: dict[type[BaseException], str] = {
    TransactionManagementError: (
        "A receiver caught a database error and went on, so its transaction can't be committed. Let the error pass, "
        "or put the statement that may fail into transaction.atomic()."
    ),
    TypeError: "A receiver takes **kwargs: signals have several arguments, and may get more.",
    AttributeError: "payment.payable is None if the object was deleted, and for payments of other things.",
}


class DoesNotConform(AssertionError):
    """The site's receivers don't do what they must; the message is a trace."""


@dataclass(slots=True)
class Step:
    """One thing that happened, and what the site did about it."""

    name: str
    remark: str = ""
    lines: list[str] = field(default_factory=list)
    error: BaseException | None = None


def report(
    rule: str, steps: Iterable[Step], *, expected: str = "", found: Sequence[str] = (), advice: str = ""
) -> DoesNotConform:
    """The exception to raise."""
    told = [rule, "", *_numbered(steps)]
    if expected:
        told += ["", f"Expected  {expected}"]
    if found:
        told += [f"Found     {found[0]}", *(f"          {line}" for line in found[1:])]
    if advice:
        told += ["", advice]
    return DoesNotConform("\n".join(told))


def _numbered(steps: Iterable[Step]) -> Iterable[str]:
    for number, step in enumerate(steps, start=1):
        yield f"{number:4}  {step.name:<14}  {step.remark}".rstrip()
        yield from (f"{'':22}{line}" for line in step.lines)
        if step.error:
            yield from (f"{'':22}{line}" for line in lines_of(step.error))


def lines_of(error: BaseException) -> list[str]:
    """The exception, and where in the site's code it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(NOT_THE_SITES_OWN)] or list(frames)
    where = [f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}: {frame.line}" for frame in own[-FRAMES:]]
    message = str(error).partition("\n")[0]
    return [f"✗ {type(error).__name__}: {message}".removesuffix(": "), *where]


def advice_on(error: BaseException) -> str:
    """What usually helps."""
    return next((advice for kind, advice in ADVICE.items() if isinstance(error, kind)), "")
