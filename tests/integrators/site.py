"""A site that somebody built on the package, in a folder and a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 300  # seconds, on a busy machine
NOT_INHERITED = ("PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT")


def write_site(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def run_tests(folder: Path, *arguments: str, app: str) -> None:
    """Run pytest in ``folder``, which holds the package ``app`` with its tests. They have to pass."""
    own = {
        "DJANGO_SETTINGS_MODULE": "tests.integrators.site_settings",
        "SITE_APP": app,
        "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    (folder / "pytest.ini").write_text("[pytest]\n")  # this folder is the root
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nomigrations", *arguments],
        cwd=folder,
        env=inherited | own,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
