"""What a site may not have at hand when our code is merely imported."""

import os
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.heavy, pytest.mark.every_version]  # a process of its own

WITHOUT_A_KEY = """
from django.conf import settings
import django
import tests.settings as ours

settings.configure(**{name: getattr(ours, name) for name in dir(ours) if name.isupper() and name != "SECRET_KEY"})
django.setup()

import wagtail_khalti.urls
import wagtail_khalti.blocks

print("imported")
settings.SECRET_KEY
"""


def run(code):
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)


def test_importing_needs_no_secret_key():
    """As in a build that collects static files; with Django's own key missing, its ``settings`` raise when asked."""
    done = run(WITHOUT_A_KEY)

    assert done.stdout == "imported\n"
    assert "The SECRET_KEY setting must not be empty" in done.stderr, "the control: there was none"
