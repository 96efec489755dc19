"""A site that somebody built on the package, in a folder and a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATIENCE = 300  # seconds, on a busy machine
NOT_INHERITED = ("PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT")
COMMENTS = ("#", "//")


def write_site(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def copy_site(name: str, folder: Path) -> None:
    """One of those beside this module, so that nothing is written there."""
    shutil.copytree(HERE / name, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))


def lines_by_hand(name: str) -> int:
    """What somebody wrote for this site: all of it but its tests, blank lines and comments."""
    return sum(1 for path in _files_by_hand(name) for line in path.read_text().splitlines() if _is_code(line))


def _files_by_hand(name: str) -> Iterable[Path]:
    files = [path for path in (HERE / name).rglob("*.*") if "__pycache__" not in path.parts]
    return [path for path in files if not path.name.startswith(("test_", "conftest"))]


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.strip().startswith(COMMENTS)


def run_tests(folder: Path, *arguments: str, app: str) -> None:
    """Run pytest in ``folder``, which holds the package ``app`` with its tests. They have to pass.

    A module ``settings`` of the site is used, if there is one: it begins with those of ``site_settings``.
    """
    own = {
        "DJANGO_SETTINGS_MODULE": "settings"
        if (folder / "settings.py").exists()
        else "tests.integrators.site_settings",
        "SITE_APP": app,
        "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    (folder / "pytest.ini").write_text("[pytest]\n")  # this folder is the root
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "--nomigrations", *arguments],
        cwd=folder,
        env=inherited | own,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
