"""README.md as a reader follows it: the code blocks of a section, in order."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def code_of(section: str) -> list[str]:
    text = README.read_text()
    [body] = re.findall(rf"^## {re.escape(section)}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return re.findall(r"^```[\w+]+\n(.*?)^```$", body, re.MULTILINE | re.DOTALL)
