"""The example site runs the conformance suite on its receivers, with Django's own test runner."""

import os
import subprocess
import sys

import pytest

from tests.demo.conftest import ROOT


@pytest.mark.heavy
def test_the_receivers_of_the_example_site_conform(tmp_path):
    ours = {
        "DJANGO_SETTINGS_MODULE": "example_site.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KHALTI_")}
    command = [sys.executable, "manage.py", "test", "example_site"]

    run = subprocess.run(command, cwd=ROOT, env=inherited | ours, capture_output=True, text=True, timeout=600)

    assert run.returncode == 0, run.stderr
    assert "Ran 10 tests" in run.stderr
    assert "\nOK (skipped=2)\n" in run.stderr, "only those that need a payable are skipped"
