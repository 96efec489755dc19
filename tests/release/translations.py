"""Part of ``make check``: every message of the code is in the catalogues, translated, and compiled."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

PACKAGE = Path("wagtail_khalti")


def main() -> int:
    catalogues = sorted(PACKAGE.rglob("*.po"))
    if not catalogues:
        print("Translations: there are no catalogues.")
        return 1

    problems = [f"{path}: {problem}" for path in catalogues for problem in problems_of(path)]
    if shutil.which("xgettext"):
        problems += [f"{path}: {problem}" for path in catalogues for problem in differences_to_code(path)]
    else:
        print("Translations: not compared with the code, because gettext is not installed.")

    print("\n".join(problems) or f"Translations: {len(catalogues)} catalogues are complete and compiled.")
    return 1 if problems else 0


def problems_of(path: Path) -> Iterator[str]:
    catalogue = read(path)
    for message in catalogue:
        if message.id and (message.fuzzy or not is_translated(message.string)):
            yield f"not translated: {message.id!r}"

    compiled = path.with_suffix(".mo")
    if not compiled.exists():
        yield "was never compiled"
    elif texts(read_mo(compiled.open("rb"))) != texts(catalogue):
        yield "has changed since it was compiled: run django-admin compilemessages"


def differences_to_code(path: Path) -> Iterator[str]:
    """``makemessages`` in a copy must find nothing new and nothing old."""
    app = path.relative_to(PACKAGE).parents[3]  # <app>/locale/<language>/LC_MESSAGES/django.po
    language, domain = path.parents[1].name, path.stem
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(PACKAGE, copy)
        inner_apps = [f"--ignore={found.parent.name}/*" for found in (copy / app).glob("*/apps.py")]
        command = ["-m", "django", "makemessages", "-l", language, "-d", domain, "--no-obsolete", *inner_apps]
        subprocess.run([sys.executable, *command], cwd=copy / app, check=True, capture_output=True)
        fresh = read(copy / path.relative_to(PACKAGE))

    here, there = set(texts(read(path))), set(texts(fresh))
    yield from (f"missing, run makemessages: {words!r}" for words in sorted(there - here))
    yield from (f"not in the code any more: {words!r}" for words in sorted(here - there))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def texts(catalogue: Catalog) -> dict[str, object]:
    """Each message by its context and words; a plural is a tuple or a list, by the file that Babel read it from."""
    return {repr((message.context, plain(message.id))): plain(message.string) for message in catalogue if message.id}


def plain(words: str | Sequence[str]) -> str | tuple[str, ...]:
    return words if isinstance(words, str) else tuple(words)


def is_translated(string: str | tuple[str, ...]) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


if __name__ == "__main__":
    sys.exit(main())
