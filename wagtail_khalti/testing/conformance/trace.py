"""What happened, step by step, for a person to read."""

from __future__ import annotations

import sysconfig
import textwrap
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db.transaction import TransactionManagementError

import wagtail_khalti
from wagtail_khalti.testing.conformance.guards import NetworkRefused, TookTooLong

NOT_THE_SITES_OWN = (
    *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")),
    str(Path(wagtail_khalti.__file__ or "").parent),
)
FRAMES = 3  # of the site's code, innermost last
INDENT = " " * 20
WIDTH = 100

AFTER_THE_COMMIT = "Call other servers, and this package's actions, in transaction.on_commit() or in a task."
BROKEN_TRANSACTION = (
    "A receiver caught a database error and went on, so its transaction can't be committed. Let the error pass, or put "
    "the statement that may fail into transaction.atomic()."
)
ADVICE: Sequence[tuple[type[BaseException], str, str]] = (
    (TransactionManagementError, "", BROKEN_TRANSACTION),
    (NetworkRefused, "", AFTER_THE_COMMIT),
    (TookTooLong, "", "A visitor waits for receivers. Let one of them enqueue a task, in transaction.on_commit()."),
    (RecursionError, "", "A receiver leads to itself, perhaps through a save() and a signal of another model."),
    (TypeError, "unexpected keyword", "A receiver takes **kwargs: signals have several arguments, and may get more."),
    (AttributeError, "NoneType", "payment.payable is None if the object was deleted, and if the payment has none."),
)
"""Kind of error, a part of its message, and what usually helps."""


class DoesNotConform(AssertionError):
    """The site's receivers don't do what they must; the message is a trace."""


@dataclass(slots=True)
class Entry:
    """One thing that happened, and what the site did about it."""

    name: str
    remark: str = ""
    lines: list[str] = field(default_factory=list)
    error: BaseException | None = None

    def add(self, line: str) -> None:
        """The first one stands beside the name."""
        if self.remark:
            self.lines.append(line)
        else:
            self.remark = line


def report(
    rule: str, entries: Iterable[Entry], *, expected: str = "", found: Sequence[str] = (), advice: str = ""
) -> DoesNotConform:
    """The exception to raise."""
    told = [rule, "", *_numbered(entries)]
    told += ["", f"Expected: {expected}"] if expected else []
    told += _beside("Found:    ", found)
    told += ["", *_wrapped(advice)] if advice else []
    return DoesNotConform("\n".join(told))


def _numbered(entries: Iterable[Entry]) -> Iterator[str]:
    for number, entry in enumerate(entries, start=1):
        yield f"{number:3}  {entry.name:<13}  {entry.remark}".rstrip()
        yield from (f"{INDENT}{line}" for line in entry.lines)
        if entry.error:
            yield from (f"{INDENT}{line}" for line in lines_of(entry.error))


def _beside(label: str, lines: Sequence[str]) -> list[str]:
    return [f"{' ' * len(label) if number else label}{line}" for number, line in enumerate(lines)]


def _wrapped(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield from [line] if line.startswith(" ") else textwrap.wrap(line, WIDTH) or [""]


def lines_of(error: BaseException) -> list[str]:
    """The exception, and where in the site's code it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(NOT_THE_SITES_OWN)]
    where = [f"    {Path(frame.filename).name}:{frame.lineno} in {frame.name}: {frame.line}" for frame in own[-FRAMES:]]
    message = str(error).partition("\n")[0]
    return [f"✗ {type(error).__name__}: {message}".removesuffix(": "), *where]


def advice_on(error: BaseException | None) -> str:
    """What usually helps."""
    return next((advice for kind, part, advice in ADVICE if isinstance(error, kind) and part in str(error)), "")
