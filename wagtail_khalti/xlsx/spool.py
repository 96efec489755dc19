"""Rows that are met while other rows are sent, and sent later: kept in a file, not in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self

from wagtail_khalti.xlsx.sheet import Chunk


class Spool:
    """One chunk to a line, in a file without a name that is gone when it is closed."""

    def __enter__(self) -> Self:
        self.file = TemporaryFile("w+", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()

    def put(self, chunk: Chunk) -> None:
        self.file.write(json.dumps(chunk) + "\n")

    def chunks(self) -> Iterator[Chunk]:
        """All that was put, in its order."""
        self.file.seek(0)
        for line in self.file:
            chunk: Chunk = json.loads(line)
            yield chunk
