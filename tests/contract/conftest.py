import pytest

from wagtail_khalti.conf import configuration
from wagtail_khalti.gateway import connect


@pytest.fixture
def khalti_says(khalti):
    """Puts a recorded answer in Khalti's mouth, word for word; gives the client that will hear it."""

    def say(endpoint, body, status=200):
        khalti.answer(endpoint, body, status=status)
        return connect(configuration().merchant())

    return say
