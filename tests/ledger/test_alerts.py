"""Who is told that a payment needs a person."""

# ruff: noqa: F401, F811 - “museum” is a fixture

import pytest
from wagtail.models import Site

from tests.staff.sites import museum
from wagtail_khalti.ledger.issues import open_issue
from wagtail_khalti.models import KhaltiIssue, KhaltiSettings

Kind = KhaltiIssue.Kind


@pytest.fixture(autouse=True)
def managers(settings):
    settings.MANAGERS = [("Asha", "asha@example.com")]
    settings.EMAIL_SUBJECT_PREFIX = "[Library] "
    settings.SERVER_EMAIL = "site@example.com"


@pytest.fixture
def site(home):
    return Site.objects.get()


@pytest.fixture
def choose(site):
    return lambda *addresses: KhaltiSettings.objects.create(site=site, notification_recipients="\n".join(addresses))


@pytest.fixture
def open_matter(mailoutbox, django_capture_on_commit_callbacks):
    """Of this payment; the mails that go out."""

    def open_matter(payment, kind=Kind.PIDX_MISMATCH):
        before = len(mailoutbox)
        with django_capture_on_commit_callbacks(execute=True):
            open_issue(payment, kind)
        return mailoutbox[before:]

    return open_matter


def test_those_whom_the_site_names_and_nobody_else(make_payment, site, choose, open_matter):
    choose("sita@example.com", "hari@example.com")

    [mail] = open_matter(make_payment(site=site))

    assert sorted(mail.recipients()) == ["hari@example.com", "sita@example.com"]
    assert mail.from_email == "site@example.com"
    assert mail.subject.startswith("[Library] Payment ")


def test_none_of_them_reads_the_addresses_of_the_others(make_payment, site, choose, open_matter):
    choose("sita@example.com", "hari@example.com")

    [mail] = open_matter(make_payment(site=site))

    written = mail.message().as_string()
    assert "sita@example.com" not in written
    assert "hari@example.com" not in written


def of_no_site(payment):
    payment.site = None
    payment.save()
    return payment


@pytest.mark.parametrize("has_settings", [True, False])
def test_the_managers_where_the_site_names_nobody(make_payment, site, choose, open_matter, has_settings):
    if has_settings:
        choose()

    [mail] = open_matter(make_payment(site=site))

    assert mail.recipients() == ["asha@example.com"]


def test_the_managers_for_a_payment_of_no_site(make_payment, choose, open_matter):
    choose("sita@example.com")

    [mail] = open_matter(of_no_site(make_payment()))

    assert mail.recipients() == ["asha@example.com"]


def test_each_site_tells_its_own(make_payment, site, museum, choose, open_matter):
    choose("sita@example.com")
    KhaltiSettings.objects.create(site=museum, notification_recipients="hari@example.com")

    assert open_matter(make_payment(site=museum))[0].recipients() == ["hari@example.com"]
    assert open_matter(make_payment(site=site))[0].recipients() == ["sita@example.com"]


def test_ten_mails_an_hour_for_one_site_leave_room_for_another(make_payment, site, museum, choose, open_matter):
    choose("sita@example.com")
    KhaltiSettings.objects.create(site=museum, notification_recipients="hari@example.com")

    mails = [len(open_matter(make_payment(site=museum))) for _number in range(12)]

    assert mails == [1] * 10 + [0, 0]
    assert len(open_matter(make_payment(site=site))) == 1


def test_mails_to_others_silence_no_mail_to_the_managers(make_payment, site, museum, choose, open_matter):
    choose("sita@example.com")
    for _number in range(12):
        open_matter(make_payment(site=site))

    for payment in (make_payment(site=museum), of_no_site(make_payment(site=site))):
        assert [mail.recipients() for mail in open_matter(payment)] == [["asha@example.com"]]
