"""The tutorial as a reader follows it: a blank Wagtail project, the code as it stands there, and a payment.

Installing is left out: the packages are those of this run. ``tests/install`` does it for the README.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from tests.demo.visitor import Visitor
from tests.docs.blocks import ROOT, blocks
from tests.install.project import NOT_INHERITED, PATIENCE, Project, free_port

pytestmark = pytest.mark.heavy


class ProjectHere(Project):
    """With the packages and the Python of this run, and this checkout before an installed one."""

    def __init__(self, folder):
        self.folder, self.environment_folder = folder / "mysite", None
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        self.environment = inherited | {"PYTHONPATH": str(ROOT)}

    def manage(self, command, given=""):
        words = command.split()
        assert words[:2] == ["python", "manage.py"]
        done = subprocess.run(
            [sys.executable, *words[1:]],
            cwd=self.folder,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def edit(self, **block):
        """What an editor does in the admin."""
        given = (
            f"from home.models import HomePage\npage = HomePage.objects.get()\npage.body = [('checkout', {block!r})]\n"
        )
        self.manage("python manage.py shell", f"{given}page.save_revision().publish()\n")

    def start(self):
        command = [sys.executable, "-c", "from wagtail.bin.wagtail import main; main()", "start", "mysite"]
        subprocess.run(
            command, cwd=self.folder.parent, env=self.environment, check=True, capture_output=True, timeout=PATIENCE
        )

    @contextmanager
    def serving(self, port):
        command = [sys.executable, "-u", "manage.py", "runserver", "--noreload", str(port)]
        with subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            for line in process.stdout:
                if line.startswith("Quit the server"):
                    break
            reader = threading.Thread(target=process.stdout.read, daemon=True)
            reader.start()
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()
                reader.join()


def test_tutorial_leads_to_a_payment(tmp_path):
    code = [block.code for block in blocks() if block.page == "docs/tutorial.md"]
    begin, apps, zone, settings, urls, model, template, run, shell, look = code
    project, port = ProjectHere(tmp_path), free_port()

    assert "wagtail start mysite" in begin
    project.start()
    project.insert(apps, into="mysite/settings/base.py", above='"wagtail.contrib.forms",')
    project.append(zone, to="mysite/settings/base.py")
    project.append(settings.replace(":8000/", f":{port}/"), to="mysite/settings/base.py")
    project.insert(urls, into="mysite/urls.py", above="include(wagtail_urls)")
    project.replace("home/models.py", model)
    project.replace("home/templates/home/home_page.html", template)
    makemigrations, migrate, createsuperuser, runserver = run.splitlines()
    project.manage(makemigrations)
    project.manage(migrate)
    assert (createsuperuser, runserver) == ("python manage.py createsuperuser", "python manage.py runserver")
    project.edit(item_name="Membership", amount="1500")

    with project.serving(port) as root:
        visitor = Visitor(root).open("/").press("Pay with Khalti").send().pay_at_khalti()

    assert visitor.headline.startswith("Thank you.")
    assert project.manage(shell.strip(), f"{look}\nprint(payment.status)\n").strip().endswith("completed")
