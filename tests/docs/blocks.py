"""The code blocks of the README and the manual.

A block is run by ``test_examples.py``, or says why it is not, in a comment before it that no reader sees:

    <!-- fragment: why it can't be run -->      for the next block
    <!-- run by tests/docs/test_tutorial.py --> for all that follow, until the next heading of the same level
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)
PAGES = [page for page in PAGES if "_build" not in page.parts]

FENCE = re.compile(r"^( *)```(\S*)")
FRAGMENT = re.compile(r"^ *<!-- fragment: (.+) -->$")
RUN_BY = re.compile(r"^<!-- run by (\S+) -->$")
HEADING = re.compile(r"^(#+) ")


@dataclass(frozen=True, kw_only=True)
class Block:
    page: str
    line: int
    language: str
    code: str
    fragment: str = ""
    """Why it is not run."""
    run_by: str = ""
    """The test that runs it instead."""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks() -> list[Block]:
    return [block for page in PAGES for block in blocks_of(page)]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks_of(page: Path) -> Iterator[Block]:
    lines = iter(enumerate(page.read_text().splitlines(), start=1))
    fragment = run_by = ""
    level = 0
    for number, line in lines:
        if heading := HEADING.match(line):
            if len(heading[1]) <= level:
                run_by = ""
            level = level if run_by else len(heading[1])
        elif found := RUN_BY.match(line):
            run_by = found[1]
        elif found := FRAGMENT.match(line):
            fragment = found[1]
        elif fence := FENCE.match(line):
            code = textwrap.dedent("".join(f"{text}\n" for text in until(lines, f"{fence[1]}```")))
            if not fence[2].startswith("{"):  # a directive of Sphinx's is no code
                yield Block(
                    page=name_of(page), line=number, language=fence[2], code=code, fragment=fragment, run_by=run_by
                )
            fragment = ""


def until(lines: Iterator[tuple[int, str]], end: str) -> Iterator[str]:
    for _number, line in lines:
        if line == end:
            return
        yield line
