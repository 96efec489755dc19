"""The README can't lie: an empty environment and a blank project follow it word for word, and take a payment."""

import subprocess
import sys

import pytest

from tests.demo.visitor import Visitor

from .project import Project, build_wheel, free_port
from .readme import code_of

pytestmark = [pytest.mark.network, pytest.mark.heavy]


@pytest.fixture(scope="module")
def package_index():
    """Skips where none can be reached: then nothing can be installed, which says nothing about the README."""
    question = ["-m", "pip", "install", "--dry-run", "--no-deps", "--ignore-installed", "--retries", "0", "wagtail"]
    answer = subprocess.run([sys.executable, *question], capture_output=True, text=True, timeout=120, check=False)
    if answer.returncode:
        pytest.skip("no package index can be reached, so the README's install section was not followed")


@pytest.fixture(scope="module")
def project(package_index, tmp_path_factory):
    """What stands before the README begins: a blank Wagtail project, and the package where pip finds it."""
    folder = tmp_path_factory.mktemp("newcomer")
    project = Project(folder)
    project.wheel = build_wheel(folder)
    return project


def test_a_newcomer_follows_the_readme_and_takes_a_payment(project):
    assert "System check identified no issues" in install(project)

    port = use_the_simulator(project)
    project.edit_home_page({"item_name": "Membership", "amount": "1500", "heading": "Become a member"})
    with project.serving(port) as root:
        visitor = Visitor(root).open("/").press("Pay with Khalti").send().pay_at_khalti()

    assert visitor.headline == "Thank you. Your payment is complete."
    assert project.rows("SELECT status, amount, purpose FROM wagtail_khalti_khaltipayment") == [
        ("completed", 150_000, "Membership")
    ]


def install(project):
    """The section "Install". Returns what its last commands say."""
    pip_install, app, settings, address, model, template, commands = code_of("Install")

    project.run(pip_install.replace("wagtail-khalti", str(project.wheel)))
    project.run("wagtail start mysite")
    project.insert(app, into="mysite/settings/base.py", above='"wagtail.contrib.forms",')
    project.append(settings, to="mysite/settings/base.py")
    project.insert(address, into="mysite/urls.py", above="include(wagtail_urls)")
    project.replace("home/models.py", model)
    project.replace("home/templates/home/home_page.html", template)
    return project.run(f"set -e\n{commands}")


def use_the_simulator(project):
    """The section "Try it without a Khalti account", on a port that is free. Returns it."""
    app, address, settings = code_of("Try it without a Khalti account")
    port = free_port()

    project.insert(app, into="mysite/settings/base.py", above='"wagtail.contrib.forms",')
    project.insert(address, into="mysite/urls.py", above="include(wagtail_urls)")
    assert ":8000/" in settings
    project.append(settings.replace(":8000/", f":{port}/"), to="mysite/settings/base.py")
    project.run("python manage.py migrate")
    return port
