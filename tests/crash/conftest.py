"""A Khalti that survives us, and a shop page that is there from the start."""

import pytest

from tests.crash.harness import Harness
from tests.crash.other_khalti import OtherKhalti
from tests.home_made_anew import home  # noqa: F401 - a fixture
from tests.simulator.conftest import TOKEN, running_command
from tests.simulator.controller import Controller
from wagtail_khalti.gateway import client, connect

QUICK = """
DATABASES["default"]["OPTIONS"] = {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF"}
"""
"""Only we are killed, not the machine: what Khalti has written need not reach the disk."""


@pytest.fixture(scope="session")
def address_of_khalti(tmp_path_factory):
    folder = tmp_path_factory.mktemp("khalti")
    khalti = running_command(folder, token=TOKEN)
    with (folder / "standalone_settings.py").open("a") as settings:
        settings.write(QUICK)
    with khalti as (address, _process):
        yield address


@pytest.fixture(scope="session")
def one_khalti(address_of_khalti):
    """It remembers which page of its books is open."""
    with Controller(f"{address_of_khalti}control/", TOKEN) as controller:
        yield OtherKhalti(controller)


@pytest.fixture
def other_khalti(one_khalti, address_of_khalti, settings, monkeypatch):
    monkeypatch.setattr(client, "PAUSE", 0.0)
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "API_URL": address_of_khalti, "TIMEOUT": 10}
    one_khalti.turn_the_page()
    yield one_khalti
    connect.cache_clear()  # the clients made here lead to this one


@pytest.fixture
def harness(transactional_db, other_khalti, shop_page):
    page = shop_page()
    return Harness(other_khalti, lambda: page)
