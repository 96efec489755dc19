"""The state machine as the manual shows it.

    python -m tests.docs.state_table

writes it into docs/architecture.md.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

MANUAL = Path(__file__).parents[2] / "docs" / "architecture.md"
PLACE = re.compile(r"(?<=<!-- states -->\n).*?(?=<!-- /states -->)", re.DOTALL)


def table() -> str:
    from wagtail_khalti.actions.states import MACHINE, Evidence

    head = ["status", *(evidence.value for evidence in Evidence)]
    rows = [[f"**{status}**", *(_words(roads[evidence]) for evidence in Evidence)] for status, roads in MACHINE.items()]
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _words(road: object) -> str:
    from wagtail_khalti.models.payment import Status

    if road is None:
        return "stays"
    return str(road) if isinstance(road, Status) else "review"


def shown() -> str:
    [found] = PLACE.findall(MANUAL.read_text())
    return found


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    MANUAL.write_text(PLACE.sub(lambda _: table(), MANUAL.read_text()))
