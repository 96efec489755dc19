import pytest

from wagtail_khalti.gateway import client


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    """Between two tries we wait for Khalti's sake, not for the test's."""
    monkeypatch.setattr(client, "PAUSE", 0.0)
