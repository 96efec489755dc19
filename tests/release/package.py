"""Part of ``make check``: the wheel holds all that runs, and nothing else.

python -m tests.release.package FOLDER_OF_THE_BUILD
"""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

PACKAGE = Path("wagtail_khalti")
MUST_HAVE = {  # so that an empty comparison can't pass
    "wagtail_khalti/py.typed",
    "wagtail_khalti/locale/ne/LC_MESSAGES/django.mo",
    "wagtail_khalti/templates/wagtail_khalti/public/checkout.html",
    "wagtail_khalti/static/wagtail_khalti/block.css",
    "wagtail_khalti/static/wagtail_khalti/khalti.css",
    "wagtail_khalti/migrations/0001_initial.py",
    "wagtail_khalti/receipts/receipt.typ",
    "wagtail_khalti/simulator/templates/khalti_simulator/base.html",
}
SOURCE_HAS_ALSO = {"tests/settings.py", "docs/index.md", "example_site/settings.py", "Makefile", "CHANGELOG.md"}


def main(folder: Path) -> int:
    [wheel], [source] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith("/")}
    metadata = {name for name in packed if name.split("/")[0].endswith(".dist-info")}
    wanted = files_of_the_package() | MUST_HAVE
    with tarfile.open(source) as archive:
        in_source = {name.partition("/")[2] for name in archive.getnames()}

    problems = [f"the wheel lacks {name}" for name in sorted(wanted - packed)]
    problems += [f"the wheel should not hold {name}" for name in sorted(packed - metadata - wanted)]
    problems += [f"the source archive lacks {name}" for name in sorted(SOURCE_HAS_ALSO - in_source)]
    if not any(name.endswith("/LICENSE") for name in metadata):
        problems.append("the wheel lacks its licence")

    print("\n".join(problems) or f"Package: {wheel.name} holds {len(packed)} files, as it should.")
    return 1 if problems else 0


def files_of_the_package() -> set[str]:
    files = (path for path in PACKAGE.rglob("*") if path.is_file())
    return {path.as_posix() for path in files if path.suffix != ".pyc"}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
