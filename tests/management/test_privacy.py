"""``manage.py khalti_anonymize`` and ``khalti_export_person``: what they say, and how they exit."""

import io
import json
import stat
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import timezone

from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment
from wagtail_khalti.testing.factories import PaymentFactory

pytestmark = [pytest.mark.django_db]

HERS = "sita.rai@example.com"


@pytest.fixture
def hers(khalti):
    payments = [PaymentFactory(completed=True, at=timezone.now() - timedelta(days=400)) for _ in range(2)]
    KhaltiDelivery.objects.update(mails_due_at=None)
    return payments


def run(*arguments, command="khalti_anonymize"):
    out, code = io.StringIO(), 0
    try:
        call_command(command, *arguments, stdout=out)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue()


def anonymized():
    return KhaltiPayment.objects.exclude(anonymized_at=None).count()


@pytest.fixture
def answering(monkeypatch):
    return lambda answer: monkeypatch.setattr("builtins.input", lambda question: answer)


def test_a_person_after_a_confirmation(hers, answering):
    answering("yes")

    assert run("--email", HERS) == (0, "2 payments to anonymise.\n2 payments anonymised.\n")
    assert anonymized() == 2


def test_nothing_without_one(hers, answering):
    answering("y")

    with pytest.raises(CommandError, match=r"Nothing was changed\."):
        run("--email", HERS)
    assert anonymized() == 0


def test_no_input_asks_nothing(hers):
    assert run("--phone", "+977 9800000001", "--no-input") == (0, "2 payments anonymised.\n")


def test_a_dry_run(hers):
    assert run("--email", HERS, "--dry-run") == (0, "2 payments to anonymise.\n")
    assert anonymized() == 0


def test_those_that_wait_are_named_by_reference(hers):
    waiting = PaymentFactory(initiated=True)

    assert run("--email", HERS, "--no-input") == (
        3,
        f"2 payments anonymised.\n1 payment waits: they may still be paid. {waiting.reference}\n",
    )


def test_of_many_that_wait_only_some_are_named(khalti):
    for _ in range(21):
        PaymentFactory(initiated=True)

    code, said = run("--email", HERS, "--dry-run")

    assert code == 3
    assert "21 payments wait: they may still be paid. " in said
    assert said.endswith(" …\n")
    assert said.count(", ") == 19


def test_nothing_that_is_said_is_personal(hers):
    PaymentFactory(initiated=True)

    said = run("--email", HERS, "--no-input")[1].casefold()

    assert not any(trait in said for trait in ("sita", "9800000001", "@"))


def test_by_user(hers):
    sita = get_user_model().objects.create_user("sita")
    KhaltiPayment.objects.filter(pk=hers[0].pk).update(user=sita)

    assert run("--user", "sita", "--no-input")[1] == "1 payment anonymised.\n"
    with pytest.raises(CommandError, match=r"There is no user hari\."):
        run("--user", "hari", "--no-input")


def test_by_reference(hers):
    assert run("--reference", hers[0].readable_reference.lower(), "--no-input")[1] == "1 payment anonymised.\n"
    assert anonymized() == 1


def test_an_unknown_reference(hers):
    with pytest.raises(CommandError, match="No payment has the reference or pidx 2222"):
        run("--reference", "2222", "--email", HERS, "--no-input")
    assert anonymized() == 0


def test_nobody_is_found(hers):
    assert run("--email", "nobody@example.com") == (0, "0 payments to anonymise.\n")


def test_a_period(hers):
    PaymentFactory(completed=True)
    day = timezone.localdate() - timedelta(days=30)

    assert run("--before", str(day), "--no-input") == (0, "2 payments anonymised.\n")
    assert anonymized() == 2


def test_a_period_ends_before_its_day(hers):
    day = timezone.localtime(hers[0].created_at).date()

    assert run("--before", str(day), "--no-input")[1] == "0 payments anonymised.\n"
    assert run("--before", str(day + timedelta(days=1)), "--no-input")[1] == "2 payments anonymised.\n"


def test_the_retention_of_the_settings(hers, settings):
    with pytest.raises(CommandError, match="KEEP_PERSONAL_DATA is not set"):
        run("--retention", "--no-input")
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "KEEP_PERSONAL_DATA": timedelta(days=399)}

    assert run("--retention", "--no-input") == (0, "2 payments anonymised.\n")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--email", HERS, "--before", "2026-01-01"],
        ["--email", HERS, "--retention"],
        ["--before", "2026-13-01"],
        ["--before", "yesterday"],
        ["--before", "2999-01-01"],
        ["--before", "0001-01-01", "--retention"],
    ],
)
def test_what_can_not_be_meant_is_refused(hers, arguments):
    with pytest.raises(CommandError):
        run(*arguments, "--no-input")
    assert anonymized() == 0


def test_the_first_of_all_days_is_none(hers):
    assert run("--before", "0001-01-02", "--no-input")[1] == "0 payments anonymised.\n"


class TestExport:
    def test_to_the_terminal(self, hers):
        code, said = run("--email", HERS, command="khalti_export_person")

        assert code == 0
        assert {payment["name"] for payment in json.loads(said)["payments"]} == {"Sita Rai"}

    def test_to_a_file_that_nobody_else_can_read(self, hers, tmp_path):
        path = tmp_path / "sita.json"

        said = run("--phone", "9800000001", "--output", str(path), command="khalti_export_person")

        assert said == (0, "2 payments exported.\n")
        assert len(json.loads(path.read_text())["payments"]) == 2
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_a_file_that_is_there_is_never_replaced(self, hers, tmp_path):
        path = tmp_path / "sita.json"
        path.write_text("mine")

        with pytest.raises(CommandError, match=r"can't be written: File exists\."):
            run("--email", HERS, "--output", str(path), command="khalti_export_person")
        assert path.read_text() == "mine"

    def test_nobody_is_named(self):
        with pytest.raises(CommandError, match="Name a person"):
            run(command="khalti_export_person")
