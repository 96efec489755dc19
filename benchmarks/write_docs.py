"""``python -m benchmarks.write_docs``: what the last run printed, into ``docs/performance.md`` between its marks."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.__main__ import BUILD

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
PAYABLES = ["payables-sqlite", "payables-postgres", "payables-mariadb"]
TABLES = {"core": ["core"], "staff": ["staff-sqlite", "staff-postgres"], "payables": PAYABLES}
"""By mark, in the order in which they are shown; one that was not measured is left out."""


def main() -> None:
    page = PAGE.read_text()
    for mark, names in TABLES.items():
        files = [BUILD / f"bench-{name}.txt" for name in names]
        tables = "\n".join(f"```text\n{file.read_text()}```\n" for file in files if file.exists())
        if not tables:
            raise SystemExit(f"nothing was measured of {mark}: run `make bench` first")
        page = put_between(page, mark, tables)
    PAGE.write_text(page)


def put_between(page: str, mark: str, text: str) -> str:
    begin, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->"
    replaced, count = re.subn(f"{begin}.*?{end}", lambda _found: f"{begin}{text}{end}", page, flags=re.DOTALL)
    if count != 1:
        raise SystemExit(f"{PAGE.name} has {mark} {count} times")
    return replaced


if __name__ == "__main__":
    main()
