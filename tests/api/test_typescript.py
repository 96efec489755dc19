"""A TypeScript client, generated from the document: what is right compiles, and what is wrong doesn't."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from wagtail_khalti.api import khalti_api

SOURCES = Path(__file__).parent / "typescript"
PACKAGES = ("openapi-typescript@7.13.0", "openapi-fetch@0.15.0", "typescript@5.9.3")
STRICT = ("--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--moduleResolution", "bundler")
SECONDS = 180

pytestmark = [pytest.mark.network, pytest.mark.heavy]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    if not (npm := shutil.which("npm")):
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("client")
    (folder / "package.json").write_text("{}")
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--fetch-timeout=20000", "--fetch-retries=1")
    installed = run(folder, npm, "install", *options, *PACKAGES)
    if installed.returncode:
        pytest.skip(f"npm's registry can't be reached: {installed.stderr.strip().splitlines()[:1]}")
    document = khalti_api().get_openapi_schema(path_prefix="/api/khalti/")
    (folder / "khalti.json").write_text(json.dumps(document))
    for source in SOURCES.glob("*.ts"):
        shutil.copy(source, folder)
    generated = run(folder, "node_modules/.bin/openapi-typescript", "khalti.json", "-o", "khalti.d.ts")
    assert generated.returncode == 0, generated.stderr
    return folder


def run(folder, *command):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)


def compiled(folder, name):
    options = ("--module", "esnext", "--lib", "es2022,dom", *STRICT)
    return run(folder, "node_modules/.bin/tsc", *options, name).stdout


def test_a_front_end_compiles(project):
    assert compiled(project, "client.ts") == ""


def test_what_is_wrong_does_not(project):
    errors = compiled(project, "wrong.ts")

    lines = {int(line.split("(")[1].split(",")[0]) for line in errors.splitlines() if line.startswith("wrong.ts(")}
    assert lines >= {9, 11, 12, 15}
