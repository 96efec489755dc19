"""Every code block of the README and the manual is run, or says why it is a fragment."""

from __future__ import annotations

import ast
import configparser
import inspect
import json
import re
import shlex
from contextlib import ExitStack, suppress

import pytest
from django.conf import settings
from django.core.management import call_command, load_command_class
from django.db.models.signals import class_prepared
from django.dispatch import Signal
from django.template import engines
from django.test import Client, override_settings
from django.test.utils import isolate_apps

from tests.docs.blocks import PAGES, ROOT, blocks, name_of
from tests.docs.stages import ENVIRONMENT, SHOP, STAGES, usual
from tests.shop.models import Order
from wagtail_khalti import signals
from wagtail_khalti.checks.settings import check_configuration

BLOCKS = blocks()
RUN_HERE = [
    name for name in map(name_of, PAGES) if any(b.page == name and not (b.fragment or b.run_by) for b in BLOCKS)
]
NO_CODE = ("text",)  # drawings, and what a command says
SETTINGS_ARE_WRONG = {f"wagtail_khalti.E{number:03}" for number in (1, 2, 3, 7, 8)}
COMMANDS = {
    "khalti_anonymize": "wagtail_khalti",
    "khalti_doctor": "wagtail_khalti",
    "khalti_export_person": "wagtail_khalti",
    "khalti_reconcile": "wagtail_khalti",
    "khalti_simulator": "wagtail_khalti.simulator",
}
LOADED = "{% load wagtailcore_tags %}"
ALSO_RUN = ("khalti_doctor", "khalti_reconcile")  # the others would serve for ever, or ask a question


@pytest.fixture(autouse=True)
def receivers_as_before():
    """Examples connect receivers, which must not hear of the payments of other tests."""
    ours = [signal for signal in vars(signals).values() if isinstance(signal, Signal)]
    kept = {signal: list(signal.receivers) for signal in [*ours, class_prepared]}
    yield
    for signal, receivers in kept.items():
        signal.receivers[:] = receivers
        signal.sender_receivers_cache.clear()


@pytest.mark.parametrize("page", RUN_HERE)
def test_examples_run(page, khalti, home, monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name, method in SHOP.items():
        monkeypatch.setattr(Order, name, method, raising=False)
    names = usual() | STAGES.get(page, dict)() | {"khalti": khalti, "client": Client()}

    for block in BLOCKS:
        if block.page == page and not block.fragment and not block.run_by:
            assert block.language in RUNNERS or block.language in NO_CODE, f"{block} is neither run nor a fragment"
            RUNNERS.get(block.language, lambda *_: None)(block, names)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.fragment and block.language == "python"], ids=str)
def test_fragments_of_python_can_be_read(block):
    ast.parse(block.code)


@pytest.mark.parametrize("path", sorted({block.run_by for block in BLOCKS if block.run_by}))
def test_what_runs_other_blocks_is_there(path):
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("block", [block for block in BLOCKS if "manage.py khalti_" in block.code], ids=str)
def test_commands_are_shown_with_arguments_that_exist(block):
    for command, arguments in re.findall(r"manage\.py (khalti_\w+)([^\n#]*)", block.code):
        parsed(command, arguments)


def run_python(block, names):
    if "WAGTAIL_KHALTI = {" in block.code:
        names.pop("WAGTAIL_KHALTI", None)
    known = set(names)
    with ExitStack() as stack:
        if "models.Model)" in block.code or "(PayableModel)" in block.code:
            stack.callback(names.update, dict(names))  # what follows works with models that have a table
            stack.enter_context(isolate_apps("tests.shop"))
        if "before_each" in names:
            run_line_by_line(block, names)
        else:
            exec(compile(block.code, str(block), "exec"), names)
    if "WAGTAIL_KHALTI = {" in block.code:
        require_sound(names["WAGTAIL_KHALTI"])
    for name in [name for name in names if name not in known and name.startswith("test_")]:
        wanted = inspect.signature(names[name]).parameters
        names[name](**give(wanted, names))


def run_line_by_line(block, names):
    for statement in ast.parse(block.code).body:
        names |= names["before_each"](ast.unparse(statement))
        exec(compile(ast.Module([statement], []), str(block), "exec"), names)


def give(wanted, names):
    """What pytest would give: all that depends on the same order gets the same."""
    made = {name: names["fresh"][name]() for name in wanted if name in names["fresh"]}
    if "payment" in made and "order" in made:
        made["order"] = made["payment"].payable
    return {name: made.get(name, names.get(name)) for name in wanted}


def require_sound(options):
    """Where a page shows one option, the others are those of the tests."""
    whole = options if "SECRET_KEY" in options else {**settings.WAGTAIL_KHALTI, **options}
    with override_settings(WAGTAIL_KHALTI=whole):
        wrong = [found for found in check_configuration(None) if found.id in SETTINGS_ARE_WRONG]
    assert wrong == []


def render(block, names):
    """Wagtail's tags are loaded by the page around a line that is shown alone."""
    code = block.code if "{% load" in block.code or "{% extends" in block.code else f"{LOADED}{block.code}"
    given = {"value": names.get("page"), "page": names.get("page"), "order": names.get("order")}
    engines["django"].from_string(code).render(given)


def run_commands(block, names):
    for line in block.code.splitlines():
        line = line.removeprefix("$ ").partition("  #")[0].strip()
        if target := re.match(r"make ([a-z-]+)", line):
            assert f"\n{target[1]}:" in (ROOT / "Makefile").read_text(), f"{block}: make has no {target[1]}"
            continue
        command = re.match(r"python manage\.py (khalti_\w+)(.*)", line)
        assert command, f"{block}: “{line}” can't be run here, so it is a fragment"
        parsed(*command.groups())
        if command[1] in ALSO_RUN:
            call_and_forget(command[1], shlex.split(command[2]))


def parsed(command, arguments):
    parser = load_command_class(COMMANDS[command], command).create_parser("manage.py", command)
    parser.parse_args(shlex.split(arguments))


def call_and_forget(command, arguments):
    """What it finds is the tests' own affair, and ends it as well as success does."""
    with suppress(SystemExit):
        call_command(command, *arguments)


def parse_ini(block, names):
    configparser.ConfigParser().read_string(block.code)


RUNNERS = {
    "python": run_python,
    "html+django": render,
    "sh": run_commands,
    "console": run_commands,
    "json": lambda block, names: json.loads(block.code),
    "ini": parse_ini,
}
