"""The tables by which money is decided, as the manual shows them.

    python -m tests.docs.state_table

writes them into docs/architecture.md.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

MANUAL = Path(__file__).parents[2] / "docs" / "architecture.md"


def states() -> str:
    """What each kind of evidence does to each status of a payment."""
    from wagtail_khalti.gateway import GatewayStatus
    from wagtail_khalti.ledger.payment_states import MACHINE

    return _table("status", GatewayStatus, MACHINE)


def refunds() -> str:
    """What each word does to each state of a refund."""
    from wagtail_khalti.ledger.refund_states import MACHINE, RefundTrigger

    return _table("state", RefundTrigger, MACHINE)


def verdicts() -> str:
    """What Khalti's word about the payment proves of a refund that is in doubt."""
    from wagtail_khalti.ledger.refund_states import VERDICTS
    from wagtail_khalti.models.status import Status

    heads = (Status.COMPLETED, Status.PARTIALLY_REFUNDED, Status.REFUNDED)
    return _table("the refund was to be", heads, VERDICTS)


TABLES = {"states": states, "refunds": refunds, "verdicts": verdicts}
"""By the name of their place in the manual: ``<!-- states -->``."""


def _table(corner: str, heads: Iterable[Any], rows: Mapping[Any, Mapping[Any, object]]) -> str:
    heads = list(heads)
    lines = [[corner, *(head.value for head in heads)], ["---"] * (len(heads) + 1)]
    lines += [[f"**{row.value}**", *(_words(transitions[head]) for head in heads)] for row, transitions in rows.items()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _words(transition: object) -> str:
    from wagtail_khalti.models import KhaltiIssue

    if transition is None:
        return "no change"
    if isinstance(transition, KhaltiIssue.Kind):
        return "issue"
    return str(transition.value) if isinstance(transition, Enum) else str(transition)


def _place(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)


def shown(name: str) -> str:
    [found] = _place(name).findall(MANUAL.read_text())
    return found


def write() -> None:
    text = MANUAL.read_text()
    for name, table in TABLES.items():
        text = _place(name).sub(lambda _, table=table: table(), text)
    MANUAL.write_text(text)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    write()
