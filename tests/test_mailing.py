"""A mail goes out under each Django, whichever kind of settings names the server, and nobody waits for long."""

import socket
import time
import warnings

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from tests.mail_settings import KINDS, LOCMEM, SMTP, mail_through, name_none
from wagtail_khalti import mailing


class WarningBackend(BaseEmailBackend):
    """Works, and says that it is deprecated."""

    sent = []

    def send_messages(self, messages):
        warnings.warn("this backend will be removed", DeprecationWarning, stacklevel=2)
        self.sent.append(messages)


class PatientBackend(BaseEmailBackend):
    """Notes how long it would have waited."""

    waited = []

    def __init__(self, timeout=None, **options):
        super().__init__(**options)
        self.timeout = timeout

    def send_messages(self, messages):
        self.waited.append(self.timeout)


def a_mail(**options):
    return EmailMessage("Receipt", "Thank you", "library@example.com", **{"to": ["sita@example.com"], **options})


# Django 6.1 warns where the setting is set and where a test takes it back, which says nothing about sending.
@pytest.mark.filterwarnings(r"ignore:The EMAIL_\w+ setting is deprecated")
@pytest.mark.parametrize("kind", KINDS)
class TestWithEachKindOfSettings:
    def test_it_goes_out_without_a_warning(self, settings, mailoutbox, recwarn, kind):
        mail_through(settings, LOCMEM, kind=kind)
        recwarn.clear()

        mailing.send(a_mail())

        assert [sent.to for sent in mailoutbox] == [["sita@example.com"]]
        assert [str(warning.message) for warning in recwarn] == []

    def test_a_server_that_says_nothing_is_not_waited_for(self, settings, monkeypatch, recwarn, kind):
        monkeypatch.setattr(mailing, "TIMEOUT", 0.2)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            host, port = silent.getsockname()
            mail_through(settings, SMTP, kind=kind, host=host, port=port)
            recwarn.clear()
            began = time.monotonic()

            with pytest.raises(OSError, match="timed out"):
                mailing.send(a_mail())

        assert 0.2 <= time.monotonic() - began < 5
        assert [str(warning.message) for warning in recwarn] == []

    def test_a_backend_that_warns_has_sent_it(self, settings, monkeypatch, recwarn, kind):
        monkeypatch.setattr(WarningBackend, "sent", [])
        mail_through(settings, f"{__name__}.WarningBackend", kind=kind)
        recwarn.clear()

        mailing.send(a_mail())

        assert len(WarningBackend.sent) == 1
        assert [str(warning.message) for warning in recwarn] == ["this backend will be removed"]


@pytest.mark.parametrize(("asked", "given"), [(None, 5), (60, 5), (2, 2)])
def test_a_site_may_have_less_patience_and_no_more(settings, monkeypatch, asked, given):
    monkeypatch.setattr(PatientBackend, "waited", [])
    monkeypatch.setattr(PatientBackend.__init__, "__defaults__", (asked,))
    mail_through(settings, f"{__name__}.PatientBackend")

    mailing.send(a_mail())

    assert PatientBackend.waited == [given]


def test_a_site_without_any_mail_settings_sends_too(settings, mailoutbox, monkeypatch):
    """Django 6.1 warns that its default will go; here warnings are errors, and the mail goes out.

    Under 5.2 the test runner names its own backend in place of the default, a mail server on this machine.
    """
    sent = []
    monkeypatch.setattr(SmtpBackend, "send_messages", lambda self, messages: sent.extend(messages))
    name_none(settings)

    mailing.send(a_mail())

    assert len([*sent, *mailoutbox]) == 1


def test_to_nobody_it_asks_no_server(settings):
    mail_through(settings, "no.such.Backend")

    mailing.send(a_mail(to=[]))
