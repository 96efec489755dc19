"""A blank Wagtail project in an environment of its own, and what a developer does in it."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import venv
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_SOURCE = (".*", "build", "dist", "*.egg-info", "__pycache__", "*.sqlite3*", "_build")
PATIENCE = 300  # seconds for one command; installing is the slowest
NOT_INHERITED = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "PYTHONPATH", "VIRTUAL_ENV")


class Project:
    def __init__(self, folder: Path) -> None:
        self.folder, self.environment_folder = folder / "mysite", folder / "environment"
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        pip = {"PIP_NO_COMPILE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}  # what is never imported needs no bytecode
        self.environment = (
            inherited | pip | {"PATH": f"{self.environment_folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        )
        venv.create(self.environment_folder, with_pip=True)

    def run(self, command: str) -> str:
        """One line of a shell, where it would be typed. Raises with what was said, where it fails."""
        folder = self.folder if self.folder.exists() else self.folder.parent
        done = subprocess.run(
            command, shell=True, cwd=folder, env=self.environment, capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def insert(self, code: str, *, into: str, above: str) -> None:
        """Above the one line that holds these words."""
        lines = (self.folder / into).read_text().splitlines(keepends=True)
        [place] = [at for at, line in enumerate(lines) if above in line and not line.strip().startswith("#")]
        (self.folder / into).write_text("".join([*lines[:place], code, *lines[place:]]))

    def append(self, code: str, *, to: str) -> None:
        with (self.folder / to).open("a") as file:
            file.write(f"\n{code}")

    def replace(self, file: str, code: str) -> None:
        (self.folder / file).write_text(code)

    def edit_home_page(self, block: dict[str, str]) -> None:
        """What an editor does in the admin."""
        self.replace(
            "edit.py",
            "from home.models import HomePage\n"
            "page = HomePage.objects.get()\n"
            f"page.body = [('checkout', {block!r})]\n"
            "page.save_revision().publish()\n",
        )
        self.run("python manage.py shell < edit.py")

    @contextmanager
    def serving(self, port: int) -> Iterator[str]:
        """``runserver`` in a process of its own, until it says that it listens."""
        command = [self.environment_folder / "bin" / "python", "-u", "manage.py", "runserver", "--noreload", str(port)]
        process = subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        giving_up = threading.Timer(PATIENCE, process.kill)
        giving_up.start()
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Quit the server"):
                break
        giving_up.cancel()
        reader = threading.Thread(target=lambda: said.extend(process.stdout), daemon=True)
        reader.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)
            reader.join()
            process.stdout.close()

    def rows(self, question: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.folder / "db.sqlite3")) as connection:
            return connection.execute(question).fetchall()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def build_wheel(folder: Path) -> Path:
    """From a copy, which the build may litter; by way of the source archive, so that this lacks nothing either."""
    source = shutil.copytree(ROOT, folder / "source", ignore=shutil.ignore_patterns(*NOT_SOURCE))
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [wheel] = folder.glob("*.whl")
    return wheel
